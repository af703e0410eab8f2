//! A Chromium for the UI's browser tests: whichever this machine has.

use std::path::Path;

/// Where the usual installers put it, the free one first.
const PLACES: [&str; 6] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/snap/bin/chromium",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
];

pub(crate) fn find() -> Option<&'static Path> {
    PLACES.iter().map(Path::new).find(|place| place.exists())
}
