//! What package managers promise.

mod artifacts;
mod files;
mod live;
mod world;

use super::Case;
use artifacts::*;
use files::*;
use live::*;

pub use world::{Surroundings, World};

/// Every promise.
pub const CASES: &[Case<World>] = crate::cases![
    the_tool_says_which_it_is,
    a_tool_that_is_too_old_is_told,
    what_counts_lies_outside_of_exports,
    locks_follow_the_package_files by lockfile,
    a_lock_that_fits_is_left by lockfile,
    a_lock_that_was_stale_is_told by lockfile,
    where_there_is_no_lock_none_is_made by lockfile,
    what_is_in_the_way_is_found by checks,
    all_that_is_in_the_way_is_told by checks,
    what_is_fixable_is_mended by checks,
    a_build_makes_the_usual_artifacts by artifacts,
    artifacts_are_ordered_as_they_are_uploaded,
    artifacts_are_what_lies_in_the_folder,
    nothing_else_lies_beside_artifacts,
    a_build_of_nothing_is_told,
    two_builds_have_one_content,
    what_is_built_together_is_what_is_built_alone by builds_together,
    other_sources_have_other_content,
    an_artifact_says_whose_it_is,
    an_artifact_says_what_it_requires,
    what_is_inside_counts_whatever_its_file_is_called,
    a_file_is_described_as_it_is_now,
    what_is_inspected_stays_as_it_is,
    what_is_no_artifact_is_told,
    a_file_goes_by_the_route by route,
    other_bytes_are_refused by route,
    a_delay_is_told_where_it_is_known by retry_after,
    installers_choose_what_is_live by resolves,
    what_contradicts_is_not_chosen by resolves,
    what_is_live_can_be_installed by smoke_test,
    what_is_required_is_installed_too by smoke_test,
];
