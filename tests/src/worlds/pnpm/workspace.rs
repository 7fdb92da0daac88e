//! A workspace of pnpm as data, written to a work tree and locked by the real pnpm.

use releasekit_testkit::Sandbox;
use serde_json::{Map, Value, json};

/// A table of a package file: its name, and the packages that it names with their ranges.
pub type Table = (&'static str, &'static [(&'static str, &'static str)]);

/// A member of a workspace.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Its folder from the repository root.
    pub folder: &'static str,
    /// The version it was released with.
    pub version: &'static str,
    /// What it requires.
    pub tables: &'static [Table],
    /// Whether it says that it is private.
    pub private: bool,
}

impl Member {
    /// A published module that needs nobody.
    pub const fn new(name: &'static str, folder: &'static str, version: &'static str) -> Self {
        Self { name, folder, version, tables: &[], private: false }
    }

    /// Its module, from the repository root.
    pub fn module(&self) -> String {
        format!("{}/index.js", self.folder)
    }

    fn manifest(&self) -> String {
        let Self { name, version, .. } = self;
        let mut manifest = json!({
            "name": name, "version": version, "description": format!("The {name} of a test"), "license": "MIT",
            "main": "index.js",
        });
        if self.private {
            manifest["private"] = true.into();
        }
        for (table, needs) in self.tables {
            manifest[*table] =
                needs.iter().map(|(name, range)| ((*name).to_owned(), json!(range))).collect::<Map<_, _>>().into();
        }
        text(&manifest)
    }
}

fn text(manifest: &Value) -> String {
    format!("{}\n", serde_json::to_string_pretty(manifest).expect("a value is JSON"))
}

/// Writes a workspace of members in `packages`, and locks it with pnpm.
pub fn write(members: &[Member], sandbox: &Sandbox) {
    sandbox.write("package.json", text(&json!({"private": true})));
    sandbox.write("pnpm-workspace.yaml", "packages:\n  - packages/*\n");
    sandbox.write(".gitignore", "node_modules/\n");
    for member in members {
        sandbox.write(format!("{}/package.json", member.folder), member.manifest());
        sandbox.write(member.module(), format!("// The module of {}.\n", member.name));
    }
    lock(sandbox);
}

/// Locks what is written with pnpm, which needs no registry for members.
pub(super) fn lock(sandbox: &Sandbox) {
    sandbox.run("pnpm", ["install", "--lockfile-only", "--offline", "--ignore-scripts", "--silent"]).ok();
}
