//! The suites of what workspaces and package managers promise, over cargo.
#![expect(clippy::panic, reason = "what the world does not say yet fails its cases")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use releasekit_cargo::{Cargo, CargoWorkspace, ID};
use releasekit_core::PackageManager;
use releasekit_core::model::Target;
use releasekit_testkit::suite::{self, package_manager, workspace};
use tempfile::TempDir;

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

/// The registry, and a developer who forgets.
struct Around {
    _folder: TempDir,
}

impl package_manager::Surroundings for Around {
    fn stored(&self) -> BTreeMap<String, String> {
        panic!("the world does not say yet what the registry has")
    }

    // The capabilities `checks` and `lockfile` have methods too, which do nothing by default.
    fn outdated(&self) -> Option<Arc<dyn PackageManager>> {
        panic!("the world does not say yet how an older program is found")
    }

    fn ask_to_wait(&self, _file: &str, _seconds: u64) {
        panic!("the world does not say yet how its registry refuses an upload for a while")
    }
}

fn package_manager() -> package_manager::World {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    for (file, text) in workspace().files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("the folder is ours");
        std::fs::write(path, text).expect("the folder is ours");
    }
    let (place, target) = (folder.path().to_owned(), Target::new(ID, "http://127.0.0.1:1/", "http://127.0.0.1:1/"));
    let backends = (Arc::new(Cargo) as _, Arc::new(CargoWorkspace::default()) as _);
    package_manager::World::new(backends, place, ["base", "top"], target, Box::new(Around { _folder: folder }))
}

fn main() -> ExitCode {
    let mut trials = suite::trials("workspace::cargo", workspace::CASES, workspace);
    trials.extend(suite::trials("package_manager", package_manager::CASES, package_manager));
    suite::run(trials)
}
