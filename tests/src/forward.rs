//! A forward proxy on loopback, HTTP and SOCKS5 on one port, that alone knows where a made-up host is: a
//! request that arrives has come through it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::listeners::{OpenPort, tunnel};
use crate::proxy::read_request;

/// A host that the proxy lets nobody through to.
pub const FORBIDDEN_BY_THE_PROXY: &str = "games.behind.test";

/// The host that only the proxy can find.
pub const BEHIND_THE_PROXY: &str = "couch.behind.test";

struct Shared {
    upstream: String,
    /// `name:password`, where it does not let everybody through.
    credentials: Option<String>,
    log: Mutex<Vec<String>>,
}

/// Closed when dropped.
pub struct ForwardProxy {
    /// `127.0.0.1:49152`
    pub authority: String,
    shared: Arc<Shared>,
    _port: OpenPort,
}

impl ForwardProxy {
    /// Whoever asks for [`BEHIND_THE_PROXY`] is taken to `upstream` (`host:port`); nobody else anywhere.
    pub fn to(upstream: &str) -> Self {
        Self::start(upstream, None)
    }

    /// The same for whoever has signed in, as RFC 9110 (section 11.7) and RFC 1929 have it.
    pub fn with_password(upstream: &str, user: &str, password: &str) -> Self {
        Self::start(upstream, Some(format!("{user}:{password}")))
    }

    fn start(upstream: &str, credentials: Option<String>) -> Self {
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            credentials,
            log: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        let port = OpenPort::serving(move |client| serve(client, &serving));
        Self {
            authority: port.authority.clone(),
            shared,
            _port: port,
        }
    }

    /// How it was spoken to since the last look: `http`, `connect`, `socks5`.
    pub fn take_log(&self) -> Vec<String> {
        let mut log = self.shared.log.lock();
        std::mem::take(log.as_mut().unwrap_or_else(|error| error.get_mut()))
    }
}

impl Shared {
    /// Whether the head of a request says who asks, where that is asked.
    fn admits(&self, head: &str) -> bool {
        let Some(credentials) = &self.credentials else {
            return true;
        };
        let wanted = format!("Basic {}", STANDARD.encode(credentials));
        head.lines().any(|line| {
            line.split_once(':').is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("proxy-authorization") && value.trim() == wanted
            })
        })
    }

    /// A connection to the server, when it is the one that was asked for; `None`: nobody gets through to any other.
    fn reach(&self, how: &str, target: &str) -> std::io::Result<Option<TcpStream>> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.push(how.to_owned());
        drop(log);
        let host = target.rsplit_once(':').map_or(target, |(host, _)| host);
        if host != BEHIND_THE_PROXY {
            return Ok(None);
        }
        TcpStream::connect(&self.upstream).map(Some)
    }
}

fn serve(client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let mut first = [0];
    if client.peek(&mut first)? == 0 {
        return Ok(());
    }
    if first[0] == 5 {
        socks(client, shared)
    } else {
        http(client, shared)
    }
}

fn http(mut client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut words = [0; 8];
    let seen = client.peek(&mut words)?;
    if words[..seen].starts_with(b"CONNECT ") {
        let head = read_head(&mut client)?;
        if !shared.admits(&head) {
            return client.write_all(SIGN_IN);
        }
        let target = head.split_whitespace().nth(1).unwrap_or_default();
        let Some(server) = shared.reach("connect", target)? else {
            return client.write_all(FORBIDDEN);
        };
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        return tunnel(client, server);
    }
    let Some((request, bytes)) = read_request(&mut client)? else {
        return Ok(());
    };
    if !shared.admits(&String::from_utf8_lossy(&bytes)) {
        return client.write_all(SIGN_IN);
    }
    let rest = request.path.strip_prefix("http://").unwrap_or_default();
    let (target, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let Some(mut server) = shared.reach("http", target)? else {
        return client.write_all(FORBIDDEN);
    };
    let old = format!("{} {} ", request.method, request.path);
    server.write_all(format!("{} {path} ", request.method).as_bytes())?;
    server.write_all(&bytes[old.len()..])?;
    tunnel(client, server)
}

fn read_head(client: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

const FORBIDDEN: &[u8] = b"HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: 20\r\n\r\n<p>Not from here</p>";

const SIGN_IN: &[u8] = b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"proxy\"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// RFC 1928 with a name for the address.
fn socks(mut client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut greeting = [0; 2];
    client.read_exact(&mut greeting)?;
    let mut methods = vec![0; usize::from(greeting[1])];
    client.read_exact(&mut methods)?;
    if !sign_in_to_socks(&mut client, shared, &methods)? {
        return Ok(());
    }
    let mut request = [0; 5];
    client.read_exact(&mut request)?;
    // Only a name can be this host's; an address was looked up by somebody who cannot know it.
    if request[3] != 3 {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    let mut name = vec![0; usize::from(request[4])];
    client.read_exact(&mut name)?;
    let mut port = [0; 2];
    client.read_exact(&mut port)?;
    let Some(server) = shared.reach("socks5", &String::from_utf8_lossy(&name))? else {
        // Section 6: connection not allowed by ruleset.
        return client.write_all(&[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]);
    };
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    tunnel(client, server)
}

/// Whether the client may go on.
fn sign_in_to_socks(
    client: &mut TcpStream,
    shared: &Shared,
    methods: &[u8],
) -> std::io::Result<bool> {
    let Some(credentials) = &shared.credentials else {
        client.write_all(&[5, 0])?;
        return Ok(true);
    };
    if !methods.contains(&2) {
        client.write_all(&[5, 0xff])?;
        return Ok(false);
    }
    client.write_all(&[5, 2])?;
    let mut said = Vec::new();
    let mut version = [0];
    client.read_exact(&mut version)?;
    for _ in 0..2 {
        let mut length = [0];
        client.read_exact(&mut length)?;
        let mut text = vec![0; usize::from(length[0])];
        client.read_exact(&mut text)?;
        said.push(String::from_utf8_lossy(&text).into_owned());
    }
    let admitted = said.join(":") == *credentials;
    client.write_all(&[1, u8::from(!admitted)])?;
    Ok(admitted)
}
