//! Markdown source to everything the app shows or counts: safe HTML, outline, links, tasks,
//! plain text for list rows, words, attachments in use.
//!
//! The text of a note is hostile by definition: it may have been imported, clipped or synced.
//! Whatever it says, the HTML of [`render`] runs no script, fetches nothing from the network
//! without consent and carries only URLs of an allow-list. This crate does no I/O, opens no
//! link and loads no image; it only decides.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod attachments;
mod autolink;
mod destination;
mod elements;
mod front_matter;
mod html;
mod image;
mod position;
mod raw;
mod relink;
mod render;
mod sanitise;
mod slug;
mod source;
mod tasks;
#[cfg(test)]
mod tests;
mod text;
pub mod url_policy;

pub use attachments::attachment_ids;
pub use front_matter::FrontMatter;
pub use relink::relinked;
pub use render::{Heading, Link, LinkTarget, RenderOptions, Rendered, Task, render};
pub use tasks::count_tasks;
pub use text::{plain_text, title_from, word_count};
