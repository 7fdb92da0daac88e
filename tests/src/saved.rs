//! A copy of a whole sandbox, to which a test returns again and again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use releasekit_testkit::{Sandbox, run};

/// Everything of a sandbox that a command could change.
const PARTS: &[&str] = &["work", "remote.git", "home", "tmp"];

/// The state of a sandbox at one moment.
#[derive(Debug)]
pub struct Saved {
    root: PathBuf,
}

impl Saved {
    /// Copies the sandbox.
    #[track_caller]
    pub fn of(sandbox: &Sandbox) -> Self {
        let saved = Self { root: sandbox.path().to_owned() };
        fs::create_dir_all(saved.copy()).expect("the sandbox is writable");
        PARTS.iter().for_each(|part| copy(&saved.root.join(part), &saved.copy().join(part)));
        saved
    }

    /// Makes the sandbox again what it was, times included.
    #[track_caller]
    pub fn restore(&self) {
        PARTS.iter().for_each(|part| copy(&self.copy().join(part), &self.root.join(part)));
    }

    fn copy(&self) -> PathBuf {
        self.root.join("saved")
    }
}

/// Copies a folder with all times and modes; what was in its place goes.
#[track_caller]
fn copy(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).expect("the sandbox is writable");
    }
    run(Command::new("cp").arg("-a").arg(from).arg(to)).ok();
}
