//! Where a command is started from: a subdirectory, a linked work tree, a shallow clone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use releasekit_e2e::{Journey, Merge, Role, Scene};
use releasekit_testkit::Ran;

/// Two packages that were released once, with a fix in the lower one.
#[track_caller]
fn begin(scene: &Scene) -> Journey {
    let (journey, _) = Journey::with_fix(scene);
    journey.sandbox().push();
    journey
}

/// Commands that only answer, which work wherever there is a repository.
const ANSWERS: [&[&str]; 8] =
    [&[], &["discover"], &["graph"], &["config", "show"], &["plan"], &["version"], &["should-release"], &["status"]];

/// Goes the whole way with every command started in the folder.
#[track_caller]
fn goes_the_whole_way(journey: &Journey, folder: &Path) {
    let run = |args: &[&str]| releasekit_testkit::run(journey.command(args).current_dir(folder));
    for args in ANSWERS {
        run(args).ok();
    }
    run(&["explain", journey.name(Role::Top)]).ok();
    run(&["prepare"]).ok();
    let head = journey.merge(Merge::Commit);
    journey.sandbox().git_in(folder, ["fetch", "--quiet", "origin"]);
    journey.sandbox().git_in(folder, ["merge", "--quiet", "--ff-only", "origin/main"]);
    run(&["release", "--yes"]).ok();
    assert_eq!(journey.remote_tag(&journey.tag(Role::Base, "0.1.1")), Some(head));
    run(&["build", "--out", &journey.sandbox().path().join("out").to_string_lossy()]).ok();
    run(&["publish", "--yes"]).ok();
    journey.stores(&[journey.pair("0.1.0"), journey.pair("0.1.1")]);
    run(&["status"]).ok();
}

pub(crate) fn every_command_works_from_a_subdirectory(scene: &Scene) {
    let journey = begin(scene);
    let source = journey.world().source(Role::Top);
    let folder = Path::new(&source).parent().expect("a source lies in a folder");
    goes_the_whole_way(&journey, &journey.sandbox().work().join(folder));
}

pub(crate) fn every_command_works_in_a_linked_work_tree(scene: &Scene) {
    let journey = begin(scene);
    let linked = journey.sandbox().path().join("linked");
    journey.sandbox().git(["worktree", "add", "--quiet", "-b", "elsewhere", &linked.to_string_lossy()]);
    goes_the_whole_way(&journey, &linked);
    let state = journey.sandbox().work().join(".git/releasekit");
    assert!(state.is_dir(), "state is shared by linked work trees");
}

/// Files that are staged, changed, new and ignored, and an index that somebody else is writing.
pub(crate) fn work_in_progress_is_left_alone(scene: &Scene) {
    let journey = begin(scene);
    let lock = journey.sandbox().work().join(".git/index.lock");
    let mess = || {
        journey.sandbox().write("staged.txt", "staged\n").git(["add", "staged.txt"]);
        journey.sandbox().write("staged.txt", "and changed\n").write("new.txt", "new\n").write("dist/x", "ignored\n");
        journey.sandbox().write(journey.world().source(Role::Top), "broken\n");
        fs::write(&lock, "").expect("the sandbox is writable");
        journey.checkout()
    };
    let tidy = || {
        fs::remove_file(&lock).expect("it was made");
        journey.sandbox().git(["reset", "--quiet", "--hard"]);
        journey.sandbox().git(["clean", "--quiet", "--force", "-d", "-x"]);
    };
    let before = mess();
    let ran = journey.releasekit(["prepare"]).code(0);
    assert!(ran.stderr.contains("uncommitted"), "it warns\n{ran}");
    before.assert_same(&journey.checkout());
    tidy();
    journey.merge(Merge::Commit);
    for args in [["release", "--yes"], ["publish", "--yes"]] {
        let before = mess();
        journey.releasekit(args).ok();
        before.assert_same(&journey.checkout());
        tidy();
    }
    journey.stores(&[journey.pair("0.1.0"), journey.pair("0.1.1")]);
}

pub(crate) fn hooks_of_the_user_do_not_run(scene: &Scene) {
    let journey = begin(scene);
    let hooks = journey.sandbox().work().join(".git/hooks");
    let names = ["pre-commit", "commit-msg", "pre-push", "post-checkout", "post-index-change", "reference-transaction"];
    let with_hooks = |args: &[&str]| {
        for name in names {
            let hook = hooks.join(name);
            fs::create_dir_all(&hooks).expect("the sandbox is writable");
            fs::write(&hook, "#!/bin/sh\ntouch \"$TMPDIR/hooked\"\nexit 1\n").expect("the sandbox is writable");
            fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("the sandbox is writable");
        }
        releasekit_testkit::run(&mut journey.command(args)).ok();
        names.iter().for_each(|name| fs::remove_file(hooks.join(name)).expect("it was made"));
    };
    with_hooks(&["prepare"]);
    journey.merge(Merge::Commit);
    with_hooks(&["release", "--yes"]);
    with_hooks(&["publish", "--yes"]);
    assert!(!journey.sandbox().path().join("tmp/hooked").exists(), "a hook ran");
}

#[track_caller]
fn refuses(ran: Ran, code: &str, help: &str) {
    let ran = ran.code(5);
    assert!(ran.stderr.contains(code) && ran.stderr.contains(help), "{code} and `{help}` are expected\n{ran}");
}

pub(crate) fn a_shallow_clone_says_why_not_and_what_helps(scene: &Scene) {
    let journey = begin(scene);
    let shallow = journey.clone("shallow", &["--depth", "1"]);
    let run = |args: &[&str]| releasekit_testkit::run(journey.command(args).current_dir(&shallow));
    // What only reads files does its job.
    for args in [&["discover"][..], &["graph"], &["config", "show"]] {
        run(args).ok();
    }
    for args in [&["plan"][..], &["version"], &["explain", journey.name(Role::Top)], &["should-release"], &["prepare"]]
    {
        refuses(run(args), "RK-GIT-SHALLOW", "git fetch --unshallow --tags");
    }
    assert_eq!(journey.branch_tip(), None, "nothing is proposed from half a history");
    journey.sandbox().git_in(&shallow, ["fetch", "--quiet", "--unshallow", "--tags"]);
    run(&["prepare"]).ok();
    assert!(journey.branch_tip().is_some(), "what the help says helps");
}

pub(crate) fn publish_needs_one_commit_only(scene: &Scene) {
    let journey = begin(scene);
    journey.released();
    let shallow = journey.clone("shallow", &["--depth", "1"]);
    journey.releasekit_in(&shallow, ["publish", "--yes"]).ok();
    journey.stores(&[journey.pair("0.1.0"), journey.pair("0.1.1")]);
}

pub(crate) fn release_never_takes_a_commit_whose_parents_are_cut(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared().merge(Merge::Squash);
    let shallow = journey.clone("shallow", &["--depth", "1"]);
    refuses(journey.releasekit_in(&shallow, ["release", "--yes"]), "RK-GIT-SHALLOW", "git fetch --unshallow --tags");
    assert_eq!(journey.remote_tag(&journey.tag(Role::Base, "0.1.1")), None);
}

pub(crate) fn a_clone_without_tags_is_refused_where_it_matters(scene: &Scene) {
    let journey = begin(scene);
    let bare = journey.clone("tagless", &["--no-tags"]);
    refuses(journey.releasekit_in(&bare, ["prepare"]), "RK-GIT-TAGS-MISSING", "git fetch --tags");
    assert_eq!(journey.branch_tip(), None);
}
