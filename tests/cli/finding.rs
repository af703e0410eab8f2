//! Search over what was just written, without a server.

use sheaf_tests::{Device, text};

#[test]
fn words_parts_phrases_qualifiers_and_cjk_are_found() {
    let device = Device::new("A");
    let tulips = device.write("Tulips", "plant the bulbs in autumn");
    let shopping = device.write("買い物", "牛乳とパンを買う");
    let plan = device.write("Plan", "dig the autumn bed");
    device.sheaf.run(&["notebook", "new", "Garden"]);
    device
        .sheaf
        .run(&["note", "move", &tulips, "--notebook", "Garden"]);
    device.sheaf.run(&["note", "tag", &plan, "--add", "spring"]);
    device
        .sheaf
        .run(&["note", "status", &plan, "--status", "active"]);
    let found = |query: &[&str]| -> Vec<String> {
        let mut arguments = vec!["search"];
        arguments.extend_from_slice(query);
        let page = device.sheaf.run(&arguments);
        let items = page["items"]
            .as_array()
            .expect("search answers a page")
            .clone();
        let mut ids: Vec<String> = items.iter().map(|note| text(note, "id")).collect();
        ids.sort();
        ids
    };
    let mut both = vec![tulips.clone(), plan.clone()];
    both.sort();
    assert_eq!(found(&["autumn"]), both);
    assert_eq!(found(&["autu"]), both, "the beginning of a word is enough");
    assert_eq!(found(&["\"autumn bed\""]), [plan.as_str()]);
    assert_eq!(found(&["autumn", "-bulbs"]), [plan.as_str()]);
    assert_eq!(found(&["book:Garden"]), [tulips.as_str()]);
    assert_eq!(found(&["tag:spring"]), [plan.as_str()]);
    assert_eq!(found(&["status:active"]), [plan.as_str()]);
    assert_eq!(found(&["title:Tulips"]), [tulips.as_str()]);
    assert_eq!(found(&["牛乳"]), [shopping.as_str()]);
    assert_eq!(found(&["買"]), [shopping.as_str()]);
    assert_eq!(found(&["nothing-like-this"]), Vec::<String>::new());
    // A qualifier that waits for its value used to be looked for as a word, and found nothing.
    assert_eq!(found(&["autumn", "tag:"]), both);
}

#[test]
fn a_notebook_gets_an_icon_and_loses_it() {
    let device = Device::new("A");
    device.sheaf.run(&["notebook", "new", "Garden"]);
    let icon = |arguments: &[&str]| {
        let mut command = vec!["notebook", "icon", "Garden"];
        command.extend_from_slice(arguments);
        device.sheaf.run(&command)["icon"].clone()
    };
    let letter = icon(&["--letter", "🌷 in spring"]);
    assert_eq!(letter["kind"], "svg");
    assert!(text(&letter, "svg").contains(">🌷</text>"), "{letter}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("icon.svg");
    std::fs::write(&file, "<?xml version=\"1.0\"?>\n<svg><path/></svg>\n").unwrap();
    let drawn = icon(&["--svg-file", &file.display().to_string()]);
    assert_eq!(text(&drawn, "svg"), "<svg><path/></svg>");
    assert!(icon(&["--none"]).is_null());
}
