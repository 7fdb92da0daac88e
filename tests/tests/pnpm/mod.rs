//! The journeys of pnpm: those that every ecosystem goes, and what only pnpm and registries of npm have.

mod answers;
mod forms;
mod guide;
mod merged;

use releasekit_e2e::Scene;
use releasekit_e2e::worlds::pnpm::Js;
use releasekit_testkit::{Pnpm, Tools};

/// Where they go; nothing where the tools are missing.
fn scene() -> Option<Scene> {
    Tools::require_with_javascript().map(|(tools, _)| Scene::new(&Js(Pnpm::V12), &tools, crate::binary()))
}

crate::goes_everywhere! { scene }
crate::goes! { scene;
    logins {
        wrong_credentials_at_servers_of_others,
    }
    orphan {
        the_next_run_waits_for_an_upload_that_still_runs,
    }
    yank {
        a_version_is_passed_over_until_it_is_offered_again,
    }
}
