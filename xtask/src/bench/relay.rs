//! A line between a client and a server that is as long as it is told to be. It knows of HTTP only how a request begins.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How every request line ends.
const REQUEST: &[u8] = b" HTTP/1.1\r\n";

#[derive(Default)]
struct Shared {
    /// One way, in microseconds.
    delay: AtomicU64,
    requests: AtomicU64,
    closing: AtomicBool,
}

/// Closed when dropped.
pub(crate) struct Relay {
    /// `127.0.0.1:49152`
    pub(crate) authority: String,
    shared: Arc<Shared>,
}

impl Relay {
    pub(crate) fn to(upstream: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("loopback has no free port")?;
        let authority = listener.local_addr()?.to_string();
        let shared = Arc::new(Shared::default());
        let (accepting, upstream) = (shared.clone(), upstream.to_owned());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if accepting.closing.load(Ordering::SeqCst) {
                    return;
                }
                // A connection that cannot be made is the client's to notice.
                connect(client, &upstream, &accepting).ok();
            }
        });
        Ok(Self { authority, shared })
    }

    /// In milliseconds, there and back. Holds for what is sent from now on.
    pub(crate) fn set_round_trip(&self, milliseconds: u64) {
        self.shared
            .delay
            .store(milliseconds * 500, Ordering::SeqCst);
    }

    /// Since the last look.
    pub(crate) fn take_requests(&self) -> u64 {
        self.shared.requests.swap(0, Ordering::SeqCst)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        // Wakes the accept loop so that it sees this; it closes the port.
        drop(TcpStream::connect(&self.authority));
    }
}

fn connect(client: TcpStream, upstream: &str, shared: &Arc<Shared>) -> std::io::Result<()> {
    let server = TcpStream::connect(upstream)?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    carry(client.try_clone()?, server.try_clone()?, shared, true);
    carry(server, client, shared, false);
    Ok(())
}

/// One direction. What was read is written when it is due, in order; reading goes on meanwhile, as on a real line.
fn carry(mut from: TcpStream, mut to: TcpStream, shared: &Arc<Shared>, counts: bool) {
    let (send, due) = mpsc::channel::<(Instant, Vec<u8>)>();
    let shared = shared.clone();
    std::thread::spawn(move || {
        let mut piece = vec![0; 64 * 1024];
        let mut last: Vec<u8> = Vec::new();
        while let Ok(read) = from.read(&mut piece) {
            if read == 0 {
                break;
            }
            if counts {
                last.extend_from_slice(&piece[..read]);
                let found = last.windows(REQUEST.len()).filter(|it| *it == REQUEST);
                shared
                    .requests
                    .fetch_add(found.count() as u64, Ordering::SeqCst);
                // The beginning of one that goes on in the next piece.
                last.drain(..last.len().saturating_sub(REQUEST.len() - 1));
            }
            let delay = Duration::from_micros(shared.delay.load(Ordering::SeqCst));
            if send
                .send((Instant::now() + delay, piece[..read].to_vec()))
                .is_err()
            {
                break;
            }
        }
    });
    std::thread::spawn(move || {
        for (when, bytes) in due {
            std::thread::sleep(when.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        to.shutdown(Shutdown::Write).ok();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_and_arrive_late() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = listener.local_addr().unwrap().to_string();
        let echo = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut piece = [0; 256];
            while let Ok(read @ 1..) = stream.read(&mut piece) {
                stream.write_all(&piece[..read]).unwrap();
            }
        });
        let relay = Relay::to(&upstream).unwrap();
        relay.set_round_trip(40);
        let mut client = TcpStream::connect(&relay.authority).unwrap();
        let begun = Instant::now();
        // Cut in the middle of what is looked for.
        client.write_all(b"GET / HTTP").unwrap();
        client.read_exact(&mut [0; 10]).unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(40));
        client
            .write_all(b"/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n")
            .unwrap();
        client.read_exact(&mut [0; 27]).unwrap();
        assert_eq!(relay.take_requests(), 2);
        assert_eq!(relay.take_requests(), 0);
        drop(client);
        echo.join().unwrap();
    }
}
