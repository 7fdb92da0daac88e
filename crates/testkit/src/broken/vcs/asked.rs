//! Wrong answers about the history.

use std::collections::BTreeSet;
use std::sync::Arc;

use releasekit_core::Result;
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::{CommitInfo, History, HistoryRequest, Judge, OwnChanges, Scope};

use super::BrokenVcs;

impl BrokenVcs {
    /// First lines in the place of whole messages.
    pub(super) async fn described(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>> {
        let mut found = self.inner.commits(ids).await?;
        if self.breaks("commits_are_described_in_the_order_asked") {
            for info in &mut found {
                info.message = info.message.lines().next().unwrap_or_default().to_owned();
            }
        }
        Ok(found)
    }

    /// What is missing is taken for an ancestor.
    pub(super) async fn ancestors(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>> {
        let mut found = self.inner.ancestors_among(candidates, descendant).await?;
        if self.breaks("ancestors_are_told_from_strangers") {
            for (found, candidate) in found.iter_mut().zip(candidates) {
                *found |= self.inner.resolve(candidate.as_str()).await?.is_none();
            }
        }
        Ok(found)
    }

    /// Files in another order, and what a merge brings taken for its own.
    pub(super) async fn changes(&self, commit: &CommitId) -> Result<OwnChanges> {
        let mut own = self.inner.own_changes(commit).await?;
        if self.breaks("own_changes_are_those_of_the_commit") {
            own.paths.reverse();
        }
        let is_merge = self.inner.commits(std::slice::from_ref(commit)).await?[0].parents.len() > 1;
        own.by_hand |= is_merge && self.breaks("a_merge_that_changes_nothing_has_no_changes");
        Ok(own)
    }

    /// What changes the same files is taken for the same.
    pub(super) async fn contained(&self, commit: &CommitId, into: &CommitId) -> Result<bool> {
        let is_contained = self.inner.is_contained(commit, into).await?;
        if is_contained || !self.breaks("what_adds_nothing_is_contained") {
            return Ok(is_contained);
        }
        let (one, two) = (self.inner.own_changes(commit).await?, self.inner.own_changes(into).await?);
        Ok(one.paths == two.paths)
    }

    pub(super) async fn walk(&self, request: &HistoryRequest) -> Result<History> {
        let mut asked = request.clone();
        self.misread(&mut asked).await?;
        if self.breaks("a_file_is_whose_the_commits_own_tree_says") {
            asked.judge = asked.judge.map(|judge| Arc::new(Blind(judge)) as Arc<dyn Judge>);
        }
        let mut history = self.inner.history(&asked).await?;
        if self.breaks("merges_that_speak_are_told_with_what_they_bring") {
            history.commits.retain(|commit| commit.merged_into.is_none());
        }
        if self.breaks("what_a_merge_took_nothing_of_is_not_told") {
            for parent in self.inner.commits(std::slice::from_ref(&request.head)).await?[0].parents.iter().skip(1) {
                let mut of_parent = asked.clone();
                of_parent.head = parent.clone();
                history.commits.extend(self.inner.history(&of_parent).await?.commits);
            }
        }
        if self.breaks("commits_that_address_are_told_with_whose_range_they_lie_in") {
            history.commits.retain(|commit| !commit.scopes.is_empty());
        }
        if self.breaks("a_commit_belongs_to_the_longest_folder") && request.judge.is_none() {
            history.commits.iter_mut().for_each(|commit| widen(&mut commit.scopes, &request.scopes));
        }
        if self.breaks("where_history_is_cut_is_told") {
            history.cut_at = None;
        }
        if self.breaks("merges_are_not_in_the_history_and_what_they_bring_is") && request.judge.is_none() {
            let line = self.first_parents(&request.head).await?;
            history.commits.retain(|commit| line.contains(&commit.id));
        }
        Ok(history)
    }

    /// Takes a request for another one.
    async fn misread(&self, request: &mut HistoryRequest) -> Result<()> {
        let since = request.scopes.iter().find_map(|scope| scope.since.clone());
        for scope in &mut request.scopes {
            if self.breaks("globs_add_and_exceptions_take_away") {
                scope.ignore = Vec::new();
            }
            if self.breaks("history_ends_where_each_scope_says") {
                scope.since = scope.since.take().or_else(|| since.clone());
            }
            if let Some(since) = &scope.since
                && self.breaks("history_of_what_is_unknown_is_refused")
                && self.inner.resolve(since.as_str()).await?.is_none()
            {
                scope.since = None;
            }
        }
        Ok(())
    }

    async fn first_parents(&self, head: &CommitId) -> Result<BTreeSet<CommitId>> {
        let (mut found, mut next) = (BTreeSet::new(), Some(head.clone()));
        while let Some(id) = next {
            next = self.inner.commits(std::slice::from_ref(&id)).await?[0].parents.first().cloned();
            found.insert(id);
        }
        Ok(found)
    }
}

/// Every scope around one that is touched is touched too.
fn widen(touched: &mut Vec<usize>, scopes: &[Scope]) {
    let folders: Vec<RepoPath> = touched.iter().map(|index| scopes[*index].folder.clone()).collect();
    let is_around = |index: &usize| folders.iter().any(|folder| folder.starts_with(&scopes[*index].folder));
    *touched = (0..scopes.len()).filter(|index| touched.contains(index) || is_around(index)).collect();
}

/// Sees no package file.
#[derive(Debug)]
struct Blind(Arc<dyn Judge>);

impl Judge for Blind {
    fn package_files(&self) -> &[&str] {
        &[]
    }

    fn owners(&self, file: &RepoPath, content: &[u8]) -> Option<Vec<usize>> {
        self.0.owners(file, content)
    }

    fn speaks(&self, message: &str) -> bool {
        self.0.speaks(message)
    }

    fn addresses(&self, message: &str) -> bool {
        self.0.addresses(message)
    }
}
