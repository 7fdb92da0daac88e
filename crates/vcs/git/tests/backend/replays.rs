//! Commits made anew on another parent.

use releasekit_core::model::CommitId;
use releasekit_core::{BackendError, ErrorKind};
use releasekit_testkit::{Sandbox, Snapshot};

use crate::support::{fails, open, wait};

fn replay(sandbox: &Sandbox, commits: &[&str], onto: &str) -> Result<CommitId, BackendError> {
    let commits: Vec<CommitId> = commits.iter().map(|commit| CommitId::new(*commit)).collect();
    wait(open(sandbox).replay(&commits, &CommitId::new(onto)))
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
