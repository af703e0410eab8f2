//! The built app in a real window: Xvfb, `tauri-driver`, `WebKitWebDriver`.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use crate::program::{self, PATIENCE, Program};
use crate::webdriver::WebDriver;
use crate::{Display, Keyring, say};

/// Where one installation of the app keeps everything. Outlives its windows; deleted when dropped.
pub struct Installation {
    home: TempDir,
}

/// An open window; the app ends when this is dropped.
pub struct Window {
    pub page: WebDriver,
    driver: Program,
    home: PathBuf,
}

impl Installation {
    pub fn new() -> Self {
        Self {
            home: TempDir::with_prefix("sheaf-desktop-").expect("a temporary folder can be made"),
        }
    }

    pub fn home(&self) -> PathBuf {
        self.home.path().to_path_buf()
    }

    /// Starts the app on `display`, with `keyring` for its passwords.
    pub fn open(&self, display: &Display, keyring: &Keyring) -> Window {
        let application = program::built("SHEAF_DESKTOP_BIN", "sheaf-desktop", "cargo xtask test");
        // Both are free now, and taken by the driver before anybody else is likely to ask.
        let ports = [free_port(), free_port()].map(|listener| {
            let address = listener.local_addr();
            address.expect("a bound socket has an address").port()
        });
        let mut command = Command::new("tauri-driver");
        command
            .args(["--port", &ports[0].to_string()])
            .args(["--native-port", &ports[1].to_string()]);
        self.put_a_browser_there();
        self.surround(&mut command, display, keyring);
        let driver = Program::start("tauri-driver", &mut command);
        let authority = format!("127.0.0.1:{}", ports[0]);
        wait_until_listening(&authority);
        wait_until_listening(&format!("127.0.0.1:{}", ports[1]));
        let page = WebDriver::open(
            &format!("http://{authority}"),
            &application.display().to_string(),
            &["--data-dir".to_owned(), self.data()],
        );
        Window {
            page,
            driver,
            home: self.home(),
        }
    }

    /// Starts the app once more beside its open window; it must hand over what it was started for and end.
    pub fn start_again(&self, display: &Display, keyring: &Keyring, args: &[&str]) -> ExitStatus {
        let application = program::built("SHEAF_DESKTOP_BIN", "sheaf-desktop", "cargo xtask test");
        let mut command = Command::new(application);
        command.args(["--data-dir", &self.data()]).args(args);
        self.surround(&mut command, display, keyring);
        Program::start("sheaf-desktop", &mut command).finish()
    }

    /// What was handed to the system's browser, one line each.
    pub fn opened(&self) -> Vec<String> {
        let opened = std::fs::read_to_string(self.home().join("opened")).unwrap_or_default();
        opened.lines().map(str::to_owned).collect()
    }

    /// Stands in for the system's way to open things: it only writes down what for.
    fn put_a_browser_there(&self) {
        let folder = self.programs();
        std::fs::create_dir_all(&folder).expect("the home can be written to");
        let file = folder.join("xdg-open");
        std::fs::write(
            &file,
            "#!/bin/sh\nprintf '%s\\n' \"$*\" >> \"$HOME/opened\"\n",
        )
        .expect("the home can be written to");
        let may_run = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&file, may_run).expect("the file is ours");
    }

    fn programs(&self) -> PathBuf {
        self.home().join("programs")
    }

    fn data(&self) -> String {
        self.home().join("data").display().to_string()
    }

    /// Everything the app finds around it is this installation's own.
    fn surround(&self, command: &mut Command, display: &Display, keyring: &Keyring) {
        let home = self.home();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(self.programs()).chain(std::env::split_paths(&path));
        let path = std::env::join_paths(path).expect("no folder here has a colon in its name");
        command
            .env("PATH", path)
            .env("DISPLAY", &display.name)
            .env("DBUS_SESSION_BUS_ADDRESS", &keyring.bus)
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", &home)
            .env("SHEAF_SECRET_STORE", "keyring")
            .env("NO_PROXY", "*")
            // There is no GPU and nobody listens to the accessibility bus here.
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY")
            .stderr(Stdio::null());
    }
}

impl Window {
    /// Whether somebody asked for pictures.
    pub fn is_photographed() -> bool {
        std::env::var_os("SHEAF_SCREENSHOTS").is_some()
    }

    /// A picture of the page for whoever set `SHEAF_SCREENSHOTS` to a folder.
    pub fn photograph(&self, name: &str) {
        if let Some(folder) = std::env::var_os("SHEAF_SCREENSHOTS") {
            let file = PathBuf::from(folder).join(format!("{name}.png"));
            std::fs::write(file, self.page.screenshot()).expect("the folder can be written to");
        }
    }
}

impl Window {
    /// What a person would want to see after a failure: the picture and the end of the log.
    fn tell(&self) {
        let test = std::thread::current();
        let test = test.name().unwrap_or("test").replace("::", "-");
        if let Some(folder) = std::env::var_os("SHEAF_SCREENSHOTS")
            && let Some(picture) = self.page.try_screenshot()
        {
            let file = PathBuf::from(folder).join(format!("failed-{test}.png"));
            // A second failure would hide the first.
            let _ = std::fs::write(file, picture);
        }
        for log in logs_below(&self.home) {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            let end = &lines[lines.len().saturating_sub(30)..];
            say(&format!(
                "{test}: the end of {}\n{}",
                log.display(),
                end.join("\n")
            ));
        }
    }
}

fn logs_below(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|name| name == "log") {
                found.push(path);
            }
        }
    }
    found
}

impl Default for Installation {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.tell();
        } else {
            self.page.quit();
        }
        // Not killed: it takes the web view's own driver with it only when asked to end.
        self.driver.terminate();
    }
}

fn free_port() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("loopback has a free port")
}

/// The drivers say nothing when they are ready; the first connection they take is the sign.
fn wait_until_listening(authority: &str) {
    let start = Instant::now();
    while TcpStream::connect(authority).is_err() {
        assert!(
            start.elapsed() < PATIENCE,
            "nothing came to listen on {authority}"
        );
        std::thread::yield_now();
    }
}
