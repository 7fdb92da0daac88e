//! Which folders a workspace consists of, as cargo takes them.
//!
//! Seen in cargo 1.95: among members `*` stops at `/`, braces are plain characters, hidden folders match, and a folder without
//! a package file is an error however it was named; files are passed over. What is excluded is a path with all below it and
//! no glob, and a path among the members that is written out counts before it. The crates that members are taken from by path
//! are members too where they lie below the root, or name it themselves.

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobSet};
use releasekit_core::model::RepoPath;
use releasekit_core::{Result, Tree};
use releasekit_formats::manifest::toml::Spanned;
use releasekit_formats::manifest::{Ignored, folder_glob};

use crate::config::MANIFEST;
use crate::error::Error;
use crate::manifest::Manifest;

/// The package files of a tree by their folders.
pub(crate) type Manifests = BTreeMap<RepoPath, Manifest>;

/// The folders of a tree.
#[derive(Debug)]
pub(crate) struct Folders {
    all: BTreeSet<RepoPath>,
    /// Those that have a package file and are not left out.
    pub(crate) with_manifest: BTreeSet<RepoPath>,
    pub(crate) ignored: Ignored,
    /// Links, and repositories of their own.
    pub(crate) elsewhere: BTreeSet<RepoPath>,
}

impl Folders {
    /// The folders of a tree; globs leave some of them out.
    pub(crate) fn of(tree: &dyn Tree, exclude: &[String]) -> Result<Self> {
        let files = tree.files()?;
        let mut folders = Self {
            all: BTreeSet::from([RepoPath::root()]),
            with_manifest: BTreeSet::new(),
            ignored: Ignored::new(exclude),
            elsewhere: BTreeSet::new(),
        };
        // Most repositories have none, and where there is no workspace nobody asks for its folders.
        if !files.iter().any(|file| file.file_name() == Some(MANIFEST)) {
            return Ok(folders);
        }
        folders.elsewhere = tree.links()?.iter().chain(tree.nested()?.iter()).cloned().collect();
        let mut last = "";
        for file in files.iter() {
            let above = file.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
            // What lies in a folder stands together in a sorted list.
            if above != last {
                for folder in std::iter::successors(file.parent(), RepoPath::parent) {
                    if !folders.all.insert(folder) {
                        break;
                    }
                }
                last = above;
            }
            let folder = file.parent().filter(|_| file.file_name() == Some(MANIFEST));
            folders.with_manifest.extend(folder.filter(|folder| !folders.ignored.contains(folder)));
        }
        Ok(folders)
    }
}

/// An entry of `members`.
#[derive(Debug)]
struct Member {
    written: Spanned,
    /// As a path, as which it counts before what is excluded.
    path: Option<RepoPath>,
    /// Where it is more than a path.
    glob: Option<GlobSet>,
}

impl Member {
    /// Reads an entry of a root.
    fn of(root: &RepoPath, written: &Spanned) -> Result<Self, String> {
        let glob = matcher(root, &written.value)?;
        Ok(Self { written: written.clone(), path: root.join(&written.value).ok(), glob })
    }

    fn takes(&self, folder: &RepoPath) -> bool {
        self.has_glob_for(folder) || self.path.as_ref() == Some(folder)
    }

    fn has_glob_for(&self, folder: &RepoPath) -> bool {
        self.glob.as_ref().is_some_and(|glob| glob.is_match(folder.as_str()))
    }
}

/// What the root of a workspace says of its members.
#[derive(Debug)]
pub(crate) struct Membership<'a> {
    pub(crate) root: &'a Manifest,
    members: Vec<Member>,
    exclude: Vec<RepoPath>,
}

impl<'a> Membership<'a> {
    /// Reads what a root says; what is wrong with it goes to `faults`. `None` where it is no root.
    pub(crate) fn of(root: &'a Manifest, faults: &mut Vec<Error>) -> Option<Self> {
        let workspace = root.workspace.as_ref()?;
        let mut members = Vec::new();
        for written in &workspace.members {
            match Member::of(&root.folder, written) {
                Ok(member) => members.push(member),
                Err(reason) => {
                    let place = root.source.place(Some(written.span.clone()));
                    faults.push(Error::Manifest { place, reason });
                }
            }
        }
        let exclude = workspace.exclude.iter().filter_map(|path| root.folder.join(&path.value).ok()).collect();
        Some(Self { root, members, exclude })
    }

    /// Whether a folder is taken out.
    pub(crate) fn excludes(&self, folder: &RepoPath) -> bool {
        let is_written_out =
            || self.members.iter().filter_map(|member| member.path.as_ref()).any(|path| folder.starts_with(path));
        self.exclude.iter().any(|path| folder.starts_with(path)) && !is_written_out()
    }

    /// The entry that takes a folder in.
    fn includes(&self, folder: &RepoPath) -> Option<&Member> {
        self.members.iter().find(|member| member.takes(folder))
    }

    /// Those of some paths that an entry takes in, as if they were folders of the tree.
    pub(crate) fn among(&self, paths: &[RepoPath], ignored: &Ignored) -> Vec<RepoPath> {
        let is_taken =
            |path: &&RepoPath| self.includes(path).is_some() && !self.excludes(path) && !ignored.contains(path);
        paths.iter().filter(is_taken).cloned().collect()
    }
}

/// The workspaces of a tree.
#[derive(Debug)]
pub(crate) struct Workspaces<'a> {
    manifests: &'a Manifests,
    roots: BTreeMap<&'a RepoPath, Membership<'a>>,
}

impl<'a> Workspaces<'a> {
    pub(crate) fn of(manifests: &'a Manifests) -> Self {
        let root = |(folder, manifest)| Some((folder, Membership::of(manifest, &mut Vec::new())?));
        Self { manifests, roots: manifests.iter().filter_map(root).collect() }
    }

    pub(crate) fn roots(&self) -> impl Iterator<Item = (&'a RepoPath, &Membership<'a>)> {
        self.roots.iter().map(|(folder, membership)| (*folder, membership))
    }

    /// The root that cargo finds from a folder: its own, the one that it names, or the innermost around it that does not
    /// leave it out.
    pub(crate) fn root_of(&self, folder: &RepoPath) -> Option<RepoPath> {
        let mut above = std::iter::successors(Some(folder.clone()), RepoPath::parent);
        above.find_map(|at| {
            if let Some(membership) = self.roots.get(&at) {
                return (at == *folder || !membership.excludes(folder)).then_some(at);
            }
            self.manifests.get(&at)?.package.as_ref()?.root.clone()
        })
    }

    /// The folders of a workspace's crates, the root's own too where it is one. Folders without a package file go to `faults`.
    pub(crate) fn members(
        &self,
        membership: &Membership<'_>,
        folders: &Folders,
        faults: &mut Vec<Error>,
    ) -> BTreeSet<RepoPath> {
        let mut found = Found { workspaces: self, membership, folders, members: BTreeSet::new() };
        for member in &membership.members {
            for folder in matched(member, &folders.all) {
                if membership.excludes(folder) || folders.ignored.contains(folder) {
                    continue;
                }
                if folders.with_manifest.contains(folder) {
                    found.take(folder, false);
                } else if !folders.elsewhere.contains(folder) {
                    let place = membership.root.source.place(Some(member.written.span.clone()));
                    faults.push(Error::MemberMissing { folder: folder.clone(), place });
                }
            }
        }
        found.take(&membership.root.folder, false);
        // What could not be read is one too, so that it is said with the others.
        let is_crate = |folder: &RepoPath| self.manifests.get(folder).is_none_or(|it| it.package.is_some());
        found.members.into_iter().filter(is_crate).collect()
    }
}

/// The folders that an entry takes in, or the path that it is where there is no such folder.
fn matched<'f>(member: &'f Member, folders: &'f BTreeSet<RepoPath>) -> Vec<&'f RepoPath> {
    let found: Vec<&RepoPath> = match member.glob {
        Some(_) => folders.iter().filter(|folder| member.has_glob_for(folder)).collect(),
        None => Vec::new(),
    };
    match &member.path {
        Some(path) if found.is_empty() => vec![path],
        _ => found,
    }
}

/// A workspace whose members are being found.
struct Found<'f, 'a> {
    workspaces: &'f Workspaces<'a>,
    membership: &'f Membership<'f>,
    folders: &'f Folders,
    members: BTreeSet<RepoPath>,
}

impl Found<'_, '_> {
    /// Takes a crate in, and those that it is taken from by path.
    fn take(&mut self, folder: &RepoPath, by_path: bool) {
        let root = &self.membership.root.folder;
        let is_elsewhere = || !folder.starts_with(root) && self.workspaces.root_of(folder).as_ref() != Some(root);
        let is_known = self.members.contains(folder) || !self.folders.with_manifest.contains(folder);
        if is_known || (by_path && is_elsewhere()) {
            return;
        }
        let Some(manifest) = self.workspaces.manifests.get(folder) else {
            self.members.insert(folder.clone());
            return;
        };
        // The root of another workspace is no member of this one, which cargo says of who takes it from there.
        let is_other = folder != root && manifest.workspace.is_some();
        if self.membership.excludes(folder) || is_other {
            return;
        }
        self.members.insert(folder.clone());
        for path in manifest.paths(self.membership.root) {
            self.take(path, true);
        }
    }
}

/// An entry of `members` as a glob over folders from the repository root; `None` where it is a path, as hundreds may be.
fn matcher(root: &RepoPath, glob: &str) -> Result<Option<GlobSet>, String> {
    let pattern = folder_glob(root, glob)?;
    if !glob.contains(['*', '?', '[']) {
        return Ok(None);
    }
    let built = GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(false).build();
    let built = built.and_then(|glob| GlobSet::new([glob]));
    built.map(Some).map_err(|error| format!("`{glob}` is not a glob: {}", error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(glob: &str) -> Spanned {
        Spanned { value: glob.to_owned(), span: 0..0 }
    }

    #[test]
    fn globs_match_as_cargo_matches_them() {
        for (root, glob, folder, expected) in [
            ("", "crates/*", "crates/a", true),
            ("", "crates/*", "crates/a/b", false),
            ("", "crates/*", "crates/.hidden", true),
            ("rs", "./crates/*/", "rs/crates/a", true),
            ("rs", "crates/*", "crates/a", false),
            ("rs", "../other", "other", true),
            ("", "**/deep", "a/b/deep", true),
            ("", "p/{a,b}", "p/a", false),
            ("", "p/{a,b}", "p/{a,b}", true),
            ("", "p/[!ab]", "p/c", true),
            ("a[b]", "*", "a[b]/c", true),
            ("rs", "./crates//a/", "rs/crates/a", true),
            ("rs", "crates/a", "rs/crates/a/b", false),
        ] {
            let member = Member::of(&RepoPath::new(root).expect("legal"), &written(glob)).expect("a glob");
            assert_eq!(member.takes(&RepoPath::new(folder).expect("legal")), expected, "{root}: {glob} {folder}");
        }
        for glob in ["../out", "p/a**", "p/[", &"*".repeat(1 << 20)] {
            assert!(Member::of(&RepoPath::root(), &written(glob)).is_err(), "{}", &glob[..4.min(glob.len())]);
        }
    }
}
