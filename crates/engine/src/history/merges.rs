//! Which merges speak, and to which packages: those that say something where nothing that they brought does, else the same work
//! would count twice; and of what they brought only what was not there before.

use std::collections::{HashMap, HashSet};

use releasekit_core::model::CommitId;
use releasekit_core::policy::Policy;
use releasekit_core::vcs::{CommitParents, TouchingCommit};

use super::said::Sayings;
use crate::error::Result;
use crate::session::Session;

/// What becomes of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Voice {
    /// What it brought speaks.
    Silent,
    /// It speaks to these scopes alone; what it brought to others was there before.
    To(Vec<usize>),
}

/// Judges the merges of a history.
pub(super) struct Merges<'a> {
    session: &'a Session,
    policy: &'a Policy,
    head: &'a CommitId,
    sayings: &'a Sayings,
    /// The commits that were met, oldest first, but for merges that are silent.
    older: HashMap<&'a CommitId, &'a TouchingCommit>,
    /// Whether a commit says how far it moves packages.
    speaking: HashMap<&'a CommitId, bool>,
    /// What each merge on the line of first parents brought, as far as it was asked for.
    lines: Vec<HashSet<CommitId>>,
}

impl<'a> Merges<'a> {
    pub(super) fn new(session: &'a Session, policy: &'a Policy, head: &'a CommitId, sayings: &'a Sayings) -> Self {
        let (older, speaking) = (HashMap::new(), HashMap::new());
        Self { session, policy, head, sayings, older, speaking, lines: Vec::new() }
    }

    /// What becomes of each merge that is told.
    pub(super) async fn judge(mut self, commits: &'a [TouchingCommit]) -> Result<HashMap<CommitId, Voice>> {
        let mut voices = HashMap::new();
        for touching in commits.iter().rev() {
            if let Some(first_parent) = &touching.merged_into {
                let brought = self.session.vcs.parents_between(first_parent, &touching.id).await?;
                let voice = self.voice(touching, &brought).await?;
                let is_silent = voice == Voice::Silent;
                voices.insert(touching.id.clone(), voice);
                if is_silent {
                    continue;
                }
            }
            self.older.insert(&touching.id, touching);
        }
        Ok(voices)
    }

    async fn voice(&mut self, merge: &'a TouchingCommit, brought: &[CommitParents]) -> Result<Voice> {
        // Only what a merge brought is read, and once: most commits came with none.
        let known: Vec<&TouchingCommit> = brought.iter().filter_map(|it| self.older.get(&it.id).copied()).collect();
        let (policy, sayings) = (self.policy, self.sayings);
        let speaks = |it: &&'a TouchingCommit| {
            *self.speaking.entry(&it.id).or_insert_with(|| sayings.of(it, policy).speaks(policy))
        };
        if known.iter().any(speaks) {
            return Ok(Voice::Silent);
        }
        let known = if merge.is_brought { self.new_to_line(merge, known).await? } else { known };
        let is_new = |scope: &usize| known.iter().any(|commit| commit.scopes.contains(scope));
        let (new, others): (Vec<usize>, Vec<usize>) = merge.scopes.iter().copied().partition(is_new);
        // What the merge changes by itself, nobody else did.
        let is_its_own = !others.is_empty() && !self.session.vcs.own_changes(&merge.id).await?.is_nothing();
        Ok(Voice::To(if is_its_own { merge.scopes.clone() } else { new }))
    }

    /// The commits of those that a merge brought which the line of first parents did not have before it got the merge itself.
    async fn new_to_line(
        &mut self,
        merge: &TouchingCommit,
        brought: Vec<&'a TouchingCommit>,
    ) -> Result<Vec<&'a TouchingCommit>> {
        let found = self.lines.iter().position(|line| line.contains(&merge.id));
        let at = match found {
            Some(at) => at,
            None => {
                self.lines.push(self.line_of(merge).await?);
                self.lines.len() - 1
            }
        };
        let line = &self.lines[at];
        Ok(brought.into_iter().filter(|commit| line.contains(&commit.id)).collect())
    }

    /// What the merge on the line of first parents brought that the line got another merge by.
    async fn line_of(&self, merge: &TouchingCommit) -> Result<HashSet<CommitId>> {
        let after = self.session.vcs.parents_between(&merge.id, self.head).await?;
        let by_id: HashMap<&CommitId, &CommitParents> = after.iter().map(|commit| (&commit.id, commit)).collect();
        let mut reaching = HashSet::from([&merge.id]);
        for commit in &after {
            if commit.parents.iter().any(|parent| reaching.contains(parent)) {
                reaching.insert(&commit.id);
            }
        }
        let first_parent = |commit: &&CommitParents| by_id.get(commit.parents.first()?).copied();
        let line = std::iter::successors(by_id.get(self.head).copied(), first_parent);
        let Some(got_by) = line.take_while(|commit| reaching.contains(&commit.id)).last() else {
            return Ok(HashSet::new());
        };
        let Some(before) = got_by.parents.first() else { return Ok(HashSet::new()) };
        let brought = self.session.vcs.parents_between(before, &got_by.id).await?;
        Ok(brought.into_iter().map(|commit| commit.id).collect())
    }
}
