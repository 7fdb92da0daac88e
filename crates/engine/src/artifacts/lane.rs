//! An export in which packages are built one after another, and what a build may change in it.
//!
//! Builds that run at the same time have an export each, so that what changed in one is the doing of one package. What a
//! build changes among the files of another package would be in no commit and in that package's artifacts all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use releasekit_core::FileEdit;
use releasekit_core::model::RepoPath;

use super::Sources;
use crate::durable;
use crate::error::Result;
use crate::export::Export;
use crate::failure::Failure;
use crate::session::Session;

/// What shows that a file was written to: no program can set the third of them back.
type Stamp = (u64, u64, i64, i64);

/// One export, and the state that builds have to leave it in.
#[derive(Debug)]
pub(super) struct Lane {
    export: Export,
    files: Files,
    spoilt: bool,
}

/// The files below a folder, links among them, by their paths from there; folders have no stamp.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Files(BTreeMap<PathBuf, Option<Stamp>>);

impl Lane {
    /// An export that is ready to build in.
    pub(super) fn of(export: Export) -> Result<Self> {
        let files = Files::of_export(export.path())?;
        Ok(Self { export, files, spoilt: false })
    }

    /// The same once more, at another place.
    pub(super) fn copied(&self, session: &Session) -> Result<Self> {
        Self::of(self.export.copied(session)?)
    }

    pub(super) fn export(&self) -> &Export {
        &self.export
    }

    /// Whether a build has changed what the next one would take in.
    pub(super) fn is_spoilt(&self) -> bool {
        self.spoilt
    }

    /// Removes what a build has left in its package's folder, for a later build would take it in.
    pub(super) fn clean(&self, package: &RepoPath) -> Result<()> {
        let folder = package.on_disk(self.export.path());
        if !folder.exists() {
            return Ok(());
        }
        let now = if package.is_root() { Files::of_export(&folder)? } else { Files::below(&folder)? };
        let mut removed: Option<&PathBuf> = None;
        for path in now.0.keys().filter(|path| !self.files.0.contains_key(&place(package, path))) {
            // Above comes before below in this order, and goes with all it holds.
            if removed.is_some_and(|above| path.starts_with(above)) {
                continue;
            }
            let file = folder.join(path);
            let is_folder = file.is_dir() && !file.is_symlink();
            let gone = if is_folder { durable::remove_all(&file) } else { fs::remove_file(&file) };
            gone.map_err(Failure::file("remove", file))?;
            removed = Some(path);
        }
        Ok(())
    }

    /// The files that a build has changed, made or removed, and that are no business of its packages: tracked ones of
    /// others, and new ones that the system does not ignore.
    pub(super) async fn changed_by(
        &mut self,
        session: &Session,
        sources: &Sources,
        packages: &[usize],
    ) -> Result<Vec<PathBuf>> {
        let now = Files::of_export(self.export.path())?;
        let before = std::mem::replace(&mut self.files, now);
        let owners = Owners::of(sources);
        let foreign = |path: &PathBuf| owners.of_path(path).is_none_or(|owner| !packages.contains(&owner));
        let changed: Vec<PathBuf> = before.differences(&self.files).into_iter().filter(foreign).collect();
        if changed.is_empty() {
            return Ok(changed);
        }
        let tracked = sources.snapshot.tree.files()?;
        let as_tracked = |path: &PathBuf| path.to_str().and_then(|path| RepoPath::new(path).ok());
        let is_tracked = |path: &RepoPath| tracked.binary_search(path).is_ok();
        // What no commit could hold, such as a system's own folder in another, nobody ignores either.
        let (mut changed, new): (Vec<_>, Vec<_>) =
            changed.into_iter().partition(|path| as_tracked(path).is_none_or(|path| is_tracked(&path)));
        let new = new.iter().filter_map(as_tracked).collect();
        // Some tools write a file anew as it was.
        changed.retain(|path| !as_tracked(path).is_some_and(|path| self.is_as_committed(sources, &path)));
        changed.extend(unignored(session, sources, new).await?.iter().map(|path| PathBuf::from(path.as_str())));
        changed.sort();
        self.spoilt = !changed.is_empty();
        Ok(changed)
    }

    /// Whether a file holds what the release commit has of it. One that a pin or a command has changed before does not.
    fn is_as_committed(&self, sources: &Sources, path: &RepoPath) -> bool {
        let committed = sources.snapshot.tree.read(path).ok().flatten();
        let place = path.on_disk(self.export.path());
        !place.is_symlink() && committed.is_some_and(|content| fs::read(place).is_ok_and(|now| now == content))
    }
}

/// Those of the paths that the system does not ignore at the release commit. An export in which builds have run may say
/// anything about that, so a new one is asked.
async fn unignored(session: &Session, sources: &Sources, paths: Vec<RepoPath>) -> Result<Vec<RepoPath>> {
    if paths.is_empty() {
        return Ok(paths);
    }
    let export = Export::create(session, &sources.commit.id, &[]).await?;
    let edits: Vec<FileEdit> = paths.iter().map(|path| FileEdit::write(path.clone(), Vec::new())).collect();
    export.write(&edits)?;
    let Some(known) = export.unignored(session).await? else { return Ok(paths) };
    Ok(paths.into_iter().filter(|path| known.contains(path)).collect())
}

/// The path from the root of what lies in a package's folder.
fn place(package: &RepoPath, path: &Path) -> PathBuf {
    if package.is_root() { path.to_owned() } else { Path::new(package.as_str()).join(path) }
}

impl Files {
    /// What lies in an export now, but for what the system that made it keeps at its root: tools touch that at will.
    fn of_export(root: &Path) -> Result<Self> {
        Self::below_but(root, &RepoPath::OWN)
    }

    /// What lies below a folder now.
    pub(super) fn below(root: &Path) -> Result<Self> {
        Self::below_but(root, &[])
    }

    fn below_but(root: &Path, left_out: &[&str]) -> Result<Self> {
        let mut found = Self::default();
        let mut open = vec![PathBuf::new()];
        while let Some(folder) = open.pop() {
            let place = root.join(&folder);
            let failed = |error| Failure::file("read", &place)(error);
            for entry in fs::read_dir(&place).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let path = folder.join(entry.file_name());
                if left_out.iter().any(|name| path == Path::new(name)) {
                    continue;
                }
                // A file that a build of long ago made and that goes away at this very moment is gone.
                let Ok(data) = entry.metadata() else { continue };
                let stamp = (data.ino(), data.size(), data.ctime(), data.ctime_nsec());
                found.0.insert(path.clone(), (!data.is_dir()).then_some(stamp));
                if data.is_dir() {
                    open.push(path);
                }
            }
        }
        Ok(found)
    }

    /// The files, not folders, that are in one of both only or were written to.
    pub(super) fn differences(&self, now: &Self) -> BTreeSet<PathBuf> {
        let changed = self.0.iter().filter(|(path, stamp)| now.0.get(*path) != Some(stamp));
        let new = now.0.iter().filter(|(path, _)| !self.0.contains_key(*path));
        let files = changed.chain(new).filter(|(_, stamp)| stamp.is_some());
        files.map(|(path, _)| path.clone()).collect()
    }
}

/// Whose the files of a repository are: those of the package whose folder is nearest above them.
struct Owners<'a>(Vec<(&'a RepoPath, usize)>);

impl<'a> Owners<'a> {
    fn of(sources: &'a Sources) -> Self {
        let members = sources.snapshot.discovery.members.iter().enumerate();
        let mut owners: Vec<_> = members.map(|(index, member)| (&member.package.path, index)).collect();
        owners.sort_by_key(|(path, _)| std::cmp::Reverse(path.as_str().len()));
        Self(owners)
    }

    fn of_path(&self, path: &Path) -> Option<usize> {
        self.0.iter().find(|(folder, _)| path.starts_with(folder.as_str())).map(|(_, index)| *index)
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn whatever_was_written_to_is_seen_though_it_looks_as_before() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in [".git", "sub/.git"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        for name in ["kept", "written", "gone", "replaced", "sub/file", ".git/index", "sub/.git/index"] {
            fs::write(at(name), name).unwrap();
        }
        let before = Files::of_export(folder.path()).unwrap();
        assert!(before.differences(&before).is_empty());
        let time = fs::metadata(at("written")).unwrap().modified().unwrap();
        // Time has to pass for the system to give another one.
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::write(at("written"), "WRITTEN").unwrap();
        let file = fs::File::options().write(true).open(at("written")).unwrap();
        file.set_modified(time).unwrap();
        fs::remove_file(at("gone")).unwrap();
        fs::remove_file(at("replaced")).unwrap();
        fs::create_dir(at("replaced")).unwrap();
        fs::write(at(".git/index"), "git's own").unwrap();
        fs::write(at("sub/.git/index"), "nobody's").unwrap();
        fs::write(folder.path().join(OsStr::from_bytes(b"sub/\xff")), "no text").unwrap();
        fs::write(at("sub/new"), "").unwrap();
        let changed = before.differences(&Files::of_export(folder.path()).unwrap());
        let changed: Vec<_> = changed.iter().map(|path| path.to_string_lossy()).collect();
        assert_eq!(changed, ["gone", "replaced", "sub/.git/index", "sub/new", "sub/\u{fffd}", "written"]);
    }
}
