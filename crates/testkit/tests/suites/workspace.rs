//! The workspaces in memory, as they are and broken.

use std::sync::Arc;

use libtest_mimic::Trial;
use releasekit_core::Workspace;
use releasekit_testkit::broken::workspace::{Broken, Lie};
use releasekit_testkit::memory::MemoryWorkspace;
use releasekit_testkit::suite;
use releasekit_testkit::suite::workspace::{CASES, World};

const FILES: &[(&str, &str)] = &[
    ("README.md", "not ours"),
    ("one/workspace.txt", ""),
    ("one/a/package.txt", "# ours\nname = base\nversion = 1.0.0\n"),
    ("one/b/package.txt", "# ours\nname = top\nversion = 1.0.0\nrequires = base~1.0.0\nrequires = others>=1.0.0\n"),
    ("one/b/more/workspace.txt", ""),
    ("two/workspace.txt", ""),
    ("two/package.txt", "name = other\nversion = 1.0.0\n"),
];

fn world(workspace: impl Workspace + 'static) -> World {
    World {
        workspace: Arc::new(workspace),
        files: FILES.iter().map(|(file, text)| (*file, (*text).to_owned())).collect(),
        roots: &["one", "two"],
        packages: ["base", "top"],
        outsider: Some("others"),
        private: Some("name = top\nversion = 1.0.0\nprivate = ours\n"),
        published: Some(("name = top\nversion = 1.0.0\ngoes-to = house\n", &["house"])),
        developers: Some("name = top\nversion = 1.0.0\nworks-with = base~1.0.0\n"),
        spelling: "BASE",
        unreadable: "version = 1.0.0\n",
    }
}

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = suite::trials("workspace::memory", CASES, || world(MemoryWorkspace::default()));
    trials.extend(suite::bites("workspace", CASES, Lie::CAUGHT, |lie| world(Broken(lie))));
    trials
}
