//! Bytes travel in both directions, whole, and once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sheaf_tests::{Couch, Device, ForeignClient, Seed, on_every_server, text};

on_every_server!(
    a_picture_reaches_a_foreign_client_and_another_device,
    a_foreign_picture_arrives_and_goes_on_to_another_database,
    an_edit_of_a_file_document_keeps_its_bytes,
);

/// A PNG of one pixel, followed by noise that readers skip: `size` bytes in all.
fn picture(size: usize) -> Vec<u8> {
    let mut bytes = STANDARD
        .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
        .expect("this is base64");
    let mut seed = Seed::new(7);
    while bytes.len() < size {
        bytes.extend_from_slice(&seed.number().to_le_bytes());
    }
    bytes.truncate(size.max(70));
    bytes
}

fn a_picture_reaches_a_foreign_client_and_another_device(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    let bytes = picture(300_000);
    let note = a.write("With a picture", "see below\n");
    let file = a.file("pixel.png", &bytes).display().to_string();
    let added = a.sheaf.run(&["attach", "add", &file, "--note", &note]);
    let id = text(&added, "id");
    assert!(id.starts_with("file:"), "{id}");
    a.sync();

    let mut foreign = ForeignClient::start();
    foreign.pull(&database.url());
    assert_eq!(foreign.attachment(&id, "index"), STANDARD.encode(&bytes));

    let b = Device::on("B", &database.url());
    assert!(b.body(&note).contains(&id), "{}", b.body(&note));
    assert_eq!(forwarded(&b, &id, server), bytes);
}

fn a_foreign_picture_arrives_and_goes_on_to_another_database(server: &'static Couch) {
    let database = server.database();
    let bytes = picture(70_000);
    let mut foreign = ForeignClient::start();
    foreign.put(&serde_json::json!({
        "_id": "file:foreign01", "name": "photo.png", "createdAt": 1_700_000_000_000_u64,
        "contentType": "image/png", "contentLength": bytes.len(), "publicIn": [],
        "_attachments": { "index": { "content_type": "image/png", "data": STANDARD.encode(&bytes) } },
    }));
    foreign.push(&database.url());
    let a = Device::on("A", &database.url());
    assert_eq!(forwarded(&a, "file:foreign01", server), bytes);
}

fn an_edit_of_a_file_document_keeps_its_bytes(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    let bytes = picture(5_000);
    let file = a.file("pixel.png", &bytes).display().to_string();
    let id = text(&a.sheaf.run(&["attach", "add", &file]), "id");
    a.write("Beside it", &format!("![pixel](inkdrop://{id})"));
    a.sync();
    let mut foreign = ForeignClient::start();
    foreign.pull(&database.url());
    foreign.edit(&id, &serde_json::json!({ "name": "renamed.png" }));
    foreign.push(&database.url());
    a.sync();
    assert_eq!(forwarded(&a, &id, server), bytes);
}

/// What the device holds, seen by sending it to a database where it never was.
fn forwarded(device: &Device, id: &str, server: &'static Couch) -> Vec<u8> {
    let other = server.database();
    device.connect(&other.url());
    device.sync();
    let files = other.documents_of("file:");
    let document = files
        .iter()
        .find(|document| document["_id"] == id)
        .unwrap_or_else(|| panic!("{} did not send {id} on", device.name));
    let data = document["_attachments"]["index"]["data"]
        .as_str()
        .expect("files come with their bytes");
    STANDARD.decode(data).expect("attachments come in base64")
}
