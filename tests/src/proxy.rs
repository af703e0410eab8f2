//! A reverse proxy on loopback that misbehaves as told.
//!
//! Each request goes to the server on a connection of its own that closes afterwards, so that an answer ends with its
//! connection whatever its framing: answers that must arrive as they come (a changes feed) are passed through byte by
//! byte, and those that are to be spoilt are read whole first.

mod message;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use socket2::SockRef;

use crate::listeners::OpenPort;

pub use message::Request;
pub(crate) use message::{read_answer, read_request};

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: passed through.
    None,
    /// The connection is reset before the server hears of it.
    Refuse,
    /// The server does what it is asked; its answer is lost in a reset.
    ResetBeforeResponse,
    /// Half of the answer, then a reset.
    ResetMidBody,
    /// A complete answer by its framing, with status and headers of the real one and half of its body.
    TruncateJson,
    /// This status from a proxy in between, with a page of HTML. The server hears nothing.
    Status(u16),
    /// 401 from a gateway whose own session has run out, which hands out another one.
    SignedOut,
    /// 429, with these seconds in `Retry-After` or none.
    TooManyRequests { retry_after: Option<u32> },
}

type Plan = Box<dyn FnMut(&Request) -> Fault + Send>;

struct Shared {
    upstream: String,
    plan: Mutex<Plan>,
    log: Mutex<Vec<(Request, Fault)>>,
    /// Whole requests, where somebody wants to look at them.
    heard: Mutex<Option<Vec<Vec<u8>>>>,
}

pub struct FaultProxy {
    /// `127.0.0.1:49152`: stands in for the server's.
    pub authority: String,
    shared: Arc<Shared>,
    _port: OpenPort,
}

impl FaultProxy {
    /// Passes everything to `upstream` (`host:port`) until told otherwise.
    pub fn to(upstream: &str) -> Self {
        Self::on("127.0.0.1", upstream)
    }

    /// The same on another of this computer's addresses: `[::1]`.
    pub fn on(host: &str, upstream: &str) -> Self {
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            plan: Mutex::new(Box::new(|_| Fault::None)),
            log: Mutex::new(Vec::new()),
            heard: Mutex::new(None),
        });
        let serving = Arc::clone(&shared);
        let port = OpenPort::on(host, move |client| serve(client, &serving));
        Self {
            authority: port.authority.clone(),
            shared,
            _port: port,
        }
    }

    /// Asks `plan` about every request from now on.
    pub fn plan(&self, plan: impl FnMut(&Request) -> Fault + Send + 'static) {
        *lock(&self.shared.plan) = Box::new(plan);
    }

    /// No faults from now on.
    pub fn heal(&self) {
        self.plan(|_| Fault::None);
    }

    /// Keeps every request from now on, byte by byte.
    pub fn listen(&self) {
        *lock(&self.shared.heard) = Some(Vec::new());
    }

    /// The requests since [`Self::listen`] or the last look: request line, headers without those about framing, body.
    pub fn take_heard(&self) -> Vec<Vec<u8>> {
        let mut heard = lock(&self.shared.heard);
        heard.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// What came by since the last look, and what was done to it.
    pub fn take_log(&self) -> Vec<(Request, Fault)> {
        std::mem::take(&mut *lock(&self.shared.log))
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One request and its answer; the client is told to open another connection for the next.
fn serve(mut client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let Some((request, bytes)) = read_request(&mut client)? else {
        return Ok(());
    };
    let fault = (lock(&shared.plan))(&request);
    lock(&shared.log).push((request, fault));
    if let Some(heard) = &mut *lock(&shared.heard) {
        heard.push(bytes.clone());
    }
    match fault {
        Fault::None => pass(client, &shared.upstream, &bytes),
        Fault::Refuse => reset(&client),
        Fault::ResetBeforeResponse => {
            exchange(&shared.upstream, &bytes)?;
            reset(&client)
        }
        Fault::ResetMidBody => {
            let answer = exchange(&shared.upstream, &bytes)?;
            let body = message::body_start(&answer);
            client.write_all(&answer[..body + (answer.len() - body) / 2])?;
            client.flush()?;
            reset(&client)
        }
        Fault::TruncateJson => {
            let answer = exchange(&shared.upstream, &bytes)?;
            client.write_all(&message::truncated(&answer))
        }
        Fault::Status(status) => client.write_all(&message::page(status, None)),
        Fault::SignedOut => client.write_all(&message::sign_in_page()),
        Fault::TooManyRequests { retry_after } => {
            client.write_all(&message::page(429, retry_after))
        }
    }
}

/// The server's whole answer.
fn exchange(upstream: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream)?;
    server.write_all(request)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    Ok(answer)
}

/// The server's answer as it comes. A client that hangs up takes the server's side down with it.
fn pass(mut client: TcpStream, upstream: &str, request: &[u8]) -> std::io::Result<()> {
    let mut server = TcpStream::connect(upstream)?;
    server.set_nodelay(true)?;
    server.write_all(request)?;
    let (watched, hung_up) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        // A client that waits for its answer sends nothing more: any end of this read is its end.
        let _ = (&watched).read(&mut [0_u8; 1]);
        let _ = hung_up.shutdown(Shutdown::Both);
    });
    let copied = std::io::copy(&mut server, &mut client);
    let _ = client.shutdown(Shutdown::Both);
    copied.map(|_| ())
}

/// Closes with RST instead of FIN: the client sees "connection reset", not an orderly end.
fn reset(client: &TcpStream) -> std::io::Result<()> {
    SockRef::from(client).set_linger(Some(Duration::ZERO))
}
