//! Commits made anew on another parent.

use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::ReplayRequest;
use releasekit_core::{BackendError, ErrorKind};
use releasekit_testkit::{Sandbox, Snapshot};

use crate::support::{fails, open, wait};

fn replay(sandbox: &Sandbox, commits: &[&str], onto: &str) -> Result<CommitId, BackendError> {
    replay_without(sandbox, commits, onto, &[])
}

fn replay_without(sandbox: &Sandbox, commits: &[&str], onto: &str, without: &[&str]) -> Result<CommitId, BackendError> {
    let request =
        ReplayRequest::new(commits.iter().map(|commit| CommitId::new(*commit)).collect(), CommitId::new(onto))
            .leaving_out(without.iter().map(|path| RepoPath::new(path).expect("a legal path")).collect());
    wait(open(sandbox).replay(&request))
}

/// The paths of a commit's own changes, with what else is to be said of them.
fn own(sandbox: &Sandbox, commit: &str) -> (Vec<String>, bool, bool) {
    let own = wait(open(sandbox).own_changes(&CommitId::new(commit))).expect("it is there");
    (own.paths.iter().map(ToString::to_string).collect(), own.beyond_contents, own.by_hand)
}

fn is_contained(sandbox: &Sandbox, commit: &str, into: &str) -> bool {
    wait(open(sandbox).is_contained(&CommitId::new(commit), &CommitId::new(into))).expect("they are there")
}

/// A branch from `one` with two commits of somebody else, and a new base beside it.
struct Story {
    sandbox: Sandbox,
    first: String,
    second: String,
    base: String,
}

fn story() -> Story {
    let sandbox = Sandbox::new();
    let one = sandbox.write("shared", "1\n2\n3\n4\n5\n6\n7\n8\n").write("x", "1\n").commit("one");
    sandbox.git(["checkout", "--quiet", "-b", "side"]);
    sandbox.write("shared", "1\n2\n3\n4\n5\n6\n7\nside\n").git(["add", "--all"]);
    sandbox.git(["commit", "--quiet", "--author=Hu Man <hu@man>", "-m", "docs: by hand ü\n\nbody"]);
    let first = sandbox.head();
    let second = sandbox.write("new/file", "2\n").commit("second");
    sandbox.git(["checkout", "--quiet", "--detach", &one]);
    let base = sandbox.write("shared", "base\n2\n3\n4\n5\n6\n7\n8\n").commit("base");
    sandbox.git(["checkout", "--quiet", "main"]);
    Story { sandbox, first, second, base }
}

#[test]
fn changes_are_made_anew_with_author_and_message() {
    let Story { sandbox, first, second, base } = story();
    let settled = || Snapshot::of(&sandbox.work()).only(|path| !path.starts_with(".git/objects"));
    let before = settled();
    let made = replay(&sandbox, &[&first, &second], &base).expect("they fit");
    assert_eq!(before.changes(&settled()), Vec::<String>::new());
    let made = made.as_str();
    assert_eq!(sandbox.git(["log", "--format=%s", &format!("{base}^..{made}")]), "second\ndocs: by hand ü\nbase");
    let of = |commit: &str| sandbox.git(["show", "-s", "--format=%an|%ae|%ad|%cn|%cd|%B", "--date=raw", commit]);
    assert_eq!(of(&format!("{made}^")), of(&first));
    assert_eq!(sandbox.git(["show", &format!("{made}:shared")]), "base\n2\n3\n4\n5\n6\n7\nside");
    assert_eq!(sandbox.git(["show", &format!("{made}:new/file")]), "2");
    assert_eq!(replay(&sandbox, &[&first, &second], &base).expect("they fit").as_str(), made, "the same again");
}

#[test]
fn nothing_to_replay_is_the_base_itself_and_what_is_there_already_is_dropped() {
    let Story { sandbox, first, second, base } = story();
    assert_eq!(replay(&sandbox, &[], &base).expect("it fits").as_str(), base);
    let once = replay(&sandbox, &[&first], &base).expect("it fits");
    assert_eq!(replay(&sandbox, &[&first], once.as_str()).expect("it is there"), once);
    let both = replay(&sandbox, &[&first, &second], once.as_str()).expect("they fit");
    assert_eq!(sandbox.git(["rev-parse", &format!("{both}^")]), once.as_str());
}

#[test]
fn a_conflict_names_the_commit_and_the_files() {
    let Story { sandbox, first, .. } = story();
    sandbox.git(["checkout", "--quiet", "--detach", "main"]);
    let other = sandbox.write("shared", "1\n2\n3\n4\n5\n6\n7\nother\n").commit("other");
    let error = fails(replay(&sandbox, &[&first], &other), "RK-GIT-REPLAY-CONFLICT", ErrorKind::Conflict);
    assert_eq!(error.to_string(), format!("commit {first} conflicts with its new base in `shared`"));
}

/// `main` at a merge of a side branch, made with `strategy`, after `change` was made to what git merged.
fn merge(sandbox: &Sandbox, strategy: &str, change: impl FnOnce(&Sandbox)) -> String {
    sandbox.git(["merge", "--quiet", "--no-ff", "--no-commit", "--strategy", strategy, "side"]);
    change(sandbox);
    sandbox.commit("merge side")
}

#[test]
fn what_a_merge_adds_by_itself_is_made_anew_and_what_it_brings_is_not() {
    let Story { sandbox, first, second, .. } = story();
    let main = sandbox.write("main", "1\n").commit("main");
    let plain = merge(&sandbox, "ort", |_| ());
    assert_eq!(own(&sandbox, &plain), (vec![], false, false));
    assert_eq!(replay(&sandbox, &[&plain], &main).expect("nothing to do").as_str(), main);
    sandbox.git(["reset", "--quiet", "--hard", &main]);
    let own_too = merge(&sandbox, "ort", |sandbox| {
        sandbox.write("in-merge", "m\n");
    });
    assert_eq!(own(&sandbox, &own_too), (vec!["in-merge".to_owned()], false, false));
    let made = replay(&sandbox, &[&first, &second, &own_too], &main).expect("they fit");
    let subjects = sandbox.git(["log", "--format=%s", &format!("{main}..{made}")]);
    assert_eq!(subjects, "merge side\nsecond\ndocs: by hand ü");
    assert_eq!(sandbox.git(["diff", "--stat", made.as_str(), &own_too]), "");
}

#[test]
fn a_merge_that_git_cannot_make_is_by_hand_and_is_not_made_anew() {
    let Story { sandbox, base, .. } = story();
    sandbox.git(["checkout", "--quiet", "-B", "main", &base]);
    sandbox.write("shared", "1\n2\n3\n4\n5\n6\n7\nmain\n").commit("main");
    let hand = merge(&sandbox, "ours", |sandbox| {
        sandbox.write("shared", "both\n");
    });
    assert!(own(&sandbox, &hand).2);
    let error = fails(replay(&sandbox, &[&hand], &base), "RK-GIT-REPLAY-CONFLICT", ErrorKind::Conflict);
    assert!(error.to_string().contains("`shared`"), "{error}");
}

#[test]
fn own_changes_say_more_than_contents() {
    let sandbox = Sandbox::new();
    let root = sandbox.write("a", "1\n").write("b", "1\n").commit("one");
    assert_eq!(own(&sandbox, &root), (vec!["a".to_owned(), "b".to_owned()], false, false));
    sandbox.git(["rm", "--quiet", "b"]);
    let second = sandbox.write("c/d", "1\n").commit("two");
    assert_eq!(own(&sandbox, &second), (vec!["b".to_owned(), "c/d".to_owned()], false, false));
    sandbox.git(["update-index", "--chmod=+x", "a"]);
    sandbox.git(["commit", "--quiet", "-m", "three"]);
    assert_eq!(own(&sandbox, &sandbox.head()), (vec!["a".to_owned()], true, false));
}

#[test]
fn a_file_is_left_out_of_a_commit_that_is_made_anew() {
    let Story { sandbox, first, second, base } = story();
    sandbox.git(["checkout", "--quiet", "side"]);
    let both = sandbox.write("x", "side\n").write("y", "side\n").commit("x and y");
    let made = replay_without(&sandbox, &[&first, &second, &both], &base, &["x", "new/file"]).expect("they fit");
    assert_eq!(sandbox.git(["show", &format!("{made}:x")]), "1");
    assert_eq!(sandbox.git(["show", &format!("{made}:y")]), "side");
    let subjects = sandbox.git(["log", "--format=%s", &format!("{base}..{made}")]);
    assert_eq!(subjects, "x and y\ndocs: by hand ü", "one of which nothing is left is dropped");
    let files = sandbox.git(["ls-tree", "-r", "--name-only", made.as_str()]);
    assert_eq!(files, "shared\nx\ny");
    assert_eq!(sandbox.git(["status", "--porcelain"]), "", "the index is the user's");
}

#[test]
fn what_is_contained_adds_nothing_whatever_way_it_came() {
    let Story { sandbox, first, second, base } = story();
    assert!(!is_contained(&sandbox, &second, &base) && is_contained(&sandbox, &base, &base));
    sandbox.git(["checkout", "--quiet", "--detach", &base]);
    sandbox.git(["merge", "--quiet", "--squash", "side"]);
    let squashed = sandbox.commit("squashed");
    assert!(is_contained(&sandbox, &second, &squashed) && is_contained(&sandbox, &first, &squashed));
    sandbox.git(["checkout", "--quiet", "side"]);
    let later = sandbox.write("later", "1\n").commit("later");
    assert!(!is_contained(&sandbox, &later, &squashed));
    let clashing = sandbox.write("shared", "other\n").commit("clashing");
    assert!(!is_contained(&sandbox, &clashing, &squashed));
}
