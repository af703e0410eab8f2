//! Inkdrop's published data model as the judge of what Sheaf writes.

use serde_json::Value;

use crate::peers;
use crate::program::Program;

/// Every document fits npm `inkdrop-model`, by the kind its id names. Files must carry their bytes.
pub fn assert_fits_inkdrop(documents: &[Value]) {
    let mut judge = Program::start("the Inkdrop schema", &mut peers::node("validate.mjs"));
    for document in documents {
        judge.say(&document.to_string());
    }
    judge.close_input();
    let mut findings = Vec::new();
    loop {
        let line = judge.line();
        let verdict: Value = serde_json::from_str(&line).expect("the verdict is JSON");
        if let Some(checked) = verdict["checked"].as_u64() {
            assert_eq!(checked, documents.len() as u64, "every document is judged");
            break;
        }
        findings.push(line);
    }
    assert!(
        findings.is_empty(),
        "documents that break Inkdrop's schema:\n{}",
        findings.join("\n")
    );
}
