//! What commits say by their titles alone.
//!
//! This reads plainly and on purpose does not use what a plan uses: where the titles give what shipped and the plan gives
//! something else, the plan is at fault.

use std::collections::BTreeMap;
use std::sync::Arc;

use releasekit_core::model::{Bump, CommitId, RepoPath};
use releasekit_core::policy::Policy;
use releasekit_core::vcs::CommitInfo;

use crate::error::Result;
use crate::session::Session;

/// How far the title of a message moves a package; a line that begins with `BREAKING CHANGE:` counts too.
pub(super) fn of_message(message: &str, policy: &Policy) -> Bump {
    let title = message.trim_start().lines().next().unwrap_or_default();
    let Some((before, _)) = title.split_once(':') else { return Bump::None };
    let is_marked = before.ends_with('!');
    let kind = before.trim_end_matches('!').split('(').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind.is_empty() || !kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Bump::None;
    }
    let breaks = |line: &str| line.starts_with("BREAKING CHANGE:") || line.starts_with("BREAKING-CHANGE:");
    if is_marked || message.lines().any(breaks) {
        return Bump::Major;
    }
    policy.commit_types.get(&kind).map_or(Bump::None, |kind| kind.bump)
}

/// The folders of some packages, and of those that lie deeper: what they hold is theirs.
#[derive(Debug)]
pub(super) struct Folders {
    pub(super) own: Vec<RepoPath>,
    pub(super) others: Vec<RepoPath>,
}

impl Folders {
    fn hold(&self, path: &RepoPath) -> bool {
        let depth = |folders: &[RepoPath]| {
            let around = folders.iter().filter(|folder| path.starts_with(folder));
            around.map(|folder| folder.as_str().len() + 1).max().unwrap_or_default()
        };
        let own = depth(&self.own);
        own > 0 && own >= depth(&self.others)
    }
}

/// The commits of ranges, each read once.
#[derive(Debug)]
pub(super) struct Titles<'a> {
    session: &'a Session,
    ranges: BTreeMap<(CommitId, CommitId), Arc<[CommitInfo]>>,
    paths: BTreeMap<CommitId, Arc<[RepoPath]>>,
}

impl<'a> Titles<'a> {
    /// Nothing is read yet.
    pub(super) fn new(session: &'a Session) -> Self {
        Self { session, ranges: BTreeMap::new(), paths: BTreeMap::new() }
    }

    /// The commits that one commit reaches and another does not.
    pub(super) async fn between(&mut self, hidden: &CommitId, head: &CommitId) -> Result<Arc<[CommitInfo]>> {
        let range = (hidden.clone(), head.clone());
        if let Some(known) = self.ranges.get(&range) {
            return Ok(known.clone());
        }
        let commits: Arc<[CommitInfo]> = self.session.vcs.commits_between(hidden, head).await?.into();
        self.ranges.insert(range, commits.clone());
        Ok(commits)
    }

    /// The commit whose title moves packages the farthest, of those that touch their folders; merges say nothing.
    pub(super) async fn farthest<'c>(
        &mut self,
        commits: &'c [CommitInfo],
        folders: &Folders,
        policy: &Policy,
    ) -> Result<Option<(Bump, &'c CommitInfo)>> {
        let mut farthest: Option<(Bump, &CommitInfo)> = None;
        for commit in commits.iter().filter(|commit| commit.parents.len() < 2) {
            let bump = of_message(&commit.message, policy);
            if bump <= farthest.map_or(Bump::None, |(bump, _)| bump) {
                continue;
            }
            if self.paths(&commit.id).await?.iter().any(|path| folders.hold(path)) {
                farthest = Some((bump, commit));
            }
        }
        Ok(farthest)
    }

    async fn paths(&mut self, commit: &CommitId) -> Result<Arc<[RepoPath]>> {
        if let Some(known) = self.paths.get(commit) {
            return Ok(known.clone());
        }
        let paths: Arc<[RepoPath]> = self.session.vcs.own_changes(commit).await?.paths.into();
        self.paths.insert(commit.clone(), paths.clone());
        Ok(paths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_says_what_its_type_is_configured_for() {
        let policy = Policy::default();
        for (message, bump) in [
            ("feat: x", Bump::Minor),
            ("Fix(core): x (#1)", Bump::Patch),
            ("perf : x", Bump::Patch),
            ("feat!: x", Bump::Major),
            ("chore(a)!: x", Bump::Major),
            ("fix: x\n\nBREAKING CHANGE: y", Bump::Major),
            ("docs: x", Bump::None),
            ("Merge feat: x", Bump::None),
            ("no type", Bump::None),
        ] {
            assert_eq!(of_message(message, &policy), bump, "{message}");
        }
    }

    #[test]
    fn what_lies_in_a_deeper_folder_is_that_folders() {
        let path = |text: &str| RepoPath::new(text).expect("a legal path");
        let folders = Folders { own: vec![path("a")], others: vec![RepoPath::root(), path("a/b")] };
        assert_eq!(["a/x", "a/b/x", "x"].map(|text| folders.hold(&path(text))), [true, false, false]);
    }
}
