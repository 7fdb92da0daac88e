//! How a child and its own children come to their end, and which of them outlive us.
#![expect(clippy::disallowed_methods, reason = "one test starts itself as the parent that it kills")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use releasekit_core::{Diagnostic, Environment, ErrorKind};
use releasekit_process::{Command, Error, reap};
use rustix::fs::{FlockOperation, flock};

/// The folder in which the test of a killed parent works; set for that parent only.
const FOLDER: &str = "RELEASEKIT_TEST_FOLDER";

const SHORT: Duration = Duration::from_millis(500);
const LONG: Duration = Duration::from_secs(20);

fn sh(folder: &Path, script: &str) -> Command {
    let environment = Environment::new().with("PATH", "/usr/local/bin:/usr/bin:/bin");
    Command::new("sh").args(["-c", script]).current_dir(folder).env(environment)
}

/// A child with a child of its own that writes a line every tenth of a second, for ten seconds; both keep going on
/// the signals named.
fn stubborn(signals: &str) -> String {
    format!(
        "trap '' {signals}
        (trap '' {signals}; i=0; while [ $i -lt 100 ]; do echo $i >> beats; sleep 0.1; i=$((i+1)); done) &
        echo waiting >&2; wait"
    )
}

fn beats(folder: &Path) -> usize {
    fs::read_to_string(folder.join("beats")).map_or(0, |text| text.lines().count())
}

#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[track_caller]
fn assert_silent(folder: &Path) {
    let before = beats(folder);
    thread::sleep(SHORT);
    assert_eq!(beats(folder), before, "the grandchild goes on");
}

fn is_locked(path: &Path) -> bool {
    let file = File::open(path).expect("the lock is there");
    flock(&file, FlockOperation::NonBlockingLockExclusive).is_err()
}

fn locked(path: &Path) -> Arc<File> {
    let file = File::create(path).expect("the folder is writable");
    flock(&file, FlockOperation::NonBlockingLockExclusive).expect("nobody holds it");
    Arc::new(file)
}

#[tokio::test]
async fn a_timeout_ends_the_grandchildren_too() {
    for signals in ["HUP", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let error = sh(folder.path(), &stubborn(signals)).timeout(SHORT).run().await.unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(8), "{signals}");
        assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
        assert_eq!(error.code().as_str(), "RK-TOOL-TIMED-OUT");
        assert_eq!(error.kind(), ErrorKind::ToolFailed);
        assert_eq!(error.output().as_deref(), Some("waiting\n"));
        assert!(beats(folder.path()) > 0);
        assert_silent(folder.path());
    }
}

#[tokio::test]
async fn a_timeout_ends_a_protected_child() {
    let folder = tempfile::tempdir().unwrap();
    let error = sh(folder.path(), &stubborn("TERM")).protected().timeout(SHORT).run().await.unwrap_err();
    assert_eq!(error.output().as_deref(), Some("waiting\n"));
    assert_silent(folder.path());
}

#[tokio::test]
async fn dropping_the_future_ends_the_group() {
    for signals in ["HUP", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let task = tokio::spawn(sh(folder.path(), &stubborn(signals)).run());
        let path = folder.path().to_owned();
        tokio::task::spawn_blocking(move || until("the child starts", || beats(&path) > 0)).await.unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        tokio::task::spawn_blocking(|| reap(LONG)).await.unwrap();
        assert_silent(folder.path());
    }
}

#[tokio::test]
async fn a_protected_child_outlives_its_future_and_holds_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("lock");
    let script = "until [ -e go ]; do sleep 0.05; done; echo done > done";
    let held = locked(&lock);
    let task = tokio::spawn(sh(folder.path(), script).hold(Arc::clone(&held)).protected().run());
    tokio::time::sleep(SHORT).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    drop(held);
    assert!(is_locked(&lock), "the child holds the lock");
    fs::write(folder.path().join("go"), "").unwrap();
    until("the lock is free once the child has ended", || !is_locked(&lock));
    assert!(folder.path().join("done").exists());
}

#[tokio::test]
async fn a_lock_is_held_by_the_child_that_got_it_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("lock");
    let held = locked(&lock);
    let others: Vec<_> = (0..20).map(|_| tokio::spawn(sh(folder.path(), "sleep 60").run())).collect();
    let script = "cat; ls -l /proc/$$/fd/0";
    let output = sh(folder.path(), script).hold(Arc::clone(&held)).run().await.unwrap().checked().unwrap();
    assert!(output.stdout_text().contains("/lock"), "{}", output.stdout_text());
    assert!(is_locked(&lock), "our own handle");
    drop(held);
    // Not at once: a child of another test may just be between fork and exec, with all our descriptors.
    until("others started beside it hold nothing", || !is_locked(&lock));
    let running = others.iter().filter(|other| !other.is_finished()).count();
    assert_eq!(running, 20, "they were there all the time");
    for other in others {
        other.abort();
    }
}

/// Not a test of its own: the parent that the next one kills.
#[tokio::test]
async fn parent_to_be_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let script =
        "echo started > started; until [ -e go ]; do sleep 0.05; done; echo said; echo said >&2; echo done > done";
    let command = sh(&folder, script).hold(locked(&folder.join("lock"))).protected();
    let _ = command.run().await;
}

#[test]
fn a_protected_child_outlives_a_killed_parent_and_needs_no_reader() {
    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("lock");
    let mut parent = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "parent_to_be_killed", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    until("the child starts", || folder.path().join("started").exists());
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert!(is_locked(&lock), "the orphan holds the lock");
    fs::write(folder.path().join("go"), "").unwrap();
    until("the orphan ends and frees the lock", || !is_locked(&lock));
    assert_eq!(fs::read_to_string(folder.path().join("done")).unwrap(), "done\n");
}
