//! What reverts undo. A revert and what it undoes cancel each other where both are in a package's range; a revert of a
//! revert restores; what is left undoes something that was released.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::CommitId;
use releasekit_core::vcs::TouchingCommit;

use super::change::Change;
use crate::commit::without_number;
use crate::error::Result;
use crate::session::Session;

/// What each revert of a history undoes.
#[derive(Debug, Default)]
pub(super) struct Reverts {
    /// By the reverting commit, for each commit that it names the ones that this stands for: itself, or what a merge brought.
    named: BTreeMap<CommitId, Vec<BTreeSet<CommitId>>>,
}

impl Reverts {
    /// Looks up what the reverts among some changes name. `known` are the commits of the history.
    pub(super) async fn of(
        session: &Session,
        head: &CommitId,
        changes: impl Iterator<Item = &Change>,
        known: &[TouchingCommit],
    ) -> Result<Self> {
        let mut reverts = Self::default();
        // A revert that touched many packages stands among the changes of each.
        let mut looked_up = BTreeMap::new();
        for change in changes.filter(|change| change.parsed.is_revert()) {
            let mut named = Vec::new();
            for name in &change.parsed.reverts {
                if !looked_up.contains_key(name) {
                    looked_up.insert(name.clone(), targets(session, head, name, known).await?);
                }
                named.extend(looked_up.get(name).cloned().flatten());
            }
            reverts.named.insert(change.commit.clone(), named);
        }
        Ok(reverts)
    }

    /// Takes the pairs out of a package's changes, which are newest first, and gives them.
    pub(super) fn cancel(&self, changes: &mut Vec<Change>) -> Vec<Change> {
        if self.named.is_empty() {
            return Vec::new();
        }
        let mut cancelled = vec![false; changes.len()];
        for at in 0..changes.len() {
            if cancelled[at] || !changes[at].parsed.is_revert() {
                continue;
            }
            let older: Vec<usize> = (at + 1..changes.len()).filter(|other| !cancelled[*other]).collect();
            if let Some(undone) = self.undone(&changes[at], changes, &older) {
                cancelled[at] = true;
                undone.into_iter().for_each(|other| cancelled[other] = true);
            }
        }
        let mut at = 0..;
        let is_cancelled = |_: &mut Change| at.next().is_some_and(|at| cancelled[at]);
        changes.extract_if(.., is_cancelled).collect()
    }

    /// The older changes that a revert undoes; `None` where some of what it undoes is not among them.
    fn undone(&self, revert: &Change, changes: &[Change], older: &[usize]) -> Option<Vec<usize>> {
        let named = self.named.get(&revert.commit).filter(|named| !named.is_empty());
        let Some(named) = named else {
            let title = without_number(revert.parsed.undoes.as_deref()?);
            let is_it = |other: &&usize| without_number(changes[**other].summary()) == title;
            return older.iter().find(is_it).map(|found| vec![*found]);
        };
        let mut all = Vec::new();
        for target in named {
            let found: Vec<usize> =
                older.iter().copied().filter(|other| target.contains(&changes[*other].commit)).collect();
            if found.is_empty() {
                return None;
            }
            all.extend(found);
        }
        Some(all)
    }
}

/// The commits that a name stands for. `None` where this history has no such commit, as after a rebase: then the title tells.
async fn targets(
    session: &Session,
    head: &CommitId,
    name: &str,
    known: &[TouchingCommit],
) -> Result<Option<BTreeSet<CommitId>>> {
    let mut found = known.iter().filter(|commit| commit.id.as_str().starts_with(name));
    if let (Some(commit), None) = (found.next(), found.next()) {
        return Ok(Some(BTreeSet::from([commit.id.clone()])));
    }
    let Some(commit) = session.vcs.resolve(name).await? else { return Ok(None) };
    if session.vcs.ancestors_among(std::slice::from_ref(&commit), head).await? != [true] {
        return Ok(None);
    }
    let info = session.vcs.commits(std::slice::from_ref(&commit)).await?;
    let parents = info.first().map(|info| info.parents.as_slice()).unwrap_or_default();
    let mut all = BTreeSet::from([commit.clone()]);
    if let [first, _, ..] = parents {
        let brought = session.vcs.parents_between(first, &commit).await?;
        all.extend(brought.into_iter().map(|info| info.id));
    }
    Ok(Some(all))
}
