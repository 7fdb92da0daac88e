//! Packages that lie elsewhere in some commits: whose a file is, the commit's own tree says.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::{HistoryRequest, Judge, Scope, TouchingCommit};
use releasekit_testkit::Sandbox;

use crate::support::{head, open, path, wait};

/// The packages that there are at the head, each with its folder; a file `name` says which one a folder is.
#[derive(Debug, Clone)]
struct Named(Vec<(&'static str, &'static str)>);

impl Judge for Named {
    fn package_files(&self) -> &[&str] {
        &["name"]
    }

    fn owners(&self, _file: &RepoPath, content: &[u8]) -> Option<Vec<usize>> {
        let name = String::from_utf8_lossy(content);
        Some(self.0.iter().position(|(known, _)| *known == name).into_iter().collect())
    }

    fn speaks(&self, _message: &str) -> bool {
        false
    }
}

/// `message: names of packages` of each commit since another.
fn touched(sandbox: &Sandbox, since: &str, packages: &[(&'static str, &'static str)]) -> Vec<String> {
    let scope = |(_, folder): &(&str, &str)| Scope::new(path(folder)).with_since(Some(CommitId::new(since)));
    let request = HistoryRequest::new(head(sandbox), packages.iter().map(scope).collect());
    let judge = Arc::new(Named(packages.to_vec()));
    let found = wait(open(sandbox).history(&request.with_judge(judge))).expect("the history is there");
    let line = |commit: &TouchingCommit| {
        let names: Vec<&str> = commit.scopes.iter().map(|scope| packages[*scope].0).collect();
        format!("{}: {}", commit.message.trim(), names.join(" "))
    };
    found.commits.iter().map(line).collect()
}

/// Moves a folder, made with all that lies above it.
fn mv(sandbox: &Sandbox, from: &str, to: &str) {
    let above = sandbox.work().join(to);
    std::fs::create_dir_all(above.parent().expect("a folder lies in one")).expect("the sandbox is writable");
    sandbox.git(["mv", from, to]);
}

#[test]
fn commits_before_a_move_count() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("packages/a/name", "a").write("packages/a/x", "1").commit("start");
    sandbox.write("packages/a/x", "2").commit("before");
    mv(&sandbox, "packages/a", "packages/b");
    sandbox.commit("move");
    sandbox.write("packages/b/x", "3").commit("after");
    assert_eq!(touched(&sandbox, &start, &[("a", "packages/b")]), ["after: a", "move: a", "before: a"]);
}

#[test]
fn a_folder_of_packages_may_move_as_a_whole_and_back() {
    let sandbox = Sandbox::new();
    sandbox.write("packages/a/name", "a").write("packages/b/name", "b").write("name", "root");
    let start = sandbox.commit("start");
    mv(&sandbox, "packages", "libs");
    sandbox.commit("move");
    sandbox.write("libs/a/x", "1").commit("in between");
    mv(&sandbox, "libs", "packages");
    sandbox.commit("back");
    let packages = [("a", "packages/a"), ("b", "packages/b"), ("root", "")];
    assert_eq!(touched(&sandbox, &start, &packages), ["back: a b", "in between: a", "move: a b"]);
}

#[test]
fn a_branch_cut_before_a_move_counts_where_it_was_cut() {
    let sandbox = Sandbox::new();
    sandbox.write("packages/a/name", "a").write("packages/a/x", "1\n2\n3\n").commit("start");
    sandbox.git(["switch", "--quiet", "-c", "work"]);
    sandbox.write("packages/a/x", "1\ntwo\n3\n").commit("on the old path");
    sandbox.git(["switch", "--quiet", "main"]);
    mv(&sandbox, "packages/a", "packages/b");
    let released = sandbox.commit("move, and release");
    sandbox.git(["merge", "--quiet", "--no-ff", "-m", "merge", "work"]);
    assert_eq!(touched(&sandbox, &released, &[("a", "packages/b")]), ["on the old path: a"]);
}

#[test]
fn packages_that_change_places_keep_their_commits() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("p/name", "a").write("p/x", "1").write("q/name", "b").write("q/y", "1").commit("start");
    sandbox.write("p/x", "2").commit("of a");
    mv(&sandbox, "p", "t");
    mv(&sandbox, "q", "p");
    mv(&sandbox, "t", "q");
    sandbox.commit("swap");
    sandbox.write("p/y", "2").commit("of b");
    assert_eq!(touched(&sandbox, &start, &[("a", "q"), ("b", "p")]), ["of b: b", "swap: a b", "of a: a"]);
}

#[test]
fn what_is_taken_out_of_the_root_package_was_its_own_before() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("name", "root").write("plugin/x", "1").commit("start");
    sandbox.write("plugin/x", "2").commit("of the root");
    sandbox.write("plugin/name", "plugin").commit("split");
    sandbox.write("plugin/x", "3").commit("of the plugin");
    let packages = [("root", ""), ("plugin", "plugin")];
    assert_eq!(touched(&sandbox, &start, &packages), ["of the plugin: plugin", "split: plugin", "of the root: root"]);
}

#[test]
fn names_that_are_given_to_other_folders_for_a_while_are_seen() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("o/name", "a").write("q/name", "b").write("r/name", "c").commit("start");
    mv(&sandbox, "o", "p");
    sandbox.commit("move");
    sandbox.write("p/name", "b").write("q/name", "a").commit("swap");
    sandbox.write("p/x", "1").write("r/x", "1").commit("while swapped");
    sandbox.write("p/name", "a").write("q/name", "b").commit("back");
    sandbox.write("p/x", "2").commit("after");
    let packages = [("a", "p"), ("b", "q"), ("c", "r")];
    let expected = ["after: a", "back: a b", "while swapped: b c", "swap: a b", "move: a"];
    assert_eq!(touched(&sandbox, &start, &packages), expected);
}

#[test]
fn what_lies_in_a_package_for_a_while_is_its_own() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("o/name", "a").write("o/x", "1").write("q/name", "b").commit("start");
    mv(&sandbox, "o", "p");
    sandbox.commit("move");
    sandbox.write("p/in/name", "gone").write("p/in/x", "1").commit("comes");
    sandbox.write("p/in/x", "2").commit("of the inner one");
    sandbox.write("p/in/x", "3").write("q/x", "1").commit("of the inner one and b");
    sandbox.git(["rm", "--quiet", "-r", "p/in"]);
    sandbox.commit("goes");
    sandbox.write("p/x", "2").commit("of a");
    let packages = [("a", "p"), ("b", "q")];
    assert_eq!(touched(&sandbox, &start, &packages), ["of a: a", "of the inner one and b: b", "move: a"]);
}

#[test]
fn a_package_that_was_made_in_one_folder_and_lies_in_another_keeps_its_commits() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("p/b/name", "b").write("p/x", "1").commit("start");
    sandbox.write("p/a/name", "a").commit("made");
    sandbox.write("p/a/x", "1").commit("before");
    mv(&sandbox, "p/a", "libs/a");
    sandbox.commit("moved");
    sandbox.write("libs/a/x", "2").write("p/b/x", "1").commit("after");
    let packages = [("a", "libs/a"), ("b", "p/b")];
    assert_eq!(touched(&sandbox, &start, &packages), ["after: a b", "moved: a", "before: a", "made: a"]);
}

#[test]
fn what_a_package_did_that_is_gone_is_nobodys() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("name", "root").write("old/name", "old").write("old/x", "1").commit("start");
    sandbox.write("old/x", "2").commit("of the old one");
    sandbox.git(["rm", "--quiet", "-r", "old"]);
    sandbox.commit("gone");
    sandbox.write("x", "1").commit("of the root");
    assert_eq!(touched(&sandbox, &start, &[("root", "")]), ["of the root: root"]);
}

#[test]
fn a_history_that_is_taken_in_has_its_own_paths() {
    for has_name in [true, false] {
        let sandbox = Sandbox::new();
        let start = sandbox.write("name", "root").write("x", "1").commit("start");
        sandbox.git(["switch", "--quiet", "--orphan", "theirs"]);
        if has_name {
            sandbox.write("name", "ext");
        }
        sandbox.write("x", "theirs").commit("of another repository");
        sandbox.git(["switch", "--quiet", "main"]);
        let options = ["--strategy=ours", "--no-commit", "--allow-unrelated-histories"];
        sandbox.git(["merge", "--quiet"].iter().chain(&options).chain(&["theirs"]));
        sandbox.git(["read-tree", "--prefix=packages/ext", "-u", "theirs"]);
        sandbox.git(["commit", "--quiet", "-m", "import"]);
        sandbox.write("packages/ext/name", "ext").write("packages/ext/x", "ours").commit("after");
        let packages = [("root", ""), ("ext", "packages/ext")];
        let expected: &[&str] = if has_name { &["after: ext", "of another repository: ext"] } else { &["after: ext"] };
        assert_eq!(touched(&sandbox, &start, &packages), expected, "{has_name}");
    }
}

/// Notes what it is prepared for.
#[derive(Debug)]
struct Listening(Named, Mutex<BTreeSet<(CommitId, String)>>);

impl Judge for Listening {
    fn package_files(&self) -> &[&str] {
        self.0.package_files()
    }

    fn owners(&self, file: &RepoPath, content: &[u8]) -> Option<Vec<usize>> {
        self.0.owners(file, content)
    }

    fn speaks(&self, message: &str) -> bool {
        message.starts_with("merge")
    }

    fn prepare(&self, commit: &TouchingCommit) {
        self.1.lock().expect("no thread fails").insert((commit.id.clone(), commit.message.clone()));
    }
}

#[test]
fn a_judge_is_prepared_for_all_that_is_told() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("a/name", "a").write("a/x", "1").write("y", "1").commit("start");
    sandbox.git(["switch", "--quiet", "-c", "side"]);
    sandbox.write("a/x", "2").commit("aside");
    sandbox.git(["switch", "--quiet", "-"]);
    sandbox.write("y", "2").commit("nobody's");
    sandbox.git(["merge", "--quiet", "--no-ff", "-m", "merge it", "side"]);
    mv(&sandbox, "a", "b");
    sandbox.commit("move");
    let scopes = vec![Scope::new(path("b")).with_since(Some(CommitId::new(start)))];
    let judge = Arc::new(Listening(Named(vec![("a", "b")]), Mutex::default()));
    let request = HistoryRequest::new(head(&sandbox), scopes).with_judge(judge.clone());
    let found = wait(open(&sandbox).history(&request)).expect("the history is there");
    let told: BTreeSet<(CommitId, String)> =
        found.commits.iter().map(|commit| (commit.id.clone(), commit.message.clone())).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(*judge.1.lock().expect("no thread fails"), told);
}
