//! Networks that show a login page instead of the way out, and servers that look like one and are not accused.

use std::net::TcpListener;

use sheaf_tests::Database;

use super::{Stage, couch, database, url};
use crate::certificates::{Asked as Certificate, Authority, Front, GOOD, Shown};
use crate::gateway::{Act, Asked, Gateway};
use crate::patient::Patient;

const NAMES: &[&str] = &[
    "redirected.test",
    "paged.test",
    "intercepted.test",
    "signedin.test",
    "nas.test",
    "forwarded.test",
    "home.example.test",
];

/// A server over TLS at an address of its own, with a certificate that is trusted.
struct There {
    patient: Patient,
    front: Front,
    database: Database,
    root: Authority,
    _trusted: tempfile::NamedTempFile,
}

fn there(address: &str, shown: impl FnOnce(&Authority) -> Shown) -> There {
    let (patient, root) = (Patient::new(), Authority::root("Our Own Root"));
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    std::io::Write::write_all(&mut file, root.pem.as_bytes())
        .expect("a temporary file can be written");
    patient.set("SSL_CERT_FILE", file.path().display().to_string());
    There {
        front: Front::at(&format!("{address}:0"), &couch().authority, shown(&root)),
        patient,
        database: database(),
        root,
        _trusted: file,
    }
}

fn good(root: &Authority) -> Shown {
    root.issue(&Certificate {
        names: NAMES,
        ..GOOD
    })
}

impl There {
    fn url(&self, name: &str) -> String {
        url(
            "https",
            &format!("{name}:{}", self.front.port),
            &self.database,
        )
    }

    /// In the network of the portal the name's packets end at `portal`; after signing in they reach the server.
    fn heals(&self, stage: &Stage, name: &str, portal: &str, server: &str) -> String {
        stage.names.set(name, &[portal]);
        self.patient.finds(&[&self.url(name)], &["portal_found"]);
        stage.names.set(name, &[server]);
        self.patient.is_well(&[&self.url(name)]);
        self.patient.course()
    }
}

fn page(status: u16, body: &str) -> Act {
    Act::Answer(
        status,
        vec![("content-type", "text/html".to_owned())],
        format!("<!doctype html><html><body>{body}</body></html>"),
    )
}

fn portal(address: &str, plan: impl FnMut(&Asked) -> Act + Send + 'static) -> Gateway {
    Gateway::at(&format!("{address}:80"), &couch().authority, plan)
}

fn sent_to(location: &'static str) -> impl FnMut(&Asked) -> Act + Send + 'static {
    move |_| Act::Answer(302, vec![("location", location.to_owned())], String::new())
}

/// The port of the server is closed until somebody has signed in.
pub(crate) fn a_portal_that_redirects(stage: &Stage) -> String {
    let world = there("127.0.0.60", good);
    let _portal = portal(
        "127.0.0.61",
        sent_to("http://gate.hotel.test/?userurl=you&mac=00"),
    );
    world.heals(stage, "redirected.test", "127.0.0.61", "127.0.0.60")
}

/// Neither a word that gives it away nor a password: something to agree to, whatever is asked for. And the connections
/// to the server are taken and lead nowhere.
pub(crate) fn a_portal_that_answers_with_a_page(stage: &Stage) -> String {
    let world = there("127.0.0.62", good);
    let _portal = portal("127.0.0.63", |_| {
        page(
            200,
            "<form><input type=checkbox> I agree <button>Go</button></form>",
        )
    });
    let silent = TcpListener::bind(format!("127.0.0.63:{}", world.front.port));
    let _silent = silent.expect("the namespace's ports are ours");
    world.heals(stage, "paged.test", "127.0.0.63", "127.0.0.62")
}

/// Its own certificate at the server's port: the certificate is not to blame.
pub(crate) fn a_portal_that_intercepts_tls(stage: &Stage) -> String {
    let world = there("127.0.0.64", good);
    let _portal = portal("127.0.0.65", sent_to("http://10.0.0.1:8880/start"));
    let own = Certificate {
        names: &["gate.hotel.test"],
        ..GOOD
    };
    let _front = Front::at(
        &format!("127.0.0.65:{}", world.front.port),
        &couch().authority,
        own.self_signed(),
    );
    world.heals(stage, "intercepted.test", "127.0.0.65", "127.0.0.64")
}

/// Network Authentication Required (RFC 6585), at the server's own port.
pub(crate) fn a_portal_that_says_so(stage: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    // Names, passwords and notes are in the clear here, which is said as well.
    patient.may_say("tls_none");
    let gateway = Gateway::at("127.0.0.66:5984", &couch().authority, |_| {
        page(511, "Network authentication required")
    });
    stage.names.set("told.test", &["127.0.0.66"]);
    let address = url("http", "told.test:5984", &database);
    patient.finds(&[&address], &["portal_found"]);
    gateway.heal();
    patient.is_well(&[&address]);
    patient.course()
}

/// Nothing at the plain port speaks against a server that shows a certificate that is trusted.
pub(crate) fn a_login_of_its_own_beside_a_healthy_server(stage: &Stage) -> String {
    let world = there("127.0.0.67", good);
    let _own = portal("127.0.0.67", |_| {
        page(200, "<form><input type=\"password\"></form>")
    });
    stage.names.set("signedin.test", &["127.0.0.67"]);
    world.patient.is_well(&[&world.url("signedin.test")]);
    world.patient.course()
}

/// A box at home: a certificate of its own making, and a login page at the plain port, but not for everything.
pub(crate) fn a_login_of_its_own_beside_a_wrong_certificate(stage: &Stage) -> String {
    let own = Certificate {
        names: NAMES,
        ..GOOD
    };
    let world = there("127.0.0.68", |_| own.self_signed());
    let _own = portal("127.0.0.68", |asked| match asked.path.as_str() {
        "/" => page(200, "<form><input type=\"password\"></form>"),
        _ => page(404, "Not found"),
    });
    stage.names.set("nas.test", &["127.0.0.68"]);
    let address = world.url("nas.test");
    world.patient.finds(&[&address], &["tls_self_signed"]);
    world.patient.is_fixed_by(&[&address], "trustCertificate");
    world.patient.course()
}

/// As nearly every server does it: from http to https of the same name.
pub(crate) fn a_redirect_of_its_own_to_https(stage: &Stage) -> String {
    let expired = Certificate {
        names: NAMES,
        until: (2021, 1, 1),
        ..GOOD
    };
    let world = there("127.0.0.69", |root| root.issue(&expired));
    let _own = portal("127.0.0.69", sent_to("https://forwarded.test/login"));
    stage.names.set("forwarded.test", &["127.0.0.69"]);
    let address = world.url("forwarded.test");
    world.patient.finds(&[&address], &["tls_expired"]);
    world.front.show(good(&world.root));
    world.patient.is_well(&[&address]);
    world.patient.course()
}

/// To the home page of whoever owns the name, while the port of the server is closed.
pub(crate) fn a_redirect_of_its_own_to_a_home_page(stage: &Stage) -> String {
    let world = there("127.0.0.70", good);
    let _own = portal("127.0.0.72", sent_to("https://www.example.test/login"));
    stage.names.set("home.example.test", &["127.0.0.72"]);
    let address = world.url("home.example.test");
    world.patient.finds(&[&address], &["port_refused"]);
    stage.names.set("home.example.test", &["127.0.0.70"]);
    world.patient.is_well(&[&address]);
    world.patient.course()
}
