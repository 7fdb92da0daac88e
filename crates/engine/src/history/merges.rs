//! Which merges speak: those that say something where nothing that they brought does. Else the same work would count twice.

use std::collections::BTreeSet;

use releasekit_core::model::{Bump, CommitId};
use releasekit_core::policy::Policy;
use releasekit_core::vcs::TouchingCommit;

use super::said::Said;
use crate::error::Result;
use crate::session::Session;

/// The names of the merges that say something and do not count, for what they brought speaks.
pub(super) async fn silent(
    session: &Session,
    policy: &Policy,
    commits: &[TouchingCommit],
) -> Result<BTreeSet<CommitId>> {
    let (mut moving, mut silent) = (BTreeSet::new(), BTreeSet::new());
    for touching in commits.iter().rev() {
        match &touching.merged_into {
            Some(first_parent) if brings(session, first_parent, touching, &moving).await? => {
                silent.insert(touching.id.clone());
            }
            _ if moves(touching, policy) => {
                moving.insert(touching.id.clone());
            }
            _ => {}
        }
    }
    Ok(silent)
}

/// Whether a merge brought a commit that moves a version.
async fn brings(
    session: &Session,
    first_parent: &CommitId,
    merge: &TouchingCommit,
    moving: &BTreeSet<CommitId>,
) -> Result<bool> {
    if moving.is_empty() {
        return Ok(false);
    }
    let brought = session.vcs.commits_between(first_parent, &merge.id).await?;
    Ok(brought.iter().any(|commit| moving.contains(&commit.id)))
}

fn moves(touching: &TouchingCommit, policy: &Policy) -> bool {
    Said::by(touching, policy).changes.iter().any(|change| change.parsed.bump(policy) > Bump::None)
}
