//! nginx in front of several servers, with the configuration that `docs/hosting/nginx.conf` publishes.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::listeners::closed_port;
use crate::program::Program;
use crate::server::say;

/// Ends when dropped.
pub struct Nginx {
    url: String,
    _program: Program,
    _home: TempDir,
}

impl Nginx {
    /// In front of these `127.0.0.1:port`. Of the published configuration only names, addresses and certificates are
    /// replaced. `None`, with the reason printed, where nginx is not installed.
    pub fn in_front_of(nodes: &[String]) -> Option<Self> {
        let Some(nginx) = program() else {
            say(
                "skipped: everything behind nginx: it is not installed (Debian: apt install nginx)",
            );
            return None;
        };
        let home = tempfile::tempdir().expect("a temporary folder");
        let address = closed_port();
        let folder = home.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("    {kind}_temp_path {folder}/{kind};\n"))
            .concat();
        let published = published(nodes, &address);
        let text = format!(
            "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log /dev/stdout notice;\n\
             events {{ worker_connections 2048; }}\nhttp {{\n    access_log off;\n{temporary}{published}}}\n"
        );
        let file = home.path().join("nginx.conf");
        std::fs::write(&file, text).expect("the folder is ours");
        let mut program = Program::start("nginx", Command::new(nginx).arg("-c").arg(&file));
        // Said once the sockets are bound.
        program.line_where(|line| line.contains("event method"));
        Some(Self {
            url: format!("http://{address}"),
            _program: program,
            _home: home,
        })
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

fn published(nodes: &[String], address: &str) -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/hosting/nginx.conf");
    let text = std::fs::read_to_string(file).expect("the configuration is published");
    let mut servers = nodes
        .iter()
        .map(|node| format!("    server {node};\n"))
        .collect::<String>();
    text.lines()
        .filter(|line| !line.trim_start().starts_with("ssl_"))
        .map(|line| match line.trim() {
            node if node.starts_with("server 127.0.0.1:3650") => std::mem::take(&mut servers),
            "listen 443 ssl http2;" => format!("    listen {address};\n"),
            "listen [::]:443 ssl http2;" => String::new(),
            _ => format!("{line}\n"),
        })
        .collect()
}

fn program() -> Option<PathBuf> {
    let places = [
        "/usr/sbin",
        "/usr/bin",
        "/usr/local/sbin",
        "/opt/homebrew/bin",
    ];
    places
        .map(|place| PathBuf::from(place).join("nginx"))
        .into_iter()
        .find(|program| program.is_file())
}
