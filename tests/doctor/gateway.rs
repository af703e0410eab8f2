//! A web server in front of CouchDB that does as it is told, and a proxy for the way out.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use socket2::SockRef;

/// A request as it came.
pub(crate) struct Asked {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    pub(crate) body: usize,
    pub(crate) signed_in: bool,
}

impl Asked {
    /// Whether it is one of the database's own and below it, such as `_changes`.
    pub(crate) fn is_for(&self, last: &str) -> bool {
        let path = self.path.split('?').next().unwrap_or_default();
        path.ends_with(&format!("/{last}"))
    }
}

type Rewrite = Box<dyn Fn(&str) -> String + Send>;

/// What is done with a request.
pub(crate) enum Act {
    Pass,
    /// Status, headers and body of the gateway's own.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Nothing, for as long as the other side waits.
    Silence,
    Reset,
    /// The head of the request, changed on the way.
    Ask(Rewrite),
    /// The head of the answer, changed on the way.
    Tell(Rewrite),
    /// Nothing is passed on before the answer is whole.
    Hold,
    /// The connection ends after this time, whatever is said on it.
    CutAfter(Duration),
    /// Half of the answer's bytes.
    Half,
    /// So many bytes a second in each direction, and so long before the first.
    Slow(u64, Duration),
}

type Plan = Box<dyn FnMut(&Asked) -> Act + Send>;

#[derive(Clone)]
pub(crate) struct Gateway {
    /// `127.0.0.1:49152`
    pub(crate) authority: String,
    plan: Arc<Mutex<Plan>>,
    served: Arc<AtomicUsize>,
}

impl Gateway {
    pub(crate) fn to(upstream: &str, plan: impl FnMut(&Asked) -> Act + Send + 'static) -> Self {
        Self::at("127.0.0.1:0", upstream, plan)
    }

    pub(crate) fn at(
        address: &str,
        upstream: &str,
        plan: impl FnMut(&Asked) -> Act + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).expect("the namespace's ports are ours");
        let authority = listener
            .local_addr()
            .expect("a bound socket has an address")
            .to_string();
        let plan: Arc<Mutex<Plan>> = Arc::new(Mutex::new(Box::new(plan)));
        let served = Arc::new(AtomicUsize::new(0));
        let gateway = Self {
            authority,
            plan,
            served,
        };
        let (own, upstream) = (gateway.clone(), upstream.to_owned());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (own, upstream) = (own.clone(), upstream.clone());
                // A broken connection is what this is for.
                std::thread::spawn(move || own.serve(client, &upstream).ok());
            }
        });
        gateway
    }

    /// Passes everything from now on.
    pub(crate) fn heal(&self) {
        self.plan(|_| Act::Pass);
    }

    pub(crate) fn plan(&self, plan: impl FnMut(&Asked) -> Act + Send + 'static) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(plan);
    }

    /// Requests that were read so far.
    pub(crate) fn served(&self) -> usize {
        self.served.load(Ordering::SeqCst)
    }

    pub(crate) fn port(&self) -> &str {
        self.authority.rsplit_once(':').map_or("", |(_, port)| port)
    }

    fn serve(&self, mut client: TcpStream, upstream: &str) -> std::io::Result<()> {
        client.set_nodelay(true)?;
        let Some((asked, head, body)) = read(&mut client)? else {
            return Ok(());
        };
        self.served.fetch_add(1, Ordering::SeqCst);
        let act = (self.plan.lock().unwrap_or_else(PoisonError::into_inner))(&asked);
        let whole = |head: &str| [head.as_bytes(), &body].concat();
        match act {
            Act::Pass => {
                let server = ask(upstream, &whole(&head))?;
                pass(server, client, |bytes| Some(bytes.to_vec()))
            }
            Act::Answer(status, headers, body) => client.write_all(&page(status, &headers, &body)),
            Act::Silence => client.read(&mut [0]).map(drop),
            Act::Reset => SockRef::from(&client).set_linger(Some(Duration::ZERO)),
            Act::Ask(rewrite) => {
                let server = ask(upstream, &whole(&rewrite(&head)))?;
                pass(server, client, |bytes| Some(bytes.to_vec()))
            }
            Act::Tell(rewrite) => {
                let mut server = ask(upstream, &whole(&head))?;
                let mut answer = Vec::new();
                server.read_to_end(&mut answer)?;
                let end = answer
                    .windows(4)
                    .position(|four| four == b"\r\n\r\n")
                    .unwrap_or(answer.len());
                let head = rewrite(&String::from_utf8_lossy(&answer[..end]));
                client.write_all(head.as_bytes())?;
                client.write_all(&answer[end..])
            }
            Act::Hold => {
                let mut server = ask(upstream, &whole(&head))?;
                let mut answer = Vec::new();
                server.read_to_end(&mut answer)?;
                client.write_all(&answer)
            }
            Act::CutAfter(time) => {
                let server = ask(upstream, &whole(&head))?;
                let (near, far) = (client.try_clone()?, server.try_clone()?);
                std::thread::spawn(move || {
                    wait(time);
                    // It may have ended by itself.
                    let _ = near.shutdown(Shutdown::Both);
                    let _ = far.shutdown(Shutdown::Both);
                });
                pass(server, client, |bytes| Some(bytes.to_vec()))
            }
            Act::Half => {
                let mut server = ask(upstream, &whole(&head))?;
                let mut answer = Vec::new();
                server.read_to_end(&mut answer)?;
                client.write_all(&answer[..answer.len() - 30])
            }
            Act::Slow(rate, delay) => {
                let time = |bytes: usize| Duration::from_secs_f64(bytes as f64 / rate as f64);
                wait(delay + time(body.len()));
                let server = ask(upstream, &whole(&head))?;
                pass(server, client, |bytes| {
                    wait(time(bytes.len()));
                    Some(bytes.to_vec())
                })
            }
        }
    }
}

/// The pace of a line is part of the world, not a wait for something to happen.
fn wait(time: Duration) {
    let (kept, never): (Sender<()>, Receiver<()>) = channel();
    let _ = never.recv_timeout(time);
    drop(kept);
}

fn ask(upstream: &str, request: &[u8]) -> std::io::Result<TcpStream> {
    let mut server = TcpStream::connect(upstream)?;
    server.set_nodelay(true)?;
    server.write_all(request)?;
    Ok(server)
}

/// The answer as it comes. A client that hangs up takes the server's side down with it.
fn pass(
    mut server: TcpStream,
    mut client: TcpStream,
    mut change: impl FnMut(&[u8]) -> Option<Vec<u8>>,
) -> std::io::Result<()> {
    let (watched, hung_up) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        let _ = (&watched).read(&mut [0; 1]);
        let _ = hung_up.shutdown(Shutdown::Both);
    });
    let mut buffer = [0; 8 * 1024];
    loop {
        let count = server.read(&mut buffer)?;
        if count == 0 {
            return client.shutdown(Shutdown::Both);
        }
        if let Some(bytes) = change(&buffer[..count]) {
            client.write_all(&bytes)?;
        }
    }
}

/// Request, its head with the connection asked to be closed, its body.
fn read(client: &mut TcpStream) -> std::io::Result<Option<(Asked, String, Vec<u8>)>> {
    let mut reader = BufReader::new(client);
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut head = first.clone();
    let (mut length, mut signed_in, mut chunked) = (0, false, false);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "authorization" => signed_in = true,
            "transfer-encoding" => chunked = true,
            _ => {}
        }
        // Plain bodies both ways, so that half of an answer is half of its JSON.
        if ![
            "connection",
            "accept-encoding",
            "expect",
            "transfer-encoding",
            "content-length",
        ]
        .contains(&name.as_str())
        {
            head.push_str(&line);
        }
    }
    let mut body = vec![0; length];
    if chunked {
        body = chunks(&mut reader)?;
    } else {
        reader.read_exact(&mut body)?;
    }
    let mut words = first.split_whitespace().map(str::to_owned);
    let asked = Asked {
        method: words.next().unwrap_or_default(),
        path: words.next().unwrap_or_default(),
        body: body.len(),
        signed_in,
    };
    if !body.is_empty() || matches!(asked.method.as_str(), "PUT" | "POST") {
        let length = body.len().to_string();
        head.extend(["content-length: ", &length, "\r\n"]);
    }
    head.push_str("connection: close\r\n\r\n");
    Ok(Some((asked, head, body)))
}

fn chunks(reader: &mut impl std::io::BufRead) -> std::io::Result<Vec<u8>> {
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

pub(crate) fn page(status: u16, headers: &[(&str, String)], body: &str) -> Vec<u8> {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!("HTTP/1.1 {status} Said\r\nserver: nginx/1.24.0\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// An HTTP proxy for the way out: every name is this computer.
pub(crate) struct WayOut {
    pub(crate) authority: String,
}

impl WayOut {
    /// `wanted` is the whole value of `Proxy-Authorization`; `refuses` answers 403 to every tunnel.
    pub(crate) fn open(wanted: Option<String>, refuses: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the namespace's ports are ours");
        let authority = listener
            .local_addr()
            .expect("a bound socket has an address")
            .to_string();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let wanted = wanted.clone();
                std::thread::spawn(move || way_out(client, wanted.as_deref(), refuses).ok());
            }
        });
        Self { authority }
    }
}

fn way_out(mut client: TcpStream, wanted: Option<&str>, refuses: bool) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if client.read(&mut byte)? == 0 {
            return Ok(());
        }
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let given = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("proxy-authorization")
            .then(|| value.trim().to_owned())
    });
    if wanted.is_some() && given.as_deref() != wanted {
        return client.write_all(&page(
            407,
            &[("proxy-authenticate", "Basic realm=\"corp\"".to_owned())],
            "who are you?",
        ));
    }
    let mut words = text.split_whitespace();
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    if method != "CONNECT" || refuses {
        return client.write_all(&page(403, &[], "not from here"));
    }
    let port = target.rsplit_once(':').map_or("443", |(_, port)| port);
    let server = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut up_from, mut up_to) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut up_from, &mut up_to);
        let _ = up_to.shutdown(Shutdown::Write);
    });
    let (mut down_from, mut down_to) = (server, client);
    let copied = std::io::copy(&mut down_from, &mut down_to);
    let _ = down_to.shutdown(Shutdown::Both);
    copied.map(drop)
}
