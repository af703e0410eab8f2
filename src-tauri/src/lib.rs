//! The shell around the engine: start-up, the window, and what only a window can do.
//!
//! Nothing is decided here about notes or sync. A command goes to the engine as it came ([`bridge`]), and the
//! order of things at start is: graphics, log, engine, window. The window never opens without its notes.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod attachments;
mod background;
mod bridge;
mod closing;
mod desktop;
mod first;
mod hotkey;
mod lanes;
#[cfg(target_os = "linux")]
mod linux;
mod menu;
mod navigation;
mod options;
mod pictures;
mod placement;
mod refusal;
mod start;
#[cfg(test)]
mod tests;
mod visits;
mod window;

pub use start::run;
