//! Objects are what their names say: what a clone puts in their place is not followed, neither by reads nor by git.

use std::fs;

use releasekit_core::ErrorKind;
use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::vcs::{
    BranchTip, Expected, ExportRequest, HistoryRequest, Pushed, RefName, RefUpdate, Scope, Sign, Tag, TagRequest,
};
use releasekit_testkit::{Sandbox, sha256};

use crate::support::{fails, open, path, wait};

fn id(text: &str) -> CommitId {
    CommitId::new(text)
}

/// Two commits of a file.
fn story() -> (Sandbox, String, String) {
    let sandbox = Sandbox::new();
    let one = sandbox.write("file", "one\n").commit("one");
    let two = sandbox.write("file", "two\n").commit("two");
    (sandbox, one, two)
}

/// Asserts that all that is read of the two commits is theirs.
#[track_caller]
fn is_true(sandbox: &Sandbox, one: &str, two: &str) {
    let vcs = open(sandbox);
    let runs = wait(vcs.path_runs(&id(two), &path("file"))).expect("it ends");
    let found: Vec<_> = runs.iter().map(|run| (run.newest.as_str(), run.content.as_deref())).collect();
    assert_eq!(found, [(two, Some(&b"two\n"[..])), (one, Some(&b"one\n"[..]))]);
    assert_eq!(wait(vcs.ancestors_among(&[id(one), id(two)], &id(two))).expect("it ends"), [true, true]);
    assert_eq!(wait(vcs.ancestors_among(&[id(two)], &id(one))).expect("it ends"), [false]);
    let between = wait(vcs.commits_between(&id(one), &id(two))).expect("it ends");
    assert_eq!(between.iter().map(|commit| commit.id.as_str()).collect::<Vec<_>>(), [two]);
    assert_eq!(between[0].message, "two\n");
    let folder = path("");
    let scopes = vec![Scope::new(folder)];
    let walked = wait(vcs.history(&HistoryRequest::new(id(two), scopes))).expect("it ends");
    assert_eq!(walked.commits.iter().map(|commit| commit.id.as_str()).collect::<Vec<_>>(), [two, one]);
    let tree = wait(vcs.tree(&id(two))).expect("it is read");
    assert_eq!(tree.read(&path("file")).expect("it is read"), Some(b"two\n".to_vec()));

    let into = sandbox.path().join("export");
    let tags = vec![Tag::new(TagName::new("v1"), id(two))];
    wait(vcs.export(&ExportRequest::new(id(two), into.clone()).with_tags(tags))).expect("it is made");
    assert_eq!(fs::read(into.join("file")).expect("it was written"), b"two\n");
    assert_eq!(
        sandbox.git_in(&into, ["log", "--format=%H"]),
        format!("{two}\n{one}"),
        "git in the export sees the same"
    );
    fs::remove_dir_all(into).expect("it is ours");
}

#[test]
fn a_commit_that_is_replaced_is_read_as_itself() {
    let (sandbox, one, two) = story();
    let other = sandbox.write("file", "other\n").commit("other");
    sandbox.git(["reset", "--quiet", "--hard", &two]);
    // Its own child in its place makes a circle, the stranger one another history.
    for by in [&other, &one] {
        sandbox.git(["replace", "--force", &two, by]);
        is_true(&sandbox, &one, &two);
    }
    sandbox.git(["replace", "--force", &one, &other]);
    is_true(&sandbox, &one, &two);
}

#[test]
fn files_and_trees_that_are_replaced_are_read_as_themselves() {
    let (sandbox, one, two) = story();
    let file = sandbox.git(["rev-parse", &format!("{two}:file")]);
    let evil = sandbox.git(["rev-parse", &format!("{one}:file")]);
    sandbox.git(["replace", &file, &evil]);
    sandbox.git(["replace", &format!("{two}^{{tree}}"), &format!("{one}^{{tree}}")]);
    is_true(&sandbox, &one, &two);
    assert_eq!(
        wait(open(&sandbox).status()).expect("it is read"),
        [],
        "the work tree is compared with what is committed"
    );
}

#[test]
fn grafts_are_not_followed() {
    let (sandbox, one, two) = story();
    let other = sandbox.write("file", "other\n").commit("other");
    sandbox.git(["reset", "--quiet", "--hard", &two]);
    let grafts = sandbox.work().join(".git/info/grafts");
    fs::create_dir_all(grafts.parent().expect("it has one")).expect("it is ours");
    for line in [two.clone(), format!("{two} {other}")] {
        fs::write(&grafts, format!("{line}\n")).expect("it is ours");
        is_true(&sandbox, &one, &two);
    }
    // Git itself, which follows the graft, leaves out commits that the remote then misses.
    let branch = RefName::Branch(BranchName::new("main"));
    let update = RefUpdate::new(branch, Some(id(&two).into()), Expected::Absent);
    let pushed = wait(open(&sandbox).push("origin", &[update])).expect("it is tried");
    assert!(matches!(pushed, Pushed::Accepted), "{pushed:?}");
    assert_eq!(sandbox.git_in(&sandbox.remote(), ["rev-list", "--count", "main"]), "2");
}

#[test]
fn a_tag_leads_to_the_commit_that_it_names() {
    let (sandbox, one, two) = story();
    sandbox.git(["replace", &two, &one]);
    let vcs = open(&sandbox);
    let request = TagRequest::new(id(&two), BranchTip::new(BranchName::new("main"), id(&two)), 1_700_000_000)
        .with_tags(vec![(TagName::new("v1"), "one".to_owned())])
        .with_sign(Sign::Never);
    let updates = wait(vcs.tag(&request)).expect("it is made");
    wait(vcs.push("origin", &updates)).expect("it is pushed");
    wait(vcs.update_refs(&updates)).expect("it is set");
    let tags = wait(vcs.tags()).expect("they are read");
    assert_eq!(tags.iter().map(|tag| tag.commit.as_str()).collect::<Vec<_>>(), [two.as_str()]);
    assert_eq!(sandbox.git_in(&sandbox.remote(), ["log", "--format=%s", "v1"]), "two\none", "all of it was pushed");
}

/// Where a commit's first parent stands in a commit-graph file, as the number of a row of it.
const PARENT_IN_ROW: usize = 20;

/// Makes the first parent of the commit that has none the other one, so that the two lead around a circle.
fn bend(graph: &[u8], root: &str, child: &str) -> Vec<u8> {
    let number = |at: usize| u64::from_be_bytes(graph[at..at + 8].try_into().expect("eight bytes")) as usize;
    let chunks = (0..usize::from(graph[6])).map(|chunk| 8 + chunk * 12);
    let chunk = |name: &[u8]| number(chunks.clone().find(|at| graph[*at..*at + 4] == *name).expect("it is there") + 4);
    let (names, rows) = (chunk(b"OIDL"), chunk(b"CDAT"));
    let row = |commit: &str| usize::from(commit > if commit == root { child } else { root });
    let mut bent = graph.to_vec();
    let at = rows + row(root) * 36 + PARENT_IN_ROW;
    assert!(names < rows && bent[at..at + 4] == [0x70, 0, 0, 0], "a root has no parent");
    bent[at..at + 4].copy_from_slice(&(row(child) as u32).to_be_bytes());
    bent
}

#[test]
fn a_damaged_commit_graph_that_leads_around_a_circle_ends_every_walk() {
    let (sandbox, one, two) = story();
    sandbox.git(["commit-graph", "write", "--reachable"]);
    let file = sandbox.work().join(".git/objects/info/commit-graph");
    let graph = fs::read(&file).expect("it was written");
    fs::remove_file(&file).expect("it is ours");
    fs::write(&file, bend(&graph, &one, &two)).expect("it is ours");
    assert_ne!(sha256(&graph), sha256(&fs::read(&file).expect("it was written")));
    let vcs = open(&sandbox);
    let error = fails(wait(vcs.path_runs(&id(&two), &path("file"))), "RK-GIT-READ", ErrorKind::ToolFailed);
    assert!(error.to_string().contains("history"), "{error}");
    assert_eq!(wait(vcs.ancestors_among(&[id(&"1".repeat(40))], &id(&two))).expect("it ends"), [false]);
    wait(vcs.commits_between(&id(&one), &id(&two))).expect("it ends");
    let scopes = vec![Scope::new(path(""))];
    wait(vcs.history(&HistoryRequest::new(id(&two), scopes))).expect("it ends");
}
