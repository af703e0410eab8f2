//! Reads `{"results":[…]}` while it is still arriving, one element at a time, so that a feed of
//! a hundred thousand documents needs the memory of one. Pure: bytes in, elements out.
//!
//! An element is cut out by its brackets and quotes alone; whether it is good JSON is for whoever
//! reads it. An answer that ends too early is an error, never an empty result.

use bytes::{Buf as _, Bytes, BytesMut};
use serde_json::Value;

/// An element beyond this is reported by its beginning only. CouchDB's own default limit is 8 MB.
const LONGEST_ELEMENT: usize = 32 * 1024 * 1024;
/// What may stand around the array.
const LONGEST_ENVELOPE: usize = 64 * 1024;
const KEPT_OF_OVERSIZED: usize = 4096;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Element {
    Whole(Bytes),
    /// The first bytes of an element too long to be kept.
    Oversized(Bytes),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not an object with an array in it, or ends too early")]
pub(crate) struct NotRows;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    BeforeArray,
    BetweenElements,
    InElement,
    AfterArray,
}

pub(crate) struct Rows {
    buffer: BytesMut,
    /// How much of `buffer` was looked at.
    scanned: usize,
    place: Place,
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// Bytes of the current element that were dropped; its beginning is in `oversized`.
    dropped: usize,
    oversized: Bytes,
    envelope: Vec<u8>,
    longest: usize,
}

impl Rows {
    pub(crate) fn new() -> Self {
        Self::with_longest(LONGEST_ELEMENT)
    }

    fn with_longest(longest: usize) -> Self {
        Self {
            buffer: BytesMut::new(),
            scanned: 0,
            place: Place::BeforeArray,
            depth: 0,
            in_string: false,
            escaped: false,
            dropped: 0,
            oversized: Bytes::new(),
            envelope: Vec::new(),
            longest,
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next complete element, `None` when more bytes are needed or the array has ended.
    pub(crate) fn next(&mut self) -> Result<Option<Element>, NotRows> {
        loop {
            match self.place {
                Place::BeforeArray => {
                    if !self.find_array()? {
                        return Ok(None);
                    }
                }
                Place::BetweenElements => {
                    let Some(&byte) = self.buffer.first() else {
                        return Ok(None);
                    };
                    match byte {
                        b' ' | b'\t' | b'\r' | b'\n' | b',' => self.buffer.advance(1),
                        b']' => {
                            self.buffer.advance(1);
                            self.envelope.push(b']');
                            self.place = Place::AfterArray;
                        }
                        b'{' => self.place = Place::InElement,
                        _ => return Err(NotRows),
                    }
                }
                Place::InElement => match self.find_end() {
                    Some(element) => return Ok(Some(element)),
                    None => return Ok(None),
                },
                Place::AfterArray => {
                    self.envelope.extend_from_slice(&self.buffer);
                    self.buffer.clear();
                    let bounded = self.envelope.len() <= LONGEST_ENVELOPE;
                    return if bounded { Ok(None) } else { Err(NotRows) };
                }
            }
        }
    }

    /// What stood around the array, once the body has properly ended.
    pub(crate) fn finish(mut self) -> Result<serde_json::Map<String, Value>, NotRows> {
        if self.next()?.is_some() || self.place != Place::AfterArray {
            return Err(NotRows);
        }
        serde_json::from_slice(&self.envelope).map_err(|_| NotRows)
    }

    /// Moves to the first array of the outer object, usually the eleventh byte.
    fn find_array(&mut self) -> Result<bool, NotRows> {
        while self.scanned < self.buffer.len() {
            let byte = self.buffer[self.scanned];
            self.scanned += 1;
            match (self.depth, byte) {
                _ if self.skips_string(byte) => {}
                (0, b' ' | b'\t' | b'\r' | b'\n') => {}
                (0, b'{') => self.depth = 1,
                (0, _) | (1, b'}' | b'{') => return Err(NotRows),
                (1, b'[') => {
                    self.envelope
                        .extend_from_slice(&self.buffer.split_to(self.scanned));
                    self.scanned = 0;
                    self.depth = 0;
                    self.place = Place::BetweenElements;
                    return Ok(true);
                }
                _ => {}
            }
        }
        if self.buffer.len() > LONGEST_ENVELOPE {
            Err(NotRows)
        } else {
            Ok(false)
        }
    }

    /// Looks for the bracket that closes the current element.
    fn find_end(&mut self) -> Option<Element> {
        while self.scanned < self.buffer.len() {
            let byte = self.buffer[self.scanned];
            self.scanned += 1;
            if self.skips_string(byte) {
                continue;
            }
            match byte {
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(self.cut());
                    }
                }
                _ => {}
            }
        }
        if self.buffer.len() > self.longest {
            if self.dropped == 0 {
                self.oversized = Bytes::copy_from_slice(
                    &self.buffer[..KEPT_OF_OVERSIZED.min(self.buffer.len())],
                );
            }
            self.dropped += self.buffer.len();
            self.buffer.clear();
            self.scanned = 0;
        }
        None
    }

    fn cut(&mut self) -> Element {
        let whole = self.buffer.split_to(self.scanned).freeze();
        self.scanned = 0;
        self.place = Place::BetweenElements;
        if std::mem::take(&mut self.dropped) == 0 {
            Element::Whole(whole)
        } else {
            Element::Oversized(std::mem::take(&mut self.oversized))
        }
    }

    /// Whether `byte` belongs to a string, its quotes included.
    fn skips_string(&mut self, byte: u8) -> bool {
        if !self.in_string {
            self.in_string = byte == b'"';
            return self.in_string;
        }
        if self.escaped {
            self.escaped = false;
        } else if byte == b'\\' {
            self.escaped = true;
        } else if byte == b'"' {
            self.in_string = false;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(pieces: &[&[u8]], longest: usize) -> Result<(Vec<Element>, Value), NotRows> {
        let mut rows = Rows::with_longest(longest);
        let mut elements = Vec::new();
        for piece in pieces {
            rows.push(piece);
            while let Some(element) = rows.next()? {
                elements.push(element);
            }
        }
        Ok((elements, Value::Object(rows.finish()?)))
    }

    fn whole(text: &'static str) -> Element {
        Element::Whole(Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn both_spellings_of_servers_are_read() {
        for text in [
            "{\"results\":[\n{\"id\":\"a\"},\n{\"id\":\"b]}\\\"\"}\n],\n\"last_seq\":\"2-x\",\"pending\":0}\n",
            "\n\n{\"last_seq\":\"2-x\",\"results\": [{\"id\":\"a\"},{\"id\":\"b]}\\\"\"}], \"pending\":0}",
        ] {
            let (elements, envelope) = read(&[text.as_bytes()], 100).unwrap();
            assert_eq!(
                elements,
                [whole(r#"{"id":"a"}"#), whole(r#"{"id":"b]}\""}"#)]
            );
            assert_eq!(envelope["last_seq"], "2-x");
        }
    }

    #[test]
    fn an_answer_that_ends_early_is_never_an_empty_result() {
        let text = br#"{"results":[{"id":"a"}],"last_seq":1}"#;
        for end in 0..text.len() {
            assert!(read(&[&text[..end]], 100).is_err(), "{end}");
        }
    }

    #[test]
    fn a_login_page_is_recognised_at_its_first_byte() {
        let mut rows = Rows::new();
        rows.push(b"<!DOCTYPE html>");
        assert_eq!(rows.next(), Err(NotRows));
        assert!(read(&[br#"{"error":"x","reason":"y"}"#], 100).is_err());
        assert!(read(&[br#"{"results":[1]}"#], 100).is_err());
    }

    #[test]
    fn an_endless_element_is_reported_by_its_beginning_and_the_next_one_still_read() {
        let long = format!("{{\"id\":\"note:long\",\"x\":\"{}\"}}", "x".repeat(20_000));
        let text = format!("{{\"results\":[{long},{{\"id\":\"b\"}}]}}");
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(1000).collect();
        let (elements, _) = read(&pieces, 5000).unwrap();
        let Element::Oversized(head) = &elements[0] else {
            panic!("{:?}", elements[0])
        };
        assert!(head.starts_with(b"{\"id\":\"note:long\""));
        assert_eq!(elements[1], whole(r#"{"id":"b"}"#));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_bytes_are_cut(
            ids in prop::collection::vec("[a-z\"\\\\\\]\\}\\{é]{0,6}", 0..6),
            cuts in prop::collection::vec(1usize..9, 1..60),
        ) {
            let items: Vec<Value> = ids.iter().map(|id| serde_json::json!({"id": id, "n": [{}]})).collect();
            let text = serde_json::json!({"results": items, "last_seq": "7"}).to_string();
            let mut pieces = Vec::new();
            let mut rest = text.as_bytes();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (piece, tail) = rest.split_at((*cut).min(rest.len()));
                pieces.push(piece);
                rest = tail;
            }
            let (elements, envelope) = read(&pieces, 100_000).unwrap();
            let back: Vec<Value> = elements.iter().map(|element| match element {
                Element::Whole(bytes) => serde_json::from_slice(bytes).unwrap(),
                Element::Oversized(_) => panic!("nothing is that long"),
            }).collect();
            prop_assert_eq!(back, items);
            prop_assert_eq!(&envelope["last_seq"], "7");
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&[b"{\"results\":[", &bytes], 50);
        }
    }
}
