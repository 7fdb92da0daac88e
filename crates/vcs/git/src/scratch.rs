//! Throw-away folders in the user's cache.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::error::Error;

/// Makes a folder that goes when dropped.
pub(crate) fn folder(cache: &Path) -> Result<TempDir, Error> {
    fs::create_dir_all(cache).map_err(Error::folder(cache))?;
    tempfile::Builder::new().prefix("git-").tempdir_in(cache).map_err(Error::folder(cache))
}
