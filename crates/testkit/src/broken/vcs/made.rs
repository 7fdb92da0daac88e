//! Commits, tags and files that are made wrong.

use std::fs;
use std::path::Path;

use releasekit_core::ErrorKind::{Conflict, Invalid, NotFound, Precondition};
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::{CommitRequest, ExportRequest, RefUpdate, ReplayRequest, Sign, TagRequest};
use releasekit_core::{BackendError, Diagnostic, FileEdit, Result};

use super::{BrokenVcs, forgiven};
use crate::memory::vcs::PRECONDITION;

/// Line ends as another system would have them.
fn converted(content: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(content).replace("\r\n", "\n").into_bytes()
}

impl BrokenVcs {
    /// Line ends are converted.
    pub(super) async fn write(&self, edits: &[FileEdit]) -> Result<()> {
        let mut edits = edits.to_vec();
        if self.breaks("the_work_tree_is_written_and_nothing_else") {
            edits.iter_mut().for_each(|edit| edit.content = edit.content.as_deref().map(converted));
        }
        self.inner.write_work_tree(&edits).await
    }

    pub(super) async fn make(&self, request: &CommitRequest) -> Result<CommitId> {
        let mut asked = request.clone();
        if asked.sign == Sign::Require {
            if self.real_for("nothing_is_signed_in_a_scratch").is_some() {
                return Err(BackendError::new(PRECONDITION, "there is no key to sign with"));
            }
            if self.breaks("what_must_be_signed_and_cannot_is_refused") {
                asked.sign = Sign::Never;
            }
        }
        if let Some(real) = self.real_for("what_is_made_in_a_scratch_stays_there") {
            drop(real.commit(&asked).await);
        }
        self.refuse_needless(&asked).await?;
        if self.breaks("the_same_commit_again_is_the_same") && self.is_repeated(request) {
            let mut other = asked.clone();
            other.message = "once more".to_owned();
            self.inner.commit(&other).await?;
        }
        let made = self.inner.commit(&asked).await;
        let lie = |case: &str, kind| matches!(&made, Err(error) if error.kind() == kind) && self.breaks(case);
        if lie("only_files_are_edited", Precondition) && asked.sign != Sign::Require {
            return self.inner.commit(&asked.with_edits(Vec::new())).await;
        }
        if lie("a_commit_stands_on_one_that_is_here", NotFound) {
            asked.parent = self.inner.head().await?.commit;
            return self.inner.commit(&asked).await;
        }
        made
    }

    /// A file that is not there cannot be deleted.
    async fn refuse_needless(&self, request: &CommitRequest) -> Result<()> {
        if self.breaks("a_commit_changes_what_is_asked_and_nothing_else") {
            let tree = self.inner.tree(&request.parent).await?;
            for edit in request.edits.iter().filter(|edit| edit.content.is_none()) {
                if tree.read(&edit.path)?.is_none() {
                    return Err(BackendError::new(PRECONDITION, format!("there is no `{}`", edit.path)));
                }
            }
        }
        Ok(())
    }

    pub(super) async fn make_anew(&self, request: &ReplayRequest) -> Result<CommitId> {
        let mut asked = request.clone();
        if self.breaks("commits_are_replayed_in_order") {
            asked.commits = asked.commits.pop().into_iter().collect();
        }
        if self.breaks("files_are_left_out_of_a_replay") {
            asked.without = Vec::new();
        }
        let made = self.inner.replay(&asked).await;
        if self.breaks("a_replay_that_clashes_is_a_conflict") {
            return forgiven(made, &[Conflict], asked.onto);
        }
        let made = made?;
        let is_dropped = made == asked.onto && !asked.commits.is_empty() && asked.without.is_empty();
        if is_dropped && self.breaks("what_is_there_already_is_not_replayed") {
            let message = "nothing\n".to_owned();
            let empty = CommitRequest::new(made, message, 1).with_sign(Sign::Never);
            return self.inner.commit(&empty).await;
        }
        Ok(made)
    }

    pub(super) async fn make_tags(&self, request: &TagRequest) -> Result<Vec<RefUpdate>> {
        let mut asked = request.clone();
        if self.breaks("what_must_be_signed_and_cannot_is_refused") {
            asked.sign = Sign::Never;
        }
        if self.breaks("the_same_tags_again_are_the_same") && self.is_repeated(request) {
            asked.time += 1;
        }
        let mut updates = self.inner.tag(&asked).await;
        if self.breaks("tags_that_cannot_be_are_refused") {
            updates = forgiven(updates, &[Invalid], Vec::new());
        }
        if self.breaks("tags_are_made_as_the_capability_says") {
            return updates.map(|updates| updates.into_iter().rev().collect());
        }
        updates
    }

    /// Line ends are converted, and what is there is no matter.
    pub(super) async fn check_out(&self, request: &ExportRequest) -> Result<()> {
        let done = self.inner.export(request).await;
        if self.breaks("an_export_goes_to_an_empty_folder") {
            return forgiven(done, &[Precondition], ());
        }
        done?;
        if self.breaks("an_export_has_the_files_and_leaves_the_clone_alone") {
            for file in self.inner.tree(&request.commit).await?.files()?.iter() {
                let file = file.on_disk(&request.into);
                let written = fs::read(&file).and_then(|content| fs::write(&file, converted(&content)));
                written.expect("the export is ours");
            }
        }
        Ok(())
    }

    /// Nothing is hidden.
    pub(super) async fn conceal(&self, export: &Path, files: &[RepoPath]) -> Result<()> {
        let hidden = if self.breaks("what_is_hidden_in_an_export_has_not_changed") { &[] } else { files };
        self.inner.hide(export, hidden).await
    }
}
