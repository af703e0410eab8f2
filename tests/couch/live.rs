//! `sync watch`: what others write is here at once.

use std::time::{Duration, Instant};

use serde_json::Value;
use sheaf_tests::{Couch, Device, Fault, FaultProxy, on_every_server};

on_every_server!(
    a_watching_device_sees_a_foreign_note_within_two_seconds,
    a_watching_device_sends_what_is_written_beside_it,
    a_watch_outlives_an_outage,
);

/// A device whose watch is in step.
fn watching(url: &str) -> (Device, sheaf_tests::Program) {
    let device = Device::on("B", url);
    let mut watch = device.sheaf.follow(&["sync", "watch"]);
    watch.line_where(|line| state(line) == "idle");
    (device, watch)
}

/// The state that a line of the watch tells of, or nothing.
fn state(line: &str) -> String {
    let event: Value = serde_json::from_str(line).expect("watch prints JSON lines");
    event["status"]["state"]["kind"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn a_watching_device_sees_a_foreign_note_within_two_seconds(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    let (_b, mut watch) = watching(&database.url());
    let id = a.write("Quick", "text");
    a.sync();
    let start = Instant::now();
    watch.line_where(|line| line.contains(&id));
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "it took {:?}",
        start.elapsed()
    );
}

fn a_watching_device_sends_what_is_written_beside_it(server: &'static Couch) {
    let database = server.database();
    let (b, mut watch) = watching(&database.url());
    // The watch holds the notes: this command is carried out by it.
    let id = b.write("Beside", "text");
    watch.line_where(|line| line.contains(&id));
    let a = Device::on("A", &database.url());
    assert_eq!(b.titles(), ["Beside"]);
    watch.terminate();
    a.sync();
    assert_eq!(a.titles(), ["Beside"]);
}

fn a_watch_outlives_an_outage(server: &'static Couch) {
    let database = server.database();
    let proxy = FaultProxy::to(&server.authority);
    let url = database.url_through(&proxy.authority, &server.admin, &server.password);
    let a = Device::on("A", &database.url());
    let (b, mut watch) = watching(&url);
    proxy.plan(|_| Fault::Refuse);
    // Written here: the watch must try to send it, and cannot.
    let here = b.write("Here", "text");
    watch.line_where(|line| ["offline", "error"].contains(&state(line).as_str()));
    let there = a.write("There", "text");
    a.sync();
    proxy.heal();
    watch.line_where(|line| line.contains(&there));
    database.wait_for("note:", |notes| {
        notes.iter().any(|note| note["_id"] == here.as_str())
    });
}
