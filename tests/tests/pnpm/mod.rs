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

// Not what only git and the engine decide (`nobody_overwritten`, `only_r` and most of `release_commits`), which no tool changes, nor
// most of `signals`, nor `kill_random`, which takes minutes: `cargo xtask soak` goes it for as long as one likes.
crate::goes! { scene;
    kill {
        prepare_survives,
        release_survives,
        publish_survives,
        publish_without_state_survives,
        another_clone_closes_what_a_kill_left_open,
    }
    signals {
        sigterm_stops_in_an_upload,
        sigterm_ends_a_release_whose_build_hangs,
    }
    faults {
        wrong_credentials,
        missing_credentials,
        a_server_that_fails,
        a_server_that_fails_in_the_middle,
        a_connection_that_is_reset,
        retries_count_uploads_of_a_file,
        too_many_requests,
        a_reply_that_is_lost,
        a_file_that_is_dropped,
        a_file_that_is_shown_late,
        a_file_that_is_shown_too_late,
        other_bytes_than_were_sent,
        a_version_that_is_taken,
        a_dependency_that_is_not_live,
        a_version_that_is_live_before_its_tag,
        effects_of_git_that_fail_or_lose_their_reply,
    }
    next {
        the_next_line_leads_from_a_commit_to_what_is_live,
        a_release_that_needs_an_unpublished_one_leads_there_first,
        what_was_published_by_hand_is_adopted_where_it_is_the_same,
    }
    hostile_registry {
        a_file_that_comes_after_everybody_gave_up_is_not_sent_again,
        what_was_accepted_comes_back_byte_by_byte_in_every_run,
        a_page_without_an_end_is_left_in_time_and_the_lock_with_it,
        a_page_that_fails_once_fails_nothing,
    }
    release_commits {
        a_feature_merged_in_between_is_stale_and_superseding_repairs_it,
        versions_edited_by_hand_are_drift,
        a_build_that_fails_leaves_no_tag,
        a_second_release_stands_on_the_first,
    }
    surroundings {
        every_command_works_from_a_subdirectory,
        every_command_works_in_a_linked_work_tree,
        publish_needs_one_commit_only,
    }
    commands {
        discover_knows_every_member,
        graph_has_three_levels_and_every_form,
        plan_says_what_moves_in_which_order_and_why,
        explain_shows_the_chain_and_the_codes,
        a_dry_run_changes_nothing_and_says_what_would_happen,
        artifacts_that_were_built_elsewhere_are_what_is_published,
    }
    replay {
        what_was_released_is_planned_again,
    }
    groups {
        a_fixed_group_with_one_tag_is_released_again_and_again,
    }
    whole {
        the_first_release_installs,
    }
    workflow {
        it_leads_from_a_push_to_what_is_live,
        a_build_that_fails_costs_no_version,
    }
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
