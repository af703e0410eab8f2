//! A program in a real window, driven through `tauri-driver` as the end-to-end suites do, and its processes seen
//! from outside.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::processes::{self, Process};
use super::vault;
use crate::{paths, process};

/// Longer than anything that is worth measuring takes.
const PATIENCE: Duration = Duration::from_mins(2);
const ATTEMPT: Duration = Duration::from_millis(50);

/// An open window. It and the drivers end when this is dropped.
pub(crate) struct Window {
    agent: ureq::Agent,
    session: String,
    driver: Child,
}

impl Window {
    pub(crate) fn open(
        display: &str,
        home: &Path,
        program: &Path,
        arguments: &[String],
    ) -> Result<Self> {
        let (port, native) = (free_port()?, free_port()?);
        let mut driver: Command = process::command(paths::tools().join("bin/tauri-driver"));
        driver
            .args(["--port", &port.to_string()])
            .args(["--native-port", &native.to_string()]);
        vault::isolate(&mut driver, home);
        let driver = driver
            .env("DISPLAY", display)
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_USE_PORTAL", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start tauri-driver")?;
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        let mut window = Self {
            agent,
            session: format!("http://127.0.0.1:{port}"),
            driver,
        };
        let body = json!({ "capabilities": { "alwaysMatch": {
            "tauri:options": { "application": program.display().to_string(), "args": arguments },
            "timeouts": { "script": PATIENCE.as_millis() as u64 },
        }}});
        let started = Instant::now();
        let opened = loop {
            match window.post("/session", &body) {
                Ok(opened) => break opened,
                Err(error) if started.elapsed() > PATIENCE => return Err(error),
                Err(_) => std::thread::sleep(ATTEMPT),
            }
        };
        let id = opened["sessionId"]
            .as_str()
            .context("no session was opened")?;
        window.session = format!("{}/session/{id}", window.session);
        Ok(window)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.session))
            .send(body.to_string())
            .context("the driver does not answer")?;
        let text = answer.body_mut().read_to_string()?;
        ensure!(answer.status() == 200, "{path}: {text}");
        let answer: Value = serde_json::from_str(&text).context("the driver answers no JSON")?;
        Ok(answer["value"].clone())
    }

    /// What an asynchronous function body of the page answers.
    pub(crate) fn ask(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1]; const given = arguments;
             (async () => {{ {script} }})().then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"
        );
        let answer = self.post(
            "/execute/async",
            &json!({ "script": script, "args": arguments }),
        )?;
        if let Some(error) = answer["error"].as_str() {
            bail!("{error}");
        }
        Ok(answer["value"].clone())
    }

    /// The same, as a number.
    pub(crate) fn number(&self, script: &str, arguments: &[Value]) -> Result<f64> {
        self.ask(script, arguments)?
            .as_f64()
            .context("the page answered no number")
    }

    /// One key, down and up, wherever the focus is.
    pub(crate) fn press(&self, key: &str) -> Result<()> {
        let actions = json!([{ "type": "key", "id": "keyboard", "actions": [
            { "type": "keyDown", "value": key }, { "type": "keyUp", "value": key },
        ]}]);
        self.post("/actions", &json!({ "actions": actions }))
            .map(drop)
    }

    /// The program and everything it started, the drivers left out.
    pub(crate) fn processes(&self) -> Result<Vec<Process>> {
        let all = processes::below(self.driver.id())?;
        let own: Vec<Process> = all
            .into_iter()
            .filter(|process| !process.name.contains("Driver"))
            .collect();
        ensure!(!own.is_empty(), "the window has no process");
        Ok(own)
    }

    /// The process that runs the page.
    pub(crate) fn page(&self) -> Result<Process> {
        self.processes()?
            .into_iter()
            .find(|process| process.name.starts_with("WebKitWebProces"))
            .context("no process runs the page")
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The window closes with its session; whoever is gone already need not be told.
        self.agent.delete(&self.session).call().ok();
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("loopback has no free port")?;
    Ok(listener.local_addr()?.port())
}
