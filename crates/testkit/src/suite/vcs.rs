//! What every version control system promises: the contract of [`Vcs`](releasekit_core::Vcs), case by case.

mod history;
mod made;
mod reads;
mod refs;
mod remotes;
mod scratch;
mod world;

pub use world::{Around, MAIN, REMOTE, START, World};

use super::Case;

use history::*;
use made::*;
use reads::*;
use refs::*;
use remotes::*;
use scratch::*;

/// All cases.
pub const CASES: &[Case<World>] = crate::cases![
    head_is_the_commit_that_is_checked_out,
    the_status_names_what_differs,
    the_work_tree_is_written_and_nothing_else,
    a_commit_has_its_files,
    commits_are_described_in_the_order_asked,
    a_revision_names_one_commit_or_none,
    places_are_absolute_and_apart,
    what_a_user_would_run_is_said,
    what_a_clone_lacks_is_said_with_help,
    ancestors_are_told_from_strangers,
    commits_between_come_parents_first,
    parents_between_two_are_those_of_the_commits,
    own_changes_are_those_of_the_commit,
    a_merge_that_changes_nothing_has_no_changes,
    what_adds_nothing_is_contained,
    a_commit_belongs_to_the_longest_folder,
    globs_add_and_exceptions_take_away,
    history_ends_where_each_scope_says,
    merges_are_not_in_the_history_and_what_they_bring_is,
    a_file_is_whose_the_commits_own_tree_says,
    merges_that_speak_are_told_with_what_they_bring,
    commits_that_address_are_told_with_whose_range_they_lie_in,
    what_a_merge_took_nothing_of_is_not_told,
    history_of_what_is_unknown_is_refused,
    the_runs_of_a_file_end_where_it_was_not_there,
    where_history_is_cut_is_told,
    a_commit_changes_what_is_asked_and_nothing_else,
    the_same_commit_again_is_the_same,
    only_files_are_edited,
    a_commit_stands_on_one_that_is_here,
    what_must_be_signed_and_cannot_is_refused,
    commits_are_replayed_in_order,
    what_is_there_already_is_not_replayed,
    files_are_left_out_of_a_replay,
    a_replay_that_clashes_is_a_conflict,
    tags_are_made_as_the_capability_says by tag_is_commit,
    the_same_tags_again_are_the_same,
    tags_that_cannot_be_are_refused,
    an_export_has_the_files_and_leaves_the_clone_alone,
    an_export_goes_to_an_empty_folder,
    what_is_hidden_in_an_export_has_not_changed,
    branches_here_are_made_moved_and_deleted,
    one_ref_here_that_is_elsewhere_stops_all,
    a_branch_that_is_checked_out_stays,
    refs_here_that_cannot_be_are_refused,
    tags_here_are_listed_by_name by tag_is_commit,
    a_tag_here_is_deleted_from_where_it_is by tag_is_commit,
    remotes_are_known_by_name,
    the_refs_of_a_remote_are_listed_by_name,
    a_push_sets_what_is_named_and_again_changes_nothing,
    a_push_sets_nothing_here,
    a_stale_expectation_is_what_the_capability_says by leases,
    of_a_refused_push_arrives_what_the_capability_says by atomic_push,
    a_push_of_what_cannot_be_is_refused,
    what_others_pushed_is_fetched_and_sets_no_ref,
    what_is_made_in_a_scratch_stays_there by scratch,
    a_scratch_reads_what_the_clone_holds by scratch,
    nothing_is_signed_in_a_scratch by scratch,
    a_scratch_sets_no_ref_and_writes_no_file by scratch,
    a_scratch_goes_to_an_empty_folder by scratch,
];
