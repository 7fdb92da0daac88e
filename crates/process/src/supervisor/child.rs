//! The one way in which a supervisor starts a process.

use std::ffi::OsStr;
use std::process::Command;

/// A command of that program, without arguments.
#[expect(clippy::disallowed_methods, reason = "the supervisor is what starts the program, in place of its parent")]
pub(super) fn command(program: &OsStr) -> Command {
    Command::new(program)
}
