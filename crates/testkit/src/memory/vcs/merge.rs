//! Merges by whole files: a file that both sides change is a conflict.

use std::collections::BTreeSet;
use std::sync::Arc;

use releasekit_core::Result;
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::{OwnChanges, ReplayRequest};

use super::codes::{CONFLICT, INVALID, refused};
use super::objects::{Commit, Files};
use super::repository::MemoryVcs;

/// What two sides make of a base, with the files that need people.
struct Merged {
    files: Files,
    conflicts: Vec<RepoPath>,
}

fn merge(base: &Files, ours: &Files, theirs: &Files) -> Merged {
    let mut merged = Merged { files: ours.clone(), conflicts: Vec::new() };
    for path in changed(base, theirs) {
        let (before, here, there) = (base.get(&path), ours.get(&path), theirs.get(&path));
        if here == there {
            continue;
        }
        if here != before {
            merged.conflicts.push(path);
            continue;
        }
        match there.cloned() {
            Some(content) => drop(merged.files.insert(path, content)),
            None => drop(merged.files.remove(&path)),
        }
    }
    merged
}

/// The files that differ, sorted.
pub(super) fn changed(before: &Files, after: &Files) -> BTreeSet<RepoPath> {
    before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

impl MemoryVcs {
    /// The files that two commits have in common history; none where they have no history in common.
    fn base(&self, one: &CommitId, two: &CommitId) -> Arc<Files> {
        let of_two = self.reachable(two);
        let common: Vec<CommitId> = self.reachable(one).into_iter().filter(|id| of_two.contains(id)).collect();
        let is_below = |id: &CommitId, other: &CommitId| id != other && self.reachable(other).contains(id);
        let nearest = common.iter().find(|id| !common.iter().any(|other| is_below(id, other)));
        nearest.and_then(|id| self.store.find(id)).map(|commit| commit.files).unwrap_or_default()
    }

    fn merged(&self, ours: &CommitId, theirs: &CommitId) -> Result<Merged> {
        let (ours_files, theirs_files) = (self.store.get(ours)?.files, self.store.get(theirs)?.files);
        Ok(merge(&self.base(ours, theirs), &ours_files, &theirs_files))
    }

    /// What a commit stands on, and whether that had to be made up by people.
    fn below(&self, commit: &Commit) -> Result<(Arc<Files>, bool)> {
        match commit.info.parents.as_slice() {
            [] => Ok((Arc::default(), false)),
            [parent] => Ok((self.store.get(parent)?.files, false)),
            [ours, theirs, ..] => {
                let merged = self.merged(ours, theirs)?;
                if merged.conflicts.is_empty() {
                    return Ok((Arc::new(merged.files), false));
                }
                Ok((self.store.get(ours)?.files, true))
            }
        }
    }

    pub(super) fn own_changes_of(&self, id: &CommitId) -> Result<OwnChanges> {
        let commit = self.store.get(id)?;
        let (below, by_hand) = self.below(&commit)?;
        let mut own = OwnChanges::of_contents(changed(&below, &commit.files).into_iter().collect());
        own.by_hand = by_hand;
        Ok(own)
    }

    pub(super) fn contains(&self, into: &CommitId, commit: &CommitId) -> Result<bool> {
        let merged = self.merged(into, commit)?;
        Ok(merged.conflicts.is_empty() && merged.files == *self.store.get(into)?.files)
    }

    /// Makes a merge of two commits. Fails with `Conflict`.
    pub fn merge_of(&self, [ours, theirs]: [&CommitId; 2]) -> Result<CommitId> {
        let merged = self.merged(ours, theirs)?;
        if let Some(path) = merged.conflicts.first() {
            return Err(refused(CONFLICT, format!("both change `{path}`")));
        }
        let time = self.store.get(ours)?.info.time + 1;
        Ok(self.store.put(vec![ours.clone(), theirs.clone()], merged.files, "merge\n", time))
    }

    pub(super) fn replay_all(&self, request: &ReplayRequest) -> Result<CommitId> {
        self.refuse_disorder(&request.commits)?;
        self.store.get(&request.onto)?;
        let mut tip = request.onto.clone();
        for id in &request.commits {
            tip = self.replay_one(id, &tip, &request.without)?;
        }
        Ok(tip)
    }

    /// Each once, and none before one that it stands on.
    fn refuse_disorder(&self, commits: &[CommitId]) -> Result<()> {
        for (place, id) in commits.iter().enumerate() {
            self.store.get(id)?;
            if commits[place + 1..].iter().any(|later| self.reachable(id).contains(later)) {
                return Err(refused(INVALID, format!("{id} is to be replayed before what it stands on")));
            }
        }
        Ok(())
    }

    fn replay_one(&self, id: &CommitId, onto: &CommitId, without: &[RepoPath]) -> Result<CommitId> {
        let (commit, there) = (self.store.get(id)?, self.store.get(onto)?.files);
        let (below, by_hand) = self.below(&commit)?;
        let conflict = |why: String| refused(CONFLICT, format!("{id} conflicts with {onto}: {why}"));
        if by_hand {
            return Err(conflict("it is a merge made by hand".to_owned()));
        }
        let was_empty = commit.info.parents.len() < 2 && below == commit.files;
        let mut theirs = commit.files.as_ref().clone();
        for path in without {
            match below.get(path).cloned() {
                Some(content) => drop(theirs.insert(path.clone(), content)),
                None => drop(theirs.remove(path)),
            }
        }
        let merged = merge(&below, &there, &theirs);
        if let Some(path) = merged.conflicts.first() {
            return Err(conflict(format!("both change `{path}`")));
        }
        if merged.files == *there && !was_empty {
            return Ok(onto.clone());
        }
        Ok(self.store.put(vec![onto.clone()], merged.files, &commit.info.message, commit.info.time))
    }
}
