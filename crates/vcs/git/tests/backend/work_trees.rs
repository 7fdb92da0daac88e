//! The files on disk, and what of them differs from HEAD.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use releasekit_core::{Diagnostic, ErrorKind, FileEdit, Tree};
use releasekit_testkit::{Sandbox, Snapshot};
use rustix::fs::{FileType, Mode};

use crate::support::{fails, open, open_at, path, wait};

fn listed(tree: &dyn Tree) -> Vec<String> {
    tree.files().expect("they are listed").iter().map(ToString::to_string).collect()
}

fn read(tree: &dyn Tree, file: &str) -> Option<String> {
    let content = tree.read(&path(file)).expect("it is read");
    content.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[test]
fn tracked_and_unignored_files_are_listed_as_far_as_they_are_there() {
    let sandbox = Sandbox::new();
    sandbox
        .write(".gitignore", "*.log\nbuild/\n!keep.log\n")
        .write("a/x", "1")
        .write("a/gone", "")
        .write("z/tracked.log", "");
    sandbox.write("build/kept", "").git(["add", "--force", "--all"]);
    sandbox.commit("start");
    fs::remove_file(sandbox.work().join("a/gone")).expect("it is there");
    sandbox
        .write("a/new", "")
        .write("a/new.log", "")
        .write("a/keep.log", "")
        .write("build/out", "")
        .write("deep/er/y", "");
    sandbox.write("a/.gitignore", "secret\n").write("a/secret", "");
    let tree = wait(open(&sandbox).work_tree()).expect("there is a work tree");
    let expected =
        [".gitignore", "a/.gitignore", "a/keep.log", "a/new", "a/x", "build/kept", "deep/er/y", "z/tracked.log"];
    assert_eq!(listed(&*tree), expected);
    let git = sandbox.git(["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"]);
    let mut git: Vec<&str> = git.lines().filter(|file| *file != "a/gone").collect();
    git.sort_unstable();
    assert_eq!(git, expected, "git lists the same");
    assert_eq!(read(&*tree, "a/x").as_deref(), Some("1"));
    assert_eq!(read(&*tree, "a/gone"), None);
    assert_eq!(read(&*tree, "a"), None);
}

#[test]
fn the_users_own_ignore_files_count() {
    let sandbox = Sandbox::new();
    sandbox.commit("start");
    let home = sandbox.path().join("home");
    fs::create_dir_all(home.join(".config/git")).expect("the sandbox is writable");
    fs::write(home.join(".config/git/ignore"), "*.swp\n").expect("the sandbox is writable");
    fs::write(sandbox.work().join(".git/info/exclude"), "*.mine\n").expect("git made the folder");
    sandbox.write("x", "").write("x.swp", "").write("x.mine", "").write("x.own", "");
    let list = || listed(&*wait(open(&sandbox).work_tree()).expect("there is a work tree"));
    assert_eq!(list(), ["x", "x.own"]);
    fs::write(home.join("own-ignore"), "*.own\n").expect("the sandbox is writable");
    sandbox.git(["config", "--global", "core.excludesFile", "~/own-ignore"]);
    assert_eq!(list(), ["x", "x.swp"], "a file that is named takes the place of the default one");
    fs::write(home.join("local-ignore"), "x.*\n").expect("the sandbox is writable");
    sandbox.git(["config", "core.excludesFile", &home.join("local-ignore").to_string_lossy()]);
    assert_eq!(list(), ["x"], "the repository's own setting wins");
}

#[test]
fn links_are_followed_to_files_inside_and_nowhere_else() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("outside"), "secret").expect("the sandbox is writable");
    sandbox.write("a/x", "1").write(".gitignore", ".env\n").commit("start");
    sandbox.write(".env", "secret").write("new", "");
    let work = sandbox.work();
    rustix::fs::mknodat(rustix::fs::CWD, work.join("pipe"), FileType::Fifo, Mode::RWXU, 0).expect("it is ours");
    let links = [
        ("a/x", "to-x"),
        ("a", "to-a"),
        ("../outside", "out"),
        ("/etc/passwd", "abs"),
        ("no", "broken"),
        (".git/config", "git"),
        (".env", "ignored"),
        ("new", "to-new"),
        ("out", "chain"),
        ("..", "above"),
        ("pipe", "to-pipe"),
        ("/dev/zero", "device"),
    ];
    for (target, link) in links {
        symlink(target, work.join(link)).expect("the sandbox is writable");
    }
    let tree = wait(open(&sandbox).work_tree()).expect("there is a work tree");
    let mut all: Vec<&str> = links.iter().map(|(_, link)| *link).chain([".gitignore", "a/x", "new"]).collect();
    all.sort_unstable();
    assert_eq!(listed(&*tree), all);
    assert_eq!(tree.links().expect("they are listed").len(), links.len());
    assert_eq!(read(&*tree, "to-x").as_deref(), Some("1"));
    for nothing in ["to-a", "to-a/x", "broken", "", "a/x/y", "pipe", "to-pipe"] {
        assert_eq!(read(&*tree, nothing), None, "{nothing}");
    }
    for (refused, link) in [
        ("out", "out"),
        ("abs", "abs"),
        ("git", "git"),
        ("ignored", "ignored"),
        ("to-new", "to-new"),
        ("chain", "out"),
        ("above/outside", "above"),
        ("device", "device"),
    ] {
        let error = fails(tree.read(&path(refused)), "RK-GIT-LINK-OUTSIDE", ErrorKind::Precondition);
        assert!(error.to_string().contains(&format!("`{link}` is a link that leads")), "{refused}: {error}");
        assert!(error.help().is_some_and(|help| help.contains(link)), "{refused}");
    }
}

#[test]
fn other_repositories_inside_are_not_entered() {
    let sandbox = Sandbox::new();
    sandbox.write("x", "").commit("start");
    sandbox.push();
    sandbox.git(["submodule", "--quiet", "add", &sandbox.remote_url(), "sub"]);
    sandbox.git(["init", "--quiet", "nested"]);
    sandbox.write("nested/y", "");
    let tree = wait(open(&sandbox).work_tree()).expect("there is a work tree");
    assert_eq!(listed(&*tree), [".gitmodules", "x"]);
    assert_eq!(*tree.nested().expect("they are listed"), [path("sub")], "a submodule is this repository's to name");
}

#[test]
fn status_names_what_differs_and_takes_no_lock() {
    let sandbox = Sandbox::new();
    sandbox.write("a b", "1").write("gone", "1").write("staged", "1").write("same", "1").commit("start");
    sandbox.write("a b", "2").write("new/ü", "1").write("staged", "2");
    sandbox.git(["add", "staged"]);
    fs::remove_file(sandbox.work().join("gone")).expect("it is there");
    fs::write(sandbox.work().join(".git/index.lock"), "").expect("it is ours");
    let before = Snapshot::of(&sandbox.work());
    let found = wait(open(&sandbox).status()).expect("git says");
    assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a b", "gone", "new/ü", "staged"]);
    assert_eq!(before.changes(&Snapshot::of(&sandbox.work())), Vec::<String>::new());
}

#[test]
fn a_sparse_checkout_leaves_nothing_out() {
    let sandbox = Sandbox::new();
    sandbox.write("in/x", "1").write("out/y", "1").commit("start");
    for options in [["--cone", "--sparse-index"], ["--cone", "--no-sparse-index"]] {
        sandbox.git(["sparse-checkout", "set"].iter().chain(&options).chain(&["in"]));
        let tree = wait(open_at(&sandbox, &sandbox.work()).work_tree()).expect("there is a work tree");
        assert_eq!(listed(&*tree), ["in/x", "out/y"], "{options:?}");
        assert_eq!(tree.read(&path("out/y")).expect("it is in the index"), Some(b"1".to_vec()));
        sandbox.write("out/y", "mine");
        assert_eq!(tree.read(&path("out/y")).expect("it is on disk"), Some(b"mine".to_vec()));
        std::fs::remove_dir_all(sandbox.work().join("out")).expect("the sandbox is writable");
        assert_eq!(tree.read(&path("in/y")).expect("it is nowhere"), None);
    }
    let commit = wait(open(&sandbox).tree(&crate::support::head(&sandbox))).expect("there is a tree");
    assert_eq!(listed(&*commit), ["in/x", "out/y"]);
}

#[test]
fn files_are_written_as_an_editor_writes_them() {
    let sandbox = Sandbox::new();
    sandbox.write("a/lock", "old").write("gone", "").write("run", "old");
    fs::set_permissions(sandbox.work().join("run"), fs::Permissions::from_mode(0o755)).expect("it is ours");
    sandbox.commit("start");
    let index = fs::read(sandbox.work().join(".git/index")).expect("there is one");
    let edits = [
        FileEdit::write(path("a/lock"), "new"),
        FileEdit::write(path("a/more"), "more"),
        FileEdit::write(path("run"), "new"),
        FileEdit::delete(path("gone")),
        FileEdit::delete(path("never/there")),
    ];
    wait(open(&sandbox).write_work_tree(&edits)).expect("it is written");
    assert_eq!(
        (sandbox.read("a/lock"), sandbox.read("a/more"), sandbox.read("run")),
        ("new".into(), "more".into(), "new".into())
    );
    assert!(!sandbox.work().join("gone").exists());
    let mode = fs::metadata(sandbox.work().join("run")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
    assert_eq!(fs::read(sandbox.work().join(".git/index")).expect("there is one"), index, "nothing is staged");
}

/// It is no folder of ours that is to be mended then.
#[test]
fn a_file_that_the_system_refuses_to_write_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("file", "old").commit("start");
    let written = wait(open(&sandbox).write_work_tree(&[FileEdit::write(path("file/lock"), "new")]));
    let error = fails(written, "RK-GIT-FILE-UNWRITABLE", ErrorKind::Precondition);
    assert!(error.to_string().contains("`file/lock`"), "{error}");
}

#[test]
fn nothing_is_written_through_a_link_nor_beside_one() {
    let sandbox = Sandbox::new();
    sandbox.write("real", "old").write("folder/file", "old").commit("start");
    let work = sandbox.work();
    fs::write(sandbox.path().join("outside"), "old").expect("the sandbox is writable");
    symlink("real", work.join("inside")).expect("a link");
    symlink("../outside", work.join("leads-out")).expect("a link");
    symlink("folder", work.join("linked")).expect("a link");
    for place in ["inside", "leads-out", "linked/file", "folder"] {
        let edits = [FileEdit::write(path("folder/file"), "new"), FileEdit::write(path(place), "new")];
        let written = wait(open(&sandbox).write_work_tree(&edits));
        fails(written, "RK-GIT-LINK-OUTSIDE", ErrorKind::Precondition);
        assert_eq!((sandbox.read("real"), sandbox.read("folder/file")), ("old".into(), "old".into()), "{place}");
    }
    assert_eq!(fs::read_to_string(sandbox.path().join("outside")).expect("it is there"), "old");
}
