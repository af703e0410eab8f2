//! Where the main window was, so that it opens there again, and never outside of every screen.

use serde::{Deserialize, Serialize};

/// Physical pixels, as the system counts them over all screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    #[serde(default)]
    pub(crate) maximized: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// As much of the title bar must be on a screen to be caught with a pointer.
const GRIP: i64 = 80;

impl Place {
    /// This place if its title bar can be reached on one of the screens. Screens come and go between two starts.
    pub(crate) fn on(self, screens: &[Screen]) -> Option<Self> {
        let (left, right) = (i64::from(self.x), i64::from(self.x) + i64::from(self.width));
        let top = i64::from(self.y);
        let reachable = screens.iter().any(|screen| {
            let screen_left = i64::from(screen.x);
            let screen_right = screen_left + i64::from(screen.width);
            let screen_top = i64::from(screen.y);
            let screen_bottom = screen_top + i64::from(screen.height);
            right.min(screen_right) - left.max(screen_left) >= GRIP
                && top >= screen_top
                && top < screen_bottom - GRIP / 2
        });
        let sane = (100..=20_000).contains(&self.width) && (100..=20_000).contains(&self.height);
        (reachable && sane).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Screen = Screen {
        x: 0,
        y: 0,
        width: 1920,
        height: 1080,
    };

    fn place(x: i32, y: i32) -> Place {
        Place {
            x,
            y,
            width: 1240,
            height: 800,
            maximized: false,
        }
    }

    #[test]
    fn a_place_on_a_screen_is_kept() {
        for (x, y) in [(0, 0), (600, 200), (-1100, 10), (1800, 1000)] {
            assert_eq!(place(x, y).on(&[SCREEN]), Some(place(x, y)), "{x} {y}");
        }
    }

    #[test]
    fn a_place_on_a_screen_that_is_gone_is_forgotten() {
        for (x, y) in [
            (1900, 100),
            (2500, 0),
            (-1239, 0),
            (0, -20),
            (0, 1079),
            (i32::MAX, i32::MIN),
        ] {
            assert_eq!(place(x, y).on(&[SCREEN]), None, "{x} {y}");
        }
        assert_eq!(place(0, 0).on(&[]), None);
    }
}
