//! Which folders a workspace consists of, by the globs of its root, as uv itself takes them.
//!
//! Measured with uv 0.13: `*` stops at `/` among members and crosses it among exclusions; braces and backslashes are
//! plain characters; hidden folders match; `p/**` takes in what lies below `p`, not `p`; a glob may leave the root by
//! `..`; a matched folder without a package file is an error unless its name begins with a dot.

use std::collections::BTreeSet;

use globset::{Glob, GlobBuilder, GlobSet};
use releasekit_core::Tree;
use releasekit_core::model::RepoPath;
use releasekit_formats::manifest::toml::Spanned;
use releasekit_formats::manifest::{Ignored, Source, folder_glob};

use crate::config::MANIFEST;
use crate::error::Error;
use crate::pyproject::{Globs, PyProject};

/// A longer list of globs takes longer to be matched than any workspace is worth.
const MOST: usize = 10_000;

/// The folders of a tree.
#[derive(Debug)]
pub(crate) struct Folders {
    all: BTreeSet<RepoPath>,
    with_manifest: BTreeSet<RepoPath>,
}

impl Folders {
    pub(crate) fn of(tree: &dyn Tree) -> releasekit_core::Result<Self> {
        let mut folders = Self { all: BTreeSet::new(), with_manifest: BTreeSet::new() };
        let files = tree.files()?;
        let mut all = vec![RepoPath::root()];
        let mut last = "";
        for file in files.iter() {
            let folder = file.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
            if file.file_name() == Some(MANIFEST) {
                folders.with_manifest.extend(file.parent());
            }
            // What lies in a folder stands together in a sorted list, so that one is new where the file before lies elsewhere.
            let new = |above: &RepoPath| !above.is_root() && !is_around(above.as_str(), last);
            if folder != last {
                all.extend(std::iter::successors(file.parent(), RepoPath::parent).take_while(new));
                last = folder;
            }
        }
        folders.all = all.into_iter().collect();
        Ok(folders)
    }

    /// The folders that have a package file, sorted.
    pub(crate) fn with_manifest(&self) -> impl Iterator<Item = &RepoPath> {
        self.with_manifest.iter()
    }
}

/// Whether a folder is another or lies around it.
fn is_around(above: &str, folder: &str) -> bool {
    folder.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The globs of a root, ready to match.
#[derive(Debug)]
pub(crate) struct Membership {
    members: GlobSet,
    /// What each glob of the members is.
    written: Vec<Spanned>,
    exclude: GlobSet,
}

impl Membership {
    /// Reads the globs; what is wrong with them goes to `faults`.
    pub(crate) fn of(root: &PyProject, globs: &Globs, faults: &mut Vec<Error>) -> Self {
        let mut read = |glob: &Spanned, separated| match pattern(&root.folder, &glob.value, separated) {
            Ok(pattern) => Some((pattern, glob.clone())),
            Err(reason) => {
                faults.push(invalid(&root.source, glob, reason));
                None
            }
        };
        let (members, written): (Vec<_>, _) =
            globs.members.iter().take(MOST).filter_map(|glob| read(glob, true)).unzip();
        let (exclude, _): (Vec<_>, Vec<_>) =
            globs.exclude.iter().take(MOST).filter_map(|glob| read(glob, false)).unzip();
        let mut set = |globs: Vec<Glob>| {
            GlobSet::new(globs).unwrap_or_else(|error| {
                let reason = format!("its globs cannot be matched together: {error}");
                faults.push(Error::PyProject { place: root.source.place(None), reason });
                GlobSet::empty()
            })
        };
        let (members, exclude) = (set(members), set(exclude));
        for too_many in [&globs.members, &globs.exclude].into_iter().filter(|globs| globs.len() > MOST) {
            let reason = format!("a list of {} globs is too long, {MOST} are the most", too_many.len());
            faults.push(Error::PyProject { place: root.source.place(globs.span.clone()), reason });
        }
        Self { members, written, exclude }
    }

    fn excludes(&self, folder: &RepoPath) -> bool {
        self.exclude.is_match(folder.as_str())
    }

    /// Whether a folder or one above it is taken out.
    pub(crate) fn excludes_around(&self, folder: &RepoPath) -> bool {
        std::iter::successors(Some(folder.clone()), RepoPath::parent).any(|folder| self.excludes(&folder))
    }

    fn includes(&self, folder: &RepoPath) -> Option<&Spanned> {
        if folder.is_root() || self.excludes(folder) {
            return None;
        }
        self.members.matches(folder.as_str()).first().map(|index| &self.written[*index])
    }

    /// The member folders, without the root itself, sorted; matched folders that lack a package file go to `faults`.
    pub(crate) fn folders(
        &self,
        root: &PyProject,
        folders: &Folders,
        ignored: &Ignored,
        faults: &mut Vec<Error>,
    ) -> Vec<RepoPath> {
        let mut found = Vec::new();
        for folder in folders.all.iter().filter(|folder| **folder != root.folder) {
            let Some(glob) = self.includes(folder) else { continue };
            if ignored.contains(folder) {
                continue;
            }
            if folders.with_manifest.contains(folder) {
                found.push(folder.clone());
            } else if !folder.file_name().is_some_and(|name| name.starts_with('.')) {
                let place = root.source.place(Some(glob.span.clone()));
                faults.push(Error::MemberMissing { folder: folder.clone(), place });
            }
        }
        found
    }

    /// Those of some paths that a glob takes in, as if they were folders of the tree.
    pub(crate) fn among(&self, paths: &[RepoPath], ignored: &Ignored) -> Vec<RepoPath> {
        let taken = |path: &&RepoPath| self.includes(path).is_some() && !ignored.contains(path);
        paths.iter().filter(taken).cloned().collect()
    }
}

fn invalid(source: &Source, glob: &Spanned, reason: String) -> Error {
    Error::PyProject { place: source.place(Some(glob.span.clone())), reason }
}

/// A glob of a root as one over folders from the repository root.
fn pattern(root: &RepoPath, glob: &str, separated: bool) -> Result<Glob, String> {
    let pattern = folder_glob(root, glob)?;
    let built = GlobBuilder::new(&pattern).literal_separator(separated).backslash_escape(false).build();
    built.map_err(|error| format!("`{glob}` is not a glob: {}", error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_is_as_long_as_a_path_at_most() {
        let pattern = |length: usize| pattern(&RepoPath::root(), &"{*".repeat(length / 2), true);
        assert!(pattern(RepoPath::LONGEST).is_ok_and(|glob| GlobSet::new([glob]).is_ok()));
        assert_eq!(pattern(1 << 20).expect_err("too long"), "a glob of 1048576 bytes is longer than any path");
    }

    fn matches(root: &str, glob: &str, separated: bool, folder: &str) -> bool {
        let root = RepoPath::new(root).expect("legal");
        let glob = pattern(&root, glob, separated).expect("a glob");
        GlobSet::new([glob]).expect("it can be matched").is_match(folder)
    }

    #[test]
    fn globs_match_as_uv_matches_them() {
        for (root, glob, folder, expected) in [
            ("", "packages/*", "packages/a", true),
            ("", "packages/*", "packages/a/b", false),
            ("", "packages/*", "packages/.hidden", true),
            ("py", "./packages/*/", "py/packages/a", true),
            ("py", "packages/*", "packages/a", false),
            ("py", "../other", "other", true),
            ("", "**/deep", "deep", true),
            ("", "**/deep", "a/b/deep", true),
            ("", "p/**", "p", false),
            ("", "p/**", "p/a/b", true),
            ("", "p/{a,b}", "p/a", false),
            ("", "p/{a,b}", "p/{a,b}", true),
            ("", "p/[!ab]", "p/c", true),
            ("", "p/[!ab]", "p/a", false),
            ("a[b]", "*", "a[b]/c", true),
        ] {
            assert_eq!(matches(root, glob, true, folder), expected, "{root}: {glob} {folder}");
        }
        assert!(matches("", "p/a*", false, "p/ab/x"), "an exclusion's star crosses folders");
        assert!(pattern(&RepoPath::root(), "../out", true).is_err());
        assert!(pattern(&RepoPath::root(), "p/a**", true).is_err());
    }
}
