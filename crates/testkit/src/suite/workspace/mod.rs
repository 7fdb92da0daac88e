//! What workspaces promise.

mod changes;
mod reads;
mod world;

use super::Case;
use changes::*;
use reads::*;

pub use world::World;

/// Every promise.
pub const CASES: &[Case<World>] = crate::cases![
    roots_are_found_and_sorted,
    where_no_workspace_is_none_is_found,
    what_is_excluded_is_no_root,
    packages_are_ordered_by_path,
    packages_say_what_their_files_say,
    what_is_required_of_others_is_no_dependency,
    requirements_are_those_that_are_published,
    what_is_marked_private_is_private,
    what_developers_require_holds_nobody,
    what_is_excluded_is_left_out,
    what_cannot_be_read_is_invalid,
    independent_faults_are_told_together,
    a_name_has_one_normal_form,
    package_files_name_their_packages,
    a_move_to_the_same_version_edits_nothing,
    versions_are_set,
    other_packages_keep_their_versions,
    only_package_files_are_edited,
    requirements_follow_what_leaves_them,
    what_developers_require_follows_too,
    requirements_that_admit_are_left,
    the_order_of_moves_does_not_count,
    edits_that_are_made_need_no_more,
    what_does_not_move_stays_as_it_is,
    pins_are_exact,
    pins_can_be_compatible,
    pins_can_be_minimums,
    what_is_kept_is_not_pinned,
];
