//! Which merges speak: those that say something where nothing that they brought does. Else the same work would count twice.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::CommitId;
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
    let (mut silent, mut older, mut moving) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    for touching in commits.iter().rev() {
        if let Some(first_parent) = &touching.merged_into {
            let brought = session.vcs.commits_between(first_parent, &touching.id).await?;
            // Only what a merge brought is read, and once: most commits came with none.
            let brings = brought
                .iter()
                .filter_map(|commit| older.get(&commit.id))
                .any(|commit: &&TouchingCommit| *moving.entry(&commit.id).or_insert_with(|| speaks(commit, policy)));
            if brings {
                silent.insert(touching.id.clone());
                continue;
            }
        }
        older.insert(&touching.id, touching);
    }
    Ok(silent)
}

/// Whether a commit says how far it moves packages.
fn speaks(touching: &TouchingCommit, policy: &Policy) -> bool {
    Said::by(touching, policy).speaks(policy)
}
