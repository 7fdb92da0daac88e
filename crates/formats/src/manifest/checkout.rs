//! Files of a checkout on disk, in which tools work.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use releasekit_core::model::RepoPath;

/// The files, and the links, of a name in a folder and all below it, those at the top first. No link is followed, and folders
/// whose name is passed over are not entered.
///
/// Fails with the folder that cannot be read.
pub fn files_named(
    folder: &Path,
    name: &str,
    is_passed_over: impl Fn(&str) -> bool,
) -> Result<Vec<RepoPath>, (PathBuf, io::Error)> {
    let (mut found, mut waiting) = (Vec::new(), vec![RepoPath::root()]);
    while let Some(at) = waiting.pop() {
        let path = at.on_disk(folder);
        let unreadable = |error| (path.clone(), error);
        for entry in fs::read_dir(&path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let kind = entry.file_type().map_err(unreadable)?;
            let Some(below) = entry.file_name().to_str().and_then(|name| at.join(name).ok()) else { continue };
            let own = below.file_name().unwrap_or_default();
            if kind.is_dir() {
                waiting.extend((!is_passed_over(own)).then_some(below));
            } else if own == name && (kind.is_file() || kind.is_symlink()) {
                found.push(below);
            }
        }
    }
    found.sort_by_key(|file| (file.as_str().matches('/').count(), file.clone()));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn files_of_a_name_are_found_from_the_top_and_nothing_behind_links() {
        let checkout = tempfile::tempdir().unwrap();
        for file in ["b/lock", "a/deep/lock", "lock", "a/other", "target/lock", "a/lock/no"] {
            let path = checkout.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        symlink("../lock", checkout.path().join("b/link")).unwrap();
        symlink("b", checkout.path().join("c")).unwrap();
        fs::create_dir(checkout.path().join("d")).unwrap();
        symlink("../lock", checkout.path().join("d/lock")).unwrap();
        let found = files_named(checkout.path(), "lock", |name| name == "target").unwrap();
        assert_eq!(found.iter().map(RepoPath::as_str).collect::<Vec<_>>(), ["lock", "b/lock", "d/lock", "a/deep/lock"]);
        let (path, _) = files_named(&checkout.path().join("gone"), "lock", |_| false).unwrap_err();
        assert_eq!(path, checkout.path().join("gone"));
    }
}
