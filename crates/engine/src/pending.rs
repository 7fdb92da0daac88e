//! A merged release that waits for its tags, as far as this clone can tell: no remote is asked.

use releasekit_core::model::{CommitId, ObjectId};
use releasekit_core::vcs::{RefName, RemoteRef, RemoteRefs, Tag};

use crate::check;
use crate::error::{Error, Result};
use crate::locate::{self, Located, ReleaseCommit};
use crate::session::{Policies, Session};

/// A merged release that has not been tagged.
#[derive(Debug)]
pub struct Pending {
    /// Which.
    pub release: ReleaseCommit,
    /// What `release` would refuse of it.
    pub refusals: Vec<Error>,
}

impl Pending {
    /// Whether `prepare --supersede` mends all that `release` would refuse, which is something.
    pub fn is_mended_by_superseding(&self) -> bool {
        !self.refusals.is_empty() && self.refusals.iter().all(Error::is_mended_by_superseding)
    }
}

/// Looks for the oldest release that a manifest of a commit asks for, and whose tags this clone lacks.
pub async fn pending(session: &Session, head: &CommitId) -> Result<Option<Pending>> {
    let known = known(session).await?;
    let located = locate::locate(session, head, &known).await?.into_iter();
    let pending = |located| match located {
        Located::Pending(release) => Some(release),
        Located::Empty | Located::Released(_) => None,
    };
    let Some(release) = located.filter_map(pending).next() else { return Ok(None) };
    let refusals = refusals(session, &release, &known).await;
    Ok(Some(Pending { release, refusals }))
}

/// What `release` would refuse, as far as neither branches nor registries are asked. What keeps it from being judged keeps it
/// from being tagged.
pub(crate) async fn refusals(session: &Session, release: &ReleaseCommit, remote: &RemoteRefs) -> Vec<Error> {
    let found = async {
        let snapshot = session.snapshot_at(&release.commit.id, Policies::Committed).await?;
        check::refusals(session, release, &snapshot, remote).await
    };
    found.await.unwrap_or_else(|error| vec![error])
}

/// The tags of this clone in the place of the remote's.
pub async fn known(session: &Session) -> Result<RemoteRefs> {
    let there = |tag: Tag| RemoteRef::new(RefName::Tag(tag.name), ObjectId::from(tag.commit.clone()), tag.commit);
    Ok(RemoteRefs::new(None, session.vcs.tags().await?.into_iter().map(there).collect()))
}
