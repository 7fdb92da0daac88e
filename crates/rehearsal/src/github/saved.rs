//! A moment of a forge, to which a test returns again and again.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::server::Server;
use super::state::State;

/// Everything that a forge knew at one moment, its git repositories too.
#[derive(Debug)]
pub struct Saved {
    state: State,
    folder: TempDir,
}

impl Server {
    /// Copies what the forge knows.
    ///
    /// Fails as the file system does.
    pub fn save(&self) -> io::Result<Saved> {
        let folder = TempDir::with_prefix("releasekit-github-")?;
        let state = self.state().clone();
        copy(&state.folder, folder.path())?;
        Ok(Saved { state, folder })
    }

    /// Makes the forge what it was; its log and its faults stay.
    ///
    /// Fails as the file system does.
    pub fn restore(&self, saved: &Saved) -> io::Result<()> {
        let mut state = self.state();
        for entry in fs::read_dir(&state.folder)? {
            fs::remove_dir_all(entry?.path())?;
        }
        copy(saved.folder.path(), &state.folder)?;
        *state = saved.state.clone();
        drop(state);
        Ok(())
    }
}

/// Copies what lies in a folder into another, times and modes included.
#[expect(clippy::disallowed_methods, reason = "nothing of the standard library copies a folder with its times")]
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let status = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other("the repositories cannot be copied")) }
}
