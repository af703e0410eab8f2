//! A server that lies: a proxy on loopback before the real one that remembers every byte it is told and changes what
//! it answers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::listeners::OpenPort;
use crate::proxy::{Request, read_answer, read_request};

/// An answer on its way to the client.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Changes an answer to a request.
pub type Lie = Box<dyn FnMut(&Request, &mut Reply) + Send>;

/// What becomes of a request that never gets an answer, for as long as its connection lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It gets one.
    Not,
    /// The server does not hear of it.
    Unheard,
    /// The server has done it.
    Done,
}

type Choose = Box<dyn FnMut(&Request) -> Hold + Send>;

struct Shared {
    upstream: String,
    lie: Mutex<Option<Lie>>,
    hold: Mutex<Option<Choose>>,
    held: Mutex<Option<Sender<Request>>>,
    heard: Mutex<Vec<u8>>,
    asked: Mutex<Vec<Request>>,
    lied: AtomicUsize,
}

pub struct Liar {
    /// `127.0.0.1:49152`: stands in for the server's.
    pub authority: String,
    shared: Arc<Shared>,
    _port: OpenPort,
}

impl Reply {
    /// The status and a body of some type.
    pub fn replace(&mut self, status: u16, kind: &str, body: impl Into<Vec<u8>>) {
        self.status = status;
        self.headers = vec![("content-type".to_owned(), kind.to_owned())];
        self.body = body.into();
    }

    /// A JSON body, without the frame of the newer generation.
    pub fn say(&mut self, status: u16, body: &Value) {
        self.replace(status, "application/json", body.to_string());
    }

    /// Edits what is in the answer, inside its frame if it has one. Answers that are no JSON stay as they are.
    pub fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        let Ok(mut value) = serde_json::from_slice::<Value>(&self.body) else {
            return;
        };
        let truth = value.clone();
        let inner = if value.get("meta").is_some() {
            &mut value["data"]
        } else {
            &mut value
        };
        change(inner);
        if value != truth {
            self.body = value.to_string().into_bytes();
        }
    }
}

impl Liar {
    /// Stands before `upstream` (`host:port`) and is honest until told otherwise.
    pub fn before(upstream: &str) -> Self {
        let shared = Arc::new(Shared {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            lie: Mutex::new(None),
            hold: Mutex::new(None),
            held: Mutex::new(None),
            heard: Mutex::default(),
            asked: Mutex::default(),
            lied: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&shared);
        let port = OpenPort::serving(move |client| serve(client, &serving));
        Self {
            authority: port.authority.clone(),
            shared,
            _port: port,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// Every answer goes through `lie` from now on.
    pub fn lie(&self, lie: impl FnMut(&Request, &mut Reply) + Send + 'static) {
        self.shared.lied.store(0, Ordering::SeqCst);
        *lock(&self.shared.lie) = Some(Box::new(lie));
    }

    pub fn be_honest(&self) {
        *lock(&self.shared.lie) = None;
        *lock(&self.shared.hold) = None;
    }

    /// How many answers the lie in force has changed.
    pub fn lied(&self) -> usize {
        self.shared.lied.load(Ordering::SeqCst)
    }

    /// Asks `which` about every request from now on. What is held comes out of the channel.
    pub fn hold(&self, which: impl FnMut(&Request) -> Hold + Send + 'static) -> Receiver<Request> {
        let (sender, held) = channel();
        *lock(&self.shared.held) = Some(sender);
        *lock(&self.shared.hold) = Some(Box::new(which));
        held
    }

    /// Every byte that was sent to the server so far.
    pub fn heard(&self) -> Vec<u8> {
        lock(&self.shared.heard).clone()
    }

    /// The requests since the last look.
    pub fn take_asked(&self) -> Vec<Request> {
        std::mem::take(&mut *lock(&self.shared.asked))
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Until the client is gone.
fn wait(client: &mut TcpStream, shared: &Shared, request: Request) -> std::io::Result<()> {
    if let Some(held) = lock(&shared.held).as_ref() {
        // Nobody may be waiting for it any more.
        let _ = held.send(request);
    }
    client.read(&mut [0_u8; 1]).map(|_| ())
}

/// One request and its answer; the client is told to open another connection for the next.
fn serve(mut client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let Some((request, bytes)) = read_request(&mut client)? else {
        return Ok(());
    };
    lock(&shared.heard).extend_from_slice(&bytes);
    lock(&shared.asked).push(request.clone());
    let hold = lock(&shared.hold)
        .as_mut()
        .map_or(Hold::Not, |choose| choose(&request));
    if hold == Hold::Unheard {
        return wait(&mut client, shared, request);
    }
    let mut reply = Reply::default();
    if request.path.starts_with("/v1/events") {
        // Whoever lies to a feed only makes the client ask.
        reply.replace(404, "application/json", "{}");
    } else {
        let mut server = TcpStream::connect(&shared.upstream)?;
        server.write_all(&bytes)?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        let (status, headers, body) = read_answer(&answer);
        reply = Reply {
            status,
            headers,
            body,
        };
    }
    if hold == Hold::Done {
        return wait(&mut client, shared, request);
    }
    if let Some(lie) = lock(&shared.lie).as_mut() {
        let truth = reply.clone();
        lie(&request, &mut reply);
        if reply != truth {
            shared.lied.fetch_add(1, Ordering::SeqCst);
        }
    }
    let mut head = vec![format!("HTTP/1.1 {} Said", reply.status)];
    head.extend(
        reply
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}")),
    );
    head.push(format!("content-length: {}", reply.body.len()));
    head.push("connection: close\r\n\r\n".to_owned());
    client.write_all(head.join("\r\n").as_bytes())?;
    client.write_all(&reply.body)
}
