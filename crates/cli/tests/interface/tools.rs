//! Tools that commands need are asked for before anything else, and only by commands that need them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::project::Project;

/// A released project with a change, whose only `uv` is too old and writes down how it was called.
fn with_an_old_uv() -> Project {
    let project = Project::released();
    project.change("core", "feat: more");
    project.sandbox.push();
    let folder = project.sandbox.path().join("old");
    fs::create_dir(&folder).expect("the sandbox is ours");
    let script = format!("#!/bin/sh\necho \"$@\" >>{}\necho 'uv 0.5.0'\n", folder.join("calls").display());
    fs::write(folder.join("uv"), script).expect("the folder is ours");
    fs::set_permissions(folder.join("uv"), fs::Permissions::from_mode(0o755)).expect("the file is ours");
    #[expect(clippy::disallowed_methods, reason = "a test gives the program the path that it has itself")]
    let path = std::env::var("PATH").expect("there is a path");
    project.with_env("PATH", &format!("{}:{path}", folder.display()))
}

#[test]
fn a_tool_that_is_too_old_is_the_first_thing_that_is_said() {
    let project = with_an_old_uv();
    let calls = || fs::read_to_string(project.sandbox.path().join("old/calls")).unwrap_or_default();
    project.run(&["prepare"]).ok();
    project.sandbox.git(["fetch", "--quiet"]);
    project.sandbox.git(["merge", "--quiet", "--ff-only", "origin/releasekit--release--main"]);
    project.sandbox.push();
    let remote = project.sandbox.refs(&project.sandbox.remote());
    for args in [&["build", "--out", "dist"][..], &["release", "--yes"]] {
        let before = calls();
        let ran = project.run(args).code(5);
        assert!(ran.stderr.contains("RK-UV-TOO-OLD"), "{ran}");
        assert_eq!(calls().strip_prefix(before.as_str()), Some("--version\n"), "{args:?} ran nothing else");
    }
    assert_eq!(project.sandbox.refs(&project.sandbox.remote()), remote, "nothing was tagged");
}

#[test]
fn commands_that_run_no_tool_ask_none() {
    let project = with_an_old_uv();
    for args in
        [&["plan", "--format", "full"][..], &["discover"], &["graph"], &["explain", "core"], &["status"], &["check"]]
    {
        project.run(args).ok();
    }
    assert!(!project.sandbox.path().join("old/calls").exists());
}
