//! The TypeScript shadow of the table. `cargo xtask ipc` writes it; a test fails when the
//! checked-in file differs.

use std::{any::TypeId, collections::BTreeMap, fmt::Write as _};

use ts_rs::{Config, TS, TypeVisitor};

use crate::{
    Event, ShellEvent,
    table::{SHELL_SIGNATURES, SIGNATURES, Signature},
};

/// Declarations by name, collected from every type the table reaches.
#[derive(Default)]
pub(crate) struct Types {
    declarations: BTreeMap<String, String>,
    config: Config,
}

impl Types {
    /// Adds `T` and what it refers to; answers how `T` is written in TypeScript.
    pub(crate) fn add<T: TS + 'static>(&mut self) -> String {
        self.visit::<T>();
        T::name(&self.config)
    }
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if TypeId::of::<T>() == TypeId::of::<()>() {
            return;
        }
        if T::output_path().is_some() {
            let name = T::ident(&self.config);
            if self.declarations.contains_key(&name) {
                return;
            }
            let mut text = String::new();
            if let Some(docs) = T::docs() {
                text.push_str(docs.trim_end());
                text.push('\n');
            }
            let _ = writeln!(text, "export {}", T::decl(&self.config));
            self.declarations.insert(name, text);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// The whole file.
pub fn generate() -> String {
    let mut types = Types::default();
    let engine = interface(
        "Commands",
        "Request and response of every command of the engine.",
        SIGNATURES,
        &mut types,
    );
    let shell = interface(
        "ShellCommands",
        "The same for commands only a window can answer.",
        SHELL_SIGNATURES,
        &mut types,
    );
    types.add::<Event>();
    types.add::<ShellEvent>();
    types.add::<crate::ApiError>();
    let mut out = String::from(
        "// Generated from crates/ipc by `cargo xtask ipc`. Do not edit; a test compares it.\n\n",
    );
    for declaration in types.declarations.values() {
        out.push_str(declaration);
        out.push('\n');
    }
    out.push_str(&engine);
    out.push('\n');
    out.push_str(&shell);
    out
}

fn interface(name: &str, docs: &str, signatures: &[Signature], types: &mut Types) -> String {
    let mut out = format!("/** {docs} */\nexport interface {name} {{\n");
    for (command, docs, types_of) in signatures {
        let (request, response) = types_of(types);
        let docs = docs.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        let _ = writeln!(out, "  /** {} */", docs.trim());
        let _ = writeln!(
            out,
            "  {command}: {{ request: {request}; response: {response} }};"
        );
    }
    out.push_str("}\n");
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checked_in_typescript_is_what_the_table_generates() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/ipc/generated.ts");
        let checked_in = std::fs::read_to_string(path).unwrap();
        assert!(
            checked_in == super::generate(),
            "run `cargo xtask ipc` and commit the result"
        );
    }
}
