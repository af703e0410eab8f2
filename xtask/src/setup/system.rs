//! System packages: installed where that needs no password, else spelled out for the person to type.
//!
//! macOS and Windows need none: their web view and compiler come with the system and with Rust.

use std::process::Command;

use anyhow::{Result, bail};

use super::browser;
use crate::process;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To compile and start the app.
    Build,
    /// For the suites that open a real window, a browser and a keyring.
    Test,
}

/// A Linux package system. The names differ between families, the way to ask does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Debian,
    Ubuntu,
    Fedora,
}

impl Family {
    fn packages(self, purpose: Purpose) -> &'static [&'static str] {
        match (self, purpose) {
            (Self::Debian | Self::Ubuntu, Purpose::Build) => {
                &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev"]
            }
            (Self::Fedora, Purpose::Build) => &[
                "gcc",
                "gcc-c++",
                "make",
                "pkgconf-pkg-config",
                "webkit2gtk4.1-devel",
            ],
            (Self::Debian, Purpose::Test) => &[
                "chromium",
                "dbus",
                "gnome-keyring",
                "nginx",
                "postgresql",
                "webkit2gtk-driver",
                "xauth",
                "xvfb",
            ],
            (Self::Ubuntu, Purpose::Test) => &[
                "chromium-browser",
                "dbus",
                "gnome-keyring",
                "nginx",
                "postgresql",
                "webkit2gtk-driver",
                "xauth",
                "xvfb",
            ],
            (Self::Fedora, Purpose::Test) => &[
                "chromium",
                "dbus-daemon",
                "gnome-keyring",
                "nginx",
                "postgresql-server",
                "/usr/bin/WebKitWebDriver",
                "xorg-x11-server-Xvfb",
                "xorg-x11-xauth",
            ],
        }
    }

    fn has(self, package: &str) -> bool {
        match self {
            Self::Debian | Self::Ubuntu => {
                let mut query = Command::new("dpkg-query");
                query.args(["--show", "--showformat=${db:Status-Status}", package]);
                query
                    .output()
                    .is_ok_and(|output| output.stdout == b"installed")
            }
            Self::Fedora => {
                process::succeeds(Command::new("rpm").args(["--query", "--whatprovides", package]))
            }
        }
    }

    /// The command lines that install these packages, for root.
    fn install(self, packages: &[&str]) -> Vec<Vec<String>> {
        let lines: &[&[&str]] = match self {
            Self::Debian | Self::Ubuntu => &[
                &["apt-get", "update"],
                &[
                    "env",
                    "DEBIAN_FRONTEND=noninteractive",
                    "apt-get",
                    "install",
                    "--yes",
                ],
            ],
            Self::Fedora => &[&["dnf", "install", "--assumeyes"]],
        };
        let mut lines: Vec<Vec<String>> = lines
            .iter()
            .map(|line| line.iter().map(ToString::to_string).collect())
            .collect();
        if let Some(last) = lines.last_mut() {
            last.extend(packages.iter().map(ToString::to_string));
        }
        lines
    }
}

/// Makes sure that the packages are there, or fails with the commands that install them.
pub(crate) fn require(purpose: Purpose) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let description = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let Some(family) = family(&description) else {
        return require_elsewhere(purpose);
    };
    let missing: Vec<&str> = family
        .packages(purpose)
        .iter()
        .copied()
        .filter(|package| !family.has(package))
        .filter(|package| !(package.starts_with("chromium") && browser::find().is_some()))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let lines = family.install(&missing);
    let Some(prefix) = way_to_root() else {
        let typed: Vec<String> = lines
            .iter()
            .map(|line| format!("\n  sudo {}", line.join(" ")))
            .collect();
        bail!(
            "system packages are missing. Install them and start again:{}",
            typed.concat()
        );
    };
    for line in &lines {
        let mut words = prefix
            .iter()
            .map(ToString::to_string)
            .chain(line.iter().cloned());
        let mut command = process::command(words.next().unwrap_or_default());
        process::run(command.args(words))?;
    }
    Ok(())
}

/// On a distribution we do not know, trust `pkg-config`, and name what to look for.
fn require_elsewhere(purpose: Purpose) -> Result<()> {
    let complete = match purpose {
        Purpose::Build => {
            process::succeeds(Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"]))
        }
        Purpose::Test => [
            "Xvfb",
            "WebKitWebDriver",
            "dbus-run-session",
            "gnome-keyring-daemon",
        ]
        .iter()
        .all(|program| process::succeeds(Command::new("which").arg(program))),
    };
    if complete {
        return Ok(());
    }
    bail!(
        "system packages are missing. On Debian their names are: {}. Install what your distribution calls \
         them and start again.",
        Family::Debian.packages(purpose).join(" ")
    )
}

/// What to write before a command so that it runs as root without a password: nothing, or sudo.
fn way_to_root() -> Option<&'static [&'static str]> {
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n");
    if is_root {
        return Some(&[]);
    }
    let sudo: &[&str] = &["sudo", "--non-interactive"];
    process::succeeds(Command::new("sudo").args(["--non-interactive", "true"])).then_some(sudo)
}

/// From the text of `/etc/os-release`: `ID` first, then the families it says it is like.
fn family(description: &str) -> Option<Family> {
    let field = |name: &str| {
        description.lines().find_map(|line| {
            Some(
                line.strip_prefix(name)?
                    .strip_prefix('=')?
                    .trim_matches('"')
                    .to_owned(),
            )
        })
    };
    let own = field("ID").unwrap_or_default();
    let like = field("ID_LIKE").unwrap_or_default();
    std::iter::once(own.as_str())
        .chain(like.split(' '))
        .find_map(|id| match id {
            "debian" => Some(Family::Debian),
            "ubuntu" => Some(Family::Ubuntu),
            "fedora" => Some(Family::Fedora),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_is_read_from_os_release() {
        for (description, expected) in [
            (
                "PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n",
                Some(Family::Debian),
            ),
            ("ID=ubuntu\nID_LIKE=debian\n", Some(Family::Ubuntu)),
            (
                "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
                Some(Family::Ubuntu),
            ),
            ("ID=fedora\n", Some(Family::Fedora)),
            ("ID=arch\n", None),
            ("", None),
        ] {
            assert_eq!(family(description), expected, "{description}");
        }
    }

    #[test]
    fn only_the_installing_line_names_the_packages() {
        let lines = Family::Debian.install(&["xvfb"]);
        assert_eq!(lines[0], ["apt-get", "update"]);
        assert_eq!(lines[1].last().unwrap(), "xvfb");
    }
}
