//! The program `uv`: whether it is there, and how it is started.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::package_manager::ToolInfo;
use releasekit_core::{Environment, Result, VersionScheme};
use releasekit_formats::python::Pep440;
use releasekit_process::{Command, Error as ProcessError, Output};

use crate::config::{LEAST, TOOL};
use crate::error::Error;

/// Starts a command line of uv. Output is for us to read, so it has no colour and no progress bars.
pub(crate) fn command(folder: &Path, environment: Environment) -> Command {
    let environment = environment.with("NO_COLOR", "1").with("UV_NO_PROGRESS", "1");
    Command::new(TOOL).current_dir(folder).env(environment)
}

/// The program and its version. Fails with `ToolMissing` where it is absent or too old.
pub(crate) async fn info(context: &BackendContext) -> Result<ToolInfo> {
    let environment = crate::environment::strict(&context.environment);
    let output = command(Path::new("/"), environment).arg("--version").run().await.and_then(Output::checked);
    let text = output.map_err(help)?.stdout_text();
    let version = text.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let least = Pep440.parse(LEAST)?;
    match Pep440.parse(&version) {
        Ok(found) if Pep440.compare(&found, &least).is_ge() => Ok(ToolInfo::new(TOOL.to_owned(), version, LEAST)),
        _ => Err(Error::TooOld { version: text.trim().to_owned() }.into()),
    }
}

/// Where uv can be had, for whoever has it not.
pub(crate) fn help(error: ProcessError) -> releasekit_core::BackendError {
    let missing = matches!(error, ProcessError::NotFound { .. });
    let error = releasekit_core::BackendError::from(error);
    if missing { error.with_help("install uv: https://docs.astral.sh/uv/getting-started/installation/") } else { error }
}

/// The one file in the empty folder. It sets nothing, and where uv finds it, it looks for none in a folder above.
const NO_SETTINGS: &str = "uv.toml";

/// A folder that is ours and lies in no repository, for commands that should find neither a project nor settings around
/// them: what others have put there goes, and what lies in the folders above does not count. The user's own settings do.
pub(crate) fn empty_folder(context: &BackendContext) -> Result<PathBuf> {
    let folder = context.cache.join("uv-empty");
    clear(&context.cache, &folder).map_err(|source| Error::Folder { path: folder.clone(), source })?;
    Ok(folder)
}

/// Uploads run at the same time, and other runs may as well: whatever is as it should be is left alone, and whatever is
/// gone already is no failure.
fn clear(cache: &Path, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(cache)?;
    // Through a link, we would remove what is not ours.
    if !fs::symlink_metadata(cache)?.is_dir() {
        return Err(io::Error::other(format!("`{}` is a link", cache.display())));
    }
    if fs::symlink_metadata(folder).is_ok_and(|data| !data.is_dir()) {
        unless(ErrorKind::NotFound, fs::remove_file(folder))?;
    }
    unless(ErrorKind::AlreadyExists, fs::create_dir(folder))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(data) = entry.metadata() else { continue };
        if data.is_dir() {
            unless(ErrorKind::NotFound, fs::remove_dir_all(entry.path()))?;
        } else if entry.file_name() != NO_SETTINGS || !data.is_file() || data.len() > 0 {
            unless(ErrorKind::NotFound, fs::remove_file(entry.path()))?;
        }
    }
    unless(ErrorKind::AlreadyExists, fs::File::create_new(folder.join(NO_SETTINGS)).map(drop))
}

fn unless(kind: ErrorKind, done: io::Result<()>) -> io::Result<()> {
    done.or_else(|error| if error.kind() == kind { Ok(()) } else { Err(error) })
}
