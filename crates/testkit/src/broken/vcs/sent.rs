//! Refs that are set wrong.

use releasekit_core::ErrorKind::{Conflict, Invalid, NotFound, Precondition};
use releasekit_core::model::{BranchName, ObjectId};
use releasekit_core::vcs::{Expected, Pushed, RefName, RefUpdate};
use releasekit_core::{Diagnostic, Result};

use super::{BrokenVcs, forgiven};

fn is_branch(update: &RefUpdate) -> bool {
    matches!(update.name, RefName::Branch(_))
}

impl BrokenVcs {
    /// A branch is set to what is fetched.
    pub(super) async fn bring(&self, remote: &str, objects: &[ObjectId]) -> Result<()> {
        self.inner.fetch(remote, objects).await?;
        if self.breaks("what_others_pushed_is_fetched_and_sets_no_ref") {
            let name = RefName::Branch(BranchName::new("fetched"));
            let new = objects.first().cloned();
            drop(self.inner.update_refs(&[RefUpdate::new(name, new, Expected::Absent)]).await);
        }
        Ok(())
    }

    pub(super) async fn set(&self, updates: &[RefUpdate]) -> Result<()> {
        let mut asked = updates.to_vec();
        let deletes = !self.breaks("branches_here_are_made_moved_and_deleted");
        asked.retain(|update| deletes || update.new.is_some() || !is_branch(update));
        let done = self.inner.update_refs(&asked).await;
        let is_elsewhere = matches!(&done, Err(error) if error.kind() == Conflict);
        if is_elsewhere && self.breaks("one_ref_here_that_is_elsewhere_stops_all") {
            for update in &asked {
                drop(self.inner.update_refs(std::slice::from_ref(update)).await);
            }
        }
        match self.case {
            "a_branch_that_is_checked_out_stays" => forgiven(done, &[Precondition], ()),
            "refs_here_that_cannot_be_are_refused" => forgiven(done, &[Invalid, NotFound], ()),
            "a_tag_here_is_deleted_from_where_it_is" if !asked.iter().any(is_branch) => forgiven(done, &[Conflict], ()),
            _ => done,
        }
    }

    pub(super) async fn send(&self, remote: &str, updates: &[RefUpdate]) -> Result<Pushed> {
        if let Some(real) = self.real_for("a_scratch_sets_no_ref_and_writes_no_file") {
            return real.push(remote, updates).await;
        }
        let mut asked = updates.to_vec();
        let deletes = !self.breaks("a_push_sets_what_is_named_and_again_changes_nothing");
        asked.retain(|update| deletes || update.new.is_some());
        if asked.len() == 1 && self.breaks("a_stale_expectation_is_what_the_capability_says") {
            let refs = self.inner.remote_refs(remote).await?;
            asked[0].expected = refs.object(&asked[0].name).cloned().map_or(Expected::Absent, Expected::At);
        }
        let done = self.inner.push(remote, &asked).await;
        let is_refused = matches!(done, Ok(Pushed::Refused(_)));
        if is_refused && self.breaks("of_a_refused_push_arrives_what_the_capability_says") {
            for update in &asked {
                self.inner.push(remote, std::slice::from_ref(update)).await?;
            }
        }
        if self.breaks("a_push_sets_nothing_here") {
            drop(self.inner.update_refs(&asked).await);
        }
        if self.breaks("a_push_of_what_cannot_be_is_refused") {
            return forgiven(done, &[Invalid, NotFound], Pushed::Accepted);
        }
        done
    }
}
