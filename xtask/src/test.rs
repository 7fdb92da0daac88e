//! `test`: all tests, with the pinned tools at hand.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use clap::Args;
use rustix::fs::statvfs;

use crate::failure::Result;
use crate::repository::{root, tools};
use crate::{examples, fuzz, setup, shell};

/// A folder in memory, on Linux.
const IN_MEMORY: &str = "/dev/shm";

/// How much has to be free there: several times what all tests that run at once have been seen to need.
const ROOM: u64 = 4 << 30;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Passed on to `cargo test`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

/// Sets the tools up and runs `cargo test --workspace`, then the examples and each fuzz target for some seconds, unless some tests
/// were chosen.
///
/// `RELEASEKIT_REQUIRE_TOOLS=1`, where the caller set it, reaches the tests as it is, and so do `TMPDIR` and `RUST_TEST_THREADS`.
pub(crate) fn run(options: &Options) -> Result<()> {
    setup::run(&setup::Options::default())?;
    let mut command = Command::new(shell::cargo());
    command.current_dir(root()).args(["test", "--workspace"]).args(&options.args).env("RELEASEKIT_TOOLS", tools());
    if unset("TMPDIR") {
        command.envs(sandboxes().map(|folder| ("TMPDIR", folder)));
    }
    if unset("RUST_TEST_THREADS") {
        command.env("RUST_TEST_THREADS", threads().to_string());
    }
    shell::run(&mut command)?;
    if !options.args.is_empty() {
        return Ok(());
    }
    examples::run()?;
    fuzz::briefly()
}

fn unset(variable: &str) -> bool {
    env::var_os(variable).is_none()
}

/// Twice as many as the machine runs at once: many a test waits for a server, a poll or a time-out.
fn threads() -> usize {
    2 * thread::available_parallelism().map_or(1, NonZero::get)
}

/// Where tests make their sandboxes: in memory where that is possible, since they make and remove small files by the hundred
/// thousand, and a disk is slow with them.
fn sandboxes() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/mounts").ok()?;
    let folder = Path::new(IN_MEMORY);
    let roomy = statvfs(folder).is_ok_and(|found| found.f_bavail.saturating_mul(found.f_frsize) >= ROOM);
    (roomy && is_open(&mounts)).then(|| folder.to_owned())
}

/// Whether files can be written and programs run there, by the table of what is mounted: in a container this need not be so.
fn is_open(mounts: &str) -> bool {
    let mut mounts = mounts.lines().rev().map(|line| line.split(' ').skip(1));
    let found = mounts.find_map(|mut mount| (mount.next() == Some(IN_MEMORY)).then(|| mount.nth(1)).flatten());
    found.is_some_and(|options| !options.split(',').any(|option| matches!(option, "noexec" | "ro")))
}

#[cfg(test)]
mod tests {
    use super::is_open;

    #[test]
    fn sandboxes_lie_in_memory_only_where_programs_run() {
        assert!(is_open("/dev/vda / ext4 rw,noexec 0 0\ntmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0\n"));
        assert!(!is_open("shm /dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k 0 0\n"));
        assert!(!is_open("tmpfs /dev/shm tmpfs rw 0 0\ntmpfs /dev/shm tmpfs ro 0 0\n"), "the last one is what is seen");
        assert!(!is_open("/dev/vda / ext4 rw 0 0\n"));
    }
}
