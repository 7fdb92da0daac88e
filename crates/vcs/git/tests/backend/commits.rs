//! Commits made without checkout, index or ref.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use releasekit_core::edit::FileEdit;
use releasekit_core::model::CommitId;
use releasekit_core::vcs::{Author, CommitRequest, Sign};
use releasekit_core::{BackendError, Diagnostic, ErrorKind};
use releasekit_testkit::{Sandbox, Snapshot};

use crate::support::{SigningKey, context, fails, head, open, open_at, path, try_open, wait};

fn request(sandbox: &Sandbox, edits: Vec<FileEdit>) -> CommitRequest {
    let message = "chore: release\n\nAll of it.\n".to_owned();
    CommitRequest::new(head(sandbox), message, 1_800_000_000).with_edits(edits).with_sign(Sign::Never)
}

fn commit(sandbox: &Sandbox, edits: Vec<FileEdit>) -> Result<CommitId, BackendError> {
    wait(open(sandbox).commit(&request(sandbox, edits)))
}

#[test]
fn a_commit_changes_what_is_asked_and_nothing_of_the_users() {
    let sandbox = Sandbox::new();
    sandbox.write("a/x", "1").write("run.sh", "1").write("gone/x", "1").write("keep", "1").commit("start");
    fs::set_permissions(sandbox.work().join("run.sh"), fs::Permissions::from_mode(0o755)).expect("it is ours");
    sandbox.commit("executable");
    sandbox.write("a/x", "dirty").write("staged", "1").git(["add", "staged"]);
    fs::write(sandbox.work().join(".git/index.lock"), "held by the user").expect("it is ours");
    let everything = || Snapshot::of(&sandbox.work()).only(|path| !path.starts_with(".git/objects"));
    let before = everything();
    let edits = vec![
        FileEdit::write(path("a/x"), "2"),
        FileEdit::write(path("run.sh"), "2"),
        FileEdit::write(path("new/ü \"q\" \t.txt"), "new"),
        FileEdit::delete(path("gone/x")),
        FileEdit::delete(path("was/never/there")),
    ];
    let made = commit(&sandbox, edits.clone()).expect("it is made");
    assert_eq!(before.changes(&everything()), Vec::<String>::new());
    let made = made.as_str();
    let changed = sandbox.git(["diff-tree", "-r", "-z", "--no-renames", "HEAD", made]);
    let changed: Vec<&str> = changed.split('\0').filter(|field| !field.is_empty()).collect();
    let modes = |entry: &str| entry[..14].to_owned() + &entry[entry.len() - 1..];
    let changed: Vec<(String, &str)> = changed.chunks(2).map(|pair| (modes(pair[0]), pair[1])).collect();
    let expected = [
        (":100644 100644M", "a/x"),
        (":100644 000000D", "gone/x"),
        (":000000 100644A", "new/ü \"q\" \t.txt"),
        (":100755 100755M", "run.sh"),
    ];
    assert_eq!(changed, expected.map(|(modes, path)| (modes.to_owned(), path)));
    let shown = sandbox.git(["show", "-s", "--format=%P|%an|%ae|%ad|%cd|%B", "--date=raw", made]);
    let expected = format!(
        "{}|Tess Ter|tess@example.invalid|1800000000 +0000|1800000000 +0000|chore: release\n\nAll of it.",
        sandbox.head()
    );
    assert_eq!(shown.trim_end(), expected);
    assert_eq!(commit(&sandbox, edits).expect("it is made").as_str(), made, "the same again is the same");
}

#[test]
fn bytes_are_kept_whatever_git_would_convert() {
    let sandbox = Sandbox::new();
    sandbox.write("crlf", "1\r\n2\r\n").write("mixed", "1\n").commit("start");
    sandbox.git(["config", "core.autocrlf", "true"]);
    sandbox.write(".gitattributes", "* text=auto\nmixed ident\n");
    let made = commit(
        &sandbox,
        vec![FileEdit::write(path("crlf"), "1\r\n3\r\n"), FileEdit::write(path("mixed"), b"$Id$\r\n\xff\0".as_slice())],
    );
    let made = made.expect("it is made");
    let tree = wait(open(&sandbox).tree(&made)).expect("there is a tree");
    assert_eq!(tree.read(&path("crlf")).expect("it is read").as_deref(), Some(&b"1\r\n3\r\n"[..]));
    assert_eq!(tree.read(&path("mixed")).expect("it is read").as_deref(), Some(&b"$Id$\r\n\xff\0"[..]));
    let lines = sandbox.git(["diff", "--numstat", "HEAD", made.as_str(), "--", "crlf"]);
    assert_eq!(lines, "1\t1\tcrlf", "one line has changed, not all");
}

#[test]
fn no_hook_runs() {
    let sandbox = Sandbox::new();
    sandbox.write("x", "1").commit("start");
    let ran = sandbox.path().join("ran");
    for hook in
        ["pre-commit", "commit-msg", "prepare-commit-msg", "post-commit", "post-index-change", "reference-transaction"]
    {
        let file = sandbox.work().join(".git/hooks").join(hook);
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("it is ours");
        fs::write(&file, format!("#!/bin/sh\necho {hook} >> '{}'\nsleep 300\n", ran.display())).expect("it is ours");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    commit(&sandbox, vec![FileEdit::write(path("x"), "2")]).expect("it is made");
    assert!(!ran.exists(), "ran: {}", fs::read_to_string(ran).unwrap_or_default());
}

#[test]
fn a_file_behind_a_filter_is_refused_by_the_attributes_that_are_committed() {
    let sandbox = Sandbox::new();
    sandbox
        .write(".gitattributes", "*.bin filter=lfs diff=lfs\nfree.bin -filter\n")
        .write("x.bin", "1")
        .commit("start");
    sandbox.write(".gitattributes", "*.txt filter=lfs\n");
    let error = fails(
        commit(&sandbox, vec![FileEdit::write(path("a.txt"), ""), FileEdit::write(path("sub/new.bin"), "")]),
        "RK-GIT-FILTERED-FILE",
        ErrorKind::Precondition,
    );
    assert_eq!(error.to_string(), "`sub/new.bin` is stored through the filter `lfs`");
    commit(&sandbox, vec![FileEdit::write(path("a.txt"), ""), FileEdit::write(path("free.bin"), "")])
        .expect("these are not");
    commit(&sandbox, vec![FileEdit::delete(path("x.bin"))]).expect("a file is deleted without being read");
}

#[test]
fn only_plain_files_are_edited() {
    let sandbox = Sandbox::new();
    sandbox.write("a/x", "1");
    std::os::unix::fs::symlink("a/x", sandbox.work().join("link")).expect("the sandbox is writable");
    sandbox.commit("start");
    for odd in ["link", "a", "link/x", "a/x/below"] {
        let made = commit(&sandbox, vec![FileEdit::write(path(odd), "2")]);
        let error = fails(made, "RK-GIT-NOT-A-FILE", ErrorKind::Precondition);
        assert!(error.help().is_some_and(|help| help.contains("name the file that it leads to")), "{error}");
    }
    fails(commit(&sandbox, vec![FileEdit::delete(path("a"))]), "RK-GIT-NOT-A-FILE", ErrorKind::Precondition);
    let made = commit(&sandbox, vec![FileEdit::delete(path("link"))]).expect("a link can go");
    assert_eq!(sandbox.git(["ls-tree", "-r", "--name-only", made.as_str()]), "a/x");
}

#[test]
fn somebody_must_be_named() {
    let sandbox = Sandbox::new();
    sandbox.write("x", "1").commit("start");
    let request = request(&sandbox, vec![FileEdit::write(path("x"), "2")]);
    sandbox.git(["config", "--global", "--unset", "user.email"]);
    let error = fails(wait(open(&sandbox).commit(&request)), "RK-GIT-NO-IDENTITY", ErrorKind::Precondition);
    assert!(error.help().is_some_and(|help| help.contains("user.email")), "{:?}", error.help());
    let mut context = context(&sandbox);
    for (name, value) in [("GIT_AUTHOR_EMAIL", "a@b"), ("GIT_COMMITTER_EMAIL", "c@d")] {
        context.environment.set(name, value);
    }
    let vcs = try_open(&context, &sandbox.work()).expect("it opens").expect("it is found");
    let made = wait(vcs.commit(&request)).expect("the variables say who");
    assert_eq!(sandbox.git(["show", "-s", "--format=%ae %ce", made.as_str()]), "a@b c@d");
    let bot = "Release Bot <bot@example.invalid>";
    for vcs in [open(&sandbox), vcs] {
        let made = wait(vcs.commit(&request.clone().with_author(Author::of(bot)))).expect("the request says who");
        let by = sandbox.git(["show", "-s", "--format=%an <%ae>|%cn <%ce>", made.as_str()]);
        assert_eq!(by, format!("{bot}|{bot}"));
    }
}

#[test]
fn a_linked_a_sparse_and_a_partial_clone_can_commit() {
    let sandbox = Sandbox::new();
    sandbox.write("in/x", "1").write("out/y", "1").commit("start");
    sandbox.push();
    sandbox.git_in(&sandbox.remote(), ["config", "uploadpack.allowFilter", "true"]);
    sandbox.git(["worktree", "add", "--quiet", "--detach", "../linked"]);
    let partial = sandbox.clone_remote("partial", &["--filter=blob:none", "--no-checkout"]);
    let sparse = sandbox.clone_remote("sparse", &["--sparse"]);
    sandbox.git_in(&sparse, ["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    let expected = commit(&sandbox, vec![FileEdit::write(path("out/z"), "2")]).expect("it is made");
    for folder in [sandbox.path().join("linked"), partial, sparse] {
        let vcs = open_at(&sandbox, &folder);
        let made = wait(vcs.commit(&request(&sandbox, vec![FileEdit::write(path("out/z"), "2")])));
        assert_eq!(made.expect("it is made"), expected, "{}", folder.display());
    }
}

#[test]
fn commits_are_signed_as_asked_and_as_set_up() {
    let sandbox = Sandbox::new();
    sandbox.write("x", "1").commit("start");
    let Some(key) = SigningKey::make(&sandbox) else { return };
    let made = |sign: Sign| {
        let mut request = request(&sandbox, vec![FileEdit::write(path("x"), "2")]);
        request.sign = sign;
        wait(open(&sandbox).commit(&request))
    };
    let verdict = |commit: &CommitId| {
        let verdict = sandbox.git(["show", "-s", "--format=%G?", commit.as_str()]);
        let info = wait(open(&sandbox).commits(std::slice::from_ref(commit))).expect("it is here").remove(0);
        assert_eq!(info.signed, verdict != "N");
        verdict
    };
    assert_eq!(verdict(&made(Sign::Auto).expect("it is made")), "N");
    assert_eq!(verdict(&made(Sign::Require).expect("it is made")), "G");
    sandbox.git(["config", "commit.gpgSign", "true"]);
    assert_eq!(verdict(&made(Sign::Auto).expect("it is made")), "G");
    assert_eq!(verdict(&made(Sign::Never).expect("it is made")), "N");
    key.lose();
    let error = fails(made(Sign::Auto), "RK-GIT-UNSIGNED", ErrorKind::Precondition);
    assert!(error.output().is_some(), "what git printed is kept");
}
