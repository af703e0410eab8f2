//! The layer table, and the check that every arrow between our crates points strictly down.
//!
//! A new crate does not build until it has a line here, and a new arrow is judged against its level: the
//! table is the architecture, `docs/architecture.md` only explains it.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::process;

/// Our packages and their level. A package may depend only on packages of a lower level.
const LEVELS: &[(&str, u8)] = &[
    ("sheaf-model", 1),
    ("sheaf-markdown", 1),
    ("sheaf-query", 1),
    ("sheaf-crypto", 1),
    ("sheaf-protocol", 1),
    ("sheaf-sync", 2),
    ("sheaf-net", 2),
    ("sheaf-ipc", 2),
    ("sheaf-vault", 2),
    ("sheaf-server", 2),
    ("sheaf-store", 3),
    ("sheaf-couch", 3),
    ("sheaf-diagnosis", 3),
    ("sheaf-hosted", 3),
    ("sheaf-engine", 4),
    ("sheaf-cli", 5),
    ("sheaf-desktop", 5),
    ("sheaf-tests", TOOLS),
    // Drives our crates, and other people's servers with the fixtures of the suites.
    ("sheaf-sim", TOOLS + 1),
    ("xtask", TOOLS),
];

/// The level of what is never part of the product.
const TOOLS: u8 = 6;

/// Foreign packages that decide what a crate is, and the only crates that may name them.
/// A name ending in `*` stands for every package that begins so.
const RESERVED: &[(&str, &[&str])] = &[
    ("keyring", &["sheaf-engine"]),
    ("rand", &["sheaf-engine", "sheaf-server"]),
    ("reqwest", &["sheaf-net"]),
    ("rusqlite", &["sheaf-store", "sheaf-server"]),
    ("rusqlite_migration", &["sheaf-store", "sheaf-server"]),
    ("rustls*", &["sheaf-net", "sheaf-server"]),
    ("tauri*", &["sheaf-desktop"]),
    (
        "tokio*",
        &[
            "sheaf-net",
            "sheaf-server",
            "sheaf-store",
            "sheaf-couch",
            "sheaf-diagnosis",
            "sheaf-hosted",
            "sheaf-engine",
            "sheaf-cli",
            "sheaf-desktop",
        ],
    ),
];

/// The part of `cargo metadata` that matters here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` for a normal dependency, else `dev` or `build`.
    kind: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Violation {
    NoLevel {
        package: String,
    },
    ArrowNotDown {
        from: String,
        from_level: u8,
        to: String,
        to_level: u8,
    },
    Reserved {
        package: String,
        dependency: String,
        owners: &'static [&'static str],
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLevel { package } => {
                write!(
                    out,
                    "{package} has no level: give it a line in xtask/src/layers.rs"
                )
            }
            Self::ArrowNotDown {
                from,
                from_level,
                to,
                to_level,
            } => write!(
                out,
                "{from} (level {from_level}) may not use {to} (level {to_level}): arrows point strictly down"
            ),
            Self::Reserved {
                package,
                dependency,
                owners,
            } => {
                write!(
                    out,
                    "{package} may not use {dependency}: only {} may",
                    owners.join(", ")
                )
            }
        }
    }
}

pub(crate) fn run() -> Result<()> {
    let json = process::read(process::cargo().args([
        "metadata",
        "--no-deps",
        "--format-version=1",
        "--locked",
    ]))?;
    let metadata: Metadata =
        serde_json::from_str(&json).context("cargo metadata has an unknown shape")?;
    let violations = violations(&metadata.packages);
    if violations.is_empty() {
        println!(
            "layers: {} packages, every arrow points down",
            metadata.packages.len()
        );
        return Ok(());
    }
    let list: Vec<String> = violations
        .iter()
        .map(|violation| format!("\n  {violation}"))
        .collect();
    bail!("the layers are broken:{}", list.concat());
}

fn violations(packages: &[Package]) -> Vec<Violation> {
    let levels: BTreeMap<&str, u8> = LEVELS.iter().copied().collect();
    let mut found = Vec::new();
    for package in packages {
        let Some(&from_level) = levels.get(package.name.as_str()) else {
            found.push(Violation::NoLevel {
                package: package.name.clone(),
            });
            continue;
        };
        for dependency in &package.dependencies {
            found.extend(judge(package, from_level, dependency, &levels));
        }
    }
    found
}

fn judge(
    package: &Package,
    from_level: u8,
    dependency: &Dependency,
    levels: &BTreeMap<&str, u8>,
) -> Option<Violation> {
    if let Some(&to_level) = levels.get(dependency.name.as_str()) {
        return (to_level >= from_level).then(|| Violation::ArrowNotDown {
            from: package.name.clone(),
            from_level,
            to: dependency.name.clone(),
            to_level,
        });
    }
    // Tests and tools may bring a runtime or a database of their own; what ships may not.
    if dependency.kind.as_deref() == Some("dev") || from_level >= TOOLS {
        return None;
    }
    let owners = owners(&dependency.name)?;
    (!owners.contains(&package.name.as_str())).then(|| Violation::Reserved {
        package: package.name.clone(),
        dependency: dependency.name.clone(),
        owners,
    })
}

fn owners(dependency: &str) -> Option<&'static [&'static str]> {
    let (_, owners) = RESERVED
        .iter()
        .find(|(name, _)| match name.strip_suffix('*') {
            Some(start) => dependency.starts_with(start),
            None => dependency == *name,
        })?;
    Some(owners)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|(name, kind)| Dependency {
                name: (*name).to_owned(),
                kind: kind.map(str::to_owned),
            })
            .collect();
        Package {
            name: name.to_owned(),
            dependencies,
        }
    }

    fn complaints(package: Package) -> Vec<String> {
        violations(&[package])
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn an_arrow_down_is_allowed() {
        assert!(
            complaints(package(
                "sheaf-store",
                &[("sheaf-sync", None), ("rusqlite", None)]
            ))
            .is_empty()
        );
    }

    #[test]
    fn an_arrow_up_is_refused() {
        assert_eq!(
            complaints(package("sheaf-model", &[("sheaf-store", None)])),
            ["sheaf-model (level 1) may not use sheaf-store (level 3): arrows point strictly down"]
        );
    }

    #[test]
    fn an_arrow_between_neighbours_is_refused_even_for_tests() {
        assert_eq!(
            complaints(package("sheaf-couch", &[("sheaf-store", Some("dev"))])).len(),
            1
        );
    }

    #[test]
    fn a_package_without_a_level_is_refused() {
        assert_eq!(
            complaints(package("sheaf-extra", &[])),
            ["sheaf-extra has no level: give it a line in xtask/src/layers.rs"]
        );
    }

    #[test]
    fn reserved_packages_are_refused_outside_their_owner() {
        for (package_name, dependency) in [
            ("sheaf-engine", "rusqlite"),
            ("sheaf-couch", "reqwest"),
            ("sheaf-engine", "tauri"),
            ("sheaf-cli", "tauri-plugin-opener"),
            ("sheaf-sync", "tokio"),
            ("sheaf-model", "rand"),
        ] {
            assert_eq!(
                complaints(package(package_name, &[(dependency, None)])).len(),
                1,
                "{package_name} -> {dependency}"
            );
        }
    }

    #[test]
    fn tests_may_bring_their_own_runtime() {
        assert!(complaints(package("sheaf-sync", &[("tokio", Some("dev"))])).is_empty());
    }
}
