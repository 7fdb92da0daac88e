//! The suites of what workspaces and package managers promise, over pnpm.

mod package_manager;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::Arguments;
use releasekit_pnpm::PnpmWorkspace;
use releasekit_testkit::Tools;
use releasekit_testkit::suite::{self, workspace};

/// A package file, with blanks where nobody would put them.
fn manifest(name: &str, more: &str) -> String {
    format!("{{\n  \"name\" : \"{name}\",\n\t\"version\":   \"1.0.0\",\n    \"license\": \"MIT\"{more}\n}}\n")
}

/// The root of a workspace whose members lie in `p`.
const ROOT: &str = "# ours\npackages:\n  - 'p/*' # all\n";

/// What requires `base` of the same workspace, and a stranger.
const REQUIRES: &str =
    ",\n  \"dependencies\": {\n    \"base\":  \"workspace:>=1.0.0 <2\" , \"others\": \"^1.0.0\"\n  }";

/// The second package, which nobody publishes.
const PRIVATE: &str = "{\"name\": \"top-level\", \"version\": \"1.0.0\", \"private\": true}";

/// The second package, which goes to a registry of the house.
const PUBLISHED: &str = "{\"name\": \"top-level\", \"version\": \"1.0.0\", \
    \"publishConfig\": {\"registry\": \"https://house.test/npm\"}}";

/// The second package, on which developers alone work with the first.
const DEVELOPERS: &str =
    "{\"name\": \"top-level\", \"version\": \"1.0.0\", \"devDependencies\": {\"base\": \"workspace:1.x\"}}";

fn workspace() -> workspace::World {
    workspace::World {
        workspace: Arc::new(PnpmWorkspace::default()),
        files: vec![
            ("README.md", "not ours".to_owned()),
            ("one/pnpm-workspace.yaml", ROOT.to_owned()),
            ("one/package.json", "{\"private\": true}".to_owned()),
            ("one/p/a/package.json", manifest("base", "")),
            ("one/p/b/package.json", manifest("top-level", REQUIRES)),
            ("one/p/b/more/pnpm-workspace.yaml", ROOT.to_owned()),
            ("two/pnpm-workspace.yaml", ROOT.to_owned()),
            ("two/p/a/package.json", manifest("other", "")),
        ],
        roots: &["one", "two"],
        packages: ["base", "top-level"],
        outsider: Some("others"),
        private: Some(PRIVATE),
        published: Some((PUBLISHED, &["https://house.test/npm/"])),
        developers: Some(DEVELOPERS),
        // A name has one spelling only.
        spelling: "base",
        unreadable: "{\"name\": 1}",
    }
}

fn main() -> ExitCode {
    // Says that it skips; the names of the tests depend on nothing but the tables.
    let js = if Arguments::from_args().list { None } else { Tools::require_with_javascript().map(|(_, js)| js) };
    let mut trials = suite::trials("workspace::pnpm", workspace::CASES, workspace);
    trials.extend(package_manager::trials(js.as_ref()));
    suite::run(trials)
}
