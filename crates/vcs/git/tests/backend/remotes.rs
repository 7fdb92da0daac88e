//! What is asked of remotes and sent to them.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;

use releasekit_core::model::ObjectId;
use releasekit_core::vcs::{Pushed, RefUpdate};
use releasekit_core::{BackendError, Diagnostic, ErrorKind};
use releasekit_testkit::{Sandbox, Snapshot};

use crate::refs::{branch, tag};
use crate::support::{context, fails, open, open_at, try_open, wait};

fn push(sandbox: &Sandbox, updates: &[RefUpdate]) -> Result<Pushed, BackendError> {
    wait(open(sandbox).push("origin", updates))
}

#[track_caller]
fn accepted(sandbox: &Sandbox, updates: &[RefUpdate]) {
    let pushed = push(sandbox, updates).expect("the push is tried");
    assert!(matches!(pushed, Pushed::Accepted), "{pushed:?}");
}

#[track_caller]
fn refused(sandbox: &Sandbox, updates: &[RefUpdate]) -> Result<(), BackendError> {
    match push(sandbox, updates)? {
        Pushed::Refused(error) => Err(error),
        other => panic!("{other:?}"),
    }
}

fn hook(folder: &Path, name: &str, script: &str) {
    let file = folder.join("hooks").join(name);
    fs::create_dir_all(folder.join("hooks")).expect("it is ours");
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("it is ours");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

fn remote_refs(sandbox: &Sandbox) -> String {
    sandbox.refs(&sandbox.remote())
}

#[test]
fn the_refs_of_a_remote_are_listed_with_its_default_branch() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    sandbox.git(["tag", "-a", "-m", "m", "noted"]);
    sandbox.git(["tag", "light"]);
    sandbox.git(["branch", "a/b"]);
    sandbox.git(["push", "--quiet", "origin", "--all"]);
    sandbox.push();
    let found = wait(open(&sandbox).remote_refs("origin")).expect("it answers");
    assert_eq!(found.default_branch.as_ref().map(|branch| branch.as_str()), Some("main"));
    let names: Vec<_> = found.refs.iter().map(|found| found.name.to_string()).collect();
    assert_eq!(names, ["branch `a/b`", "branch `main`", "tag `light`", "tag `noted`"]);
    assert!(found.refs.iter().all(|found| found.commit.as_str() == one));
    assert_eq!(found.refs[3].object.as_str(), sandbox.git(["rev-parse", "noted"]));
    assert!(found.aliases.is_empty(), "{:?}", found.aliases);
    sandbox.git_in(&sandbox.remote(), ["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    let found = wait(open(&sandbox).remote_refs("origin")).expect("it answers");
    assert_eq!(found.aliases.iter().map(|alias| alias.as_str()).collect::<Vec<_>>(), ["alias"]);
}

#[test]
fn remotes_are_known_by_name_and_lose_their_credentials() {
    let sandbox = Sandbox::new();
    sandbox.commit("one");
    let vcs = open(&sandbox);
    assert_eq!(wait(vcs.remote_url("origin")).expect("it is read"), Some(sandbox.remote_url()));
    for name in ["upstream", "--all", ""] {
        assert_eq!(wait(vcs.remote_url(name)).expect("it is read"), None, "{name}");
        fails(wait(vcs.remote_refs(name)), "RK-GIT-NO-REMOTE", ErrorKind::Precondition);
    }
    sandbox.git(["config", "url.https://me:s3cret@127.0.0.1:9/.insteadOf", "gh:"]);
    sandbox.git(["remote", "add", "far", "gh:owner/name"]);
    assert_eq!(wait(vcs.remote_url("far")).expect("it is read").as_deref(), Some("https://127.0.0.1:9/owner/name"));
    let error = fails(wait(vcs.remote_refs("far")), "RK-GIT-REMOTE-UNREACHABLE", ErrorKind::Transient);
    assert!(error.help().is_some_and(|help| help.contains("git ls-remote far")), "{:?}", error.help());
    let said = format!("{error} {error:?} {:?}", error.output());
    assert!(!said.contains("s3cret") && said.contains("127.0.0.1"), "{said}");
}

#[test]
fn a_remote_that_is_gone_or_off_limits_is_told() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    sandbox.git(["remote", "add", "gone", "/not/there"]);
    sandbox.git(["remote", "add", "far", "https://127.0.0.1:9/x"]);
    let vcs = open(&sandbox);
    fails(wait(vcs.remote_refs("gone")), "RK-GIT-REMOTE-UNREACHABLE", ErrorKind::Transient);
    let pushed = wait(vcs.push("gone", &[tag("v1", Some(&one), None)])).expect("it is tried");
    assert!(
        matches!(&pushed, Pushed::Refused(error) if error.code().as_str() == "RK-GIT-REMOTE-UNREACHABLE"),
        "{pushed:?}"
    );
    let offline = context(&sandbox).with_offline(true);
    let vcs = try_open(&offline, &sandbox.work()).expect("it opens").expect("it is found");
    fails(wait(vcs.remote_refs("far")), "RK-GIT-OFFLINE", ErrorKind::Precondition);
    fails(wait(vcs.push("far", &[tag("v1", Some(&one), None)])), "RK-GIT-OFFLINE", ErrorKind::Precondition);
    wait(vcs.remote_refs("origin")).expect("a folder of this machine is no network");
}

#[test]
fn a_push_sets_only_the_named_refs_and_again_is_the_same() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let two = sandbox.commit("two");
    sandbox.git(["tag", "-a", "-m", "m", "not-asked-for"]);
    sandbox.git(["config", "push.followTags", "true"]);
    hook(&sandbox.work().join(".git"), "pre-push", "sleep 300; exit 1");
    let steps = [
        vec![branch("main", Some(&one), None), tag("v1", Some(&one), None)],
        vec![branch("main", Some(&two), Some(&one)), branch("release", Some(&two), None)],
        vec![branch("release", Some(&one), Some(&two))],
        vec![branch("release", None, Some(&one)), tag("v1", None, Some(&one))],
    ];
    let expected = [
        format!("{one} refs/heads/main\n{one} refs/tags/v1"),
        format!("{two} refs/heads/main\n{two} refs/heads/release\n{one} refs/tags/v1"),
        format!("{two} refs/heads/main\n{one} refs/heads/release\n{one} refs/tags/v1"),
        format!("{two} refs/heads/main"),
    ];
    for (step, expected) in steps.iter().zip(expected) {
        for _ in 0..2 {
            accepted(&sandbox, step);
            assert_eq!(remote_refs(&sandbox), expected);
        }
    }
    accepted(&sandbox, &[]);
}

#[test]
fn a_stale_expectation_refuses_all_of_it() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let two = sandbox.commit("two");
    sandbox.push();
    sandbox.git_in(&sandbox.remote(), ["update-ref", "refs/tags/taken", &one]);
    let before = remote_refs(&sandbox);
    let cases = [
        (tag("taken", Some(&two), None), "refs/tags/taken"),
        (branch("main", Some(&one), Some(&one)), "refs/heads/main"),
        (tag("none", Some(&two), Some(&one)), "refs/tags/none"),
    ];
    for (stale, name) in cases {
        let result = refused(&sandbox, &[tag("v1", Some(&two), None), stale]);
        let error = fails(result, "RK-GIT-PUSH-REJECTED", ErrorKind::Conflict);
        assert!(error.to_string().contains(&format!("{name} [rejected]")), "{error}");
        assert!(error.help().is_some_and(|help| help.contains("run the same command again")), "{error}");
        assert_eq!(remote_refs(&sandbox), before, "all or nothing");
    }
}

#[test]
fn a_server_that_declines_is_quoted() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let update = [branch("main", Some(&one), None)];
    hook(&sandbox.remote(), "pre-receive", "echo 'branch is protected by rule 7' >&2; exit 1");
    let error = fails(refused(&sandbox, &update), "RK-GIT-PUSH-REJECTED", ErrorKind::Conflict);
    assert!(error.output().is_some_and(|output| output.contains("rule 7")), "{:?}", error.output());
    assert_eq!(error.help(), None, "another run would be declined too");
    fs::remove_file(sandbox.remote().join("hooks/pre-receive")).expect("it is ours");
    hook(&sandbox.remote(), "update", "echo 'not this one' >&2; exit 1");
    fails(refused(&sandbox, &update), "RK-GIT-PUSH-REJECTED", ErrorKind::Conflict);
    assert_eq!(remote_refs(&sandbox), "");
}

#[test]
fn a_push_without_an_answer_is_unknown_and_accepted_when_asked_again() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let update = [branch("main", Some(&one), None), tag("v1", Some(&one), None)];
    // The hook runs when the refs are set, and takes the server down before it has said so.
    hook(&sandbox.remote(), "reference-transaction", "test \"$1\" = committed && kill -9 $PPID; exit 0");
    let pushed = push(&sandbox, &update).expect("the push is tried");
    let Pushed::Unknown(error) = pushed else { panic!("{pushed:?}") };
    fails(Err::<(), _>(error), "RK-GIT-REMOTE-UNREACHABLE", ErrorKind::Transient);
    let there = remote_refs(&sandbox);
    assert!(there.contains("refs/heads/main"), "the server took it: {there}");
    fs::remove_file(sandbox.remote().join("hooks/reference-transaction")).expect("it is ours");
    accepted(&sandbox, &update);
}

#[test]
fn a_push_that_lost_to_the_same_push_is_accepted() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let two = sandbox.commit("two");
    sandbox.git(["push", "--quiet", "origin", &format!("{two}:refs/heads/other"), &format!("{one}:refs/heads/main")]);
    // While our push is under way, somebody else's brings the same commit.
    let other = format!(
        "env -i PATH=\"$PATH\" git --git-dir='{}' update-ref refs/heads/main {two}",
        sandbox.remote().display()
    );
    hook(&sandbox.remote(), "pre-receive", &other);
    accepted(&sandbox, &[branch("main", Some(&two), Some(&one))]);
}

#[test]
fn objects_are_fetched_and_nothing_else_changes() {
    let sandbox = Sandbox::new();
    sandbox.commit("one");
    sandbox.push();
    let clone = sandbox.clone_remote("clone", &[]);
    sandbox.git(["checkout", "--quiet", "-b", "side"]);
    let side = sandbox.write("x", "1").commit("side");
    sandbox.git(["tag", "-a", "-m", "m", "v1"]);
    let noted = sandbox.git(["rev-parse", "v1"]);
    sandbox.git(["push", "--quiet", "--tags", "origin", "side"]);
    let settled = || Snapshot::of(&clone).only(|path| !path.starts_with(".git/objects"));
    let before = settled();
    let vcs = open_at(&sandbox, &clone);
    let objects = [ObjectId::new(&*side), ObjectId::new(noted)];
    for _ in 0..2 {
        wait(vcs.fetch("origin", &objects)).expect("the remote has them");
        assert_eq!(before.changes(&settled()), Vec::<String>::new());
    }
    let found = wait(vcs.commits(&[releasekit_core::model::CommitId::new(&*side)])).expect("it is here now");
    assert_eq!(found[0].message.trim(), "side");
    let lacking = [ObjectId::new("1".repeat(40))];
    fails(wait(vcs.fetch("origin", &lacking)), "RK-GIT-NOT-ON-REMOTE", ErrorKind::NotFound);
}

#[test]
fn a_server_that_hides_what_no_ref_shows_is_asked_for_the_ref() {
    let sandbox = Sandbox::new();
    sandbox.commit("one");
    sandbox.push();
    let clone = sandbox.clone_remote("clone", &[]);
    // The first version of the protocol refuses objects that no ref shows.
    sandbox.git(["config", "--global", "protocol.version", "0"]);
    let hidden = sandbox.commit("hidden behind the tip");
    let tip = sandbox.commit("tip");
    sandbox.push();
    let vcs = open_at(&sandbox, &clone);
    wait(vcs.fetch("origin", &[ObjectId::new(&*hidden)])).expect("all branches have it");
    assert!(sandbox.try_git(&clone, ["cat-file", "-e", &tip]).success());
}

#[test]
fn a_shallow_clone_fetches_what_stands_on_its_boundary_and_what_lies_behind_it() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    sandbox.commit("two");
    sandbox.commit("three");
    sandbox.push();
    let clone = sandbox.clone_remote("clone", &["--depth=1"]);
    sandbox.git(["checkout", "--quiet", "-b", "side"]);
    let side = sandbox.commit("side");
    sandbox.git(["push", "--quiet", "origin", "side"]);
    let vcs = open_at(&sandbox, &clone);
    wait(vcs.fetch("origin", &[ObjectId::new(&*side)])).expect("the remote has it");
    assert_eq!(sandbox.git_in(&clone, ["rev-list", "--count", &side]), "2", "no deeper than before");
    wait(vcs.fetch("origin", &[ObjectId::new(&*one)])).expect("the remote has it");
    assert_eq!(sandbox.git_in(&clone, ["rev-list", "--count", &one]), "1");
    assert!(wait(vcs.head()).expect("there is a commit").shallow);
}

/// Answers every request on loopback with one status line, and gives the port.
fn answer(status: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap_or(0);
            assert!(length > 0, "a request was sent");
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).expect("git reads the answer");
        }
    });
    port
}

#[test]
fn credentials_that_are_missing_or_too_weak_are_told_apart() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let cases = [
        ("401 Unauthorized\r\nWWW-Authenticate: Basic realm=x", "RK-GIT-UNAUTHENTICATED", ErrorKind::Unauthenticated),
        ("403 Forbidden", "RK-GIT-FORBIDDEN", ErrorKind::Forbidden),
        ("404 Not Found", "RK-GIT-REMOTE-UNREACHABLE", ErrorKind::Transient),
        ("503 Service Unavailable", "RK-GIT-REMOTE-UNREACHABLE", ErrorKind::Transient),
    ];
    for (status, code, kind) in cases {
        let url = format!("http://127.0.0.1:{}/x.git", answer(status));
        sandbox.git(["remote", "add", code, &url]);
        let vcs = open(&sandbox);
        fails(wait(vcs.remote_refs(code)), code, kind);
        fails(wait(vcs.fetch(code, &[ObjectId::new("1".repeat(40))])), code, kind);
        match wait(vcs.push(code, &[tag("v1", Some(&one), None)])).expect("the push is tried") {
            Pushed::Refused(error) | Pushed::Unknown(error) => drop(fails(Err::<(), _>(error), code, kind)),
            Pushed::Accepted => panic!("{status} was taken for success"),
        }
        sandbox.git(["remote", "remove", code]);
    }
}

#[test]
fn ssh_asks_nobody_at_the_terminal_unless_the_user_runs_it_differently() {
    let sandbox = Sandbox::new();
    sandbox.commit("one");
    sandbox.git(["remote", "add", "far", "host.invalid:owner/name"]);
    let (bin, said) = (sandbox.path().join("bin"), sandbox.path().join("said"));
    for name in ["ssh", "my-ssh"] {
        let script = format!(
            "echo {name} \"$@\" > '{}'; echo 'host: Permission denied (publickey).' >&2; exit 255",
            said.display()
        );
        hook(&bin, name, &script);
    }
    let path =
        sandbox.env().iter().find(|(name, _)| name == "PATH").expect("it is set").1.to_string_lossy().into_owned();
    let mut context = context(&sandbox);
    context.environment.set("PATH", format!("{}:{path}", bin.join("hooks").display()));
    let ask = || {
        let vcs = try_open(&context, &sandbox.work()).expect("it opens").expect("it is found");
        fails(wait(vcs.remote_refs("far")), "RK-GIT-UNAUTHENTICATED", ErrorKind::Unauthenticated);
        fs::read_to_string(&said).expect("it was run")
    };
    assert!(ask().starts_with("ssh -o BatchMode=yes "), "{}", ask());
    sandbox.git(["config", "core.sshCommand", "my-ssh --mine"]);
    assert!(ask().starts_with("my-ssh --mine "), "{}", ask());
}
