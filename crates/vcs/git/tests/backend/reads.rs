//! HEAD, tags, revisions, commits and files as the object database has them.

use std::fs;
use std::os::unix::fs::symlink;

use releasekit_core::ErrorKind;
use releasekit_core::model::CommitId;
use releasekit_testkit::Sandbox;

use crate::support::{fails, head, open, open_at, path, wait};

fn id(text: impl AsRef<str>) -> CommitId {
    CommitId::new(text.as_ref())
}

#[test]
fn head_says_commit_branch_and_depth() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let two = sandbox.commit("two");
    let found = wait(open(&sandbox).head()).expect("there is a commit");
    assert_eq!((found.commit.as_str(), found.shallow), (two.as_str(), false));
    assert_eq!(found.branch.map(|branch| branch.to_string()), Some("main".to_owned()));
    sandbox.git(["checkout", "--quiet", "--detach", &one]);
    let found = wait(open(&sandbox).head()).expect("there is a commit");
    assert_eq!((found.commit.as_str(), found.branch), (one.as_str(), None));
    sandbox.push();
    let shallow = open_at(&sandbox, &sandbox.clone_remote("shallow", &["--depth=1"]));
    assert!(wait(shallow.head()).expect("there is a commit").shallow);
}

#[test]
fn tags_lead_to_commits_however_they_are_made_and_stored() {
    let sandbox = Sandbox::new();
    let one = sandbox.write("x", "1").commit("one");
    sandbox.git(["tag", "light"]);
    sandbox.git(["tag", "-a", "-m", "m", "noted"]);
    sandbox.git(["tag", "-a", "-m", "m", "noted-twice", "noted"]);
    sandbox.git(["tag", "of-a-file", "HEAD:x"]);
    sandbox.git(["pack-refs", "--all"]);
    let two = sandbox.commit("two");
    sandbox.git(["tag", "-a", "-m", "m", "loose/a@1.0"]);
    sandbox.git(["tag", "-f", "light"]);
    let tags = wait(open(&sandbox).tags()).expect("the tags are there");
    let tags: Vec<_> = tags.iter().map(|tag| (tag.name.as_str(), tag.commit.as_str())).collect();
    assert_eq!(tags, [("light", &*two), ("loose/a@1.0", &*two), ("noted", &*one), ("noted-twice", &*one)]);
}

#[test]
fn revisions_are_resolved_to_commits_or_to_nothing() {
    let sandbox = Sandbox::new();
    let one = sandbox.write("x", "1").commit("one");
    sandbox.git(["tag", "-a", "-m", "m", "v1"]);
    sandbox.commit("two");
    let vcs = open(&sandbox);
    for revision in ["HEAD~1", "v1", "main^", &one, &one[..12], "refs/tags/v1"] {
        assert_eq!(wait(vcs.resolve(revision)).expect("it is read"), Some(id(&*one)), "{revision}");
    }
    for revision in ["HEAD~9", "nothing", "HEAD:x", "-x", "--all", ""] {
        assert_eq!(wait(vcs.resolve(revision)).expect("it is read"), None, "{revision}");
    }
}

#[test]
fn commits_are_described_whole() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    sandbox.git(["checkout", "--quiet", "-b", "side"]);
    let side = sandbox.write("s", "s").commit("fix: späte Änderung\n\nbody\n\nTrailer: x");
    sandbox.git(["checkout", "--quiet", "main"]);
    sandbox.git(["merge", "--quiet", "--no-ff", "-m", "merge", "side"]);
    let merge = sandbox.head();
    let found = wait(open(&sandbox).commits(&[id(&*merge), id(&*side)])).expect("they are there");
    assert_eq!(found[0].parents, [id(&*one), id(&*side)]);
    assert_eq!(found[0].tree, found[1].tree, "the merge holds the files of the side branch");
    assert_eq!(found[1].message, "fix: späte Änderung\n\nbody\n\nTrailer: x\n");
    assert_eq!(found[1].time.to_string(), sandbox.git(["show", "-s", "--format=%ct", &side]));
    let lacking = id("1".repeat(40));
    fails(wait(open(&sandbox).commits(&[lacking])), "RK-GIT-OBJECT-MISSING", ErrorKind::NotFound);
}

#[test]
fn ancestors_are_told_from_strangers_and_from_what_is_missing() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let two = sandbox.commit("two");
    sandbox.git(["checkout", "--quiet", "-b", "side", &one]);
    let side = sandbox.commit("side");
    let lacking = "1".repeat(40);
    let candidates = [&one, &two, &side, &lacking].map(|commit| id(commit.as_str()));
    for graph in [false, true] {
        if graph {
            sandbox.git(["commit-graph", "write", "--reachable"]);
        }
        let ask = |from: &str| wait(open(&sandbox).ancestors_among(&candidates, &id(from))).expect("they are read");
        assert_eq!(ask(&two), [true, true, false, false], "commit-graph: {graph}");
        assert_eq!(ask(&side), [true, false, true, false], "commit-graph: {graph}");
        assert_eq!(ask(&one), [true, false, false, false], "commit-graph: {graph}");
    }
}

#[test]
fn commits_between_two_come_parents_first_with_merges() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    sandbox.git(["checkout", "--quiet", "-b", "side"]);
    let side = sandbox.commit("side");
    sandbox.git(["checkout", "--quiet", "main"]);
    let two = sandbox.commit("two");
    sandbox.git(["merge", "--quiet", "--no-ff", "-m", "merge", "side"]);
    let merge = sandbox.head();
    let vcs = open(&sandbox);
    let between = |hidden: &str, head: &str| -> Vec<String> {
        let found = wait(vcs.commits_between(&id(hidden), &id(head))).expect("they are read");
        found.into_iter().map(|commit| commit.id.to_string()).collect()
    };
    assert_eq!(between(&one, &merge), [side.clone(), two.clone(), merge.clone()]);
    assert_eq!(between(&two, &merge), [side, merge.clone()]);
    assert!(between(&merge, &two).is_empty());
}

#[test]
fn what_depends_on_missing_history_is_an_error() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    sandbox.git(["checkout", "--quiet", "-b", "side"]);
    let side = sandbox.commit("side");
    sandbox.git(["checkout", "--quiet", "main"]);
    let two = sandbox.commit("two");
    // Now this looks like a clone that lacks what is before `two`, and so that `one` is part of it.
    fs::write(sandbox.work().join(".git/shallow"), format!("{two}\n")).expect("it is ours");
    let vcs = open(&sandbox);
    let asked = wait(vcs.commits_between(&id(&*two), &id(&*side)));
    let error = fails(asked, "RK-GIT-HISTORY-CUT", ErrorKind::Precondition);
    assert!(error.to_string().contains(&two), "{error}");
    let found = wait(vcs.commits_between(&id(&*one), &id(&*two))).expect("the answer shows the cut itself");
    assert_eq!(found.iter().map(|commit| commit.parents.as_slice()).collect::<Vec<_>>(), [&[]]);
}

#[test]
fn the_runs_of_a_file_end_where_it_was_not_yet_there() {
    let sandbox = Sandbox::new();
    sandbox.commit("before all");
    let before = sandbox.commit("before");
    let first = sandbox.write("m/x", "1").commit("first");
    sandbox.git(["checkout", "--quiet", "-b", "side"]);
    sandbox.write("m/x", "side").commit("not on the first parents");
    sandbox.git(["checkout", "--quiet", "main"]);
    let same = sandbox.write("other", "1").commit("same");
    let second = sandbox.write("m/x", "2").commit("second");
    let found = wait(open(&sandbox).path_runs(&head(&sandbox), &path("m/x"))).expect("they are read");
    let runs: Vec<_> = found
        .iter()
        .map(|run| (run.newest.as_str(), run.oldest.as_str(), run.content.as_deref().map(String::from_utf8_lossy)))
        .collect();
    let text = |text: &'static str| Some(text.into());
    assert_eq!(runs, [(&*second, &*second, text("2")), (&*same, &*first, text("1")), (&*before, &*before, None)]);
    assert!(found.iter().all(|run| !run.cut));
    sandbox.push();
    let shallow = open_at(&sandbox, &sandbox.clone_remote("shallow", &["--depth=2"]));
    let found = wait(shallow.path_runs(&head(&sandbox), &path("m/x"))).expect("they are read");
    let runs: Vec<_> = found.iter().map(|run| (run.oldest.as_str(), run.cut)).collect();
    assert_eq!(runs, [(&*second, false), (&*same, true)]);
}

#[test]
fn a_commit_has_its_files_whatever_is_on_disk() {
    let sandbox = Sandbox::new();
    sandbox.write("a/x", "1\r\n").write("b", "2").write("a.txt", "3");
    symlink("../b", sandbox.work().join("a/to-b")).expect("the sandbox is writable");
    symlink("a", sandbox.work().join("to-a")).expect("the sandbox is writable");
    symlink("../../outside", sandbox.work().join("a/out")).expect("the sandbox is writable");
    let commit = sandbox.commit("start");
    sandbox.git(["update-index", "--add", "--cacheinfo", &format!("160000,{commit},sub")]);
    sandbox.git(["commit", "--quiet", "-m", "submodule"]);
    sandbox.write("b", "changed").write("untracked", "");
    let tree = wait(open(&sandbox).tree(&head(&sandbox))).expect("there is a tree");
    let files: Vec<_> = tree.files().expect("they are listed").iter().map(ToString::to_string).collect();
    assert_eq!(files, ["a.txt", "a/out", "a/to-b", "a/x", "b", "to-a"]);
    assert_eq!(*tree.nested().expect("they are listed"), [path("sub")]);
    let read = |text: &str| {
        tree.read(&path(text)).expect("it is read").map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    assert_eq!(read("a/x").as_deref(), Some("1\r\n"));
    assert_eq!(read("b").as_deref(), Some("2"));
    assert_eq!(read("a/to-b").as_deref(), Some("2"), "a link to a file is followed");
    for nothing in ["a", "to-a", "to-a/x", "sub", "untracked", "", "b/x"] {
        assert_eq!(read(nothing), None, "{nothing}");
    }
    let links: Vec<_> = tree.links().expect("they are listed").iter().map(ToString::to_string).collect();
    assert_eq!(links, ["a/out", "a/to-b", "to-a"]);
    let error = fails(tree.read(&path("a/out")), "RK-GIT-LINK-OUTSIDE", ErrorKind::Precondition);
    assert_eq!(error.to_string(), "`a/out` is a link that leads out of the repository");
}
