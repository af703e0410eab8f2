//! Two installations, a foreign client and a server: what travels, what does not, and what must never happen.
//! Every test runs against each npm peer and, when `COUCHDB_TEST_URL` is set, against that CouchDB.

mod activity;
mod attachments;
mod canary;
mod conflicts;
mod deployments;
mod encryption;
mod faults;
mod guards;
mod live;
mod proxies;
mod refusals;
mod replacing;
mod schema;
mod setup;
mod tokens;
mod travel;
