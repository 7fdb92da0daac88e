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
    every_package_belongs_to_one_root,
    packages_are_ordered_by_path,
    what_lies_beside_a_root_belongs_to_none_of_it,
    packages_say_what_their_files_say,
    a_version_is_said_in_its_canonical_spelling,
    what_is_required_of_others_is_no_dependency,
    requirements_are_those_that_are_published,
    what_is_marked_private_is_private,
    where_a_package_is_published_is_said,
    what_developers_require_holds_nobody,
    what_is_excluded_is_left_out,
    where_nothing_is_left_nothing_fails,
    a_star_stays_within_a_folder,
    what_cannot_be_read_is_invalid,
    independent_faults_are_told_together,
    a_name_has_one_normal_form,
    package_files_name_their_packages,
    a_move_to_the_same_version_edits_nothing,
    versions_are_set,
    a_move_leads_where_it_says_from_anywhere,
    a_private_package_moves_too,
    other_packages_keep_their_versions,
    only_package_files_are_edited,
    requirements_follow_what_leaves_them,
    requirements_follow_a_prerelease,
    what_developers_require_follows_too,
    requirements_that_admit_are_left,
    the_order_of_moves_does_not_count,
    edits_that_are_made_need_no_more,
    what_does_not_move_stays_as_it_is,
    ends_of_lines_stay,
    what_a_package_requires_stays_where_it_moves_itself,
    what_is_no_text_is_kept_or_refused,
    pins_are_exact,
    pins_can_be_compatible,
    pins_can_be_minimums,
    what_is_kept_is_not_pinned,
    a_pin_admits_a_prerelease,
    pins_move_no_version,
    pins_leave_what_others_provide,
];
