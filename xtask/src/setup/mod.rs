//! What a command needs on this machine, fetched or asked for before it starts.
//!
//! Every function here is quick when nothing is missing, and changes nothing outside the repository
//! except system packages, which it names before installing.

mod browser;
mod node;
mod system;
mod tools;

use std::path::Path;

use anyhow::{Context, Result};

use crate::paths;

pub(crate) fn for_checking() -> Result<()> {
    system::require(system::Purpose::Build)?;
    node::install(&paths::ui())
}

pub(crate) fn for_running() -> Result<()> {
    for_checking()
}

pub(crate) fn for_bundling() -> Result<()> {
    for_checking()
}

pub(crate) fn for_measuring() -> Result<()> {
    for_checking()?;
    system::require(system::Purpose::Test)?;
    tools::install_window_driver()?;
    node::install(&paths::peers())?;
    node::install(&paths::hosted_peers())
}

pub(crate) fn for_testing() -> Result<()> {
    for_checking()?;
    system::require(system::Purpose::Test)?;
    node::install(&paths::peers())?;
    node::install(&paths::hosted_peers())?;
    tools::install_window_driver()
}

/// The browser that `for_testing` made sure of.
pub(crate) fn browser() -> Result<&'static Path> {
    browser::find().context("no browser for the UI's tests: install Chromium or Chrome")
}
