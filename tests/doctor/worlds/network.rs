//! Addresses, names, ports, proxies.

use std::net::TcpListener;

use base64::Engine as _;

use super::{Stage, couch, database, url};
use crate::certificates::{Authority, Front, GOOD};
use crate::gateway::{Act, Gateway, WayOut};
use crate::listeners::BlackHole;
use crate::patient::Patient;

pub(crate) fn no_address(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    patient.finds(&[], &["address_empty"]);
    patient.is_well(&[&url("http", &couch().authority, &database)]);
    patient.course()
}

pub(crate) fn an_address_that_cannot_be_read(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    patient.finds(&["http://[half:5984/notes"], &["address_unreadable"]);
    patient.is_well(&[&url("http", &couch().authority, &database)]);
    patient.course()
}

pub(crate) fn an_address_without_a_database(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    patient.finds(
        &[&format!("http://{}", couch().authority)],
        &["address_no_database"],
    );
    patient.is_well(&[&url("http", &couch().authority, &database)]);
    patient.course()
}

pub(crate) fn a_database_name_with_capitals(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let wrong = url("http", &couch().authority, &database).replace("sheaf-test", "Sheaf-Test");
    patient.finds(&[&wrong], &["address_database_name"]);
    patient.is_fixed_by(&[&wrong], "useDatabase");
    patient.course()
}

pub(crate) fn this_computer_offline(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let here = url("http", &couch().authority, &database);
    let there = here.replace("127.0.0.1", "offline.test");
    patient.around(&["unshare", "--net"]);
    patient.finds(&[&there], &["network_offline"]);
    patient.around(&[]);
    patient.is_well(&[&here]);
    patient.course()
}

/// A server at a name, over TLS with a certificate that is trusted.
struct Named {
    patient: Patient,
    front: Front,
    database: sheaf_tests::Database,
    _root: tempfile::NamedTempFile,
}

fn trusting(patient: &Patient, root: &Authority) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    std::io::Write::write_all(&mut file, root.pem.as_bytes())
        .expect("a temporary file can be written");
    patient.set("SSL_CERT_FILE", file.path().display().to_string());
    file
}

fn named() -> Named {
    let (patient, root) = (Patient::new(), Authority::root("Our Own Root"));
    let file = trusting(&patient, &root);
    let asked = crate::certificates::Asked {
        names: &[
            "couch.test",
            "unknown.test",
            "silent.test",
            "partly.test",
            "both.test",
        ],
        ..GOOD
    };
    Named {
        front: Front::at("0.0.0.0:0", &couch().authority, root.issue(&asked)),
        database: database(),
        patient,
        _root: file,
    }
}

impl Named {
    fn url(&self, name: &str) -> String {
        url(
            "https",
            &format!("{name}:{}", self.front.port),
            &self.database,
        )
    }
}

pub(crate) fn an_unknown_name(stage: &Stage) -> String {
    let world = named();
    world
        .patient
        .finds(&[&world.url("unknown.test")], &["name_unknown"]);
    stage.names.set("unknown.test", &["127.0.0.1"]);
    world.patient.is_well(&[&world.url("unknown.test")]);
    world.patient.course()
}

pub(crate) fn a_silent_name_server(stage: &Stage) -> String {
    let world = named();
    stage.names.keep_silent_about("silent.test");
    world
        .patient
        .finds(&[&world.url("silent.test")], &["name_no_answer"]);
    stage.names.set("silent.test", &["127.0.0.1"]);
    world.patient.is_well(&[&world.url("silent.test")]);
    world.patient.course()
}

pub(crate) fn a_half_dead_name_server(stage: &Stage) -> String {
    let world = named();
    stage.names.set("both.test", &["127.0.0.1"]);
    let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    std::fs::write(
        file.path(),
        "nameserver 127.0.0.54\nnameserver 127.0.0.53\noptions timeout:3 attempts:1\n",
    )
    .expect("a temporary file can be written");
    let mount = format!(
        "mount --bind {} /etc/resolv.conf && exec \"$@\"",
        file.path().display()
    );
    world
        .patient
        .around(&["unshare", "--mount", "sh", "-ec", &mount, "sh"]);
    world
        .patient
        .finds(&[&world.url("both.test")], &["name_slow"]);
    world.patient.around(&[]);
    world.patient.is_well(&[&world.url("both.test")]);
    world.patient.course()
}

pub(crate) fn a_closed_port(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let port = TcpListener::bind("127.0.0.31:0")
        .and_then(|listener| listener.local_addr())
        .expect("loopback has a free port");
    let address = url("http", &port.to_string(), &database);
    patient.finds(&[&address], &["port_refused"]);
    let _started = Gateway::at(&port.to_string(), &couch().authority, |_| Act::Pass);
    patient.is_well(&[&address]);
    patient.course()
}

pub(crate) fn a_server_on_another_port(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let _there = Gateway::at("127.0.0.32:5984", &couch().authority, |_| Act::Pass);
    let address = url("http", "127.0.0.32:5985", &database);
    patient.finds(&[&address], &["port_elsewhere"]);
    patient.is_fixed_by(&[&address], "useAddress");
    patient.course()
}

pub(crate) fn a_black_hole(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    let hole = BlackHole::at("127.0.0.33:0");
    let address = url("http", &format!("127.0.0.33:{}", hole.port), &database);
    patient.finds(&[&address], &["port_filtered"]);
    let port = hole.port;
    drop(hole);
    let _opened = Gateway::at(&format!("127.0.0.33:{port}"), &couch().authority, |_| {
        Act::Pass
    });
    patient.is_well(&[&address]);
    patient.course()
}

pub(crate) fn a_way_that_is_forbidden(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    patient.finds(
        &[&url("http", "198.51.100.1:5984", &database)],
        &["port_forbidden"],
    );
    patient.is_well(&[&url("http", &couch().authority, &database)]);
    patient.course()
}

pub(crate) fn a_way_that_does_not_exist(_: &Stage) -> String {
    let (patient, database) = (Patient::new(), database());
    patient.finds(
        &[&url("http", "198.51.100.2:5984", &database)],
        &["port_unreachable"],
    );
    patient.is_well(&[&url("http", &couch().authority, &database)]);
    patient.course()
}

pub(crate) fn one_of_two_addresses_dead(stage: &Stage) -> String {
    let (patient, root, database) = (Patient::new(), Authority::root("Our Own Root"), database());
    let _file = trusting(&patient, &root);
    let asked = crate::certificates::Asked {
        names: &["partly.test"],
        ..GOOD
    };
    // Only at its own address, so that the other one is closed.
    let front = Front::to(&couch().authority, root.issue(&asked));
    let address = url("https", &format!("partly.test:{}", front.port), &database);
    stage.names.set("partly.test", &["127.0.0.1", "127.0.0.34"]);
    patient.finds(&[&address], &["port_partly"]);
    stage.names.set("partly.test", &["127.0.0.1"]);
    patient.is_well(&[&address]);
    patient.course()
}

pub(crate) fn an_ipv6_black_hole(stage: &Stage) -> String {
    let (patient, root, database) = (Patient::new(), Authority::root("Our Own Root"), database());
    let _file = trusting(&patient, &root);
    let asked = crate::certificates::Asked {
        names: &["sixhole.test"],
        ..GOOD
    };
    let front = Front::to(&couch().authority, root.issue(&asked));
    let _hole = BlackHole::at(&format!("[fd00:dead::1]:{}", front.port));
    stage
        .names
        .set("sixhole.test", &["127.0.0.1", "fd00:dead::1"]);
    let address = url("https", &format!("sixhole.test:{}", front.port), &database);
    patient.finds(&[&address], &["ipv6_broken"]);
    patient.is_fixed_by(&[&address], "preferIpv4");
    patient.course()
}

fn behind_a_proxy(proxy: &str, stage: &Stage) -> (Named, String) {
    let world = named();
    stage.names.set("couch.test", &["127.0.0.1"]);
    world.patient.set("HTTPS_PROXY", proxy);
    world.patient.set("NO_PROXY", "");
    let address = world.url("couch.test");
    (world, address)
}

pub(crate) fn a_proxy_that_is_gone(stage: &Stage) -> String {
    let (world, address) = behind_a_proxy(&format!("http://{}", sheaf_tests::closed_port()), stage);
    world.patient.finds(&[&address], &["proxy_unreachable"]);
    world.patient.is_fixed_by(&[&address], "withoutProxy");
    world.patient.course()
}

/// With an `@` in the name and in the password, as companies have them.
pub(crate) fn a_proxy_that_wants_a_password(stage: &Stage) -> String {
    let pair = base64::engine::general_purpose::STANDARD.encode("anna@corp:p@ss");
    let proxy = WayOut::open(Some(format!("Basic {pair}")), false);
    let (world, address) = behind_a_proxy(&format!("http://{}", proxy.authority), stage);
    world.patient.finds(&[&address], &["proxy_password"]);
    world.patient.set(
        "HTTPS_PROXY",
        format!("http://anna@corp:p@ss@{}", proxy.authority),
    );
    world.patient.is_well(&[&address]);
    world.patient.course()
}

pub(crate) fn a_proxy_that_refuses(stage: &Stage) -> String {
    let proxy = WayOut::open(None, true);
    let (world, address) = behind_a_proxy(&format!("http://{}", proxy.authority), stage);
    world.patient.finds(&[&address], &["proxy_refuses"]);
    world.patient.is_fixed_by(&[&address], "withoutProxy");
    world.patient.course()
}

pub(crate) fn a_proxy_address_that_is_none(stage: &Stage) -> String {
    let (world, address) = behind_a_proxy("http://proxy one", stage);
    world.patient.finds(&[&address], &["proxy_address"]);
    world.patient.set("HTTPS_PROXY", "");
    world.patient.is_well(&[&address]);
    world.patient.course()
}
