//! The python that is on this machine, and the environment made with it.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::repository::{make_folder, root, tools};
use crate::shell;

/// Prints the version, the real executable, and fails where a module is missing that we need.
const PROBE: &str = "\
import ensurepip, os, sys, venv
print('%d.%d.%d' % sys.version_info[:3], os.path.realpath(sys.executable))";

/// The oldest python that the pins were resolved for.
const LEAST: (u32, u32) = (3, 11);

/// An interpreter that can make virtual environments.
#[derive(Debug)]
pub(crate) struct Python {
    executable: PathBuf,
    /// Version and place, in one text.
    pub(crate) identity: String,
}

impl Python {
    /// Asks `python3` on the `PATH` for its version and its place.
    pub(crate) fn find() -> Result<Self> {
        let probed =
            shell::capture(Command::new("python3").args(["-c", PROBE])).map_err(|failure| failure.with_help(help()));
        let identity = probed?.trim_end().to_owned();
        match parse(&identity) {
            Some((version, executable)) if version >= LEAST => Ok(Self { executable: executable.into(), identity }),
            _ => Err(Failure::new(format!("`python3` is too old: {identity}")).with_help(help())),
        }
    }

    /// A command of this python, with a folder of the tools as its last argument.
    pub(crate) fn command(&self, args: &[&str], folder: &str) -> Command {
        let mut command = Command::new(&self.executable);
        command.args(args).arg(tools().join(folder)).env_remove("PYTHONHOME").env_remove("PYTHONPATH");
        command
    }

    /// A command of an environment's pip that reads pins: only wheels, only with the hashes written down.
    pub(crate) fn pip(&self, environment: &str, verb: &str, pins: &str) -> Command {
        let mut command = Command::new(tools().join(environment).join("bin/python"));
        command.args(["-m", "pip", verb, "--quiet", "--disable-pip-version-check"]);
        command.args(["--require-hashes", "--only-binary", ":all:", "--requirement"]);
        command.arg(root().join("xtask/tools").join(pins)).env_remove("PYTHONHOME").env_remove("PYTHONPATH");
        command
    }

    /// Fills `bin`, the folder for a `PATH`: uv, and this python without the shims that need a home directory.
    pub(crate) fn link(&self) -> Result<()> {
        let bin = tools().join("bin");
        make_folder(&bin)?;
        link(&bin.join("uv"), Path::new("../py/bin/uv"))?;
        link(&bin.join("uvx"), Path::new("../py/bin/uvx"))?;
        link(&bin.join("python3"), &self.executable)
    }
}

fn link(path: &Path, target: &Path) -> Result<()> {
    if fs::read_link(path).is_ok_and(|found| found == target) {
        return Ok(());
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::io(path, &error)),
        _ => {}
    }
    symlink(target, path).map_err(|error| Failure::io(path, &error))
}

/// Takes the probe's answer apart.
fn parse(identity: &str) -> Option<((u32, u32), &str)> {
    let (version, executable) = identity.split_once(' ')?;
    let mut numbers = version.split('.').map(str::parse);
    Some(((numbers.next()?.ok()?, numbers.next()?.ok()?), executable))
}

fn help() -> String {
    let (major, minor) = LEAST;
    format!(
        "install python {major}.{minor} or newer with its `venv` module (on Debian and Ubuntu `apt install python3 \
         python3-venv`), then run `cargo xtask setup` again"
    )
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_probe_is_read() {
        assert_eq!(parse("3.11.2 /usr/bin/python3.11"), Some(((3, 11), "/usr/bin/python3.11")));
        assert_eq!(parse("no version"), None);
    }
}
