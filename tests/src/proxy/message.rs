//! As much of HTTP/1.1 as standing in the middle takes.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// With the query, as it was sent.
    pub path: String,
    /// Bytes of its body.
    pub body: usize,
}

/// A request and the bytes to send on: the same, but asking for the connection to be closed afterwards, and with plain
/// bodies in both directions (half of an answer shall be half of its JSON). `None` when the client opened a connection and thought better of it.
pub(crate) fn read_request(client: &mut TcpStream) -> std::io::Result<Option<(Request, Vec<u8>)>> {
    let mut reader = BufReader::new(client);
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut words = first.split_whitespace().map(str::to_owned);
    let mut request = Request {
        method: words.next().unwrap_or_default(),
        path: words.next().unwrap_or_default(),
        body: 0,
    };
    let headers = read_headers(&mut reader)?;
    let body = read_body(&mut reader, &headers)?;
    request.body = body.len();
    let mut bytes = first.into_bytes();
    for (name, value) in &headers {
        let replaced = [
            "accept-encoding",
            "connection",
            "content-length",
            "expect",
            "transfer-encoding",
        ];
        if !replaced.contains(&name.to_ascii_lowercase().as_str()) {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
    }
    let has_body = !body.is_empty() || request.method == "POST" || request.method == "PUT";
    if has_body {
        bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"connection: close\r\n\r\n");
    bytes.extend_from_slice(&body);
    Ok(Some((request, bytes)))
}

fn read_headers(reader: &mut impl BufRead) -> std::io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Ok(headers);
        };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

fn read_body(reader: &mut impl BufRead, headers: &[(String, String)]) -> std::io::Result<Vec<u8>> {
    let header = |wanted: &str| {
        headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.as_str())
    };
    if header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        return read_chunks(reader);
    }
    let length = header("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    Ok(body)
}

fn read_chunks(reader: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        reader.read_line(&mut size)?;
        let size = usize::from_str_radix(size.trim(), 16).map_err(std::io::Error::other)?;
        let start = body.len();
        body.resize(start + size, 0);
        reader.read_exact(&mut body[start..])?;
        reader.read_line(&mut String::new())?;
        if size == 0 {
            return Ok(body);
        }
    }
}

/// Where the body of an answer begins.
pub(crate) fn body_start(answer: &[u8]) -> usize {
    answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map_or(answer.len(), |end| end + 4)
}

/// Status, headers without those about framing, and the decoded body of a whole answer.
pub(crate) fn read_answer(answer: &[u8]) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let start = body_start(answer);
    let mut head = BufReader::new(&answer[..start]);
    let mut first = String::new();
    let mut headers = head
        .read_line(&mut first)
        .and_then(|_| read_headers(&mut head))
        .unwrap_or_default();
    let status = first.split_whitespace().nth(1);
    let chunked = headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding"));
    let body = if chunked {
        read_chunks(&mut &answer[start..]).unwrap_or_default()
    } else {
        answer[start..].to_vec()
    };
    let framing = ["connection", "content-length", "transfer-encoding"];
    headers.retain(|(name, _)| !framing.contains(&name.to_ascii_lowercase().as_str()));
    let status = status.and_then(|status| status.parse().ok()).unwrap_or(502);
    (status, headers, body)
}

/// The answer with half of its (decoded) body and a length that fits.
pub(crate) fn truncated(answer: &[u8]) -> Vec<u8> {
    let (status, headers, body) = read_answer(answer);
    let half = &body[..body.len() / 2];
    let mut bytes = format!("HTTP/1.1 {status} Cut\r\n").into_bytes();
    for (name, value) in &headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(
        format!(
            "connection: close\r\ncontent-length: {}\r\n\r\n",
            half.len()
        )
        .as_bytes(),
    );
    bytes.extend_from_slice(half);
    bytes
}

/// What a proxy in between says of itself.
pub(crate) fn page(status: u16, retry_after: Option<u32>) -> Vec<u8> {
    let body = format!("<html><body><h1>{status}</h1></body></html>");
    let retry_after = retry_after
        .map(|seconds| format!("retry-after: {seconds}\r\n"))
        .unwrap_or_default();
    format!(
        "HTTP/1.1 {status} Fault\r\ncontent-type: text/html\r\nconnection: close\r\n{retry_after}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A gateway that knows nobody any more.
pub(crate) fn sign_in_page() -> Vec<u8> {
    let body = "<html><body><h1>Sign in</h1></body></html>";
    format!(
        "HTTP/1.1 401 Unauthorized\r\ncontent-type: text/html\r\nset-cookie: gate=fresh; Path=/; Max-Age=5; HttpOnly\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
