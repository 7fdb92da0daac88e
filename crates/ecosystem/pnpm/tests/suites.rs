//! The suites of what workspaces and package managers promise, over pnpm.
#![expect(clippy::panic, reason = "what the world does not say yet fails its cases")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use releasekit_core::PackageManager;
use releasekit_core::model::Target;
use releasekit_pnpm::{ID, Pnpm, PnpmWorkspace};
use releasekit_testkit::suite::{self, package_manager, workspace};
use tempfile::TempDir;

/// The files of a repository, as `workspace::World` describes them.
const FILES: &[(&str, &str)] = &[("README.md", "packages of pnpm go here, the second requires the first")];

fn workspace() -> workspace::World {
    workspace::World {
        workspace: Arc::new(PnpmWorkspace),
        files: FILES.iter().map(|(file, text)| (*file, (*text).to_owned())).collect(),
        roots: &[""],
        packages: ["base", "top"],
        outsider: None,
        private: None,
        published: None,
        developers: None,
        spelling: "base",
        unreadable: "nobody can read this",
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
    for (file, text) in FILES {
        std::fs::write(folder.path().join(file), text).expect("the folder is ours");
    }
    let (place, target) = (folder.path().to_owned(), Target::new(ID, "http://127.0.0.1:1/", "http://127.0.0.1:1/"));
    let backends = (Arc::new(releasekit_pnpm::Pnpm::new(context)) as _, Arc::new(PnpmWorkspace) as _);
    package_manager::World::new(backends, place, ["base", "top"], target, Box::new(Around { _folder: folder }))
}

fn main() -> ExitCode {
    let mut trials = suite::trials("workspace", workspace::CASES, workspace);
    trials.extend(suite::trials("package_manager", package_manager::CASES, package_manager));
    suite::run(trials)
}
