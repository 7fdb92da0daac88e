//! Files that the package file names and that are not there: the build backend would miss them, once the package is tagged.

use globset::{GlobBuilder, GlobSet};
use releasekit_core::Result;
use releasekit_core::package_manager::Finding;
use releasekit_formats::manifest::toml::Spanned;

use super::Subject;
use crate::codes;

/// A key of the package file that names one file.
const FILES: &[(&[&str], &str)] = &[
    (&["project", "readme"], "readme"),
    (&["project", "readme", "file"], "readme"),
    (&["project", "license", "file"], "licence"),
];

/// One for each file that is missed, and for each pattern of `license-files` (PEP 639) that nothing matches.
pub(super) fn findings(subject: &Subject<'_>) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    if !subject.request.complete {
        return Ok(found);
    }
    for (path, what) in FILES {
        if let Some(file) = subject.string(path)
            && !is_there(subject, &file.value)?
        {
            found.push(missing(subject, &file, what));
        }
    }
    for pattern in subject.strings(&["project", "license-files"]) {
        if !matches_any(subject, &pattern.value)? {
            found.push(missing(subject, &pattern, "licence"));
        }
    }
    Ok(found)
}

fn is_there(subject: &Subject<'_>, file: &str) -> Result<bool> {
    match subject.manifest.folder.join(file) {
        Ok(path) => Ok(subject.request.tree.read(&path)?.is_some()),
        Err(_) => Ok(false),
    }
}

/// Whether any file of the package's folder matches. A pattern that cannot be read is the build backend's to refuse.
fn matches_any(subject: &Subject<'_>, pattern: &str) -> Result<bool> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let Ok(glob) = glob.and_then(|glob| GlobSet::new([glob])) else { return Ok(true) };
    let folder = &subject.manifest.folder;
    let files = subject.request.tree.files()?;
    Ok(files.iter().filter_map(|file| file.strip_prefix(folder)).any(|below| glob.is_match(below)))
}

fn missing(subject: &Subject<'_>, file: &Spanned, what: &str) -> Finding {
    let message = format!("the {what} that `{}` names is not there: `{}`", subject.name(), file.value);
    let help = "add the file to the repository, or name the one that is there";
    Finding::new(
        codes::FILE_MISSING,
        message,
        subject.place(Some(file.span.clone()), "no file of the repository"),
        help,
    )
}
