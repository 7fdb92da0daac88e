//! Follows symbolic links inside of a tree, and refuses those that lead out of it. Nothing outside is even looked at.

use std::collections::VecDeque;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use releasekit_core::model::RepoPath;

use crate::error::Error;

/// How many links are followed from one file to the next.
const MOST: usize = 8;

/// Where a link that leads out is said to lead.
const OUT: &str = "out of the repository";

/// What a tree has at a path without links in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A plain file.
    File,
    /// A folder.
    Folder,
    /// A link and what it says.
    Link(Vec<u8>),
    /// A submodule, a pipe, a device.
    Other,
    /// Nothing.
    Nothing,
}

/// Where a path leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// A path without links.
    pub(crate) path: RepoPath,
    /// What is there.
    pub(crate) entry: Entry,
    /// Whether links were followed to get there.
    pub(crate) linked: bool,
}

/// Follows a path to its end: a link in the place of the file, or of a folder above it, a chain of them. Circles lead
/// nowhere. Fails where a link leads out, be it by `..`, by an absolute path or into `.git`.
pub(crate) fn resolve(
    path: &RepoPath,
    mut look: impl FnMut(&RepoPath) -> Result<Entry, Error>,
) -> Result<Resolved, Error> {
    let mut waiting: VecDeque<String> = path.as_str().split('/').map(str::to_owned).collect();
    let mut at = RepoPath::root();
    let mut last = None;
    let mut followed = 0;
    let mut entry = Entry::Folder;
    while let Some(part) = waiting.pop_front() {
        match part.as_str() {
            "" | "." => continue,
            ".." => {
                at = at.parent().ok_or_else(|| outside(path, last.as_ref()))?;
                entry = Entry::Folder;
                continue;
            }
            part if part.eq_ignore_ascii_case(".git") && last.is_some() => return Err(outside(path, last.as_ref())),
            _ => {}
        }
        let next = if entry == Entry::Folder { at.join(&part).ok() } else { None };
        let Some(next) = next else { return Ok(Resolved { path: at, entry: Entry::Nothing, linked: followed > 0 }) };
        entry = look(&next)?;
        let Entry::Link(target) = &entry else {
            at = next;
            continue;
        };
        last = Some(next);
        followed += 1;
        if target.starts_with(b"/") {
            return Err(outside(path, last.as_ref()));
        }
        let target = std::str::from_utf8(target).ok().filter(|_| followed <= MOST);
        let Some(target) = target else { return Ok(Resolved { path: at, entry: Entry::Nothing, linked: true }) };
        target.split('/').rev().for_each(|part| waiting.push_front(part.to_owned()));
        entry = Entry::Folder;
    }
    Ok(Resolved { path: at, entry, linked: followed > 0 })
}

fn outside(path: &RepoPath, link: Option<&RepoPath>) -> Error {
    let link = link.unwrap_or(path);
    Error::LinkOutside { path: path.to_string(), link: link.to_string(), leads: OUT }
}

/// What a checkout has at a path.
pub(crate) fn on_disk(root: &Path, path: &RepoPath) -> Result<Entry, Error> {
    let place = path.on_disk(root);
    let kind = match fs::symlink_metadata(&place) {
        Ok(found) => found.file_type(),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Entry::Nothing);
        }
        Err(error) => return Err(Error::folder(place)(error)),
    };
    if kind.is_symlink() {
        let target = fs::read_link(&place).map_err(Error::folder(place))?;
        return Ok(Entry::Link(target.into_os_string().into_encoded_bytes()));
    }
    Ok(if kind.is_file() {
        Entry::File
    } else if kind.is_dir() {
        Entry::Folder
    } else {
        Entry::Other
    })
}

/// Refuses a checkout with a link that leads out of it: tools would read through it what is not in the commit.
pub(crate) fn require_inside(root: &Path) -> Result<(), Error> {
    let mut waiting = vec![RepoPath::root()];
    while let Some(folder) = waiting.pop() {
        let place = folder.on_disk(root);
        for entry in fs::read_dir(&place).map_err(Error::folder(&place))? {
            let entry = entry.map_err(Error::folder(&place))?;
            let Some(path) = entry.file_name().to_str().and_then(|name| folder.join(name).ok()) else { continue };
            let kind = entry.file_type().map_err(Error::folder(&place))?;
            if kind.is_symlink() {
                // One that leads nowhere, as fixtures of tests do, shows nobody anything.
                if entry.path().exists() {
                    resolve(&path, |path| on_disk(root, path))?;
                }
            } else if kind.is_dir() && path.file_name() != Some(".git") {
                waiting.push(path);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// A tree of links, of files that hold nothing, and of the folders that they lie in.
    fn tree(entries: &[(&str, &str)]) -> BTreeMap<String, Entry> {
        let mut tree = BTreeMap::new();
        for (path, target) in entries {
            let entry = if target.is_empty() { Entry::File } else { Entry::Link(target.as_bytes().to_vec()) };
            let mut folder = RepoPath::new(path).expect("legal");
            tree.insert(path.to_string(), entry);
            while let Some(above) = folder.parent() {
                tree.entry(above.as_str().to_owned()).or_insert(Entry::Folder);
                folder = above;
            }
        }
        tree
    }

    const LINKS: &[(&str, &str)] = &[
        ("file", ""),
        ("a/file", ""),
        ("a/inner/file", ""),
        ("to-file", "file"),
        ("a/up", "../file"),
        ("chain", "a/chain"),
        ("a/chain", "up"),
        ("folder", "a"),
        ("a/back", "inner/../file"),
        ("circle", "circle2"),
        ("circle2", "circle"),
        ("dangling", "nowhere"),
        ("through-file", "file/x"),
        ("absolute", "/etc/passwd"),
        ("out", "../x"),
        ("a/out", "inner/../../../x"),
        ("into-git", ".git/config"),
        ("chain-out", "a/out"),
        ("folder-out", "../other"),
        ("via", "folder-out/file"),
    ];

    fn end(path: &str) -> Result<(String, Entry, bool), String> {
        let tree = tree(LINKS);
        let look = |path: &RepoPath| Ok(tree.get(path.as_str()).cloned().unwrap_or(Entry::Nothing));
        let found = resolve(&RepoPath::new(path).expect("legal"), look);
        found.map(|found| (found.path.to_string(), found.entry, found.linked)).map_err(|error| error.to_string())
    }

    #[test]
    fn links_inside_are_followed_to_their_end() {
        for (path, expected) in [
            ("a/file", ("a/file", Entry::File, false)),
            ("a", ("a", Entry::Folder, false)),
            ("missing/x", ("missing", Entry::Nothing, false)),
            ("to-file", ("file", Entry::File, true)),
            ("a/up", ("file", Entry::File, true)),
            ("chain", ("file", Entry::File, true)),
            ("a/back", ("a/file", Entry::File, true)),
            ("folder/file", ("a/file", Entry::File, true)),
            ("dangling", ("nowhere", Entry::Nothing, true)),
            ("through-file", ("file", Entry::Nothing, true)),
        ] {
            let (end_at, entry, linked) = expected;
            assert_eq!(end(path), Ok((end_at.to_owned(), entry, linked)), "{path}");
        }
        assert!(end("circle").is_ok_and(|(_, entry, _)| entry == Entry::Nothing));
    }

    #[test]
    fn links_that_lead_out_are_refused_by_name() {
        for (path, link) in [
            ("absolute", "absolute"),
            ("out", "out"),
            ("a/out", "a/out"),
            ("into-git", "into-git"),
            ("chain-out", "a/out"),
            ("folder-out/file", "folder-out"),
            ("via", "folder-out"),
            ("folder/out", "a/out"),
        ] {
            let error = end(path).expect_err(path);
            assert!(error.contains(&format!("`{link}` is a link that leads out of the repository")), "{path}: {error}");
            assert!(error.contains(&format!("`{path}`")), "{path}: {error}");
        }
    }
}
