//! What there is of two clones, their remote and the registry, at one moment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use releasekit_rehearsal::File;
use releasekit_testkit::{Kind, Snapshot};

use crate::journey::Journey;

/// Refs by name.
type Refs = BTreeMap<String, String>;

/// Everything that a command promises something of.
#[derive(Debug)]
pub(super) struct Look {
    /// What users see of each clone.
    pub(super) checkouts: Vec<Snapshot>,
    /// The refs of each clone, but what it remembers of the remote.
    pub(super) here: [Refs; 2],
    /// The refs of the remote.
    pub(super) remote: Refs,
    /// The digests of what is stored.
    pub(super) stored: BTreeMap<File, String>,
}

impl Look {
    pub(super) fn at(journey: &Journey, clones: &[PathBuf; 2]) -> Self {
        Self {
            checkouts: clones.iter().map(|clone| Snapshot::of_checkout(clone)).collect(),
            here: clones.each_ref().map(|clone| journey.refs_of(clone)),
            remote: journey.remote_refs(),
            stored: journey.registry().stored(),
        }
    }

    pub(super) fn refs(&self) -> (&[Refs; 2], &Refs) {
        (&self.here, &self.remote)
    }

    /// The names of the remote's refs that are new, moved or gone later.
    pub(super) fn changed_on_remote(&self, later: &Self) -> Vec<String> {
        let all = self.remote.keys().chain(later.remote.keys().filter(|name| !self.remote.contains_key(*name)));
        let mut changed: Vec<String> =
            all.filter(|name| self.remote.get(*name) != later.remote.get(*name)).cloned().collect();
        changed.sort();
        changed
    }
}

/// The files below a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let seen = Snapshot::of(folder);
    let files = seen.entries().iter().filter(|(_, entry)| entry.kind != Kind::Folder);
    files.map(|(path, _)| path.clone()).collect()
}

/// Files in our cache but those that are to stay.
pub(super) fn left_in_cache(journey: &Journey, cache: &Path) -> Vec<PathBuf> {
    let stays = |path: &PathBuf| journey.world().kept_in_cache().iter().any(|kept| path == Path::new(kept));
    files(cache).into_iter().filter(|path| !stays(path)).collect()
}

/// Locks that a git left behind in a clone.
pub(super) fn git_locks(clone: &Path) -> Vec<PathBuf> {
    let is_lock = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "lock");
    files(&clone.join(".git")).into_iter().filter(is_lock).filter(|path| !path.starts_with("releasekit")).collect()
}
