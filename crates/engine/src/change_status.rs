//! Which packages changed since a commit, and what the change files there ask for: what a pull request is asked in CI.

use std::collections::BTreeSet;
use std::sync::Arc;

use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::policy::Participation;
use releasekit_core::vcs::{HistoryRequest, Lack, Scope};

use crate::change_files::{self, ChangeFile};
use crate::changeset::{self, Settings};
use crate::discover::Member;
use crate::error::Result;
use crate::globs::path_globs;
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
    let scopes = scopes(session, snapshot, base);
    let mut changed = uncommitted(&scopes, &session.vcs.status().await?)?;
    changed.extend(committed(session, scopes).await?);
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

/// What each package listens to.
fn scopes(session: &Session, snapshot: &Snapshot, base: &CommitId) -> Vec<Scope> {
    let ignored = ignored(session);
    let scope = |member: &Member| {
        Scope::new(member.package.path.clone())
            .with_globs(member.policy.paths.clone())
            .with_ignored(ignored.clone())
            .with_since(Some(base.clone()))
    };
    snapshot.discovery.members.iter().map(scope).collect()
}

/// The packages that commits touched which the base does not reach.
async fn committed(session: &Session, scopes: Vec<Scope>) -> Result<BTreeSet<usize>> {
    let head = session.vcs.head().await?;
    let history = session.vcs.history(&HistoryRequest::new(head.commit, scopes)).await?;
    match history.cut_at {
        Some(commit) => Err(session.lacks(Lack::History(commit))),
        None => Ok(history.commits.into_iter().flat_map(|commit| commit.scopes).collect()),
    }
}

/// The packages that files count for which differ from HEAD: by the rules that [`Vcs::history`] has for what is committed.
///
/// [`Vcs::history`]: releasekit_core::Vcs::history
fn uncommitted(scopes: &[Scope], files: &[RepoPath]) -> Result<BTreeSet<usize>> {
    let mut touched = BTreeSet::new();
    let length = |scope: &Scope| scope.folder.as_str().len();
    let longest = |file: &RepoPath| scopes.iter().filter(|scope| file.starts_with(&scope.folder)).map(length).max();
    let files: Vec<(&RepoPath, Option<usize>)> = files.iter().map(|file| (file, longest(file))).collect();
    for (index, scope) in scopes.iter().enumerate() {
        let globs = path_globs(&scope.globs)?;
        let owns = |file: &RepoPath, longest| file.starts_with(&scope.folder) && Some(length(scope)) == longest;
        let is_named = |path: RepoPath| !path.is_root() && globs.is_match(path.as_str());
        let names = |file: &RepoPath| std::iter::successors(Some(file.clone()), RepoPath::parent).any(is_named);
        let ignores = |file: &RepoPath| scope.ignore.iter().any(|folder| file.starts_with(folder));
        if files.iter().any(|(file, longest)| !ignores(file) && (owns(file, *longest) || names(file))) {
            touched.insert(index);
        }
    }
    Ok(touched)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RepoPath {
        RepoPath::new(text).expect("legal")
    }

    #[test]
    fn what_is_not_committed_counts_for_whom_it_would_once_it_is() {
        let scope = |folder: &str, globs: &[&str]| {
            let globs = globs.iter().map(|glob| (*glob).to_owned()).collect();
            Scope::new(path(folder)).with_globs(globs).with_ignored(vec![path(".changeset")])
        };
        let scopes = [
            scope("", &[]),
            scope("a", &["shared", "docs/*.md", "b/{x,y}/**"]),
            scope("a/in", &[]),
            scope("a/in", &[".changeset/**"]),
            scope("b", &["a/in/*"]),
        ];
        for (file, expected) in [
            ("README.md", vec![0]),
            ("a/lib.rs", vec![1]),
            ("a/in/lib.rs", vec![2, 3, 4]),
            ("a/in/deep/lib.rs", vec![2, 3, 4]),
            ("b/lib.rs", vec![4]),
            ("b/x/deep/lib.rs", vec![1, 4]),
            ("shared/deep/x", vec![0, 1]),
            ("shared-not", vec![0]),
            ("docs/x.md", vec![0, 1]),
            ("docs/deep/x.md", vec![0]),
            (".changeset/x.md", vec![]),
        ] {
            let touched = uncommitted(&scopes, &[path(file)]).expect("the globs are legal");
            assert_eq!(touched, BTreeSet::from_iter(expected), "{file}");
        }
    }
}
