//! Which folders a workspace consists of, by the globs of its root, as pnpm itself takes them.
//!
//! Tried with pnpm 10.34 and 12.21: the root is a member whatever is said; without globs it is the only one. A glob is one of
//! package files, so `p/**` takes in `p` too; braces hold alternatives; a wildcard stands for no folder that begins with a dot;
//! a glob may leave the root by `..` and takes in nothing where it begins with `/`. `!` excludes wherever it stands among the
//! globs, and excludes a folder, not what lies below. What was installed is never a member. pnpm 10 knows patterns such as
//! `@(a|b)`, which pnpm 12 refuses, and so does this.

use std::collections::BTreeSet;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use releasekit_core::model::RepoPath;
use releasekit_core::{Result, Tree};
use releasekit_formats::manifest::{Ignored, Source, Spanned, folder_glob_with_alternatives};

use crate::config::{INSTALLED, MANIFEST, OTHER_LOCKFILES, OTHER_MANIFESTS, SETTINGS};
use crate::error::Error;

/// A longer list of globs takes longer to be matched than any workspace is worth.
const MOST: usize = 10_000;

/// The folders of a tree that hold files of this ecosystem, but for excluded ones.
#[derive(Debug)]
pub(crate) struct Folders {
    pub(crate) with_manifest: BTreeSet<RepoPath>,
    pub(crate) with_settings: BTreeSet<RepoPath>,
    /// With a package file that only pnpm reads, and no other.
    pub(crate) with_other_manifest: BTreeSet<RepoPath>,
    /// With a lockfile of another tool.
    pub(crate) with_other_lockfile: BTreeSet<(RepoPath, &'static str)>,
    /// With a lockfile of pnpm.
    pub(crate) with_lockfile: BTreeSet<RepoPath>,
    pub(crate) ignored: Ignored,
}

impl Folders {
    pub(crate) fn of(tree: &dyn Tree, exclude: &[String]) -> Result<Self> {
        let mut folders = Self {
            with_manifest: BTreeSet::new(),
            with_settings: BTreeSet::new(),
            with_other_manifest: BTreeSet::new(),
            with_other_lockfile: BTreeSet::new(),
            with_lockfile: BTreeSet::new(),
            ignored: Ignored::new(exclude),
        };
        for file in tree.files()?.iter() {
            let (Some(name), Some(folder)) = (file.file_name(), file.parent()) else { continue };
            folders.file(name, folder);
        }
        let own = &folders.with_manifest;
        folders.with_other_manifest = folders.with_other_manifest.difference(own).cloned().collect();
        Ok(folders)
    }

    fn file(&mut self, name: &str, folder: RepoPath) {
        let lockfile = OTHER_LOCKFILES.iter().find(|(file, _)| *file == name);
        let is_known = [MANIFEST, SETTINGS, crate::config::LOCKFILE].contains(&name);
        let is_other = OTHER_MANIFESTS.contains(&name);
        if !(is_known || is_other || lockfile.is_some()) || is_installed(&folder) || self.ignored.contains(&folder) {
            return;
        }
        match name {
            MANIFEST => drop(self.with_manifest.insert(folder)),
            SETTINGS => drop(self.with_settings.insert(folder)),
            crate::config::LOCKFILE => drop(self.with_lockfile.insert(folder)),
            _ if is_other => drop(self.with_other_manifest.insert(folder)),
            _ => self.with_other_lockfile.extend(lockfile.map(|(_, tool)| (folder, *tool))),
        }
    }
}

/// Whether a folder lies among what was installed.
fn is_installed(folder: &RepoPath) -> bool {
    folder.as_str().split('/').any(|part| INSTALLED.contains(&part))
}

/// The globs of a root, ready to match.
#[derive(Debug)]
pub(crate) struct Membership {
    root: RepoPath,
    members: GlobSet,
    /// What each glob of the members is.
    written: Vec<String>,
    exclude: GlobSet,
}

impl Membership {
    /// Reads the globs of a file; what is wrong with them goes to `faults`.
    pub(crate) fn of(root: &RepoPath, source: &Source, globs: &[Spanned], faults: &mut Vec<Error>) -> Self {
        let (mut members, mut exclude) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        let mut written = Vec::new();
        let mut fault = |glob: &Spanned, reason: String| {
            faults.push(Error::Manifest { place: source.place(Some(glob.span.clone())), reason });
        };
        if let Some(glob) = globs.get(MOST) {
            fault(glob, format!("a list of {} globs is too long, {MOST} are the most", globs.len()));
        }
        for glob in globs.iter().take(MOST) {
            let (text, is_out) = match glob.value.strip_prefix('!') {
                Some(text) => (text, true),
                None => (glob.value.as_str(), false),
            };
            if text.starts_with('/') {
                continue;
            }
            match matcher(root, text) {
                Ok(matcher) if is_out => drop(exclude.add(matcher)),
                Ok(matcher) => {
                    written.push(matcher.glob().to_owned());
                    members.add(matcher);
                }
                Err(reason) => fault(glob, reason),
            }
        }
        let mut set = |set: &GlobSetBuilder| {
            set.build().unwrap_or_else(|error| {
                let reason = format!("its globs cannot be matched together: {error}");
                faults.push(Error::Manifest { place: source.place(None), reason });
                GlobSet::empty()
            })
        };
        let (members, exclude) = (set(&members), set(&exclude));
        Self { root: root.clone(), members, written, exclude }
    }

    /// Whether a folder is a member, where it has a package file.
    pub(crate) fn includes(&self, folder: &RepoPath) -> bool {
        if *folder == self.root {
            return true;
        }
        let file = folder.join(MANIFEST).expect("a file name is a legal path");
        !self.exclude.is_match(file.as_str())
            && self.members.matches(file.as_str()).into_iter().any(|index| shows(&self.written[index], folder))
    }

    /// Those of some folders that are members.
    pub(crate) fn among<'f>(&self, folders: impl IntoIterator<Item = &'f RepoPath>) -> BTreeSet<RepoPath> {
        folders.into_iter().filter(|folder| self.includes(folder)).cloned().collect()
    }
}

/// Whether a glob names the folders of a path that begin with a dot: a wildcard stands for none of them.
fn shows(glob: &str, folder: &RepoPath) -> bool {
    let mut hidden = folder.as_str().split('/').filter(|part| part.starts_with('.'));
    let named = || glob.split(['/', '{', '}', ',']).filter(|part| part.starts_with('.'));
    let matches = |name: &str, part: &str| {
        Glob::new(name).and_then(|glob| GlobSet::new([glob])).is_ok_and(|glob| glob.is_match(part))
    };
    hidden.all(|part| named().any(|name| matches(name, part)))
}

/// A glob of a root as one over package files from the repository root.
fn matcher(root: &RepoPath, glob: &str) -> std::result::Result<Glob, String> {
    let is_refused = glob.contains('\\') || ["@(", "!(", "+(", "?(", "*("].iter().any(|start| glob.contains(start));
    if is_refused {
        return Err(format!("`{glob}` is not a glob to pnpm 12"));
    }
    let folder = folder_glob_with_alternatives(root, glob)?;
    let pattern = if folder.is_empty() { MANIFEST.to_owned() } else { format!("{folder}/{MANIFEST}") };
    let built = GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(false).build();
    built.map_err(|error| format!("`{glob}` is not a glob: {}", error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_member(root: &str, globs: &[&str], folder: &str) -> bool {
        let path = |text| RepoPath::new(text).expect("legal");
        let source = Source::new(path("f"), "");
        let globs: Vec<_> = globs.iter().map(|glob| Spanned { value: (*glob).to_owned(), span: 0..0 }).collect();
        let mut faults = Vec::new();
        let membership = Membership::of(&path(root), &source, &globs, &mut faults);
        assert!(faults.is_empty(), "{globs:?}");
        membership.includes(&path(folder))
    }

    #[test]
    fn globs_match_as_pnpm_matches_them() {
        for (root, globs, folder, expected) in [
            ("", &["p/*"][..], "p/a", true),
            ("", &["p/*"], "p/b/nested", false),
            ("", &["p/*"], "p/.hid", false),
            ("", &["p/.*"], "p/.hid", true),
            ("", &["p/.*"], "p/a", false),
            ("", &["**"], "deep/x/y", true),
            ("", &["**"], ".dot/d", false),
            ("", &[".dot/*"], ".dot/d", true),
            ("", &["p/**"], "p", true),
            ("", &["p/**"], "p/b/nested", true),
            ("", &["p/**/*"], "p/a", true),
            ("", &["p/**", "!p/b/**"], "p/b/nested", false),
            ("", &["!p/b/**", "p/**"], "p/b/nested", false),
            ("", &["p/**", "!p/b"], "p/b/nested", true),
            ("", &["p/**", "!**/nested"], "p/b/nested", false),
            ("", &["p/*", "!p/a/"], "p/a", false),
            ("", &["p/*", "!p/*", "p/a"], "p/a", false),
            ("", &["./p/*/"], "p/a", true),
            ("", &["p/{a,b}"], "p/a", true),
            ("", &["p/{a,b}"], "p/{a,b}", false),
            ("", &["p/{a,b/**}"], "p/b/nested", true),
            ("", &["p/[!a]*"], "p/yaml", true),
            ("", &["p/?"], "p/a", true),
            ("", &["**/test/**"], "q/test/z", true),
            ("", &["/p/*"], "p/a", false),
            ("", &["P/*"], "p/a", false),
            ("", &["p/a/../b"], "p/b", true),
            ("", &[], "p/a", false),
            ("", &[], "", true),
            ("", &["p/*", "!."], "", true),
            ("js", &["p/*"], "js/p/a", true),
            ("js", &["p/*"], "p/a", false),
            ("js", &["../other"], "other", true),
            ("a[b]", &["*"], "a[b]/c", true),
        ] {
            assert_eq!(is_member(root, globs, folder), expected, "{root}: {globs:?} {folder}");
        }
    }

    #[test]
    fn what_pnpm_12_refuses_is_refused() {
        for glob in ["p/@(a|b)", "p/!(a)", "p**", "p/\\{a\\}", "../out", "p/[", &"{*".repeat(1 << 20)] {
            assert!(matcher(&RepoPath::root(), glob).is_err(), "{}", &glob[..glob.len().min(9)]);
        }
    }
}
