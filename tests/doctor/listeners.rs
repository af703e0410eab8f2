//! Ports that misbehave before a word of HTTP is said.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

use socket2::{Domain, Socket, Type};

/// A port that swallows what is sent to it: its queue is full, so the kernel drops every further wish for a connection.
pub(crate) struct BlackHole {
    pub(crate) port: u16,
    _listener: Socket,
    _queued: Vec<TcpStream>,
}

impl BlackHole {
    pub(crate) fn at(address: &str) -> Self {
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

/// Says `words` to everybody, then closes; without words it hangs up at once.
pub(crate) fn babbler(words: &'static [u8]) -> u16 {
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
