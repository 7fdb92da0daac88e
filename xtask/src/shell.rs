//! Starting programs and talking to the terminal.

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use crate::failure::{Failure, Result};

/// The cargo that runs us.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Where the real `cargo` and `rustc` lie: what `PATH` has may be shims that look for them in the home folder. `None` where cargo did
/// not start us.
pub(crate) fn toolchain() -> Option<PathBuf> {
    Some(PathBuf::from(env::var_os("CARGO")?).parent()?.to_owned())
}

/// Says what is being done, on stderr, so that stdout stays what was asked for.
pub(crate) fn say(line: impl Display) {
    // Nobody is left to tell when stderr is closed.
    let _closed = writeln!(io::stderr(), "xtask: {line}");
}

/// Prints a failure.
pub(crate) fn error(failure: &Failure) {
    let _closed = writeln!(io::stderr(), "{failure}");
}

/// Runs a command that shares our terminal; its failure is ours.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| missing(command, &error))?;
    check(command, status, "")
}

/// Runs a command quietly and gives its stdout; what it said is shown when it fails.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| missing(command, &error))?;
    check(command, output.status, &String::from_utf8_lossy(&output.stderr))?;
    String::from_utf8(output.stdout).map_err(|_| Failure::new(format!("`{}` printed no UTF-8", text(command))))
}

/// The command as one would type it.
pub(crate) fn text(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy()));
    words.join(" ")
}

fn check(command: &Command, status: ExitStatus, said: &str) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    let said = if said.is_empty() { String::new() } else { format!("\n{}", said.trim_end()) };
    Err(Failure::new(format!("`{}` failed: {status}{said}", text(command))))
}

fn missing(command: &Command, error: &io::Error) -> Failure {
    Failure::new(format!("cannot start `{}`: {error}", command.get_program().to_string_lossy()))
}
