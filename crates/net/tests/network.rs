//! What the network does to a request, one way per test, against sockets of our own.

#![allow(clippy::unwrap_used)]

use std::{future::Future, net::SocketAddr, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use sheaf_net::{
    Body, ChosenProxy, Client, Deadlines, Method, NetClass, NetError, Options, Password,
    ProxyChoice, Reply, Stage, Url,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
};

/// A server that does `each` with every connection.
async fn server<F: Future<Output = ()> + Send>(
    each: impl Fn(TcpStream) -> F + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            each(stream).await;
        }
    });
    address
}

/// Reads one request and answers with `text`, then ends the connection.
async fn answer(mut stream: TcpStream, text: &str) -> String {
    let request = read_request(&mut stream).await;
    stream.write_all(text.as_bytes()).await.unwrap();
    request
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse::<usize>()
                    .ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        if stream.read_buf(&mut request).await.unwrap() == 0 {
            return text;
        }
    }
}

fn impatient() -> Deadlines {
    let moment = Duration::from_millis(80);
    Deadlines {
        connect: moment,
        first_byte: moment,
        idle: moment,
    }
}

fn client() -> Client {
    Client::new(&Options {
        deadlines: impatient(),
        ..Options::default()
    })
    .unwrap()
}

fn url(address: SocketAddr) -> Url {
    format!("http://{address}/").parse().unwrap()
}

async fn get(address: SocketAddr) -> Result<Reply, NetError> {
    client().request(Method::GET, url(address)).send().await
}

async fn read(address: SocketAddr) -> Result<Bytes, NetError> {
    get(address).await?.bytes(1000).await
}

#[tokio::test]
async fn nothing_that_listens_is_told_from_no_such_host() {
    let vacant = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let error = get(vacant).await.err().unwrap();
    assert_eq!(
        (&error.class, error.stage),
        (&NetClass::Refused, Stage::Connect)
    );
    assert_eq!(error.server, vacant.to_string());
    // `.invalid` is reserved never to exist.
    let nowhere = "http://sheaf.invalid:1/".parse().unwrap();
    let direct = Options {
        proxy: ProxyChoice::Direct,
        ..Options::default()
    };
    let error = Client::new(&direct)
        .unwrap()
        .request(Method::GET, nowhere)
        .send()
        .await;
    assert_eq!(error.err().unwrap().class, NetClass::HostNotFound);
}

#[tokio::test]
async fn silence_ends_at_its_deadline_before_and_in_the_middle_of_an_answer() {
    let silent = server(|mut stream| async move {
        read_request(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let error = get(silent).await.err().unwrap();
    assert_eq!(
        (error.class, error.stage),
        (NetClass::TimedOut, Stage::Exchange)
    );

    let stalling = server(|mut stream| async move {
        read_request(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            .await
            .unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let error = read(stalling).await.err().unwrap();
    assert_eq!(
        (error.class, error.stage),
        (NetClass::TimedOut, Stage::Body)
    );
}

#[tokio::test]
async fn a_body_that_ends_early_is_an_error() {
    for head in ["Content-Length: 10", "Transfer-Encoding: chunked"] {
        let cutting = server(move |stream| async move {
            let text = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n4\r\nhal");
            answer(stream, &text).await;
        })
        .await;
        let error = read(cutting).await.err().unwrap();
        assert_eq!(
            (error.class, error.stage),
            (NetClass::Reset, Stage::Body),
            "{head}"
        );
    }
}

#[tokio::test]
async fn an_answer_longer_than_asked_for_is_not_kept() {
    let long = server(|stream| async move {
        let body = "x".repeat(2000);
        answer(
            stream,
            &format!("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n{body}"),
        )
        .await;
    })
    .await;
    assert_eq!(read(long).await.err().unwrap().class, NetClass::TooLong);
}

#[tokio::test]
async fn what_is_not_http_is_not_an_answer() {
    let other = server(|stream| async move {
        answer(stream, "SSH-2.0-OpenSSH_9.2\r\n\r\n").await;
    })
    .await;
    assert_eq!(get(other).await.err().unwrap().class, NetClass::Protocol);
    let hasty = server(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 400 X\r\n\r\n").await.unwrap();
    })
    .await;
    let tls = format!("https://{hasty}/").parse().unwrap();
    let error = client()
        .request(Method::GET, tls)
        .send()
        .await
        .err()
        .unwrap();
    assert_eq!(
        error.class,
        NetClass::Protocol,
        "plain text where TLS was promised"
    );
}

#[tokio::test]
async fn redirects_are_reported_without_credentials_and_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let moved = server(move |stream| async move {
            let text = format!(
                "HTTP/1.1 {status} X\r\nLocation: https://u:p@evil.example/x?token=1\r\nContent-Length: 0\r\n\r\n"
            );
            answer(stream, &text).await;
        })
        .await;
        let class = get(moved).await.err().unwrap().class;
        let to = "https://evil.example/x?token".to_owned();
        assert_eq!(class, NetClass::Redirected(to));
    }
}

/// A port whose queue is full: whoever comes is not answered at all.
async fn black_hole() -> (SocketAddr, Vec<TcpStream>, TcpListener) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    let patience = Duration::from_millis(200);
    while let Ok(stream) = tokio::time::timeout(patience, TcpStream::connect(address)).await {
        queued.push(stream.unwrap());
    }
    (address, queued, listener)
}

async fn through(proxy: &str, to: &str) -> NetError {
    let chosen = ChosenProxy::parse(proxy).unwrap();
    let client = Client::new(&Options {
        proxy: ProxyChoice::Chosen(Box::new(chosen)),
        deadlines: Deadlines {
            // As by default, no connection is waited for as long as an answer.
            first_byte: impatient().connect * 8,
            ..impatient()
        },
        ..Options::default()
    })
    .unwrap();
    let asked = client.request(Method::GET, to.parse().unwrap()).send();
    asked.await.err().unwrap()
}

#[tokio::test]
async fn the_trouble_of_a_proxy_is_told_from_that_of_the_server_behind_it() {
    let vacant = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let (hole, _queued, _listener) = black_hole().await;
    let silent = server(|mut stream| async move {
        read_request(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let forbidding = server(|mut stream| async move {
        let mut first = [0];
        stream.peek(&mut first).await.unwrap();
        if first[0] == 5 {
            stream.write_all(&[5, 0]).await.unwrap();
            stream
                .write_all(&[5, 2, 0, 1, 0, 0, 0, 0, 0, 0])
                .await
                .unwrap();
            // It reads on, so that its words are not lost with the connection.
            let _ = stream.read_buf(&mut Vec::new()).await;
            let _ = stream.read_buf(&mut Vec::new()).await;
        } else {
            answer(stream, "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno").await;
        }
    })
    .await;
    let garbling = server(|stream| async move {
        answer(stream, "SSH-2.0-OpenSSH_9.2\r\n\r\n").await;
    })
    .await;
    for target in ["http://sheaf.invalid/", "https://sheaf.invalid/"] {
        let tunnelled = target.starts_with("https");
        for scheme in ["http", "socks5"] {
            let ask = async |proxy: &dyn std::fmt::Display| {
                let error = through(&format!("{scheme}://{proxy}"), target).await;
                let named = error.proxy.is_some();
                assert!(named || error.class == NetClass::TimedOut, "{error}");
                error.class
            };
            let what = format!("{scheme} to {target}");
            for gone in [vacant, hole] {
                assert_eq!(ask(&gone).await, NetClass::ProxyUnreachable, "{what}");
            }
            let unknown = ask(&"proxy.invalid:3128").await;
            assert_eq!(unknown, NetClass::ProxyUnreachable, "{what}");
            let status = match scheme {
                "socks5" => Some(2),
                _ => (!tunnelled).then_some(403),
            };
            assert_eq!(
                ask(&forbidding).await,
                NetClass::ProxyRefused(status),
                "{what}"
            );
            // It took the connection: whether it or the server is silent cannot be told.
            assert_eq!(ask(&silent).await, NetClass::TimedOut, "{what}");
        }
    }
    let class = through(&format!("http://{garbling}"), "http://sheaf.invalid/").await;
    assert_eq!(class.class, NetClass::Protocol);
    let words = through(&format!("http://{vacant}"), "https://sheaf.invalid/").await;
    assert_eq!(
        words.to_string(),
        format!("the proxy {vacant} on the way to sheaf.invalid:443 does not answer")
    );
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_costs_nothing() {
    let once_each = server(|stream| async move {
        // Promises to stay, and leaves.
        answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    })
    .await;
    let client = client();
    for _ in 0..5 {
        let reply = client
            .request(Method::GET, url(once_each))
            .send()
            .await
            .unwrap();
        assert_eq!(reply.bytes(10).await.unwrap(), "ok");
    }
}

#[tokio::test]
async fn a_streamed_body_is_sent_with_its_length() {
    let (seen, mut requests) = tokio::sync::mpsc::unbounded_channel();
    let listening = server(move |stream| {
        let seen = seen.clone();
        async move {
            let text = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
            seen.send(answer(stream, text).await).unwrap();
        }
    })
    .await;
    let pieces = stream::iter(["ab", "cde"])
        .map(|piece| Ok(Bytes::from(piece)))
        .boxed();
    let body = Body::Stream { length: 5, pieces };
    let request = client()
        .request(Method::PUT, url(listening))
        .body("text/plain", body);
    assert_eq!(request.send().await.unwrap().status(), 201);
    let request = requests.recv().await.unwrap().to_ascii_lowercase();
    assert!(
        request.contains("content-length: 5") && !request.contains("chunked"),
        "{request}"
    );
    assert!(request.ends_with("abcde"));
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_not_the_networks_fault() {
    let listening = server(|mut stream| async move {
        read_request(&mut stream).await;
    })
    .await;
    let pieces = stream::iter([Err(std::io::Error::other("disk"))]).boxed();
    let body = Body::Stream { length: 5, pieces };
    let request = client()
        .request(Method::PUT, url(listening))
        .body("text/plain", body);
    assert_eq!(request.send().await.err().unwrap().class, NetClass::Source);
}

/// Time is virtual: only the pauses of the body pass.
#[tokio::test(start_paused = true)]
async fn a_body_may_take_longer_than_the_deadline_as_long_as_it_moves() {
    let listening = server(|stream| async move {
        answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    })
    .await;
    let pause = impatient().first_byte.mul_f64(0.6);
    let slow = |pause| {
        let pieces = stream::iter(0..20).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok(Bytes::from_static(b"x"))
        });
        let body = Body::Stream {
            length: 20,
            pieces: pieces.boxed(),
        };
        client()
            .request(Method::PUT, url(listening))
            .body("text/plain", body)
            .send()
    };
    assert_eq!(slow(pause).await.unwrap().status(), 200);
    let error = slow(pause * 2).await.err().unwrap();
    assert_eq!(
        error.class,
        NetClass::TimedOut,
        "and no longer when it stands still"
    );
}

#[tokio::test]
async fn waiting_as_long_as_the_server_wishes() {
    for (headers, seconds) in [
        ("Retry-After: 7", Some(7)),
        (
            "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nDate: Fri, 31 Dec 1999 23:59:49 GMT",
            Some(10),
        ),
        (
            "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nDate: Sat, 01 Jan 2000 23:59:49 GMT",
            Some(0),
        ),
        ("Retry-After: soon", None),
        ("X: y", None),
    ] {
        let busy = server(move |stream| async move {
            let text = format!("HTTP/1.1 429 X\r\n{headers}\r\nContent-Length: 0\r\n\r\n");
            answer(stream, &text).await;
        })
        .await;
        let reply = get(busy).await.unwrap();
        assert_eq!(
            reply.retry_after(),
            seconds.map(Duration::from_secs),
            "{headers}"
        );
    }
}

#[tokio::test]
async fn errors_name_the_place_and_no_secret() {
    let closing = server(|mut stream| async move {
        read_request(&mut stream).await;
    })
    .await;
    let secret = Password::new("tr0ub4dor");
    let request = client()
        .request(Method::GET, url(closing))
        .basic("anna", &secret);
    let error = request.send().await.err().unwrap();
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text} {cause} {cause:?}");
        source = cause.source();
    }
    assert!(text.contains(&closing.port().to_string()));
    for form in ["tr0ub4dor", "anna", "YW5uYTp0cjB1YjRkb3I"] {
        assert!(!text.contains(form), "{text}");
    }
}

/// A password must not follow a redirect; where there is none, the sender may decide about every step.
#[tokio::test]
async fn a_redirect_is_an_answer_for_whoever_asks_for_it() {
    let moved = server(|stream| async move {
        answer(
            stream,
            "HTTP/1.1 302 Found\r\nlocation: /there\r\ncontent-length: 0\r\n\r\n",
        )
        .await;
    })
    .await;
    let error = get(moved).await.err().unwrap();
    assert!(matches!(error.class, NetClass::Redirected(_)), "{error:?}");
    let request = client().request(Method::GET, url(moved));
    let reply = request.redirects_are_answers().send().await.unwrap();
    assert_eq!(reply.status().as_u16(), 302);
    assert_eq!(reply.header("location"), Some("/there"));
}
