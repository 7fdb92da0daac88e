//! Where a repository is found, whose it must be, and what of the environment counts.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{PermissionsExt, chown};

use releasekit_core::model::CommitId;
use releasekit_core::vcs::{CommitRequest, HistoryRequest, Scope, Sign};
use releasekit_core::{Diagnostic, Environment, ErrorKind};
use releasekit_testkit::Sandbox;

use crate::support::{context, fails, head, open, open_at, path, try_open, wait};

fn one_commit() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("pkg/deep/x", "x").commit("start");
    sandbox
}

fn empty_commit(sandbox: &Sandbox) -> CommitRequest {
    CommitRequest::new(head(sandbox), "m".to_owned(), 0).with_sign(Sign::Never)
}

#[test]
fn a_repository_is_found_from_any_folder_of_it() {
    let sandbox = one_commit();
    let work = fs::canonicalize(sandbox.work()).expect("it is there");
    for folder in ["", "pkg", "pkg/deep"] {
        let vcs = open_at(&sandbox, &sandbox.work().join(folder));
        assert_eq!(vcs.root(), work, "{folder}");
        assert_eq!(vcs.private_folder(), work.join(".git/releasekit"), "{folder}");
    }
}

#[test]
fn a_linked_work_tree_has_its_own_root_and_shares_the_private_folder() {
    let sandbox = one_commit();
    sandbox.git(["worktree", "add", "--quiet", "-b", "side", "../linked"]);
    let linked = fs::canonicalize(sandbox.path().join("linked")).expect("it is there");
    let vcs = open_at(&sandbox, &linked.join("pkg"));
    assert_eq!(vcs.root(), linked);
    assert_eq!(vcs.private_folder(), open(&sandbox).private_folder());
    assert_eq!(
        wait(vcs.head()).expect("there is a commit").branch.map(|branch| branch.to_string()),
        Some("side".into())
    );
}

#[test]
fn outside_of_any_repository_there_is_none() {
    let sandbox = one_commit();
    assert!(try_open(&context(&sandbox), &sandbox.path().join("home")).expect("nothing is wrong").is_none());
    let lost = try_open(&context(&sandbox), &sandbox.path().join("not-there"));
    fails(lost, "RK-GIT-FOLDER", ErrorKind::Precondition);
}

#[test]
fn a_repository_without_work_tree_is_refused() {
    let sandbox = one_commit();
    fails(try_open(&context(&sandbox), &sandbox.remote()), "RK-GIT-NO-WORK-TREE", ErrorKind::Precondition);
}

#[test]
fn a_branch_without_commit_has_no_head() {
    let sandbox = Sandbox::new();
    let error = fails(wait(open(&sandbox).head()), "RK-GIT-NO-COMMIT", ErrorKind::Precondition);
    assert_eq!(error.to_string(), "`main` has no commit yet");
}

#[test]
fn a_repository_of_another_user_is_refused_unless_it_is_called_safe() {
    let sandbox = one_commit();
    if [sandbox.work(), sandbox.work().join(".git")].iter().any(|path| chown(path, Some(4711), None).is_err()) {
        // Not a missing tool: as anybody but root this cannot be shown, in CI neither.
        writeln!(io::stderr(), "skipped: only root can give a folder to another user").expect("stderr is open");
        return;
    }
    let refused = try_open(&context(&sandbox), &sandbox.work());
    let error = fails(refused, "RK-GIT-DUBIOUS-OWNERSHIP", ErrorKind::Precondition);
    assert!(error.to_string().contains(&*sandbox.work().to_string_lossy()), "{error}");
    sandbox.git(["config", "--global", "--add", "safe.directory", &sandbox.work().to_string_lossy()]);
    let vcs = open(&sandbox);
    assert!(wait(vcs.status()).expect("git agrees").is_empty());
}

#[test]
fn what_a_hook_inherits_does_not_lead_astray() {
    let sandbox = one_commit();
    let mut context = context(&sandbox);
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"] {
        context.environment.set(name, "/not/there");
    }
    let vcs = try_open(&context, &sandbox.work()).expect("the repository opens").expect("it is found");
    assert!(wait(vcs.status()).expect("git finds it as well").is_empty());
    wait(vcs.commit(&empty_commit(&sandbox))).expect("a commit is made");
}

#[test]
fn git_must_be_there_and_new_enough() {
    let sandbox = one_commit();
    let mut context = context(&sandbox);
    let bin = sandbox.path().join("bin");
    fs::create_dir(&bin).expect("the sandbox is writable");
    context.environment = Environment::clone(&context.environment).with("PATH", &*bin);
    let open = || try_open(&context, &sandbox.work()).expect("reads need no git").expect("it is found");
    fails(wait(open().commit(&empty_commit(&sandbox))), "RK-GIT-NOT-INSTALLED", ErrorKind::ToolMissing);
    fs::write(bin.join("git"), "#!/bin/sh\necho git version 2.20.1\n").expect("the sandbox is writable");
    fs::set_permissions(bin.join("git"), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let error = fails(wait(open().commit(&empty_commit(&sandbox))), "RK-GIT-TOO-OLD", ErrorKind::ToolMissing);
    assert_eq!(error.to_string(), "git 2.20.1 is too old; releasekit needs 2.38 or later");
}

#[test]
fn a_damaged_repository_is_an_error_that_says_what_is_damaged() {
    let sandbox = one_commit();
    fs::write(sandbox.work().join(".git/packed-refs"), "# pack-refs with: peeled\nnonsense\n").expect("it is ours");
    fails(wait(open(&sandbox).tags()), "RK-GIT-READ", ErrorKind::ToolFailed);
}

#[test]
fn names_of_objects_may_be_longer() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path().join("longer");
    sandbox.git(["init", "--quiet", "--object-format=sha256", "--initial-branch=main", &folder.to_string_lossy()]);
    std::fs::create_dir_all(folder.join("a")).expect("the sandbox is writable");
    std::fs::write(folder.join("a/x"), "1").expect("the sandbox is writable");
    sandbox.git_in(&folder, ["add", "--all"]);
    sandbox.git_in(&folder, ["commit", "--quiet", "-m", "one"]);
    sandbox.git_in(&folder, ["tag", "-a", "-m", "v1", "v1"]);
    std::fs::write(folder.join("a/x"), "2").expect("the sandbox is writable");
    sandbox.git_in(&folder, ["commit", "--quiet", "--all", "-m", "two"]);
    let vcs = open_at(&sandbox, &folder);
    let (head, tags) = (wait(vcs.head()).expect("it is read"), wait(vcs.tags()).expect("they are read"));
    assert_eq!((head.commit.as_str().len(), tags.len()), (64, 1));
    let scope = Scope::new(path("a")).with_since(Some(tags[0].commit.clone()));
    let history = wait(vcs.history(&HistoryRequest::new(head.commit.clone(), vec![scope]))).expect("it is walked");
    assert_eq!(history.commits.iter().map(|commit| commit.message.trim()).collect::<Vec<_>>(), ["two"]);
    let tree = wait(vcs.tree(&head.commit)).expect("it is there");
    assert_eq!(tree.read(&path("a/x")).expect("it is read"), Some(b"2".to_vec()));
    let edit = releasekit_core::FileEdit::write(path("a/y"), "3");
    let request = CommitRequest::new(head.commit.clone(), "three".to_owned(), 1_000_000_000).with_edits(vec![edit]);
    let made = wait(vcs.commit(&request)).expect("it is made");
    assert_eq!(wait(vcs.own_changes(&made)).expect("they are told").paths, [path("a/y")]);
}

#[test]
fn what_a_partial_clone_lacks_is_said_with_what_brings_it() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("a/x", "1").commit("one");
    sandbox.write("a/x", "2").commit("two");
    sandbox.push();
    sandbox.git_in(&sandbox.remote(), ["config", "uploadpack.allowFilter", "true"]);
    let clone = sandbox.clone_remote("partial", &["--filter=tree:0", "--no-checkout"]);
    let ask = || {
        let vcs = open_at(&sandbox, &clone);
        let scope = Scope::new(path("a")).with_since(Some(CommitId::new(&*start)));
        wait(vcs.history(&HistoryRequest::new(head(&sandbox), vec![scope])))
    };
    let error = fails(ask(), "RK-GIT-PARTIAL", ErrorKind::Precondition);
    let help = error.help().expect("there is help");
    let command = help.strip_prefix("run `git ").and_then(|rest| rest.strip_suffix('`')).expect("one command");
    sandbox.git_in(&clone, command.split(' '));
    assert_eq!(ask().expect("it is walked").commits.len(), 1);
    let vcs = open_at(&sandbox, &sandbox.clone_remote("files", &["--filter=blob:none", "--no-checkout"]));
    let tree = wait(vcs.tree(&head(&sandbox))).expect("its trees are there");
    fails(tree.read(&path("a/x")), "RK-GIT-PARTIAL", ErrorKind::Precondition);
}
