//! The suites of what workspaces and package managers promise, over cargo.

mod package_manager;

use std::process::ExitCode;
use std::sync::Arc;

use releasekit_cargo::CargoWorkspace;
use releasekit_testkit::suite::{self, workspace};

/// A package file.
fn manifest(name: &str, more: &str) -> String {
    format!("# ours\n[package]\nname = \"{name}\" # ours\nversion   = \"1.0.0\"\nedition = \"2024\"\n{more}")
}

/// The root of a workspace whose members lie in `p`.
const ROOT: &str = "[workspace]\nmembers = [\"p/*\"]\nresolver = \"3\"\n";

/// What requires `base` of the same workspace, and a stranger.
const REQUIRES: &str = "[dependencies]\nbase = { path = \"../a\", version = \">=1.0, <2\" } # 1.0.0\nothers = \"1\"\n";

/// The second package, which nobody publishes.
const PRIVATE: &str = "[package]\nname = \"top-level\"\nversion = \"1.0.0\"\npublish = false\n";

/// The second package, which goes to a registry of the house.
const PUBLISHED: &str = "[package]\nname = \"top-level\"\nversion = \"1.0.0\"\npublish = [\"house\"]\n";

/// The second package, on which developers alone work with the first.
const DEVELOPERS: &str = "[package]\nname = \"top-level\"\nversion = \"1.0.0\"\n\
    [dev-dependencies.base]\npath = \"../a\"\nversion = \"1\"\n";

fn workspace() -> workspace::World {
    workspace::World {
        workspace: Arc::new(CargoWorkspace::default()),
        files: vec![
            ("README.md", "not ours".to_owned()),
            ("one/Cargo.toml", ROOT.to_owned()),
            ("one/p/a/Cargo.toml", manifest("base", "")),
            ("one/p/b/Cargo.toml", manifest("top-level", REQUIRES)),
            ("one/p/b/more/Cargo.toml", "[workspace]\n".to_owned()),
            ("two/Cargo.toml", ROOT.to_owned()),
            ("two/p/a/Cargo.toml", manifest("other", "")),
        ],
        roots: &["one", "two"],
        packages: ["base", "top-level"],
        outsider: Some("others"),
        private: Some(PRIVATE),
        published: Some((PUBLISHED, &["house"])),
        developers: Some(DEVELOPERS),
        spelling: "BASE",
        unreadable: "[package]\nname = 1\n",
    }
}

fn main() -> ExitCode {
    let mut trials = suite::trials("workspace::cargo", workspace::CASES, workspace);
    let cases = suite::package_manager::CASES;
    trials.extend(suite::trials("package_manager::cargo", cases, package_manager::world));
    suite::run(trials)
}
