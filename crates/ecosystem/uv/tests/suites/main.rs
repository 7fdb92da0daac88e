//! uv, held to what core promises of workspaces and package managers.

mod package_manager;
mod workspace;

use std::process::ExitCode;

use libtest_mimic::Arguments;
use releasekit_testkit::{Tools, suite};

fn main() -> ExitCode {
    // Says that it skips; the names of the tests depend on nothing but the tables.
    let tools = if Arguments::from_args().list { None } else { Tools::require() };
    suite::run([workspace::trials(), package_manager::trials(tools)].into_iter().flatten().collect())
}

/// A package file.
fn project(name: &str, more: &str) -> String {
    format!(
        "# ours\n[project]\nname = \"{name}\" # ours\nversion = \"1.0.0\"\nrequires-python = \">=3.9\"\n{more}\
         [build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n"
    )
}

/// The root of a workspace whose members lie in `p`.
const ROOT: &str = "[tool.uv.workspace]\nmembers = [\"p/*\"]\n";

/// What requires `base` of the same workspace.
const REQUIRES: &str = "dependencies = [\"base>=1.0,<2\"]\n[tool.uv.sources]\nbase = { workspace = true }\n";
