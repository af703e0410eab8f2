//! URLs and other people's sentences, made safe for logs.

use std::{borrow::Cow, fmt};

use url::Url;

/// Shows a URL without name, password and query values.
pub struct RedactedUrl<'a>(pub &'a Url);

impl fmt::Display for RedactedUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}",
            self.0.scheme(),
            self.0.host_str().unwrap_or_default()
        )?;
        if let Some(port) = self.0.port() {
            write!(f, ":{port}")?;
        }
        f.write_str(self.0.path())?;
        let keys: Vec<_> = self
            .0
            .query_pairs()
            .map(|(key, _)| key.into_owned())
            .collect();
        if keys.is_empty() {
            Ok(())
        } else {
            write!(f, "?{}", keys.join("&"))
        }
    }
}

impl fmt::Debug for RedactedUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Cuts name and password out of every URL in `text`. For words that come from outside: a
/// server's reason, an operating system's message. Generous: up to the last `@` of a word, so a
/// password with an `@` in it goes whole.
pub fn redact(text: &str) -> Cow<'_, str> {
    if !text.contains("://") || !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        out.push_str(head);
        let word = tail
            .find(|c: char| c.is_whitespace() || c == '"' || c == '<')
            .unwrap_or(tail.len());
        rest = match tail[..word].rfind('@') {
            Some(at) => {
                out.push('…');
                &tail[at..]
            }
            None => tail,
        };
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_in_a_log_has_neither_name_nor_password_nor_values() {
        let url =
            Url::parse("https://anna:secret@host:6984/db/_changes?since=5-abc&limit=1").unwrap();
        assert_eq!(
            RedactedUrl(&url).to_string(),
            "https://host:6984/db/_changes?since&limit"
        );
    }

    #[test]
    fn credentials_are_cut_out_of_sentences() {
        for (text, safe) in [
            (
                "cannot open https://anna:s3cret@host/db today",
                "cannot open https://…@host/db today",
            ),
            (
                "http://a:p@ss@h/ and http://b:q@i/",
                "http://…@h/ and http://…@i/",
            ),
            ("\"https://anna@h\" is odd", "\"https://…@h\" is odd"),
            (
                "nothing to hide: https://host/db",
                "nothing to hide: https://host/db",
            ),
            ("mail anna@example.org", "mail anna@example.org"),
        ] {
            assert_eq!(redact(text), safe);
        }
    }
}
