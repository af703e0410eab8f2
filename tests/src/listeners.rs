//! Ports of this computer: one whose every connection is somebody's to serve, and some that misbehave before a word of HTTP
//! is said.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use socket2::{Domain, Socket, Type};

/// A port that takes every connection, and no more once it is dropped.
pub(crate) struct OpenPort {
    /// `127.0.0.1:49152`
    pub(crate) authority: String,
    closing: Arc<AtomicBool>,
}

impl OpenPort {
    /// A free one of loopback.
    pub(crate) fn serving(
        serve: impl Fn(TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::on("127.0.0.1", serve)
    }

    /// The same on another of this computer's addresses: `[::1]`. Each connection has a thread of its own; that one
    /// breaks concerns only its two ends.
    pub(crate) fn on(
        host: &str,
        serve: impl Fn(TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(format!("{host}:0")).expect("loopback has a free port");
        let authority = local_authority(&listener);
        let (closing, serve) = (Arc::new(AtomicBool::new(false)), Arc::new(serve));
        let closed = Arc::clone(&closing);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                let serve = Arc::clone(&serve);
                std::thread::spawn(move || serve(client).ok());
            }
        });
        Self { authority, closing }
    }
}

impl Drop for OpenPort {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        // Wakes the accept loop so that it sees this; it closes the port.
        drop(TcpStream::connect(&self.authority));
    }
}

/// A loopback authority where nothing listens.
pub fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    local_authority(&listener)
}

fn local_authority(listener: &TcpListener) -> String {
    let address = listener.local_addr();
    address.expect("a bound socket has an address").to_string()
}

/// Passes everything on in both directions until one side has said all.
pub(crate) fn tunnel(client: TcpStream, server: TcpStream) -> std::io::Result<()> {
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        let copied = std::io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
        copied.ok()
    });
    let (mut from_server, mut to_client) = (server, client);
    std::io::copy(&mut from_server, &mut to_client)?;
    to_client.shutdown(Shutdown::Both)
}

/// A port that swallows what is sent to it: its queue is full, so the kernel drops every further wish for a connection.
pub struct BlackHole {
    pub port: u16,
    _listener: Socket,
    _queued: Vec<TcpStream>,
}

impl BlackHole {
    pub fn at(address: &str) -> Self {
        let address: SocketAddr = address.parse().expect("an address of ours");
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)
            .expect("a socket can be made");
        socket
            .bind(&address.into())
            .expect("the namespace's ports are ours");
        socket.listen(0).expect("a bound socket listens");
        let bound = socket
            .local_addr()
            .ok()
            .and_then(|address| address.as_socket())
            .expect("a bound socket has an address");
        let mut queued = Vec::new();
        // As many as the queue takes; the first that is dropped ends it.
        while let Ok(stream) =
            TcpStream::connect_timeout(&bound, std::time::Duration::from_millis(300))
        {
            queued.push(stream);
        }
        Self {
            port: bound.port(),
            _listener: socket,
            _queued: queued,
        }
    }
}

/// Passes everything on to `upstream`, from now on until the program ends.
pub fn relay(authority: &str, upstream: &str) {
    let listener = TcpListener::bind(authority).expect("the port is free again");
    let upstream = upstream.to_owned();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let upstream = upstream.clone();
            // A broken connection concerns only its two ends.
            std::thread::spawn(move || tunnel(client, TcpStream::connect(upstream)?));
        }
    });
}

/// A port nobody should ever come to: it keeps what they said.
pub struct Trap {
    /// `127.0.0.1:49152`
    pub authority: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Trap {
    pub fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr();
        let authority = address.expect("a bound socket has an address").to_string();
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let ears = heard.clone();
        std::thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                let ears = ears.clone();
                std::thread::spawn(move || {
                    let mut words = [0; 2048];
                    // Whoever hangs up without a word came all the same.
                    let read = client.read(&mut words).unwrap_or_default();
                    let words = String::from_utf8_lossy(&words[..read]).into_owned();
                    ears.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(words);
                });
            }
        });
        Self { authority, heard }
    }

    /// What was said here, one text per connection.
    pub fn heard(&self) -> Vec<String> {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Says `words` to everybody, then closes; without words it hangs up at once.
pub fn babbler(words: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the namespace's ports are ours");
    let port = listener
        .local_addr()
        .expect("a bound socket has an address")
        .port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let _ = client.read(&mut [0; 2048]);
                let _ = client.write_all(words);
            });
        }
    });
    port
}
