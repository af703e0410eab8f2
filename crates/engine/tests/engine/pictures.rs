//! Pictures of the web, from a server that leads elsewhere, has something else, or has too much.

use crate::support::Home;
use sheaf_engine::{Engine, NoPicture};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};

const DRAWING: &str = "<svg xmlns='http://www.w3.org/2000/svg'/>";

/// Answers each path in its own way; `location` of `/away` is the rest of the path.
async fn host() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (from, mut to) = stream.split();
            let mut lines = BufReader::new(from).lines();
            let first = lines.next_line().await.unwrap().unwrap_or_default();
            let mut head = Vec::new();
            while let Ok(Some(line)) = lines.next_line().await {
                if line.is_empty() {
                    break;
                }
                head.push(line.to_ascii_lowercase());
            }
            let told = |name: &str| head.iter().any(|line| line.starts_with(name));
            assert!(!told("cookie") && !told("referer") && !told("authorization"));
            let path = first.split(' ').nth(1).unwrap_or_default();
            let (status, more, body) = match path {
                "/picture" => ("200 OK", String::new(), DRAWING),
                "/page" => (
                    "200 OK",
                    "content-type: image/png\r\n".to_owned(),
                    "<p>words",
                ),
                "/circle" => ("302 Found", "location: /circle\r\n".to_owned(), ""),
                _ => match path.strip_prefix("/away/") {
                    Some(to) => ("301 Moved", format!("location: {to}\r\n"), ""),
                    None => ("404 Not Found", String::new(), ""),
                },
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\n{more}content-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            to.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    address
}

async fn refused(engine: &Engine, address: &str) -> NoPicture {
    engine.web_picture(address).await.unwrap_err()
}

#[tokio::test]
async fn a_picture_comes_with_the_type_of_its_bytes_also_from_where_it_moved() {
    let (home, host) = (Home::new(), host().await);
    let engine = home.open().await;
    for path in ["/picture", "/away//picture", "/away//away//picture"] {
        let picture = engine.web_picture(&format!("{host}{path}")).await.unwrap();
        assert_eq!(picture.content_type, "image/svg+xml");
        assert_eq!(picture.bytes, DRAWING.as_bytes());
    }
}

#[tokio::test]
async fn nothing_but_a_picture_comes_and_from_nowhere_but_the_web() {
    let (home, host) = (Home::new(), host().await);
    let engine = home.open().await;
    let at = |path: &str| format!("{host}{path}");
    for address in [
        "file:///etc/passwd".to_owned(),
        "sheaf-file://localhost/file:a".to_owned(),
        at("/picture").replace("http://", "http://user:word@"),
        at("/away/file:///etc/passwd"),
        at("/away/http://user:word@127.0.0.1/x"),
        at("/circle"),
    ] {
        let error = refused(&engine, &address).await;
        assert!(matches!(error, NoPicture::Forbidden), "{address}: {error}");
    }
    assert!(matches!(
        refused(&engine, &at("/page")).await,
        NoPicture::Other
    ));
    assert!(matches!(
        refused(&engine, &at("/nothing")).await,
        NoPicture::Status(404)
    ));
}

#[tokio::test]
async fn every_run_has_a_key_of_its_own() {
    let home = Home::new();
    let engine = home.open().await;
    let (one, other) = (engine.picture_key(), engine.picture_key());
    assert_eq!(one.len(), 32);
    assert_ne!(one, other);
}
