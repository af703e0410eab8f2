//! TLS and certificates.

use super::{Stage, couch, database, url};
use crate::certificates::{Asked, Authority, Front, GOOD, Shown};
use crate::gateway::{Act, Gateway};
use crate::listeners::babbler;
use crate::patient::Patient;

struct Tls {
    patient: Patient,
    front: Front,
    database: sheaf_tests::Database,
    /// What this computer trusts.
    _trusted: tempfile::NamedTempFile,
    root: Authority,
}

/// A server over TLS on this computer, which shows what `shown` makes of the trusted root.
fn tls(shown: impl FnOnce(&Authority) -> Shown) -> Tls {
    let (patient, root) = (Patient::new(), Authority::root("Our Own Root"));
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    std::io::Write::write_all(&mut file, root.pem.as_bytes())
        .expect("a temporary file can be written");
    patient.set("SSL_CERT_FILE", file.path().display().to_string());
    Tls {
        front: Front::to(&couch().authority, shown(&root)),
        database: database(),
        patient,
        _trusted: file,
        root,
    }
}

impl Tls {
    fn url(&self) -> String {
        url(
            "https",
            &format!("127.0.0.1:{}", self.front.port),
            &self.database,
        )
    }

    /// Finds this, and is well once a good certificate is shown.
    fn cured_by_a_good_certificate(&self, code: &str) -> String {
        self.patient.finds(&[&self.url()], &[code]);
        self.front.show(self.root.issue(&GOOD));
        self.patient.is_well(&[&self.url()]);
        self.patient.course()
    }
}

pub(crate) fn a_self_signed_certificate(_: &Stage) -> String {
    let world = tls(|_| GOOD.self_signed());
    world.patient.finds(&[&world.url()], &["tls_self_signed"]);
    world
        .patient
        .is_fixed_by(&[&world.url()], "trustCertificate");
    world.patient.course()
}

pub(crate) fn a_private_authority(_: &Stage) -> String {
    let world = tls(|_| Authority::root("Home CA").issue(&GOOD));
    world
        .patient
        .finds(&[&world.url()], &["tls_private_authority"]);
    world
        .patient
        .is_fixed_by(&[&world.url()], "trustCertificate");
    world.patient.course()
}

pub(crate) fn a_missing_intermediate(_: &Stage) -> String {
    let asked = Asked {
        names_issuer: true,
        ..GOOD
    };
    let world = tls(|root| root.intermediate("Our Middle").issue(&asked));
    world
        .patient
        .finds(&[&world.url()], &["tls_missing_intermediate"]);
    let middle = world.root.intermediate("Our Middle");
    world.front.show(middle.issue(&asked).with(&middle));
    world.patient.is_well(&[&world.url()]);
    world.patient.course()
}

pub(crate) fn a_product_that_reads_along(_: &Stage) -> String {
    tls(|_| Authority::root("Zscaler Root CA").issue(&GOOD))
        .cured_by_a_good_certificate("tls_intercepted")
}

pub(crate) fn a_wrong_host_name(_: &Stage) -> String {
    let asked = Asked {
        names: &["www.elsewhere.test"],
        ..GOOD
    };
    tls(|root| root.issue(&asked)).cured_by_a_good_certificate("tls_wrong_host")
}

pub(crate) fn an_expired_certificate(_: &Stage) -> String {
    let asked = Asked {
        until: (2024, 11, 3),
        ..GOOD
    };
    tls(|root| root.issue(&asked)).cured_by_a_good_certificate("tls_expired")
}

pub(crate) fn a_certificate_from_the_future(_: &Stage) -> String {
    let asked = Asked {
        from: (2998, 1, 1),
        ..GOOD
    };
    tls(|root| root.issue(&asked)).cured_by_a_good_certificate("tls_not_yet_valid")
}

pub(crate) fn a_certificate_that_changed(_: &Stage) -> String {
    let world = tls(|_| GOOD.self_signed());
    world
        .patient
        .is_fixed_by(&[&world.url()], "trustCertificate");
    world.front.show(GOOD.self_signed());
    world.patient.finds(&[&world.url()], &["tls_changed"]);
    world
        .patient
        .is_fixed_by(&[&world.url()], "trustCertificate");
    world.patient.course()
}

pub(crate) fn a_certificate_that_ends_soon(_: &Stage) -> String {
    let soon = ends_in(5);
    let asked = Asked {
        until: soon,
        ..GOOD
    };
    tls(|root| root.issue(&asked)).cured_by_a_good_certificate("tls_expires_soon")
}

/// A day some days from now, by the calendar of the system.
fn ends_in(days: u32) -> (i32, u8, u8) {
    let output = std::process::Command::new("date")
        .args(["-u", "-d", &format!("{days} days"), "+%Y %m %d"])
        .output()
        .expect("there is a calendar");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut parts = text.split_whitespace();
    let mut next = || parts.next().expect("date prints year, month and day");
    (
        next().parse().expect("a year"),
        next().parse().expect("a month"),
        next().parse().expect("a day"),
    )
}

pub(crate) fn https_on_an_http_port(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let address = url("https", &couch().authority, &database);
    patient.finds(&[&address], &["tls_plain_http"]);
    patient.is_fixed_by(&[&address], "useAddress");
    patient.course()
}

pub(crate) fn http_on_an_https_port(_: &Stage) -> String {
    let world = tls(|root| root.issue(&GOOD));
    let address = world.url().replace("https://", "http://");
    world.patient.finds(&[&address], &["tls_expected"]);
    world.patient.is_fixed_by(&[&address], "useAddress");
    world.patient.course()
}

pub(crate) fn no_encryption_to_another_computer(stage: &Stage) -> String {
    let world = tls(|root| root.issue(&GOOD));
    stage.names.set("couch.test", &["127.0.0.1"]);
    let plain = Gateway::to(&couch().authority, |_| Act::Pass);
    let address = url(
        "http",
        &format!("couch.test:{}", plain.port()),
        &world.database,
    );
    world.patient.finds(&[&address], &["tls_none"]);
    world.patient.is_well(&[&url(
        "https",
        &format!("couch.test:{}", world.front.port),
        &world.database,
    )]);
    world.patient.course()
}

pub(crate) fn no_encryption_although_there_could_be(stage: &Stage) -> String {
    let world = tls(|root| root.issue(&GOOD));
    stage.names.set("secure.test", &["127.0.0.41"]);
    let plain = Gateway::at("127.0.0.41:5984", &couch().authority, |_| Act::Pass);
    let _secure = Front::at("127.0.0.41:6984", &plain.authority, world.root.issue(&GOOD));
    let address = url("http", "secure.test:5984", &world.database);
    world.patient.finds(&[&address], &["tls_available"]);
    world.patient.is_fixed_by(&[&address], "useAddress");
    world.patient.course()
}

/// The alert `protocol_version` (RFC 8446, 6.2) to every greeting.
pub(crate) fn only_ancient_versions(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let port = babbler(&[0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]);
    patient.finds(
        &[&url("https", &format!("127.0.0.1:{port}"), &database)],
        &["tls_version"],
    );
    patient.is_well(&[&url("http", &couch().authority, &database)]);
    patient.course()
}
