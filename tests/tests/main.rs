//! The journeys: the real binary with real git, the real tools of each ecosystem, and real registries.
//!
//! `journeys` holds those that every ecosystem goes, written once; a folder for each world lists the ones that it goes and adds
//! what only it has.

mod cargo;
mod github;
mod guided;
mod journeys;
mod pnpm;
mod uv;

use std::path::Path;

/// The released binary.
fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_releasekit-e2e"))
}

/// The binary whose backends can be made to fail.
fn faulty() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_releasekit-faults"))
}

/// Makes a test of each journey that is named, in modules like those of `journeys`, in the scene that a function gives.
macro_rules! goes {
    ($scene:ident; $($module:ident { $($journey:ident),* $(,)? })*) => { $(
        mod $module {
            $(
                #[test]
                fn $journey() {
                    if let Some(scene) = super::$scene() {
                        crate::journeys::$module::$journey(&scene);
                    }
                }
            )*
        }
    )* };
}
use goes;

/// The journeys that every ecosystem goes.
macro_rules! goes_everywhere {
    ($scene:ident) => {
        crate::goes! { $scene;
            kill {
                prepare_survives,
                release_survives,
                publish_survives,
                publish_without_state_survives,
                another_clone_closes_what_a_kill_left_open,
            }
            kill_random {
                a_good_index_gets_every_file_once,
                a_bad_index_gets_every_file_once,
            }
            signals {
                sigterm_stops_cleanly,
                sigint_stops_cleanly,
                sigterm_stops_in_an_upload,
                sigint_stops_in_an_upload,
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
                a_template_of_the_repository_writes_changelogs_and_tags_and_superseding_knows_its_sections,
                a_fix_merged_in_between_ships_and_is_listed,
                a_merged_release_that_was_reverted_is_not_tagged_and_reverting_the_revert_tags_it,
                versions_edited_by_hand_are_drift,
                a_tag_that_is_not_the_packages_own_is_drift,
                a_build_that_fails_leaves_no_tag,
                a_merged_release_that_cannot_be_built_is_planned_anew_once_it_is_mended,
                a_tag_on_another_commit_is_a_conflict,
                a_later_commit_that_is_named_leads_to_the_one_that_brought_its_manifest,
                a_merge_that_was_not_pushed_is_not_released,
                a_changelog_that_is_no_text_is_refused,
                a_commit_of_somebody_on_the_release_branch_survives_the_next_prepare,
                a_second_release_stands_on_the_first,
            }
            only_r {
                tags_that_lead_elsewhere_send_nothing,
                a_clone_whose_own_tags_say_otherwise_sends_nothing,
                a_commit_of_a_side_branch_is_not_published_by_name,
                a_shallow_clone_publishes_and_says_what_it_could_not_check,
                a_branch_that_is_moved_back_while_packages_are_built_gets_no_tag,
                a_branch_that_moves_on_while_packages_are_built_is_no_reason_to_stop,
                a_tag_that_appears_while_packages_are_built_is_a_conflict_where_it_is_elsewhere,
                an_edited_manifest_is_drift_and_superseding_repairs_it,
                what_a_clone_puts_in_place_of_its_commits_is_not_followed,
                linked_work_trees_detached_heads_and_git_variables_change_nothing,
            }
            nobody_overwritten {
                a_release_branch_is_never_one_that_is_released_from,
                a_branch_that_we_did_not_make_is_left_alone,
                commits_beside_the_manifest_are_kept_without_what_they_do_to_it,
                a_merge_of_the_base_that_adds_nothing_is_dropped,
                what_cannot_be_kept_stops_prepare_by_name,
                a_release_commit_that_was_rebased_is_still_ours,
                a_commit_pushed_after_the_merge_is_kept_and_those_before_it_are_not_made_again,
                a_changelog_keeps_every_byte_of_people,
                superseding_replaces_what_we_wrote_and_nothing_else,
                no_path_leads_into_gits_own_folder_or_over_a_file_of_programs,
            }
            surroundings {
                every_command_works_from_a_subdirectory,
                every_command_works_in_a_linked_work_tree,
                work_in_progress_is_left_alone,
                hooks_of_the_user_do_not_run,
                a_shallow_clone_says_why_not_and_what_helps,
                publish_needs_one_commit_only,
                release_never_takes_a_commit_whose_parents_are_cut,
                a_clone_without_tags_is_refused_where_it_matters,
            }
            commands {
                discover_knows_every_member,
                graph_has_three_levels_and_every_form,
                plan_says_what_moves_in_which_order_and_why,
                explain_shows_the_chain_and_the_codes,
                exit_codes_answer,
                progress_is_one_json_object_per_line_for_programs,
                plumbing_and_configuration_answer,
                a_dry_run_changes_nothing_and_says_what_would_happen,
                a_dry_run_signs_nothing_whatever_is_set_up,
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
                by_hand_it_does_what_its_inputs_say,
                nothing_else_starts_it,
                a_build_that_fails_costs_no_version,
            }
        }
    };
}
use goes_everywhere;
