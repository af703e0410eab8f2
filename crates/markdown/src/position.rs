//! Line numbers and UTF-16 offsets of byte offsets, counted from where the last question left
//! off: events come in document order, so a whole note is counted once.

pub(crate) struct Position<'a> {
    source: &'a [u8],
    line_at: usize,
    line: usize,
    units_at: usize,
    units: usize,
}

impl<'a> Position<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self {
            source: source.as_bytes(),
            line_at: 0,
            line: 0,
            units_at: 0,
            units: 0,
        }
    }

    /// The zero-based line that byte `offset` is on.
    pub(crate) fn line(&mut self, offset: usize) -> usize {
        if offset >= self.line_at {
            self.line += newlines(&self.source[self.line_at..offset]);
        } else {
            self.line -= newlines(&self.source[offset..self.line_at]);
        }
        self.line_at = offset;
        self.line
    }

    /// How many UTF-16 code units come before byte `offset`.
    pub(crate) fn utf16(&mut self, offset: usize) -> usize {
        if offset >= self.units_at {
            self.units += utf16_units(&self.source[self.units_at..offset]);
        } else {
            self.units -= utf16_units(&self.source[offset..self.units_at]);
        }
        self.units_at = offset;
        self.units
    }
}

/// Counted in pieces whose sum fits a byte: that is what the compiler turns into vector code,
/// and every note is counted once for lines and, if it has tasks, once for units.
fn newlines(bytes: &[u8]) -> usize {
    let count = |piece: &[u8]| {
        piece
            .iter()
            .map(|&byte| u8::from(byte == b'\n'))
            .sum::<u8>()
    };
    bytes
        .chunks(255)
        .map(|piece| usize::from(count(piece)))
        .sum()
}

/// One unit per character start, one more for characters outside the basic plane (four bytes).
fn utf16_units(bytes: &[u8]) -> usize {
    let units = |byte: u8| u8::from(byte & 0xC0 != 0x80) + u8::from(byte >= 0xF0);
    let count = |piece: &[u8]| piece.iter().map(|&byte| units(byte)).sum::<u8>();
    bytes
        .chunks(127)
        .map(|piece| usize::from(count(piece)))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_like_javascript_strings() {
        let source = "a\nü漢😀\n[";
        let mut position = Position::new(source);
        for (offset, _) in source.char_indices() {
            assert_eq!(
                position.utf16(offset),
                source[..offset].encode_utf16().count()
            );
            assert_eq!(
                position.line(offset),
                source[..offset].matches('\n').count()
            );
        }
    }

    #[test]
    fn going_back_gives_the_same_answer() {
        let mut position = Position::new("one\ntwo\n😀three\n");
        assert_eq!(position.line(14), 2);
        assert_eq!(position.utf16(12), 10);
        assert_eq!(position.line(4), 1);
        assert_eq!(position.utf16(8), 8);
    }
}
