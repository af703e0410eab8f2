//! A screen nobody looks at, and the close button of what is on it.

use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Instant;

use x11rb::connection::Connection as _;
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConfigureWindowAux,
    ConnectionExt as _, EventMask, MapState, Window,
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

impl Display {
    /// Waits until so many windows with a close button are on the screen.
    pub fn wait_for_windows(&self, count: usize) {
        let start = Instant::now();
        let (screen, number) = x11rb::connect(Some(&self.name)).expect("the screen is there");
        while Buttons::of(&screen, number).map_or(0, |buttons| buttons.windows.len()) != count {
            assert!(start.elapsed() < PATIENCE, "there are not {count} windows");
            std::thread::yield_now();
        }
    }

    /// Gives every window this size, as dragging its corner does.
    pub fn resize_windows(&self, width: u32, height: u32) {
        let (screen, number) = x11rb::connect(Some(&self.name)).expect("the screen is there");
        let buttons = Buttons::of(&screen, number).expect("the windows can be listed");
        for window in buttons.windows {
            let size = ConfigureWindowAux::new().width(width).height(height);
            let sent = screen.configure_window(window, &size);
            sent.expect("the screen is there")
                .check()
                .expect("the window is there");
        }
    }
}

fn close_windows(display: &str) -> Result<usize, Failure> {
    let (screen, number) = x11rb::connect(Some(display))?;
    let mut buttons = Buttons::of(&screen, number)?;
    for &window in &buttons.windows {
        let watch = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        screen.change_window_attributes(window, &watch)?;
        let press = [buttons.delete, 0, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, buttons.protocols, press);
        screen.send_event(false, window, EventMask::NO_EVENT, message)?;
    }
    screen.flush()?;
    let count = buttons.windows.len();
    while !buttons.windows.is_empty() {
        if let Event::DestroyNotify(gone) = screen.wait_for_event()? {
            buttons.windows.retain(|window| *window != gone.window);
        }
    }
    Ok(count)
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The visible windows that want to be asked before they go, and how they are asked.
struct Buttons {
    windows: Vec<Window>,
    protocols: u32,
    delete: u32,
}

impl Buttons {
    fn of(screen: &RustConnection, number: usize) -> Result<Self, Failure> {
        let root = screen.setup().roots[number].root;
        let atom = |name: &[u8]| -> Result<u32, ReplyError> {
            Ok(screen.intern_atom(false, name)?.reply()?.atom)
        };
        let (protocols, delete) = (atom(b"WM_PROTOCOLS")?, atom(b"WM_DELETE_WINDOW")?);
        let mut windows = screen.query_tree(root)?.reply()?.children;
        // A window that went between the list and the question is none.
        windows.retain(|&window| can_be_closed(screen, window, protocols, delete).unwrap_or(false));
        Ok(Self {
            windows,
            protocols,
            delete,
        })
    }
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
