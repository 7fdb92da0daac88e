//! The journeys of uv: those that every ecosystem goes, and what only uv and PyPI have.

mod by_hand;
mod canaries;
mod change_files;
mod check;
mod getting_started;
mod hostile_index;
mod merged;
mod not_resolvable;
mod partial;
mod planted;
mod secrets;
mod versions_from_tags;

use releasekit_e2e::Scene;
use releasekit_e2e::worlds::uv::Uv;
use releasekit_testkit::Tools;

/// Where they go; nothing where the tools are missing.
fn scene() -> Option<Scene> {
    Tools::require().map(|tools| Scene::new(&Uv, &tools, crate::binary()))
}

crate::goes_everywhere! { scene }
crate::goes! { scene;
    conflict {
        refused_as_a_conflict,
    }
    logins {
        wrong_credentials_at_servers_of_others,
    }
    orphan {
        the_next_run_waits_for_an_upload_that_still_runs,
    }
    yank {
        where_no_program_can_it_is_said_how_it_is_done,
    }
}
