//! What Sheaf writes, Inkdrop's own data model accepts.

use sheaf_tests::{Couch, Device, assert_fits_inkdrop, on_every_server};

on_every_server!(everything_written_fits_inkdrops_data_model);

fn everything_written_fits_inkdrops_data_model(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    a.sheaf.run(&["notebook", "new", "Garden"]);
    a.sheaf
        .run(&["notebook", "new", "Beds", "--parent", "Garden"]);
    let plain = a.write("Plain", "- [x] dig\n- [ ] plant 🌷\n");
    let bare = a.write("", "no title");
    let trashed = a.write("Trashed", "text");
    for status in ["active", "onHold", "completed", "dropped", "none"] {
        let id = a.write(status, "text");
        a.sheaf.run(&["note", "status", &id, "--status", status]);
    }
    a.sheaf.run(&["note", "move", &plain, "--notebook", "Beds"]);
    a.sheaf
        .run(&["note", "tag", &plain, "--add", "bulbs", "--add", "🌷"]);
    a.sheaf.run(&["tag", "color", "bulbs", "violet"]);
    a.sheaf.run(&["note", "pin", &bare]);
    a.sheaf.run(&["note", "delete", &trashed]);
    let file = a.file("pixel.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>");
    let png = a.file("pixel.png", b"\x89PNG\r\n\x1a\n and more");
    for file in [&file, &png] {
        a.sheaf.run(&[
            "attach",
            "add",
            &file.display().to_string(),
            "--note",
            &plain,
        ]);
    }
    a.sync();
    let mut documents = Vec::new();
    for (kind, least) in [("note:", 8), ("book:", 3), ("tag:", 2), ("file:", 1)] {
        let found = database.documents_of(kind);
        assert!(found.len() >= least, "{kind} {}", found.len());
        documents.extend(found);
    }
    assert_fits_inkdrop(&documents);
}
