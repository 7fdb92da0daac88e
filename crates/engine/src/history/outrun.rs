//! Which dependencies were released since a package's own last release, as a run for some groups alone leaves its dependents.
//!
//! Only releases at which such runs had left their manifest count: before, and with other tools, people decided who follows.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::Tree;
use releasekit_core::model::CommitId;
use releasekit_core::policy::Participation;

use super::{At, Baseline};
use crate::error::Result;

/// How the path of the manifest of a run for some groups alone begins.
pub(crate) const OF_GROUPS: &str = ".releasekit/manifest-";

/// The dependencies that each package was outrun by, by their indexes.
pub(super) async fn outrun(at: At<'_>, baselines: &[Option<Baseline>]) -> Result<Vec<BTreeSet<usize>>> {
    let mut found = vec![BTreeSet::new(); baselines.len()];
    if !has_groups(at.snapshot.tree.as_ref())? {
        return Ok(found);
    }
    let pairs = pairs(at, baselines);
    let mut with_groups: BTreeMap<&CommitId, bool> = BTreeMap::new();
    for needed in pairs.values().flatten().map(|(_, _, needed)| *needed) {
        if !with_groups.contains_key(needed) {
            let tree = at.session.vcs.tree(needed).await?;
            with_groups.insert(needed, has_groups(tree.as_ref())?);
        }
    }
    for (own, needed) in pairs {
        let needed: Vec<_> = needed.into_iter().filter(|(_, _, commit)| with_groups[*commit]).collect();
        let commits: Vec<CommitId> = needed.iter().map(|(_, _, commit)| (*commit).clone()).collect();
        let reached = at.session.vcs.ancestors_among(&commits, own).await?;
        for ((dependent, needed, _), reached) in needed.into_iter().zip(reached) {
            if !reached {
                found[dependent].insert(needed);
            }
        }
    }
    Ok(found)
}

/// A package, one that it needs, and where that was released last.
type Pair<'a> = (usize, usize, &'a CommitId);

/// Packages and their dependencies that were not released together, by where the package was.
fn pairs<'a>(at: At<'_>, baselines: &'a [Option<Baseline>]) -> BTreeMap<&'a CommitId, Vec<Pair<'a>>> {
    let mut pairs: BTreeMap<&CommitId, Vec<Pair<'_>>> = BTreeMap::new();
    for (dependent, (member, own)) in at.snapshot.discovery.members.iter().zip(baselines).enumerate() {
        let Some(own) = own.as_ref().filter(|_| member.release != Participation::None) else { continue };
        for (needed, _) in at.snapshot.graph.moving_dependencies(dependent) {
            let other = baselines[needed].as_ref().filter(|other| other.commit != own.commit);
            if let Some(other) = other {
                pairs.entry(&own.commit).or_default().push((dependent, needed, &other.commit));
            }
        }
    }
    pairs
}

fn has_groups(tree: &dyn Tree) -> Result<bool> {
    Ok(tree.files()?.iter().any(|path| path.as_str().starts_with(OF_GROUPS)))
}
