//! The same repository with new objects elsewhere: all that is made is thrown away, and nobody is asked for anything.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use releasekit_core::edit::FileEdit;
use releasekit_core::model::{BranchName, CommitId, ObjectId, TagName};
use releasekit_core::vcs::{
    BranchTip, CommitRequest, ExportRequest, HistoryRequest, ReplayRequest, Scope, Sign, TagRequest,
};
use releasekit_core::{ErrorKind, Vcs};
use releasekit_testkit::{Sandbox, Snapshot};

use crate::refs::branch;
use crate::support::{fails, head, open, open_at, path, wait};

fn scratch(vcs: &dyn Vcs, sandbox: &Sandbox) -> (Arc<dyn Vcs>, PathBuf) {
    let into = sandbox.path().join("thrown-away");
    (wait(vcs.scratch(&into)).expect("git can"), into)
}

fn commit(vcs: &dyn Vcs, parent: &CommitId, file: &str, content: &str, sign: Sign) -> CommitId {
    let edits = vec![FileEdit::write(path(file), content)];
    let message = format!("{file}\n");
    let request = CommitRequest::new(parent.clone(), message, 1_800_000_000).with_edits(edits).with_sign(sign);
    wait(vcs.commit(&request)).expect("it is made")
}

/// What a clone holds. Of its objects the times do not count: git renews that of one which it would have made, so that
/// nobody prunes it.
fn held(clone: &Path) -> (Snapshot, Snapshot) {
    let is_object = |path: &Path| path.starts_with(".git/objects");
    let rest = Snapshot::with_times(clone).only(|path| !is_object(path));
    (rest, Snapshot::of(clone).only(is_object))
}

#[track_caller]
fn is_as_it_was(clone: &Path, before: &(Snapshot, Snapshot)) {
    let now = held(clone);
    before.0.assert_same(&now.0);
    before.1.assert_same(&now.1);
}

/// A program that says that it was run, and fails.
fn refuse_to_sign(sandbox: &Sandbox) -> PathBuf {
    let (program, ran) = (sandbox.path().join("home/sign"), sandbox.path().join("ran"));
    fs::write(&program, format!("#!/bin/sh\necho \"$@\" >> '{}'\necho 'no pass phrase' >&2\nexit 1\n", ran.display()))
        .expect("the sandbox is writable");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");
    for key in ["gpg.program", "gpg.ssh.program", "gpg.x509.program"] {
        sandbox.git(["config", "--global", key, &program.to_string_lossy()]);
    }
    for key in ["commit.gpgSign", "tag.gpgSign", "tag.forceSignAnnotated"] {
        sandbox.git(["config", "--global", key, "true"]);
    }
    ran
}

#[test]
fn everything_is_made_for_real_and_the_repository_is_as_it_was() {
    let sandbox = Sandbox::new();
    let base = sandbox.write("a/x", "1\n").write(".gitattributes", "*.txt eol=crlf\n").commit("start");
    sandbox.push();
    let base = CommitId::new(base);
    for hook in ["reference-transaction", "post-checkout", "post-index-change"] {
        let file = sandbox.work().join(".git/hooks").join(hook);
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("it is ours");
        fs::write(&file, format!("#!/bin/sh\necho {hook} >> '{}/ran'\n", sandbox.path().display())).expect("ours");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    let ran = refuse_to_sign(&sandbox);
    let before = held(&sandbox.work());
    let (vcs, into) = scratch(&*open(&sandbox), &sandbox);
    let ours = commit(&*vcs, &base, "a/ours", "1\n", Sign::Require);
    let theirs = commit(&*vcs, &base, "a/theirs", "1\n", Sign::Auto);
    let replay = ReplayRequest::new(vec![theirs.clone()], ours.clone());
    let both = wait(vcs.replay(&replay)).expect("they fit");
    assert!(wait(vcs.is_contained(&theirs, &both)).expect("git merges"));
    let scope = Scope::new(path("a")).with_since(Some(base.clone()));
    let history = wait(vcs.history(&HistoryRequest::new(both.clone(), vec![scope]))).expect("it is there");
    assert_eq!(history.commits.len(), 2);
    let tags = vec![(TagName::new("v1"), "v1".to_owned())];
    let tip = BranchTip::new(BranchName::new("main"), both.clone());
    let request = TagRequest::new(both.clone(), tip, 1_800_000_000).with_tags(tags).with_sign(Sign::Require);
    let made = wait(vcs.tag(&request)).expect("it is made")[0].new.clone().expect("it is to be set");
    assert_eq!(wait(vcs.resolve(made.as_str())).expect("it is read"), Some(both.clone()));
    let export = sandbox.path().join("exports/both");
    let request = ExportRequest::new(both.clone(), export.clone());
    wait(vcs.export(&request)).expect("it is made");
    assert_eq!(fs::read_to_string(export.join("a/theirs")).expect("it was written"), "1\n");
    assert_eq!(sandbox.git_in(&export, ["log", "--format=%s"]), "a/theirs\na/ours\nstart");
    drop((vcs, fs::remove_dir_all(into)));
    is_as_it_was(&sandbox.work(), &before);
    assert!(!ran.exists(), "{}", fs::read_to_string(ran).unwrap_or_default());
    let lost = wait(open(&sandbox).commits(&[both]));
    fails(lost, "RK-GIT-OBJECT-MISSING", ErrorKind::NotFound);
}

#[test]
fn what_is_fetched_is_thrown_away_whatever_kind_of_clone_it_is() {
    let sandbox = Sandbox::new();
    sandbox.write("x", "1").commit("one");
    sandbox.write("x", "2").commit("two");
    sandbox.push();
    sandbox.git_in(&sandbox.remote(), ["config", "uploadpack.allowFilter", "true"]);
    let plain = sandbox.clone_remote("plain", &[]);
    let shallow = sandbox.clone_remote("shallow", &["--depth=1"]);
    let partial = sandbox.clone_remote("partial", &["--filter=blob:none", "--no-checkout"]);
    sandbox.git_in(&plain, ["worktree", "add", "--quiet", "--detach", "../linked"]);
    let later = sandbox.write("y", "1").commit("later");
    sandbox.push();
    for clone in [plain, shallow, partial, sandbox.path().join("linked")] {
        let before = held(&clone);
        let vcs = open_at(&sandbox, &clone);
        let into = sandbox.path().join("thrown-away").join(clone.file_name().expect("it has one"));
        let kept = wait(vcs.scratch(&into)).expect("git can");
        wait(kept.fetch("origin", &[ObjectId::new(&*later)])).expect("the remote has it");
        let at = CommitId::new(&*later);
        let found = wait(kept.commits(std::slice::from_ref(&at))).expect("it is there");
        assert_eq!(found[0].message.trim(), "later");
        let export = into.with_extension("export");
        wait(kept.export(&ExportRequest::new(at.clone(), export.clone()))).expect("made");
        assert_eq!(fs::read_to_string(export.join("x")).expect("it was written"), "2");
        let made = commit(&*kept, &at, "z", "1", Sign::Auto);
        assert!(wait(kept.tree(&made)).is_ok());
        is_as_it_was(&clone, &before);
        fails(wait(vcs.commits(&[at])), "RK-GIT-OBJECT-MISSING", ErrorKind::NotFound);
    }
}

#[test]
fn refs_and_files_are_not_to_be_thrown_away() {
    let sandbox = Sandbox::new();
    let one = sandbox.write("x", "1").commit("one");
    let (vcs, into) = scratch(&*open(&sandbox), &sandbox);
    let unsupported = |result| fails(result, "RK-BACKEND-UNSUPPORTED", ErrorKind::Unsupported);
    let update = [branch("new", Some(&one), None)];
    unsupported(wait(vcs.push("origin", &update)).map(drop));
    unsupported(wait(vcs.update_refs(&update)));
    unsupported(wait(vcs.write_work_tree(&[FileEdit::write(path("x"), "2")])));
    assert_eq!((sandbox.read("x").as_str(), sandbox.refs(&sandbox.remote()).as_str()), ("1", ""));
    fails(wait(open(&sandbox).scratch(&into)), "RK-GIT-FOLDER", ErrorKind::Precondition);
    let inside = sandbox.work().join("inside");
    fails(wait(open(&sandbox).scratch(&inside)), "RK-GIT-FOLDER", ErrorKind::Precondition);
}

#[test]
fn one_of_one_holds_what_both_hold() {
    let sandbox = Sandbox::new();
    sandbox.write("x", "1").commit("one");
    let (vcs, _) = scratch(&*open(&sandbox), &sandbox);
    let first = commit(&*vcs, &head(&sandbox), "y", "1", Sign::Auto);
    let again = wait(vcs.scratch(&sandbox.path().join("again"))).expect("git can");
    let second = commit(&*again, &first, "z", "1", Sign::Auto);
    let between = wait(again.commits_between(&head(&sandbox), &second)).expect("they are read");
    assert_eq!(between.iter().map(|info| info.id.clone()).collect::<Vec<_>>(), [first, second.clone()]);
    assert_eq!(wait(vcs.resolve(second.as_str())).expect("it is read"), None);
}
