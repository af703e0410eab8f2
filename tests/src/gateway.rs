//! nginx before a server, as people deploy it: the system's own, on a loopback port, as this user.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use crate::program::{PATIENCE, Program};

/// Ends when dropped.
pub struct Gateway {
    /// `127.0.0.1:49152`
    pub authority: String,
    folder: TempDir,
    _program: Program,
}

impl Gateway {
    /// Starts one whose only `server` has these directives; `{listen}` in them is the address to listen
    /// on. `None`, with a word to whoever watches, where there is no nginx.
    pub fn start(server: &str) -> Option<Self> {
        if !is_here() {
            crate::server::say("skipped: there is no nginx on this computer");
            return None;
        }
        let folder = TempDir::with_prefix("sheaf-nginx-").expect("a temporary folder can be made");
        let authority = free_authority();
        let server = server.replace("{listen}", &authority);
        let config = configuration(folder.path(), &server);
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, config).expect("the folder is ours");
        let mut command = Command::new("nginx");
        command
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&file)
            .arg("-e")
            .arg(folder.path().join("error.log"))
            .stderr(Stdio::null());
        let program = Program::start("nginx", &mut command);
        let nginx = Self {
            authority,
            folder,
            _program: program,
        };
        nginx.wait_until_listening();
        Some(nginx)
    }

    /// What came by: method, path as it was sent, status, one request per line.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("access.log")).unwrap_or_default()
    }

    /// nginx says nothing when it is ready; the first connection it takes is the sign.
    fn wait_until_listening(&self) {
        let start = Instant::now();
        while TcpStream::connect(&self.authority).is_err() {
            let complaint = std::fs::read_to_string(self.folder.path().join("error.log"));
            assert!(
                start.elapsed() < PATIENCE,
                "nginx did not come up: {}",
                complaint.unwrap_or_default()
            );
            std::thread::yield_now();
        }
    }
}

fn is_here() -> bool {
    let mut question = Command::new("nginx");
    question.arg("-v").stderr(Stdio::null());
    question.status().is_ok_and(|status| status.success())
}

fn free_authority() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = listener.local_addr();
    address.expect("a bound socket has an address").to_string()
}

fn configuration(folder: &Path, server: &str) -> String {
    let folder = folder.display();
    let scratch: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {folder}/{kind};\n"))
        .concat();
    format!(
        "daemon off;
         master_process off;
         pid {folder}/pid;
         error_log {folder}/error.log;
         events {{}}
         http {{
             {scratch}
             log_format plain '$request_method $request_uri $status';
             access_log {folder}/access.log plain;
             server {{
                 {server}
             }}
         }}"
    )
}
