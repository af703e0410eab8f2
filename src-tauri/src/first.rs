//! What the page of the main window asks first, answered before there is a page.
//!
//! A web view takes some three hundred milliseconds to start, and each question that the page then asks takes a
//! turn of two event loops. So the questions it is known to begin with are answered meanwhile and lie in the page
//! when its script starts (`ui/src/ipc/first-answers.ts`). The page reads them again as soon as it hears events: what
//! changed in between is not missed.

use serde_json::{Value, json};
use sheaf_engine::Engine;

/// Questions without a request.
const BARE: [&str; 3] = ["settings", "ui_state", "sidebar"];
/// Where the page keeps the question behind its last list (`state/app.svelte.ts`).
const LIST: &str = "list";

/// The installed fonts, where the page has to know them.
pub(crate) fn fonts() -> Option<Vec<String>> {
    #[cfg(target_os = "linux")]
    let fonts = crate::linux::font_families();
    #[cfg(not(target_os = "linux"))]
    let fonts = None;
    fonts
}

/// A script that leaves the answers in the page, and the names of installed fonts where the page needs them. A question
/// that fails is left to the page, which asks it again and says what is wrong.
pub(crate) async fn script(engine: &Engine, families: Option<Vec<String>>) -> String {
    let mut answers = Vec::new();
    for name in BARE {
        ask(engine, name, Value::Null, &mut answers).await;
    }
    let list = answers
        .iter()
        .find(|answer| answer["name"] == "ui_state")
        .map(|answer| answer["answer"]["state"][LIST].clone());
    if let Some(request @ Value::Object(_)) = list {
        ask(engine, "list_notes", request, &mut answers).await;
    }
    lay(&json!({ "answers": answers, "families": families }))
}

fn lay(things: &Value) -> String {
    format!("Object.defineProperty(window, '__SHEAF_FIRST__', {{ value: {things} }});")
}

async fn ask(engine: &Engine, name: &str, request: Value, answers: &mut Vec<Value>) {
    if let Ok(answer) = sheaf_ipc::dispatch(engine, name, request.clone()).await {
        answers.push(json!({ "name": name, "request": request, "answer": answer }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page runs it as JavaScript, of which JSON is a part: what a title holds must come through as it is.
    #[test]
    fn what_is_laid_into_the_page_is_one_value_whatever_a_title_holds() {
        let hostile = json!({ "answers": ["</script>\u{2028}'\"\\`${x} }); alert(1); ({"], "families": null });
        let script = lay(&hostile);
        let (_, rest) = script.split_once("{ value: ").unwrap();
        let value = rest.strip_suffix(" });").unwrap();
        assert_eq!(serde_json::from_str::<Value>(value).unwrap(), hostile);
    }
}
