//! Where things lie in this checkout.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// The folder for everything that is made and not committed, where cargo was told to have it.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The folder of the pinned tools.
pub(crate) fn tools() -> PathBuf {
    root().join("target/tools")
}

/// Reads a text file.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| Failure::io(path, &error))
}

/// Writes a file, with the folders above it.
pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    make_folder(path.parent().unwrap_or(path))?;
    fs::write(path, text).map_err(|error| Failure::io(path, &error))
}

/// Makes a folder, unless it is there.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| Failure::io(path, &error))
}

/// Removes a folder with everything in it, if it is there.
pub(crate) fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::io(path, &error)),
        _ => Ok(()),
    }
}
