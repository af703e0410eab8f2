//! The changes feed: rows as they arrive, and what each of them announces.

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use sheaf_model::{DocId, Revision};
use sheaf_net::{Body, Deadlines, Method, Reply};
use sheaf_sync::{
    Seq,
    mutant::{Mutant, planted},
    step,
};

use crate::{
    SyncError,
    database::{Database, JSON},
    document::{self, Fetched, Unreadable},
    rows::{Element, NotRows, Rows},
    wire::Wire,
};

const CHANGES: &str = "GET _changes";
const CHANGES_OF: &str = "POST _changes";

/// A row of the feed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// `None` between the positions that were asked for with `seq_interval`.
    pub(crate) seq: Option<Seq>,
    pub(crate) id: String,
    pub(crate) content: Result<Announced, Unreadable>,
    /// Of the text of the row.
    pub(crate) bytes: usize,
    deleted: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Announced {
    pub(crate) id: DocId,
    /// All leaves, deleted ones included, the winner first.
    pub(crate) leaves: Vec<Revision>,
    /// The winner is deleted, and with it the document.
    pub(crate) deleted: bool,
    /// The winner itself, when documents were asked for.
    pub(crate) document: Option<Result<Fetched, Unreadable>>,
}

impl Row {
    /// Whether it is the key of an encrypted database, or a document that is encrypted. To somebody
    /// without a key these mean that nothing may be sent there.
    fn is_of_a_vault(&self) -> bool {
        match &self.content {
            Err(Unreadable::Lock) => !self.deleted,
            Ok(announced) => announced.document == Some(Err(Unreadable::Sealed)),
            Err(_) => false,
        }
    }
}

/// What stands at the end of a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PageEnd {
    pub(crate) last_seq: Seq,
    /// How many rows follow. Relatives of CouchDB do not say.
    pub(crate) pending: Option<u64>,
}

/// A page that is still arriving.
pub(crate) struct Page {
    reply: Reply,
    rows: Rows,
    wire: Wire,
}

pub(crate) struct Question<'a> {
    pub(crate) since: Option<&'a Seq>,
    pub(crate) limit: usize,
    pub(crate) documents: bool,
    /// Positions are only asked for every so many rows: on a cluster they are most of the bytes.
    pub(crate) seq_interval: Option<usize>,
    /// Additional parameters of a waiting feed, and its patience.
    pub(crate) wait: Option<(&'a [(&'a str, &'a str)], Deadlines)>,
}

/// `since` as a parameter: strings as they are, numbers (relatives of CouchDB) as digits.
pub(crate) fn since_parameter(since: Option<&Seq>) -> String {
    match since {
        None => "0".to_owned(),
        Some(Seq(Value::String(text))) => text.clone(),
        Some(Seq(other)) => other.to_string(),
    }
}

pub(crate) async fn ask(database: &Database, question: &Question<'_>) -> Result<Page, SyncError> {
    let limit = question.limit.to_string();
    let since = since_parameter(question.since);
    let style = if planted(Mutant::WinnersOnly) {
        "main_only"
    } else {
        "all_docs"
    };
    let mut request = database.request(Method::GET, &["_changes"]).query([
        ("style", style),
        ("since", since.as_str()),
        ("limit", limit.as_str()),
    ]);
    if question.documents {
        // Which attachments are compressed decides how their digests are to be read.
        request = request.query([("include_docs", "true"), ("att_encoding_info", "true")]);
    }
    if let Some(interval) = question.seq_interval {
        request = request.query([("seq_interval", interval.to_string().as_str())]);
    }
    if let Some((parameters, deadlines)) = question.wait {
        request = request
            .query(parameters.iter().copied())
            .deadlines(deadlines);
    }
    let reply = database.open(CHANGES, request).await?;
    Ok(Page {
        reply,
        rows: Rows::new(),
        wire: database.wire().clone(),
    })
}

/// The rows of these documents, wherever they stand in the feed.
pub(crate) async fn of_documents(
    database: &Database,
    ids: &[String],
) -> Result<Vec<Row>, SyncError> {
    let body = serde_json::json!({ "doc_ids": ids }).to_string();
    let request = database
        .request(Method::POST, &["_changes"])
        .query([("style", "all_docs"), ("filter", "_doc_ids")])
        .body(JSON, Body::Bytes(body.into()));
    let reply = database.open(CHANGES_OF, request).await?;
    let page = Page {
        reply,
        rows: Rows::new(),
        wire: database.wire().clone(),
    };
    Ok(page.collect().await?.0)
}

impl Page {
    /// The next row, `None` at the proper end of the array's body.
    pub(crate) async fn next(&mut self) -> Result<Option<Row>, SyncError> {
        loop {
            if let Some(element) = self.rows.next().map_err(garbled)? {
                let row = read_row(&self.wire, &element);
                if self.wire.vault().is_none() && row.is_of_a_vault() {
                    return Err(SyncError::Encrypted);
                }
                return Ok(Some(row));
            }
            match self.reply.chunk().await? {
                Some(bytes) => self.rows.push(&bytes),
                None => return Ok(None),
            }
        }
    }

    /// After the last row.
    pub(crate) fn end(self) -> Result<PageEnd, SyncError> {
        let envelope = self.rows.finish().map_err(garbled)?;
        read_end(envelope).ok_or_else(|| garbled(NotRows))
    }

    /// All rows at once. For pages without documents.
    pub(crate) async fn collect(mut self) -> Result<(Vec<Row>, PageEnd), SyncError> {
        let mut rows = Vec::new();
        loop {
            match self.next().await {
                Ok(Some(row)) => rows.push(row),
                Ok(None) => break,
                Err(_) if planted(Mutant::CutFeedIsTheEnd) => return Ok((rows, end_at_now())),
                Err(error) => return Err(error),
            }
        }
        step::reached("pull: feed read");
        Ok((rows, self.end()?))
    }
}

fn end_at_now() -> PageEnd {
    PageEnd {
        last_seq: Seq("now".into()),
        pending: Some(0),
    }
}

fn garbled(_: NotRows) -> SyncError {
    SyncError::Garbled {
        request: CHANGES,
        source: None,
    }
}

fn read_end(mut envelope: Map<String, Value>) -> Option<PageEnd> {
    let last_seq = envelope
        .remove("last_seq")
        .filter(|seq| seq.is_string() || seq.is_number())?;
    let pending = envelope.get("pending").and_then(Value::as_u64);
    Some(PageEnd {
        last_seq: Seq(last_seq),
        pending,
    })
}

#[derive(Deserialize)]
struct WireRow<'a> {
    #[serde(default)]
    seq: Value,
    id: String,
    changes: Vec<WireLeaf>,
    #[serde(default)]
    deleted: bool,
    #[serde(borrow, default)]
    doc: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireLeaf {
    rev: String,
}

fn read_row(wire: &Wire, element: &Element) -> Row {
    let bytes = match element {
        Element::Whole(bytes) => bytes,
        Element::Oversized(head) => {
            return unreadable_row(head, head.len(), Unreadable::Oversized);
        }
    };
    // The document inside is skipped here without recursion and read on its own below: one that
    // is nested absurdly does not take its row along.
    let Ok(row) = serde_json::from_slice::<WireRow<'_>>(bytes) else {
        return unreadable_row(bytes, bytes.len(), Unreadable::Json);
    };
    let seq = (row.seq.is_string() || row.seq.is_number()).then(|| Seq(row.seq.clone()));
    Row {
        seq,
        bytes: bytes.len(),
        content: read_announced(wire, &row),
        deleted: row.deleted,
        id: row.id,
    }
}

fn read_announced(wire: &Wire, row: &WireRow<'_>) -> Result<Announced, Unreadable> {
    let id = document::read_id(&row.id)?;
    let leaves = row
        .changes
        .iter()
        .map(|leaf| wire.read_revision(&id, &leaf.rev))
        .collect::<Result<Vec<_>, _>>()?;
    if leaves.is_empty() {
        return Err(Unreadable::Revision);
    }
    let document = row
        .doc
        .map(RawValue::get)
        .filter(|text| *text != "null")
        .map(|text| document::read(wire, text));
    Ok(Announced {
        id,
        leaves,
        deleted: row.deleted,
        document,
    })
}

/// The id is looked for by its name alone, so that the person hears which document it is.
fn unreadable_row(head: &[u8], bytes: usize, reason: Unreadable) -> Row {
    let text = String::from_utf8_lossy(&head[..head.len().min(1024)]);
    let id = text
        .split_once("\"id\":\"")
        .and_then(|(_, rest)| rest.split_once('"'));
    let id = id.map_or_else(|| "?".to_owned(), |(id, _)| id.to_owned());
    let reason = if id != "?" && document::read_id(&id) == Err(Unreadable::Foreign) {
        Unreadable::Foreign
    } else {
        reason
    };
    Row {
        seq: None,
        id,
        content: Err(reason),
        bytes,
        deleted: false,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn row(text: &'static str) -> Row {
        read_row(
            &Wire::default(),
            &Element::Whole(Bytes::from_static(text.as_bytes())),
        )
    }

    #[test]
    fn a_row_lists_all_leaves_and_positions_may_be_left_out() {
        let row = row(r#"{"seq":null,"id":"note:a","changes":[{"rev":"2-b"},{"rev":"2-a"}]}"#);
        assert_eq!(row.seq, None);
        let announced = row.content.unwrap();
        assert_eq!(announced.leaves.len(), 2);
        assert!(!announced.deleted && announced.document.is_none());
    }

    #[test]
    fn positions_are_opaque() {
        let numbered = row(r#"{"seq":7,"id":"note:a","changes":[{"rev":"1-a"}],"deleted":true}"#);
        assert_eq!(since_parameter(numbered.seq.as_ref()), "7");
        let text = row(r#"{"seq":"7-g1AAA","id":"note:a","changes":[{"rev":"1-a"}]}"#);
        assert_eq!(since_parameter(text.seq.as_ref()), "7-g1AAA");
        assert_eq!(since_parameter(None), "0");
    }

    #[test]
    fn absurd_documents_spoil_neither_their_row_nor_the_feed() {
        let deep = format!(
            r#"{{"seq":1,"id":"note:deep","changes":[{{"rev":"1-a"}}],"doc":{{"_id":"note:deep","_rev":"1-a","x":{}{}}}}}"#,
            "[".repeat(60_000),
            "]".repeat(60_000)
        );
        let row = read_row(&Wire::default(), &Element::Whole(Bytes::from(deep)));
        assert_eq!(row.id, "note:deep");
        assert_eq!(row.content.unwrap().document, Some(Err(Unreadable::Json)));
    }

    #[test]
    fn rows_that_are_not_ours_or_make_no_sense_are_told_apart() {
        for (text, reason) in [
            (
                r#"{"seq":1,"id":"_design/x","changes":[{"rev":"1-a"}]}"#,
                Unreadable::Foreign,
            ),
            (
                r#"{"seq":1,"id":"note:a","changes":[{"rev":"x"}]}"#,
                Unreadable::Revision,
            ),
            (
                r#"{"seq":1,"id":"note:a","changes":[]}"#,
                Unreadable::Revision,
            ),
            (r#"{"seq":1,"id":"note:a","changes":7}"#, Unreadable::Json),
            (r#"{"seq":1,"id":"other","changes":7}"#, Unreadable::Foreign),
        ] {
            assert_eq!(row(text).content, Err(reason), "{text}");
        }
        assert_eq!(row(r#"{"seq":1,"id":"note:a","changes":7}"#).id, "note:a");
    }
}
