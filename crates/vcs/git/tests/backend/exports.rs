//! Throw-away checkouts, from every kind of clone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use releasekit_core::model::{CommitId, TagName};
use releasekit_core::vcs::{ExportRequest, Tag};
use releasekit_core::{BackendError, Diagnostic, ErrorKind};
use releasekit_testkit::{Sandbox, Snapshot};

use crate::support::{fails, open, open_at, path, wait};

/// Exports a commit of a repository to a folder of this name.
fn try_export(sandbox: &Sandbox, from: &Path, commit: &str, name: &str) -> Result<PathBuf, BackendError> {
    let into = sandbox.path().join("exports").join(name);
    let commit = CommitId::new(commit);
    let tags = vec![Tag::new(TagName::new("new-v2"), commit.clone())];
    wait(open_at(sandbox, from).export(&ExportRequest::new(commit, into.clone()).with_tags(tags)))?;
    Ok(into)
}

#[track_caller]
fn export(sandbox: &Sandbox, from: &Path, commit: &str, name: &str) -> PathBuf {
    try_export(sandbox, from, commit, name).expect("it is made")
}

/// A repository with everything that checkouts stumble over, its commit to be exported, and a newer one.
fn story() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    sandbox
        .write("in/x", "1\n")
        .write("out/crlf", "1\r\n2\r\n")
        .write("ünï \"q\"", "1\n")
        .write("run.sh", "#!/bin/sh\n");
    sandbox.write(".gitattributes", "hidden export-ignore\nsubst export-subst\n").write("hidden", "1\n");
    sandbox.write("subst", "$Format:%H$\n");
    fs::set_permissions(sandbox.work().join("run.sh"), fs::Permissions::from_mode(0o755)).expect("it is ours");
    std::os::unix::fs::symlink("in/x", sandbox.work().join("link")).expect("the sandbox is writable");
    let commit = sandbox.commit("start");
    sandbox.git(["tag", "-a", "-m", "m", "v1"]);
    sandbox.write("in/x", "2\n").commit("newer");
    sandbox.push();
    (sandbox, commit)
}

#[track_caller]
fn is_complete(sandbox: &Sandbox, export: &Path, commit: &str) {
    let git = |args: &[&str]| sandbox.git_in(export, args);
    assert_eq!(git(&["rev-parse", "HEAD"]), commit);
    assert_eq!(git(&["status", "--porcelain", "--ignored"]), "");
    assert_eq!(git(&["rev-parse", "--abbrev-ref", "HEAD"]), "HEAD", "detached");
    let read = |name: &str| fs::read_to_string(export.join(name)).expect("it was written");
    let texts = ["in/x", "out/crlf", "ünï \"q\"", "hidden", "subst", "link"].map(read);
    assert_eq!(texts, ["1\n", "1\r\n2\r\n", "1\n", "1\n", "$Format:%H$\n", "1\n"]);
    let mode = |name: &str| fs::metadata(export.join(name)).expect("it was written").permissions().mode() & 0o777;
    assert_eq!((mode("in/x"), mode("run.sh"), mode("in")), (0o644, 0o755, 0o755));
}

#[test]
fn an_export_has_files_history_and_tags_and_leaves_the_users_repository_alone() {
    let (sandbox, commit) = story();
    sandbox.write("in/x", "dirty").write("untracked", "");
    fs::write(sandbox.work().join(".git/index.lock"), "held by the user").expect("it is ours");
    let before = Snapshot::with_times(&sandbox.work());
    let made = export(&sandbox, &sandbox.work(), &commit, "plain");
    assert_eq!(before.changes(&Snapshot::with_times(&sandbox.work())), Vec::<String>::new());
    is_complete(&sandbox, &made, &commit);
    assert_eq!(sandbox.git_in(&made, ["tag", "--points-at", "HEAD"]), "new-v2\nv1");
    assert_eq!(sandbox.git_in(&made, ["describe", "--match", "v*"]), "v1");
    assert_eq!(sandbox.git_in(&made, ["log", "--format=%s"]), "start");
}

#[test]
fn no_hook_runs_and_the_mask_is_ours() {
    let (sandbox, commit) = story();
    let ran = sandbox.path().join("ran");
    for name in ["post-checkout", "post-index-change", "reference-transaction"] {
        let file = sandbox.work().join(".git/hooks").join(name);
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("it is ours");
        fs::write(&file, format!("#!/bin/sh\necho {name} >> '{}'\nsleep 300\n", ran.display())).expect("it is ours");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    let made = export(&sandbox, &sandbox.work(), &commit, "hooked");
    is_complete(&sandbox, &made, &commit);
    assert!(!ran.exists());
}

#[test]
fn every_kind_of_clone_can_be_exported() {
    let (sandbox, commit) = story();
    sandbox.git_in(&sandbox.remote(), ["config", "uploadpack.allowFilter", "true"]);
    sandbox.git_in(&sandbox.remote(), ["config", "uploadpack.allowAnySHA1InWant", "true"]);
    sandbox.git(["worktree", "add", "--quiet", "--detach", "../linked"]);
    let sparse = sandbox.clone_remote("sparse", &["--sparse"]);
    sandbox.git_in(&sparse, ["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    let converted = sandbox.clone_remote("converted", &[]);
    sandbox.git_in(&converted, ["config", "core.autocrlf", "true"]);
    let partial = sandbox.clone_remote("partial", &["--filter=blob:none", "--no-checkout"]);
    let shallow = sandbox.clone_remote("shallow", &["--depth=2"]);
    let clones = [sandbox.path().join("linked"), sparse, converted, partial, shallow];
    for clone in clones {
        let name = clone.file_name().expect("it has one").to_string_lossy().into_owned();
        let made = export(&sandbox, &clone, &commit, &name);
        is_complete(&sandbox, &made, &commit);
    }
}

#[test]
fn a_filter_that_only_this_repository_knows_is_applied() {
    let sandbox = Sandbox::new();
    sandbox.git(["config", "filter.rot.clean", "tr a-z b-za"]);
    sandbox.git(["config", "filter.rot.smudge", "tr b-za a-z"]);
    sandbox.git(["config", "filter.rot.required", "true"]);
    let commit = sandbox.write(".gitattributes", "*.rot filter=rot\n").write("x.rot", "abc\n").commit("start");
    assert_eq!(sandbox.git(["show", "HEAD:x.rot"]), "bcd", "the filter is at work");
    let made = export(&sandbox, &sandbox.work(), &commit, "filtered");
    assert_eq!(fs::read_to_string(made.join("x.rot")).expect("it was written"), "abc\n");
    assert_eq!(sandbox.git_in(&made, ["status", "--porcelain"]), "");
    sandbox.git(["config", "filter.rot.clean", "date +%N"]);
    let broken = try_export(&sandbox, &sandbox.work(), &commit, "broken");
    let error = fails(broken, "RK-GIT-EXPORT-DIFFERS", ErrorKind::Precondition);
    assert!(error.to_string().ends_with("differs from it in `x.rot`"), "{error}");
}

#[test]
fn attributes_convert_nothing_and_filters_are_kept() {
    let sandbox = Sandbox::new();
    sandbox.git(["config", "filter.rot.clean", "tr a-z b-za"]);
    sandbox.git(["config", "filter.rot.smudge", "tr b-za a-z"]);
    sandbox.write(
        ".gitattributes",
        "crlf.txt text eol=crlf\nident.txt ident\n*.rot filter=rot ident\nwide.txt working-tree-encoding=UTF-16LE\n",
    );
    sandbox.write("crlf.txt", "a\nb\n").write("ident.txt", "$Id$\n").write("x.rot", "abc\n").write("plain", "a\r\n");
    sandbox.write("wide.txt", "h\0i\0");
    fs::write(sandbox.work().join(".git/info/attributes"), "sub/*.txt eol=crlf").expect("it is ours");
    let commit = sandbox.write("sub/own.txt", "a\n").commit("start");
    assert_eq!(sandbox.git(["show", "HEAD:wide.txt"]), "hi", "the encoding is at work");
    let made = export(&sandbox, &sandbox.work(), &commit, "converted");
    let read = |name: &str| fs::read_to_string(made.join(name)).expect("it was written");
    let texts = ["crlf.txt", "ident.txt", "x.rot", "plain", "wide.txt", "sub/own.txt"].map(read);
    assert_eq!(texts, ["a\nb\n", "$Id$\n", "abc\n", "a\r\n", "hi", "a\n"]);
    assert_eq!(sandbox.git_in(&made, ["status", "--porcelain"]), "");
}

#[test]
fn a_link_that_leads_out_is_named_and_nothing_is_exported() {
    let links = [("docs/README.md", "/etc/passwd"), ("a/b", "../.."), ("git", ".git/config"), ("folder", "..")];
    for (link, target) in links {
        let sandbox = Sandbox::new();
        sandbox.write("x", "1\n");
        let at = sandbox.work().join(link);
        fs::create_dir_all(at.parent().expect("it is in a folder")).expect("it is ours");
        std::os::unix::fs::symlink(target, &at).expect("it is ours");
        let commit = sandbox.commit("start");
        let error = fails(
            try_export(&sandbox, &sandbox.work(), &commit, "linked"),
            "RK-GIT-LINK-OUTSIDE",
            ErrorKind::Precondition,
        );
        assert_eq!(error.to_string(), format!("`{link}` is a link that leads out of the repository"));
    }
}

#[test]
fn a_link_that_leads_nowhere_is_nobodys_business() {
    let sandbox = Sandbox::new();
    for (link, target) in [("broken", "/not/there"), ("up", "../../../../not/there"), ("circle", "circle")] {
        std::os::unix::fs::symlink(target, sandbox.work().join(link)).expect("it is ours");
    }
    let commit = sandbox.commit("start");
    let made = export(&sandbox, &sandbox.work(), &commit, "broken");
    assert!(made.join("broken").is_symlink());
}

#[test]
fn submodules_come_from_the_users_own() {
    let inner = Sandbox::new();
    inner.write("deep/y", "inner\n").commit("inner");
    inner.push();
    let sandbox = Sandbox::new();
    sandbox.git(["submodule", "--quiet", "add", &inner.remote_url(), "vendor/sub"]);
    let commit = sandbox.commit("start");
    fs::rename(inner.remote(), inner.path().join("moved away")).expect("it is ours");
    let before = Snapshot::with_times(&sandbox.work());
    let made = export(&sandbox, &sandbox.work(), &commit, "with-submodule");
    assert_eq!(before.changes(&Snapshot::with_times(&sandbox.work())), Vec::<String>::new());
    assert_eq!(fs::read_to_string(made.join("vendor/sub/deep/y")).expect("it was written"), "inner\n");
    assert_eq!(sandbox.git_in(&made, ["status", "--porcelain"]), "");
}

#[test]
fn an_export_goes_to_an_empty_folder_outside_of_repositories() {
    let (sandbox, commit) = story();
    let vcs = open_at(&sandbox, &sandbox.work());
    let into = |folder: PathBuf| ExportRequest::new(CommitId::new(&*commit), folder);
    for folder in [sandbox.path().join("home"), sandbox.work().join("below")] {
        let error = fails(wait(vcs.export(&into(folder))), "RK-GIT-FOLDER", ErrorKind::Precondition);
        assert!(error.help().is_some_and(|help| help.contains("XDG_CACHE_HOME")), "{error}");
    }
    assert!(!sandbox.work().join("below/.git").exists());
}

/// Build backends ask for the tags of HEAD, and whether a tracked file differs from it.
#[test]
fn an_export_may_have_one_tag_alone_and_hide_what_is_pinned() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "1").commit("one");
    sandbox.git(["tag", "a-v1"]);
    let commit = sandbox.write("a", "2").commit("two");
    sandbox.git(["tag", "b-v2"]);
    sandbox.git(["tag", "-a", "-m", "annotated", "c-v3"]);
    let (vcs, into, commit) = (open(&sandbox), sandbox.path().join("alone"), CommitId::new(&*commit));
    let tag = Tag::new(TagName::new("a-v2"), commit.clone());
    wait(vcs.export(&ExportRequest::new(commit, into.clone()).with_tag_alone(tag))).expect("it is made");
    let git = |args: &[&str]| releasekit_testkit::run(sandbox.command("git").args(args).current_dir(&into)).ok();
    assert_eq!(git(&["tag"]).lines().collect::<Vec<_>>(), ["a-v1", "a-v2"], "older ones stay");
    std::fs::write(into.join("a"), "pinned").expect("the sandbox is writable");
    assert_eq!(git(&["describe", "--tags", "--dirty"]).trim(), "a-v2-dirty");
    wait(vcs.hide(&into, &[path("a")])).expect("it is tracked");
    assert_eq!(git(&["describe", "--tags", "--dirty", "--long"]).trim().split("-g").next(), Some("a-v2-0"));
    assert_eq!(git(&["status", "--porcelain"]), "");
}
