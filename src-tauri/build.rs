//! Registers our commands as the inlined plugin `sheaf`, so that each has a permission of its own.
//!
//! The names come from the table in `sheaf-ipc`: a command that is not in the table cannot be permitted, and
//! the generated permissions stay in the build directory.

use tauri_build::{Attributes, DefaultPermissionRule, InlinedPlugin};

fn main() {
    let commands: Vec<&str> = sheaf_ipc::COMMANDS
        .iter()
        .chain(sheaf_ipc::SHELL_COMMANDS)
        .copied()
        .collect();
    let plugin = InlinedPlugin::new()
        .commands(commands.leak())
        .default_permission(DefaultPermissionRule::AllowAllCommands);
    tauri_build::try_build(Attributes::new().plugin("sheaf", plugin))
        .expect("tauri.conf.json and the icons it names are part of this repository");
}
