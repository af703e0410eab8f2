//! One suite, every server.

/// Makes each named function a test per server: `on_every_server!(suite; a_note_travels, …)`. The functions take a
/// `&'static Couch`. The test against the real `CouchDB` passes without doing anything when there is none, and says so.
#[macro_export]
macro_rules! on_every_server {
    ($($test:ident),+ $(,)?) => {
        mod express_pouchdb {
            $(#[test] fn $test() { $crate::on_server($crate::Kind::ExpressPouchdb, super::$test); })+
        }
        mod pouchdb_server {
            $(#[test] fn $test() { $crate::on_server($crate::Kind::PouchdbServer, super::$test); })+
        }
        mod couchdb {
            $(#[test] fn $test() { $crate::on_server($crate::Kind::Couchdb, super::$test); })+
        }
    };
}

/// Runs `test` against the server of this kind, when there is one.
pub fn on_server(kind: crate::Kind, test: impl FnOnce(&'static crate::Couch)) {
    if let Some(server) = crate::Couch::shared(kind) {
        test(server);
    }
}
