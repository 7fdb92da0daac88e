//! What a package file says once it is packed. Requirements were pinned where the files were exported; here they lose `workspace:`,
//! which only a workspace understands. Until then it stays, so that an install in the export finds members in the workspace.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use releasekit_core::BackendError;
use releasekit_core::model::{DependencyKind, RepoPath};
use releasekit_formats::manifest::Source;
use releasekit_formats::npm::specifier::published;

use crate::config::MANIFEST;
use crate::edits::Rewrites;
use crate::error::Error;
use crate::manifest::{Entry, Manifest};

/// Writes the package file of a folder as it is published. What is still to follow a version stays, for whoever reads the tarball
/// to find. Where there is none, nothing is done.
pub(crate) fn publish(folder: &Path) -> releasekit_core::Result<()> {
    let path = folder.join(MANIFEST);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        read => read.map_err(Error::folder(&path))?,
    };
    let (mut faults, mut changes) = (Vec::new(), Rewrites::default());
    let source = Source::new(Manifest::file(&RepoPath::root()), &text);
    if let Some(manifest) = Manifest::parse(source, RepoPath::root(), &mut faults) {
        for entry in &manifest.entries {
            if let Some(text) = published(&entry.text.value).or_else(|| of_developers(entry)) {
                changes.rewrite(&manifest.source, &entry.text, &text, &mut faults);
            }
        }
    }
    BackendError::raise(faults)?;
    for edit in changes.into_edits() {
        fs::write(&path, edit.content.unwrap_or_default()).map_err(Error::folder(&path))?;
    }
    Ok(())
}

/// What developers need of a member without a version, which nobody installs: older versions of pnpm pack no package that still
/// asks for it.
fn of_developers(entry: &Entry) -> Option<String> {
    let is_left = entry.kind == DependencyKind::Dev && entry.text.value.trim_start().starts_with("workspace:");
    is_left.then(|| "*".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_pinned_is_published_as_anybody_understands_it() {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let before = "{\r\n  \"dependencies\": {\"a\": \"workspace:^1.2.0\", \"b\" : \"workspace:base@1.2.0\", \"c\": \"^1\"},\r\n  \
            \"devDependencies\": {\"d\": \"workspace:*\"}}";
        fs::write(folder.path().join(MANIFEST), before).expect("the folder is ours");
        publish(folder.path()).expect("it can be read");
        let after = fs::read_to_string(folder.path().join(MANIFEST)).expect("it is there");
        assert_eq!(
            after,
            before.replace("workspace:^", "^").replace("workspace:base", "npm:base").replace("workspace:*", "*")
        );
        publish(&folder.path().join("nowhere")).expect("nothing is to be done");
    }
}
