//! `sheaf-server` with clients by other hands, beside other programs, and as somebody runs it.

mod devices;
mod nodes;
mod operation;
mod published;
mod secrets;
