//! A network of our own: user, network and mount namespaces in which this test runs a second time.

use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, ExitCode};

const INSIDE: &str = "SHEAF_TEST_NAMESPACE";
const COUCH: &str = "COUCHDB_TEST_URL";

/// A route for addresses outside, so that the worlds are online; ways that a router would refuse; a second address.
const NETWORK: &str = "
ip link set lo up
ip route add 192.0.2.0/24 dev lo
ip route add prohibit 198.51.100.1
ip route add unreachable 198.51.100.2
ip -6 addr add fd00:dead::1/128 dev lo nodad
printf 'nameserver 127.0.0.53\\noptions timeout:3 attempts:1\\n' > \"$SHEAF_TEST_NAMESPACE/resolv.conf\"
printf '127.0.0.1 localhost\\n::1 localhost\\n' > \"$SHEAF_TEST_NAMESPACE/hosts\"
mount --bind \"$SHEAF_TEST_NAMESPACE/resolv.conf\" /etc/resolv.conf
mount --bind \"$SHEAF_TEST_NAMESPACE/hosts\" /etc/hosts
if [ -e /etc/nsswitch.conf ]; then
  printf 'hosts: files dns\\n' > \"$SHEAF_TEST_NAMESPACE/nsswitch.conf\"
  mount --bind \"$SHEAF_TEST_NAMESPACE/nsswitch.conf\" /etc/nsswitch.conf
fi
exec \"$@\"
";

pub(crate) fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some_and(|inside| !inside.is_empty() && pipe_through_the_wall())
}

/// Runs this test again inside.
pub(crate) fn enter() -> ExitCode {
    let tried = Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--net",
            "--mount",
            "ip",
            "link",
            "set",
            "lo",
            "up",
        ])
        .output();
    let refusal = match tried {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Some(error.to_string()),
    };
    if let Some(refusal) = refusal {
        crate::say(&format!(
            "skipped: this system gives no network namespaces (unshare: {refusal})"
        ));
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    if let Some(authority) = couch() {
        hand_over(&folder.path().join("couch.sock"), authority);
    }
    let program = std::env::current_exe().expect("this test knows where it lies");
    let status = Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--net",
            "--mount",
            "sh",
            "-ec",
            NETWORK,
            "sh",
        ])
        .arg(program)
        .args(std::env::args_os().skip(1))
        .env(INSIDE, folder.path())
        .status()
        .expect("unshare was just tried");
    if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// `host:port` of the server that `COUCHDB_TEST_URL` names.
fn couch() -> Option<String> {
    let url = std::env::var(COUCH).ok()?;
    let rest = url.split_once('@').map_or(url.as_str(), |(_, rest)| rest);
    Some(rest.trim_end_matches('/').to_owned())
}

/// Sockets in the file system cross the wall between network namespaces.
fn hand_over(socket: &Path, authority: String) {
    let listener = UnixListener::bind(socket).expect("a new folder has room for a socket");
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let Ok(far) = TcpStream::connect(&authority) else {
                continue;
            };
            let (near_in, far_in) = (near.try_clone(), far.try_clone());
            if let (Ok(near_in), Ok(far_in)) = (near_in, far_in) {
                std::thread::spawn(move || copy(near_in, far, |far| far.shutdown(Shutdown::Write)));
                std::thread::spawn(move || {
                    copy(far_in, near, |near| near.shutdown(Shutdown::Write));
                });
            }
        }
    });
}

/// Inside, the named server answers at the address it has outside.
fn pipe_through_the_wall() -> bool {
    let (Some(authority), Some(folder)) = (couch(), std::env::var_os(INSIDE)) else {
        return true;
    };
    let socket = Path::new(&folder).join("couch.sock");
    let Ok(listener) = TcpListener::bind(&authority) else {
        // The second question finds it open already.
        return true;
    };
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let Ok(far) = UnixStream::connect(&socket) else {
                continue;
            };
            let (near_in, far_in) = (near.try_clone(), far.try_clone());
            if let (Ok(near_in), Ok(far_in)) = (near_in, far_in) {
                std::thread::spawn(move || copy(near_in, far, |far| far.shutdown(Shutdown::Write)));
                std::thread::spawn(move || {
                    copy(far_in, near, |near| near.shutdown(Shutdown::Both));
                });
            }
        }
    });
    true
}

fn copy<R: std::io::Read, W: std::io::Write>(
    mut from: R,
    mut to: W,
    end: impl FnOnce(&W) -> std::io::Result<()>,
) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    // Either end may be gone.
    let _ = end(&to);
}
