//! `kill -9` at any moment: what was acknowledged is there, and the notes open.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sheaf_tests::{Couch, Database, Device, Seed, on_every_server, text};

on_every_server!(a_killed_round_is_simply_made_again);

#[test]
fn no_acknowledged_note_is_lost_and_the_notes_open() {
    let mut seed = Seed::new(20_261_121);
    let device = Device::new("A");
    let start = Instant::now();
    let mut acknowledged = vec![device.write("The first", "text")];
    let healthy = start.elapsed();
    for number in 0..40 {
        let title = format!("Note {number}");
        let mut program = device.sheaf.follow(&["note", "new", "--title", &title]);
        let moment = healthy.mul_f64(f64::from(seed.below(1_200) as u32) / 1_000.0);
        // Killed after a random part of the time a command takes, answered or not.
        let answer = program.line_within(moment);
        program.kill();
        let answer = answer.or_else(|| program.line_within(Duration::ZERO));
        if let Some(line) = answer {
            let note: Value = serde_json::from_str(&line).expect("an answer is JSON");
            acknowledged.push(text(&note, "id"));
        }
    }
    device.sheaf.run(&["verify"]);
    let there: Vec<String> = device
        .list(&[])
        .iter()
        .map(|note| text(note, "id"))
        .collect();
    for id in &acknowledged {
        assert!(
            there.contains(id),
            "seed {}: {id} was acknowledged and is lost",
            seed.start
        );
    }
    device.write("The last", "it still takes notes");
}

fn a_killed_round_is_simply_made_again(server: &'static Couch) {
    let mut seed = Seed::new(7);
    let database = server.database();
    fill(&database, 600);
    let a = Device::new("A");
    let own: Vec<String> = (0..50)
        .map(|number| a.write(&format!("Own {number}"), "text"))
        .collect();
    a.connect(&database.url());
    for _ in 0..6 {
        let mut round = a.sheaf.follow(&["sync", "now"]);
        round.line_within(Duration::from_millis(seed.below(900) as u64));
        round.kill();
        a.sheaf.run(&["verify"]);
    }
    a.sync();
    assert_eq!(a.sheaf.run(&["note", "list", "--limit", "1"])["total"], 650);
    assert_eq!(a.list(&["--conflicts"]).len(), 0);
    let sent = database.documents_of("note:");
    assert_eq!(sent.len(), 650);
    for id in own {
        assert_eq!(database.leaves(&id).len(), 1, "{id} conflicts with itself");
    }
}

fn fill(database: &Database, notes: usize) {
    let documents: Vec<Value> = (0..notes)
        .map(|index| {
            json!({
                "_id": format!("note:filler{index:05}"), "_rev": format!("1-{index:032x}"),
                "doctype": "markdown", "bookId": "book:inbox", "title": format!("Filler {index}"),
                "body": "word ".repeat(400), "tags": [], "status": "none", "share": "private",
                "pinned": false, "numOfTasks": 0, "numOfCheckedTasks": 0,
                "createdAt": 1_700_000_000_000_u64, "updatedAt": 1_700_000_000_000_u64,
                "timestamp": 1_700_000_000_000_u64,
            })
        })
        .collect();
    database.put_revisions(&documents);
}
