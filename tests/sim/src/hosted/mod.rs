//! The same devices in front of an encrypted account: the real client, the real store, and the real `sheaf-server`
//! with its database, in virtual time, with weather between them.

mod checks;
mod deeds;
mod device;
pub mod hazards;
mod line;
pub mod plan;
mod rounds;
pub mod run;
mod server;
mod world;

pub use line::Fault;
