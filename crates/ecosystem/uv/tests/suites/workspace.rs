//! Two workspaces of a repository, in memory.

use std::sync::Arc;

use libtest_mimic::Trial;
use releasekit_testkit::suite;
use releasekit_testkit::suite::workspace::{CASES, World};
use releasekit_uv::UvWorkspace;

use crate::{REQUIRES, ROOT, project};

/// The second package, which nobody publishes.
const PRIVATE: &str = "[project]\nname = \"top-level\"\nversion = \"1.0.0\"\n\
    classifiers = [\"Private :: Do Not Upload\"]\n[build-system]\nrequires = []\n";

/// The second package, on which developers alone work with the first.
const DEVELOPERS: &str = "[project]\nname = \"top-level\"\nversion = \"1.0.0\"\n\
    [dependency-groups]\ndev = [\"base>=1.0,<2\"]\n[tool.uv.sources]\nbase = { workspace = true }\n\
    [build-system]\nrequires = []\n";

fn world() -> World {
    World {
        workspace: Arc::new(UvWorkspace::default()),
        files: vec![
            ("README.md", "not ours".to_owned()),
            ("one/pyproject.toml", ROOT.to_owned()),
            ("one/p/a/pyproject.toml", project("base", "")),
            ("one/p/b/pyproject.toml", project("Top.Level", &REQUIRES.replace("<2\"", "<2\", \"others>=1\""))),
            ("two/pyproject.toml", ROOT.to_owned()),
            ("two/p/a/pyproject.toml", project("other", "")),
        ],
        roots: &["one", "two"],
        packages: ["base", "top-level"],
        outsider: Some("others"),
        private: Some(PRIVATE),
        published: None,
        developers: Some(DEVELOPERS),
        spelling: "BASE",
        unreadable: "[project]\nname = 1\n",
    }
}

pub(crate) fn trials() -> Vec<Trial> {
    suite::trials("workspace::uv", CASES, world)
}
