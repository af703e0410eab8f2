//! As much of the `WebDriver` protocol as a person at a window needs.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::http::Http;

/// The key under which the protocol hides an element's reference.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Longer than anything healthy takes: the driver itself waits for elements and conditions, in milliseconds.
const WAIT: u32 = 30_000;

/// One automated window.
pub struct WebDriver {
    http: Http,
    session: String,
}

/// Something on the page, as it was found.
pub struct Element<'a> {
    driver: &'a WebDriver,
    path: String,
}

impl WebDriver {
    /// Starts `application` through the driver at `base`.
    pub(crate) fn open(base: &str, application: &str, arguments: &[String]) -> Self {
        let http = Http::new(base);
        let options = json!({ "application": application, "args": arguments });
        let body = json!({ "capabilities": { "alwaysMatch": {
            "tauri:options": options,
            "timeouts": { "implicit": WAIT, "script": WAIT },
        }}});
        let answer = http.post("/session", &body).success();
        let id = answer["value"]["sessionId"]
            .as_str()
            .unwrap_or_else(|| panic!("the driver opened no session: {answer}"));
        Self {
            session: format!("/session/{id}"),
            http,
        }
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.http.post(&format!("{}{path}", self.session), body);
        assert_eq!(answer.status, 200, "{path} {body}: {}", answer.json);
        answer.json["value"].clone()
    }

    /// Waits until an element matches this CSS selector.
    pub fn css(&self, selector: &str) -> Element<'_> {
        self.find("css selector", selector)
    }

    /// Waits for the part of the window with this `data-testid`.
    pub fn part(&self, testid: &str) -> Element<'_> {
        self.css(&format!("[data-testid='{testid}']"))
    }

    /// Waits until an element matches this `XPath`.
    pub fn xpath(&self, path: &str) -> Element<'_> {
        self.find("xpath", path)
    }

    fn find(&self, using: &str, value: &str) -> Element<'_> {
        let found = self.post("/element", &json!({ "using": using, "value": value }));
        let id = found[ELEMENT]
            .as_str()
            .unwrap_or_else(|| panic!("no element in {found}"));
        Element {
            driver: self,
            path: format!("/element/{id}"),
        }
    }

    /// Waits until this JavaScript expression is true; it is asked again after every change of the page.
    pub fn wait_until(&self, condition: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const holds = () => {{ try {{ return Boolean({condition}); }} catch {{ return false; }} }};
             if (holds()) return done(true);
             const observer = new MutationObserver(() => {{
                 if (holds()) {{ observer.disconnect(); done(true); }}
             }});
             observer.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});"
        );
        let body = json!({ "script": script, "args": [] });
        let answer = self
            .http
            .post(&format!("{}/execute/async", self.session), &body);
        assert!(
            answer.status == 200,
            "never came true in the window: {condition}\n{}\nThe page reads:\n{}",
            answer.json,
            self.text()
        );
    }

    /// Waits until the page shows this text.
    pub fn wait_for_text(&self, text: &str) {
        let text = Value::from(text);
        self.wait_until(&format!("document.body.innerText.includes({text})"));
    }

    /// The value of a JavaScript expression.
    pub fn value(&self, expression: &str) -> Value {
        let script = format!("return {expression};");
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// What a promise of the page comes to: `{ "ok": … }`, or `{ "error": … }` where it is broken.
    pub fn outcome(&self, promise: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const said = (error) => typeof error === 'string' ? error : error?.message ?? JSON.stringify(error);
             Promise.resolve().then(() => ({promise})).then(
                 (value) => done({{ ok: value === undefined ? null : value }}), (error) => done({{ error: said(error) }}));"
        );
        self.post("/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// All text the page shows.
    pub fn text(&self) -> String {
        let text = self.value("document.body.innerText");
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Presses keys together, wherever the focus is: `["\u{e009}", "n"]` is Control+N.
    pub fn press(&self, keys: &[&str]) {
        let key = |kind: &str, value: &str| json!({ "type": kind, "value": value });
        let down = keys.iter().map(|value| key("keyDown", value));
        let up = keys.iter().rev().map(|value| key("keyUp", value));
        let actions: Vec<Value> = down.chain(up).collect();
        let body = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] });
        self.post("/actions", &body);
    }

    /// The page as PNG.
    pub fn screenshot(&self) -> Vec<u8> {
        self.try_screenshot().expect("a screenshot is base64")
    }

    /// The same, for somebody who has failed already. The web view takes a picture of its next frame, and a page on
    /// which nothing moves has none: a corner of it flickers meanwhile, too faintly to be seen.
    pub(crate) fn try_screenshot(&self) -> Option<Vec<u8>> {
        let flicker = "const dot = document.createElement('i'); dot.id = 'flicker';
             dot.style.cssText = 'position:fixed;left:0;top:0;width:1px;height:1px;pointer-events:none;z-index:9999';
             document.documentElement.append(dot); let on = false;
             const turn = setInterval(() => { on = !on; dot.style.background = on ? 'rgb(0 0 0 / .01)' : 'rgb(0 0 0 / .02)'; }, 30);
             setTimeout(() => { clearInterval(turn); dot.remove(); }, 5000);";
        let body = json!({ "script": flicker, "args": [] });
        self.http
            .try_send(
                "POST",
                &format!("{}/execute/sync", self.session),
                Some(&body),
            )
            .ok()?;
        let answer = self
            .http
            .try_send("GET", &format!("{}/screenshot", self.session), None)
            .ok()?;
        let text = answer.json["value"].as_str().unwrap_or_default();
        base64::engine::general_purpose::STANDARD.decode(text).ok()
    }

    /// Ends the session, and with it the application.
    pub(crate) fn quit(&self) {
        self.http.delete(&self.session);
    }
}

impl Element<'_> {
    pub fn click(&self) {
        self.driver
            .post(&format!("{}/click", self.path), &json!({}));
    }

    /// A line break is the Return key.
    pub fn type_text(&self, text: &str) {
        let body = json!({ "text": text.replace('\n', "\u{e007}") });
        self.driver.post(&format!("{}/value", self.path), &body);
    }

    pub fn text(&self) -> String {
        let path = format!("{}{}/text", self.driver.session, self.path);
        let answer = self.driver.http.get(&path);
        answer.json["value"].as_str().unwrap_or_default().to_owned()
    }
}
