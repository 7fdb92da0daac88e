//! What goes into a child and what comes back.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use releasekit_core::{BackendError, Diagnostic, Environment, ErrorKind, Redactor, Secret};
use releasekit_process::{Command, Error, codes, find};

fn environment() -> Environment {
    Environment::new().with("PATH", "/usr/local/bin:/usr/bin:/bin")
}

fn sh(folder: &Path, script: &str) -> Command {
    Command::new("sh").args(["-c", script]).current_dir(folder).env(environment())
}

#[tokio::test]
async fn arguments_folder_input_and_exit_code_arrive() {
    let folder = tempfile::tempdir().unwrap();
    let script = "pwd; cat; printf '[%s]' \"$@\"; echo trouble >&2; exit 3";
    let output = sh(folder.path(), script).args(["sh", "a b", "$HOME", "-x"]).stdin("input\n").run().await.unwrap();
    let at = fs::canonicalize(folder.path()).unwrap();
    assert_eq!(output.stdout_text(), format!("{}\ninput\n[a b][$HOME][-x]", at.display()));
    assert_eq!(output.code, Some(3));
    assert!(!output.success());
    let error = output.checked().unwrap_err();
    assert_eq!(error.code(), codes::FAILED);
    assert_eq!(error.code().as_str(), "RK-TOOL-FAILED");
    assert_eq!(error.kind(), ErrorKind::ToolFailed);
    assert_eq!(error.output().as_deref(), Some("trouble\n"));
    assert!(error.to_string().ends_with("failed with exit code 3"), "{error}");
}

#[tokio::test]
async fn nothing_is_inherited() {
    let folder = tempfile::tempdir().unwrap();
    let environment = environment().with("GIVEN", "yes");
    let output =
        Command::new("env").current_dir(folder.path()).env(environment).run().await.unwrap().checked().unwrap();
    let mut names: Vec<_> =
        output.stdout_text().lines().map(|line| line.split('=').next().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, ["GIVEN", "PATH"]);
}

#[tokio::test]
async fn both_streams_are_drained_at_once_and_only_their_beginnings_and_ends_kept() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo start; echo START >&2; for i in 1 2 3 4 5 6 7 8 9 10; do
        head -c 1000000 /dev/zero | tr '\\0' e >&2; head -c 1000000 /dev/zero | tr '\\0' o; done; echo end; echo END >&2";
    let output = sh(folder.path(), script).stdin(vec![b'x'; 1_000_000]).stdout_limit(1000).run().await.unwrap();
    let output = output.checked().unwrap();
    assert!(output.stdout_truncated);
    let (out, err) = (output.stdout_text(), output.stderr_text());
    assert!(out.starts_with("start\nooo") && out.ends_with("oooend\n") && out.len() < 1100, "{out}");
    assert!(output.stderr_truncated);
    assert!(err.starts_with("START\neee") && err.ends_with("eeeEND\n"));
    assert!(err.contains("bytes are left out here") && err.len() < 8 * 1024 * 1024 + 100, "{}", err.len());
}

#[tokio::test]
async fn secrets_do_not_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let secret = Secret::new("hunter2");
    let command = || sh(folder.path(), "echo $0 got $TOKEN; echo bad $TOKEN >&2; exit 1").arg("hunter2-arg");
    let with_token = environment().with("TOKEN", "hunter2");
    for command in [command(), command().protected()] {
        let output = command.env(with_token.clone()).redact(&Redactor::new().with(&secret)).run().await.unwrap();
        assert_eq!(output.stdout_text(), "***-arg got ***\n");
        let error = output.checked().unwrap_err();
        for text in [format!("{error}"), format!("{error:?}"), error.output().unwrap()] {
            assert!(!text.contains("hunter2"), "{text}");
        }
        assert_eq!(error.output().as_deref(), Some("bad ***\n"));
    }
    assert!(
        !format!("{:?}", command().env(with_token).redact(&Redactor::new().with(&secret))).contains("TOKEN=hunter2")
    );
}

#[tokio::test]
async fn programs_are_found_on_the_path_that_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let tool = folder.path().join("tool");
    fs::write(&tool, "#!/bin/sh\necho ours\n").unwrap();
    let here = Environment::new().with("PATH", format!("relative::{}", folder.path().display()));
    assert_eq!(find("tool", &here), None, "not executable");
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(find("tool", &here).as_deref(), Some(tool.as_path()));
    assert_eq!(find(&tool, &Environment::new()).as_deref(), Some(tool.as_path()));
    assert_eq!(find("./tool", &here), None);
    let output = Command::new("tool").current_dir("/").env(here.clone()).run().await.unwrap();
    assert_eq!(output.stdout_text(), "ours\n");
    let output = Command::new("./tool").current_dir(folder.path()).env(here.clone()).run().await.unwrap();
    assert_eq!(output.stdout_text(), "ours\n");

    let error = Command::new("sh").current_dir("/").env(here).run().await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }));
    assert_eq!(error.code().as_str(), "RK-TOOL-NOT-FOUND");
    assert_eq!(error.kind(), ErrorKind::ToolMissing);
    let error = BackendError::from(error);
    assert_eq!(error.to_string(), "`sh` is not installed, or not on `PATH`");
    assert!(error.downcast_ref::<Error>().is_some());
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    for command in [Command::new("sh"), Command::new("sh").current_dir("/no/such/folder")] {
        let error = command.env(environment()).run().await.unwrap_err();
        assert!(matches!(error, Error::NotRun { .. }), "{error:?}");
        assert_eq!(error.code().as_str(), "RK-TOOL-NOT-RUN");
        assert_eq!(error.kind(), ErrorKind::ToolFailed);
    }
}

#[tokio::test]
async fn the_mask_is_set_for_the_child_alone() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo \"$0\" > file; mkdir folder";
    let command = sh(folder.path(), script).arg("$(touch oops) '\"").umask(0o027);
    let _ = command.run().await.unwrap().checked().unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("file"), mode("folder")), (0o640, 0o750));
    assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "$(touch oops) '\"\n");
    assert!(!folder.path().join("oops").exists());
}

#[tokio::test]
async fn a_grandchild_that_keeps_the_pipe_does_not_keep_us() {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let output = sh(folder.path(), "sleep 30 & echo done").run().await.unwrap().checked().unwrap();
    assert_eq!(output.stdout_text(), "done\n");
    assert!(began.elapsed() < Duration::from_secs(10));
}
