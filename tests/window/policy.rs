//! The content policy of the window by itself: what the sanitiser is there for is put into the page as it is, in the
//! way in which even script elements run, and everything that can be pressed is pressed. Pictures of the web come
//! through the app, and only for whoever knows the key.

use serde_json::{Value, json};
use sheaf_tests::listeners::{Trap, babbler};
use sheaf_tests::{Display, Installation, Keyring};

use super::hostile::{CORPUS, FETCHING};
use super::write_note;

/// On the page at once: few enough to look through when one of them did something.
const TOGETHER: usize = 24;

/// More that would fetch something, in ways that the sanitiser knows only as elements it does not let through.
const FETCHING_TOO: [&str; 9] = [
    "<script type=module src=\"http://trap/30\"></script>",
    "<link rel=preload as=script href=\"http://trap/31\"><link rel=manifest href=\"http://trap/32\"><link rel=icon href=\"http://trap/33\">",
    "<style>@font-face { font-family: x; src: url(http://trap/34) } i { font-family: x }</style><i>x</i>",
    "<form action=\"http://trap/35\"><button>x</button></form>",
    "<form id=f></form><button form=f formaction=\"http://trap/36\">x</button>",
    "<a href=\"http://trap/37\" ping=\"http://trap/38\" target=_top>x</a>",
    "<script>fetch('http://trap/39'); new WebSocket('ws://trap/40'); new Image().src = 'http://trap/41'</script>",
    "<img src=\"sheaf-picture://localhost/0123456789abcdef/http%3A%2F%2Ftrap%2F42\">",
    "<img src=\"sheaf-picture://localhost//http%3A%2F%2Ftrap%2F43\"><img src=\"sheaf-picture://localhost/http%3A%2F%2Ftrap%2F44\">",
];

/// What the picture below is: seven by five, so that it is told from the sign of a missing one.
const PICTURE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\nContent-Length: 62\r\nConnection: close\r\n\r\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"7\" height=\"5\"/>";

/// Puts attacks into the page and tells what came of them; `window.found` remembers also what comes late.
const TRY: &str = "
    window.found = [];
    window.refused = 0;
    window.alert = window.confirm = window.prompt = (what) => { window.found.push(`ran: ${what}`); };
    addEventListener('securitypolicyviolation', (event) => { if (event.violatedDirective.startsWith('script-src')) window.refused += 1; });
    const place = location.href.split('#')[0];
    const home = new URL('/', place);
    // To load our own page once more is no way out of it. (A link of a drawing is animated: its attribute may be missing.)
    const leadsHome = (element) => {
        const link = element.closest('a, area');
        const address = link?.href?.animVal ?? link?.getAttribute('href') ?? null;
        if (address === null) return false;
        // Not stopped: nothing runs and nobody is asked, but Tauri lets an address pass that Rust cannot read, and the
        // window is empty afterwards.
        if (address.startsWith('\\\\\\\\')) return true;
        try {
            const url = new URL(address, place);
            return url.protocol === home.protocol && url.host === home.host && ['', '/', '/index.html'].includes(url.pathname);
        } catch { return false; }
    };
    window.attempt = async (attacks) => {
        const boxes = attacks.map((html) => {
            const box = document.body.appendChild(document.createElement('div'));
            const range = document.createRange();
            range.selectNodeContents(box);
            box.append(range.createContextualFragment(html));
            return box;
        });
        // What fails to load does so in order: when this one has, the others have.
        await new Promise((done) => {
            const last = boxes[boxes.length - 1].appendChild(new Image());
            last.addEventListener('error', done);
            last.src = 'data:image/png;base64,AAAA';
        });
        for (const box of boxes) for (const element of box.querySelectorAll('*')) {
            for (const kind of ['mouseover', 'mouseenter', 'pointerenter', 'focus', 'blur', 'toggle', 'load', 'error', 'animationstart', 'begin', 'scroll', 'input', 'start', 'finish'])
                element.dispatchEvent(new Event(kind));
            if (leadsHome(element)) continue;
            element.focus?.();
            element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
        }
        await new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
        for (const box of boxes) box.remove();
        const found = window.found.splice(0);
        return location.href.split('#')[0] === place ? found : [...found, location.href];
    };";

fn attacks(trap: &Trap) -> Vec<String> {
    let corpus: Value = serde_json::from_str(CORPUS).expect("the corpus is JSON");
    let of = |kind: &str| -> Vec<String> {
        let texts = corpus[kind].as_array().into_iter().flatten();
        texts.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let links = of("addresses").into_iter().flat_map(|to| {
        let to = to.replace('"', "&quot;");
        [
            format!("<a href=\"{to}\">x</a>"),
            format!("<svg><a xlink:href=\"{to}\"><text>x</text></a></svg>"),
            format!("<iframe src=\"{to}\"></iframe>"),
            format!("<form action=\"{to}\"><button>x</button></form>"),
        ]
    });
    ["active", "confusing", "forged"]
        .into_iter()
        .flat_map(of)
        .chain(links)
        .chain(FETCHING.map(str::to_owned))
        .chain(FETCHING_TOO.map(str::to_owned))
        .map(|text| text.replace("trap/", &format!("{}/", trap.authority)))
        .map(|text| text.replace("trap%2F", &format!("{}%2F", trap.authority)))
        .collect()
}

/// Links whose address only looks like one of a script are read as names of pages of ours. The app's page was loaded
/// again for any name at all, so a click on such a link threw the window away; now there is one page.
#[test]
fn the_policy_alone_lets_nothing_run_and_nothing_out() {
    let (display, keyring) = (Display::start(), Keyring::start());
    let trap = Trap::set();
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    page.part("new-note");
    page.value(&format!("(() => {{ {TRY} return 0; }})()"));
    let attacks = attacks(&trap);
    assert!(attacks.len() > 300, "a corpus of {}", attacks.len());
    for some in attacks.chunks(TOGETHER) {
        let outcome = page.outcome(&format!("window.attempt({})", json!(some)));
        assert_eq!(outcome, json!({ "ok": [] }), "one of {some:#?}");
    }
    let late =
        page.value("[window.found, document.querySelectorAll('[data-testid=new-note]').length]");
    assert_eq!(late, json!([[], 1]));
    // They did try, or this proves nothing.
    let refused = page.value("window.refused").as_u64().unwrap_or_default();
    assert!(refused > 150, "the policy refused {refused} times only");
    display.wait_for_windows(1);
    assert_eq!(trap.heard(), Vec::<String>::new(), "somebody was asked");
    assert_eq!(installation.opened(), Vec::<String>::new());
}

/// The page asks nobody; the app does, when a person wants it.
#[test]
fn a_picture_of_the_web_that_a_person_allows_comes_through_the_app() {
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    let there = format!("http://127.0.0.1:{}/a.svg", babbler(PICTURE));
    write_note(&window, "Pictures", &format!("![seven by five]({there})"));
    page.wait_for_text("Saved");
    page.part("view-split").click();
    page.css("[data-testid=preview] .remote-row button").click();
    page.wait_until("document.querySelector('[data-testid=preview] img')?.naturalWidth === 7");
    window.photograph("web-picture");
    let page_asks = format!(
        "new Promise((done) => {{ const image = new Image(); image.onload = () => done('shown'); image.onerror = () => done('refused'); image.src = '{there}'; }})"
    );
    assert_eq!(page.outcome(&page_asks), json!({ "ok": "refused" }));
}
