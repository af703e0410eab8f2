//! `sheaf-server` with clients by other hands, beside other programs, and as somebody runs it.

mod crash;
mod devices;
mod evil;
mod interop;
mod nodes;
mod operation;
mod published;
mod secrets;
