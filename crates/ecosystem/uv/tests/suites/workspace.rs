//! Two workspaces of a repository, in memory.

use std::sync::Arc;

use libtest_mimic::Trial;
use releasekit_testkit::suite;
use releasekit_testkit::suite::workspace::{CASES, World};
use releasekit_uv::UvWorkspace;

use crate::{REQUIRES, ROOT, project};

fn world() -> World {
    World {
        workspace: Arc::new(UvWorkspace::default()),
        files: vec![
            ("README.md", "not ours".to_owned()),
            ("one/pyproject.toml", ROOT.to_owned()),
            ("one/p/a/pyproject.toml", project("base", "")),
            ("one/p/b/pyproject.toml", project("Top.Level", REQUIRES)),
            ("two/pyproject.toml", ROOT.to_owned()),
            ("two/p/a/pyproject.toml", project("other", "")),
        ],
        roots: &["one", "two"],
        packages: ["base", "top-level"],
        spelling: "BASE",
        unreadable: "[project]\nname = 1\n",
    }
}

pub(crate) fn trials() -> Vec<Trial> {
    suite::trials("workspace::uv", CASES, world)
}
