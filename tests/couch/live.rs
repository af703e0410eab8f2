//! `sync watch`: what others write is here at once.

use std::time::{Duration, Instant};

use serde_json::Value;
use sheaf_tests::{Couch, Device, on_every_server};

on_every_server!(
    a_watching_device_sees_a_foreign_note_within_two_seconds,
    a_watching_device_sends_what_is_written_beside_it,
);

/// A device whose watch is in step.
fn watching(url: &str) -> (Device, sheaf_tests::Program) {
    let device = Device::on("B", url);
    let mut watch = device.sheaf.follow(&["sync", "watch"]);
    watch.line_where(|line| {
        let event: Value = serde_json::from_str(line).expect("watch prints JSON lines");
        event["status"]["state"]["kind"] == "idle" || event["state"]["kind"] == "idle"
    });
    (device, watch)
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
