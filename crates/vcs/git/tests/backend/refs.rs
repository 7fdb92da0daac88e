//! Refs of this repository.

use std::fs;

use releasekit_core::model::{BranchName, ObjectId, TagName};
use releasekit_core::vcs::{Expected, RefName, RefUpdate};
use releasekit_core::{BackendError, ErrorKind};
use releasekit_testkit::{Sandbox, Snapshot};

use crate::support::{fails, open, wait};

pub(crate) fn branch(name: &str, new: Option<&str>, expected: Option<&str>) -> RefUpdate {
    update(RefName::Branch(BranchName::new(name)), new, expected)
}

pub(crate) fn tag(name: &str, new: Option<&str>, expected: Option<&str>) -> RefUpdate {
    update(RefName::Tag(TagName::new(name)), new, expected)
}

fn update(name: RefName, new: Option<&str>, expected: Option<&str>) -> RefUpdate {
    let expected = expected.map_or(Expected::Absent, |object| Expected::At(ObjectId::new(object)));
    RefUpdate::new(name, new.map(ObjectId::new), expected)
}

fn set(sandbox: &Sandbox, updates: &[RefUpdate]) -> Result<(), BackendError> {
    wait(open(sandbox).update_refs(updates))
}

#[test]
fn refs_are_made_moved_and_deleted_and_doing_it_again_changes_nothing() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let two = sandbox.commit("two");
    let steps = [
        vec![branch("release", Some(&one), None), tag("v1", Some(&one), None)],
        vec![branch("release", Some(&two), Some(&one))],
        vec![branch("release", None, Some(&two)), tag("v1", None, Some(&one))],
    ];
    for step in steps {
        set(&sandbox, &step).expect("they are set");
        let before = Snapshot::with_times(&sandbox.work());
        set(&sandbox, &step).expect("they are as wanted");
        assert_eq!(before.changes(&Snapshot::with_times(&sandbox.work())), Vec::<String>::new());
        for update in step {
            let name = match &update.name {
                RefName::Branch(name) => format!("refs/heads/{name}"),
                RefName::Tag(name) => format!("refs/tags/{name}"),
            };
            let found = sandbox.try_git(&sandbox.work(), ["rev-parse", "--verify", "--quiet", &name]);
            assert_eq!(found.stdout.trim(), update.new.as_ref().map_or("", |new| new.as_str()));
        }
    }
}

#[test]
fn a_ref_that_is_elsewhere_stops_all_of_them() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let two = sandbox.commit("two");
    sandbox.git(["branch", "taken", &one]);
    let before = sandbox.refs(&sandbox.work());
    for expected in [None, Some(two.as_str())] {
        let result = set(&sandbox, &[tag("v1", Some(&two), None), branch("taken", Some(&two), expected)]);
        let error = fails(result, "RK-GIT-REF-CONFLICT", ErrorKind::Conflict);
        assert!(error.to_string().starts_with("`refs/heads/taken` is at "), "{error}");
        assert_eq!(sandbox.refs(&sandbox.work()), before);
    }
    fails(set(&sandbox, &[tag("a b", Some(&two), None)]), "RK-GIT-INVALID-REF-NAME", ErrorKind::Invalid);
}

#[test]
fn what_no_repository_can_set_is_refused_before_git_is_asked() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let twice = [tag("v1", Some(&one), None), tag("v1", Some(&one), None)];
    fails(set(&sandbox, &twice), "RK-GIT-REF-TWICE", ErrorKind::Invalid);
    fails(wait(open(&sandbox).push("origin", &twice)), "RK-GIT-REF-TWICE", ErrorKind::Invalid);
    let lacking = [tag("v1", Some(&"1".repeat(40)), None)];
    fails(set(&sandbox, &lacking), "RK-GIT-OBJECT-MISSING", ErrorKind::NotFound);
    fails(wait(open(&sandbox).push("origin", &lacking)), "RK-GIT-OBJECT-MISSING", ErrorKind::NotFound);
}

#[test]
fn a_lock_that_somebody_holds_is_an_error_of_git() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    fs::write(sandbox.work().join(".git/refs/heads/release.lock"), "").expect("it is ours");
    fails(set(&sandbox, &[branch("release", Some(&one), None)]), "RK-GIT-FAILED", ErrorKind::ToolFailed);
}

#[test]
fn a_branch_that_is_checked_out_anywhere_is_not_moved() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let two = sandbox.commit("two");
    sandbox.git(["worktree", "add", "--quiet", "-b", "release", "../linked", &one]);
    for (name, at) in [("release", &one), ("main", &two)] {
        let result = set(&sandbox, &[branch(name, Some(if at == &one { &two } else { &one }), Some(at))]);
        let error = fails(result, "RK-GIT-BRANCH-CHECKED-OUT", ErrorKind::Precondition);
        assert!(error.to_string().starts_with(&format!("`{name}` is checked out in ")), "{error}");
    }
    sandbox.git_in(&sandbox.path().join("linked"), ["checkout", "--quiet", "--detach"]);
    set(&sandbox, &[branch("release", Some(&two), Some(&one))]).expect("nobody stands on it");
}
