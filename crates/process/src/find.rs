//! Where a program lies, by the `PATH` of the environment it will get.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use releasekit_core::Environment;

/// The file that a program's name stands for: looked up in the absolute folders of `PATH`, or taken as it is where
/// the name is an absolute path. `None` where there is no such executable file.
pub fn find(program: impl AsRef<OsStr>, environment: &Environment) -> Option<PathBuf> {
    let program = Path::new(program.as_ref());
    if program.is_absolute() {
        return is_executable(program).then(|| program.to_owned());
    }
    if program.components().count() != 1 {
        return None;
    }
    let folders = std::env::split_paths(environment.get("PATH")?);
    folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join(program)).find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}
