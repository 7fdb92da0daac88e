//! The journeys of cargo: those that every ecosystem goes, and what only cargo and crates.io have.

mod answers;
mod dogfood;
mod elsewhere;
mod forms;
mod guide;
mod merged;
mod provider;

use releasekit_e2e::Scene;
use releasekit_e2e::worlds::cargo::Cargo;
use releasekit_testkit::Tools;

/// Where they go; nothing where the tools are missing.
fn scene() -> Option<Scene> {
    let tools = Tools::require()?;
    // Most journeys go to the registry that others wrote.
    tools.require_cargo_registry().map(|_| Scene::new(&Cargo, &tools, crate::binary()))
}

// Not `logins`, for the server of others asks nobody for a token, nor `orphan`, for nothing but the run itself uploads.
crate::goes_everywhere! { scene }
crate::goes! { scene;
    conflict {
        refused_as_a_conflict,
    }
    yank {
        a_version_is_passed_over_until_it_is_offered_again,
    }
}
