//! Which packages publish other requirements than their last releases did, whatever the commits said of that.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use releasekit_core::Tree;
use releasekit_core::model::{CommitId, RepoPath, Requirement};
use releasekit_core::policy::{Participation, RequirementChanges};

use super::Baseline;
use crate::discover::{self, Discovery, Member};
use crate::error::Result;
use crate::session::{Session, Snapshot};

/// A requirement that is published otherwise than in the last release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementChange {
    /// The required package's name in normal form.
    pub name: String,
    /// How it was; `None` of one that is new.
    pub from: Option<String>,
    /// How it is; `None` of one that is gone.
    pub to: Option<String>,
}

impl fmt::Display for RequirementChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only some ecosystems write a requirement with the name in it.
        if let Some(text) = self.from.as_ref().or(self.to.as_ref())
            && !text.starts_with(&self.name)
        {
            write!(f, "{} ", self.name)?;
        }
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => write!(f, "{from} → {to}"),
            (None, Some(to)) => write!(f, "{to} is new"),
            (Some(from), None) => write!(f, "{from} is gone"),
            (None, None) => Ok(()),
        }
    }
}

/// For each package how its published requirements differ from those at its last tag; empty where they do not. What cannot be read there any
/// more is no difference.
pub(super) async fn changed(
    session: &Session,
    snapshot: &Snapshot,
    baselines: &[Option<Baseline>],
) -> Result<Vec<Vec<RequirementChange>>> {
    let members = &snapshot.discovery.members;
    let mut changed = vec![Vec::new(); members.len()];
    if snapshot.policy.requirement_changes == RequirementChanges::None {
        return Ok(changed);
    }
    let mut by_commit: BTreeMap<&CommitId, Vec<usize>> = BTreeMap::new();
    for (index, (member, last)) in members.iter().zip(baselines).enumerate() {
        if let Some(last) = last.as_ref().filter(|_| member.release != Participation::None) {
            by_commit.entry(&last.commit).or_default().push(index);
        }
    }
    for (commit, indices) in by_commit {
        let tree = session.vcs.tree(commit).await?;
        // Most package files are as they were, and reading a whole repository takes longer than comparing them.
        let mut edited = Vec::new();
        for index in indices {
            if has_other_files(snapshot, &members[index], tree.as_ref())? {
                edited.push(index);
            }
        }
        if edited.is_empty() {
            continue;
        }
        let Some(before) = before(session, snapshot, &tree, &edited).await else { continue };
        for index in edited {
            changed[index] = differs(&before, &snapshot.discovery, index);
        }
    }
    Ok(changed)
}

/// The packages of an earlier tree, looked for where the workspaces are now, and anywhere if some are not found there.
async fn before(session: &Session, snapshot: &Snapshot, tree: &Arc<dyn Tree>, wanted: &[usize]) -> Option<Discovery> {
    let near = discover::found_in(tree, snapshot.discovery.workspaces.clone(), &snapshot.policy).await.ok();
    let has_all = |there: &Discovery| wanted.iter().all(|index| same(there, &snapshot.discovery, *index).is_some());
    match near {
        Some(near) if has_all(&near) => Some(near),
        _ => discover::found(tree, &session.ecosystems, &snapshot.policy).await.ok(),
    }
}

/// Whether a file differs that says what a package requires: its own, or that of the root of its tool's own workspace, which
/// need not be the label's.
fn has_other_files(snapshot: &Snapshot, member: &Member, before: &dyn Tree) -> Result<bool> {
    let own = &member.package.manifest;
    let root = member.package.home_in(&snapshot.discovery.workspace(member).root);
    let shared: Option<RepoPath> = own.file_name().and_then(|name| root.join(name).ok()).filter(|file| file != own);
    for file in [Some(own), shared.as_ref()].into_iter().flatten() {
        if before.read(file)? != snapshot.tree.read(file)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What differs, those of one name beside each other in their order.
fn differs(before: &Discovery, now: &Discovery, index: usize) -> Vec<RequirementChange> {
    let sorted = |member: &Member| member.package.requirements.iter().cloned().collect::<BTreeSet<Requirement>>();
    let Some(other) = same(before, now, index) else { return Vec::new() };
    let (was, is) = (sorted(other), sorted(&now.members[index]));
    let names: BTreeSet<&String> = was.symmetric_difference(&is).map(|requirement| &requirement.name).collect();
    let of = |all: &BTreeSet<Requirement>, others: &BTreeSet<Requirement>, name: &str| -> Vec<String> {
        all.difference(others).filter(|it| it.name == name).map(|it| it.text.clone()).collect()
    };
    let changes = |name: &String| {
        let (mut gone, mut new) = (of(&was, &is, name).into_iter(), of(&is, &was, name).into_iter());
        let name = name.clone();
        std::iter::from_fn(move || match (gone.next(), new.next()) {
            (None, None) => None,
            (from, to) => Some(RequirementChange { name: name.clone(), from, to }),
        })
    };
    names.into_iter().flat_map(changes).collect()
}

/// A package of now among those of before, by its name or one that it had.
fn same<'a>(before: &'a Discovery, now: &Discovery, index: usize) -> Option<&'a Member> {
    let member = &now.members[index];
    let names: BTreeSet<String> = member.names().map(|name| now.files(member).normalize(name)).collect();
    let is_it = |other: &&Member| {
        other.id.label == member.id.label && names.contains(&before.files(other).normalize(other.id.name.as_str()))
    };
    before.members.iter().find(is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, from: &str, to: &str) -> String {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        RequirementChange { name: name.to_owned(), from: text(from), to: text(to) }.to_string()
    }

    #[test]
    fn a_change_names_what_is_required_once() {
        assert_eq!(said("zed", "zed>=1", "zed>=2"), "zed>=1 → zed>=2");
        assert_eq!(said("zed", "^1", "^2"), "zed ^1 → ^2");
        assert_eq!(said("zed", "^1", ""), "zed ^1 is gone");
        assert_eq!(said("zed", "", "^2"), "zed ^2 is new");
    }
}
