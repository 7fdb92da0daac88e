//! Which packages changed since a commit, and what the change files there ask for: what a pull request is asked in CI.

use std::collections::BTreeSet;
use std::sync::Arc;

use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::policy::Participation;
use releasekit_core::vcs::{HistoryRequest, Lack, Scope};

use crate::change_files::{self, ChangeFile};
use crate::changeset::{self, Settings};
use crate::error::Result;
use crate::history::ignored;
use crate::session::{Session, Snapshot};

/// What changed, and what change files say of it.
#[derive(Debug, Clone)]
pub struct ChangeStatus {
    /// The packages that changed and take part in releases, by their index in the discovery.
    pub changed: Vec<usize>,
    /// All change files, in the order of their paths.
    pub files: Vec<Arc<ChangeFile>>,
    /// Those that came since, or say something else.
    pub new: BTreeSet<RepoPath>,
}

impl ChangeStatus {
    /// Whether a change file that came since names a package.
    pub fn is_named(&self, member: usize) -> bool {
        let new = self.files.iter().filter(|file| self.new.contains(&file.path));
        new.flat_map(|file| &file.asks).any(|ask| ask.member == member)
    }

    /// Whether packages changed, and nobody has said what that means: not even that it means nothing, as an empty change file
    /// does.
    pub fn is_unsaid(&self) -> bool {
        !self.changed.is_empty() && self.new.is_empty()
    }
}

/// The branch that the settings beside the change files compare with.
pub fn base_branch(snapshot: &Snapshot) -> Result<Option<String>> {
    let path = RepoPath::new(changeset::CONFIG).expect("a constant path is legal");
    let content = snapshot.tree.read(&path)?.unwrap_or_default();
    // Who reads packages has been told of settings that cannot be read.
    Ok(Settings::parse(&String::from_utf8_lossy(&content)).ok().and_then(|settings| settings.base_branch))
}

/// Compares the work tree, which is what the snapshot holds, with a commit.
pub async fn since(session: &Session, snapshot: &Snapshot, base: &CommitId) -> Result<ChangeStatus> {
    let mut changed = committed(session, snapshot, base).await?;
    for path in session.vcs.status().await? {
        changed.extend(owner(snapshot, &path, &ignored(session)));
    }
    let members = &snapshot.discovery.members;
    let takes_part = |index: &usize| members[*index].release != Participation::None;
    let files = change_files::read(snapshot.tree.as_ref(), &snapshot.discovery)?;
    let then = session.vcs.tree(base).await?;
    let mut new = BTreeSet::new();
    for file in &files {
        if then.read(&file.path)? != snapshot.tree.read(&file.path)? {
            new.insert(file.path.clone());
        }
    }
    Ok(ChangeStatus { changed: changed.into_iter().filter(takes_part).collect(), files, new })
}

/// The packages that commits touched which the base does not reach.
async fn committed(session: &Session, snapshot: &Snapshot, base: &CommitId) -> Result<BTreeSet<usize>> {
    let head = session.vcs.head().await?;
    let ignored = ignored(session);
    let scope = |member: &crate::discover::Member| {
        Scope::new(member.package.path.clone())
            .with_globs(member.policy.paths.clone())
            .with_ignored(ignored.clone())
            .with_since(Some(base.clone()))
    };
    let scopes = snapshot.discovery.members.iter().map(scope).collect();
    let history = session.vcs.history(&HistoryRequest::new(head.commit, scopes)).await?;
    match history.cut_at {
        Some(commit) => Err(session.lacks(Lack::History(commit))),
        None => Ok(history.commits.into_iter().flat_map(|commit| commit.scopes).collect()),
    }
}

/// The package in whose folder a path lies.
fn owner(snapshot: &Snapshot, path: &RepoPath, ignored: &[RepoPath]) -> Option<usize> {
    if ignored.iter().any(|folder| path.starts_with(folder)) {
        return None;
    }
    let members = snapshot.discovery.members.iter().enumerate();
    let around = members.filter(|(_, member)| path.starts_with(&member.package.path));
    around.max_by_key(|(_, member)| member.package.path.as_str().len()).map(|(index, _)| index)
}
