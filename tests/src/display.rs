//! A screen nobody looks at, and the close button of what is on it.

use std::process::{Command, Stdio};

use std::sync::mpsc::channel;

use x11rb::connection::Connection as _;
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _, EventMask,
    MapState, Window,
};
use x11rb::rust_connection::RustConnection;

use crate::program::{PATIENCE, Program};

/// An X server in memory; ends when dropped.
pub struct Display {
    /// `:99`, for `DISPLAY`.
    pub name: String,
    _server: Program,
}

impl Display {
    pub fn start() -> Self {
        let mut command = Command::new("Xvfb");
        // The server picks a free number itself and prints it when it is ready.
        command
            .args(["-displayfd", "1", "-screen", "0", "1440x900x24"])
            .args(["-nolisten", "tcp", "-noreset"])
            .stderr(Stdio::null());
        let mut server = Program::start("Xvfb", &mut command);
        Self {
            name: format!(":{}", server.line().trim()),
            _server: server,
        }
    }

    /// Asks every window to close, as its button does, and waits until all are gone.
    pub fn close_windows(&self) {
        let name = self.name.clone();
        let (sender, closed) = channel();
        std::thread::spawn(move || sender.send(close_windows(&name)));
        let count = closed
            .recv_timeout(PATIENCE)
            .expect("the windows close")
            .expect("the screen is there");
        assert!(count > 0, "there is no window to close");
    }
}

fn close_windows(display: &str) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    let (screen, number) = x11rb::connect(Some(display))?;
    let root = screen.setup().roots[number].root;
    let atom = |name: &[u8]| -> Result<u32, ReplyError> {
        Ok(screen.intern_atom(false, name)?.reply()?.atom)
    };
    let (protocols, delete) = (atom(b"WM_PROTOCOLS")?, atom(b"WM_DELETE_WINDOW")?);
    let mut open = Vec::new();
    for window in screen.query_tree(root)?.reply()?.children {
        if can_be_closed(&screen, window, protocols, delete)? {
            let watch = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
            screen.change_window_attributes(window, &watch)?;
            let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
            screen.send_event(false, window, EventMask::NO_EVENT, message)?;
            open.push(window);
        }
    }
    screen.flush()?;
    let count = open.len();
    while !open.is_empty() {
        if let Event::DestroyNotify(gone) = screen.wait_for_event()? {
            open.retain(|window| *window != gone.window);
        }
    }
    Ok(count)
}

/// A visible window that wants to be asked.
fn can_be_closed(
    screen: &RustConnection,
    window: Window,
    protocols: u32,
    delete: u32,
) -> Result<bool, ReplyError> {
    let ask = || -> Result<_, ConnectionError> {
        Ok((
            screen.get_window_attributes(window)?,
            screen.get_property(false, window, protocols, AtomEnum::ATOM, 0, 16)?,
        ))
    };
    let (attributes, property) = ask()?;
    let visible = attributes.reply()?.map_state == MapState::VIEWABLE;
    let property = property.reply()?;
    let asks = property
        .value32()
        .is_some_and(|mut atoms| atoms.any(|atom| atom == delete));
    Ok(visible && asks)
}
