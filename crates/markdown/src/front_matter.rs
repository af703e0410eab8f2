//! The metadata block that may open a note (`---` … `---`).
//!
//! Reads the handful of shapes that note apps write: `key: scalar`, `key: [a, b]` and a list of
//! `- item` lines. It is no YAML parser and never fails: what it cannot read it does not return.
//! Only the very first line of a note can open the block, or a note with two rules would lose
//! the text between them.

/// A metadata block, without its fences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontMatter {
    pub source: String,
}

/// Longest block looked for, in bytes: an unclosed fence must not cost a scan of the whole note.
const MAX_BYTES: usize = 64 * 1024;

/// Splits `source` into the text between the fences, if it has any, and the byte offset where
/// the note's own text begins.
pub(crate) fn split(source: &str) -> (Option<&str>, usize) {
    let bom = if source.starts_with('\u{FEFF}') {
        '\u{FEFF}'.len_utf8()
    } else {
        0
    };
    let Some(first) = source[bom..].split_inclusive('\n').next() else {
        return (None, bom);
    };
    if first.trim_end() != "---" || !first.ends_with('\n') {
        return (None, bom);
    }
    let start = bom + first.len();
    let mut at = start;
    for line in source[start..].split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return (Some(&source[start..at]), at + line.len());
        }
        at += line.len();
        // A block of metadata opens with metadata; a rule is followed by a blank line.
        if at - start > MAX_BYTES || (at - start == line.len() && line.trim().is_empty()) {
            break;
        }
    }
    (None, bom)
}

impl FrontMatter {
    /// Top-level keys with their values as a reader sees them, in order: scalars unquoted, lists
    /// joined with commas. What is nested deeper is shown as it is written.
    pub fn fields(&self) -> Vec<(String, String)> {
        let mut fields: Vec<(String, Vec<String>)> = Vec::new();
        for line in self.source.lines() {
            let text = line.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let is_top = !line.starts_with([' ', '\t', '-']);
            let key = is_top.then(|| text.split_once(':')).flatten();
            if let Some((key, value)) = key {
                let value = value.trim();
                let inner = value
                    .strip_prefix('[')
                    .and_then(|rest| rest.strip_suffix(']'));
                let values = match inner {
                    Some(inner) => inner.split(',').map(unquote).collect(),
                    None => vec![unquote(value)],
                };
                fields.push((unquote(key), values));
            } else if let Some((_, values)) = fields.last_mut() {
                values.push(unquote(text.strip_prefix('-').unwrap_or(text)));
            }
        }
        let joined = |values: Vec<String>| {
            let values: Vec<String> = values.into_iter().filter(|v| !v.is_empty()).collect();
            values.join(", ")
        };
        fields
            .into_iter()
            .map(|(key, values)| (key, joined(values)))
            .collect()
    }

    /// The scalar of a top-level key, unquoted; `None` if the key is absent, empty or a list.
    pub fn scalar(&self, key: &str) -> Option<String> {
        let value = unquote(self.value_of(key)?);
        (!value.is_empty() && !value.starts_with('[')).then_some(value)
    }

    /// The items of a top-level list in either spelling; a scalar counts as a list of one.
    pub fn list(&self, key: &str) -> Vec<String> {
        let Some(value) = self.value_of(key) else {
            return Vec::new();
        };
        if let Some(inner) = value
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            return inner
                .split(',')
                .map(unquote)
                .filter(|item| !item.is_empty())
                .collect();
        }
        if !value.is_empty() {
            return vec![unquote(value)];
        }
        self.source
            .lines()
            .skip_while(|line| !is_key(line, key))
            .skip(1)
            .map_while(|line| line.trim_start().strip_prefix('-'))
            .map(unquote)
            .filter(|item| !item.is_empty())
            .collect()
    }

    fn value_of(&self, key: &str) -> Option<&str> {
        let line = self.source.lines().find(|line| is_key(line, key))?;
        Some(line[key.len() + 1..].trim())
    }
}

fn is_key(line: &str, key: &str) -> bool {
    line.strip_prefix(key)
        .is_some_and(|rest| rest.starts_with(':'))
}

fn unquote(value: &str) -> String {
    let value = value.trim();
    for quote in ['"', '\''] {
        let inner = value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            return inner.to_owned();
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(source: &str) -> FrontMatter {
        FrontMatter {
            source: split(source).0.unwrap().to_owned(),
        }
    }

    #[test]
    fn the_block_is_split_from_the_text() {
        let source = "---\ntitle: A\n---\nText\n";
        let (block, body) = split(source);
        assert_eq!(block, Some("title: A\n"));
        assert_eq!(&source[body..], "Text\n");
    }

    #[test]
    fn rules_in_a_note_are_not_metadata() {
        for source in [
            "---\n\ntext\n\n---\n",
            "text\n---\nmore\n---\n",
            "---",
            "---\nopen",
            "",
        ] {
            assert_eq!(split(source), (None, 0), "{source:?}");
        }
    }

    #[test]
    fn windows_lines_and_a_byte_order_mark_are_fine() {
        let source = "\u{FEFF}---\r\ntitle: A\r\n...\r\nText";
        let (block, body) = split(source);
        assert_eq!(block, Some("title: A\r\n"));
        assert_eq!(&source[body..], "Text");
    }

    #[test]
    fn fields_are_listed_as_a_reader_sees_them() {
        let block = parsed(
            "---\n# about\ntitle: \"A: b\"\ntags: [one, 'two three']\nalias:\n  - x\n  - y\nempty:\n---\n",
        );
        let fields = block.fields();
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            fields,
            [
                ("title", "A: b"),
                ("tags", "one, two three"),
                ("alias", "x, y"),
                ("empty", ""),
            ]
        );
    }

    #[test]
    fn scalars_and_lists_are_read() {
        let block = parsed(
            "---\ntitle: \"A: b\"\ntags: [one, 'two three']\nalias:\n  - x\n  - y\nempty:\n---\n",
        );
        assert_eq!(block.scalar("title").as_deref(), Some("A: b"));
        assert_eq!(block.list("tags"), ["one", "two three"]);
        assert_eq!(block.list("alias"), ["x", "y"]);
        assert_eq!(block.list("title"), ["A: b"]);
        assert_eq!(block.scalar("tags"), None);
        assert_eq!(block.scalar("empty"), None);
        assert_eq!(block.list("absent"), Vec::<String>::new());
    }
}
