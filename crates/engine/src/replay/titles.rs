//! What commits say by their titles alone.
//!
//! This reads plainly and on purpose does not use what a plan uses: where the titles give what shipped and the plan gives
//! something else, the plan is at fault.

use std::collections::BTreeMap;
use std::sync::Arc;

use releasekit_core::Vcs;
use releasekit_core::model::{Bump, CommitId, RepoPath};
use releasekit_core::policy::Policy;
use releasekit_core::vcs::CommitInfo;

use crate::error::Result;
use crate::history::IGNORED;

/// How far a message moves a package by its title; where that has no known type, by the titles in its list.
pub(super) fn of_message(message: &str, policy: &Policy) -> Bump {
    let mut lines = message.trim_start().lines();
    let title = lines.next().unwrap_or_default();
    let breaks = |line: &str| {
        let said = line.strip_prefix("BREAKING CHANGE:").or_else(|| line.strip_prefix("BREAKING-CHANGE:"));
        let nothing = ["none", "no", "n/a", "na", "nothing", "-"];
        said.is_some_and(|said| !nothing.contains(&said.trim().trim_end_matches('.').to_lowercase().as_str()))
    };
    match of_title(title, policy) {
        Some(_) if message.lines().any(breaks) => Bump::Major,
        Some(bump) if bump > Bump::None => bump,
        _ => {
            let listed = lines.filter_map(|line| of_title(line.strip_prefix("* ")?, policy));
            listed.max().unwrap_or_default()
        }
    }
}

/// How far a title moves a package; `None` where it has no type.
fn of_title(title: &str, policy: &Policy) -> Option<Bump> {
    let (before, _) = title.split_once(": ")?;
    let marked = before.strip_suffix('!');
    let kind = marked.unwrap_or(before).split('(').next().unwrap_or_default().to_ascii_lowercase();
    if kind.is_empty() || !kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return None;
    }
    let known = || policy.commit_types.get(&kind).map_or(Bump::None, |kind| kind.bump);
    Some(if marked.is_some() { Bump::Major } else { known() })
}

/// The folders of some packages, and of those that lie deeper: what they hold is theirs.
#[derive(Debug)]
pub(super) struct Folders {
    pub(super) own: Vec<RepoPath>,
    pub(super) others: Vec<RepoPath>,
}

impl Folders {
    fn hold(&self, path: &RepoPath) -> bool {
        if IGNORED.iter().any(|folder| path.as_str().split('/').next() == Some(folder)) {
            return false;
        }
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
    vcs: &'a dyn Vcs,
    ranges: BTreeMap<(CommitId, CommitId), Arc<[CommitInfo]>>,
    paths: BTreeMap<CommitId, Arc<[RepoPath]>>,
}

impl<'a> Titles<'a> {
    /// Nothing is read yet.
    pub(super) fn new(vcs: &'a dyn Vcs) -> Self {
        Self { vcs, ranges: BTreeMap::new(), paths: BTreeMap::new() }
    }

    /// The commits that one commit reaches and another does not.
    pub(super) async fn between(&mut self, hidden: &CommitId, head: &CommitId) -> Result<Arc<[CommitInfo]>> {
        let range = (hidden.clone(), head.clone());
        if let Some(known) = self.ranges.get(&range) {
            return Ok(known.clone());
        }
        let commits: Arc<[CommitInfo]> = self.vcs.commits_between(hidden, head).await?.into();
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
        let paths: Arc<[RepoPath]> = self.vcs.own_changes(commit).await?.paths.into();
        self.paths.insert(commit.clone(), paths.clone());
        Ok(paths)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use releasekit_core::FileEdit;
    use releasekit_core::vcs::CommitRequest;
    use releasekit_testkit::memory::vcs::MemoryVcs;

    use super::*;

    fn path(text: &str) -> RepoPath {
        RepoPath::new(text).expect("a legal path")
    }

    #[tokio::test]
    async fn the_farthest_title_counts_of_what_touches_a_folder() {
        let vcs = MemoryVcs::new(Path::new("/memory/work"), [(path("x"), "")]);
        let start = vcs.head().await.expect("a commit").commit;
        let mut tip = start.clone();
        for (message, file) in [("fix: x", "a/1"), ("feat: y", "b/1"), ("docs: z", "a/2"), ("fix: w", "a/3")] {
            let request = CommitRequest::new(tip, message.to_owned(), 0);
            let edits = vec![FileEdit::write(path(file), message)];
            tip = vcs.commit(&request.with_edits(edits)).await.expect("memory commits");
        }
        let mut titles = Titles::new(&vcs);
        let range = titles.between(&start, &tip).await.expect("a range");
        assert_eq!(range.len(), 4);
        for (own, expected) in [("a", Some(Bump::Patch)), ("b", Some(Bump::Minor)), ("c", None)] {
            let folders = Folders { own: vec![path(own)], others: Vec::new() };
            let found = titles.farthest(&range, &folders, &Policy::default()).await.expect("memory answers");
            assert_eq!(found.map(|(bump, _)| bump), expected, "{own}");
        }
    }

    #[test]
    fn a_title_says_what_its_type_is_configured_for() {
        let policy = Policy::default();
        for (message, bump) in [
            ("feat: x", Bump::Minor),
            ("Fix(core): x (#1)", Bump::Patch),
            ("perf : x", Bump::None),
            ("perf: x", Bump::Patch),
            ("feat!: x", Bump::Major),
            ("chore(a)!: x", Bump::Major),
            ("fix: x\n\nBREAKING CHANGE: y", Bump::Major),
            ("fix: x\n\nBREAKING CHANGE: None.", Bump::Patch),
            ("docs: x", Bump::None),
            ("Merge feat: x", Bump::None),
            ("no type", Bump::None),
            ("Tidy up (#1)\n\n* feat: x\n\n* fix: y", Bump::Minor),
            ("refactor: x (#1)\n\n* feat: x\n\n* fix: y", Bump::Minor),
            ("fix: x (#1)\n\n* feat: x", Bump::Patch),
        ] {
            assert_eq!(of_message(message, &policy), bump, "{message}");
        }
    }

    #[test]
    fn what_lies_in_a_deeper_folder_is_that_folders() {
        let folders = Folders { own: vec![path("a")], others: vec![RepoPath::root(), path("a/b")] };
        assert_eq!(["a/x", "a/b/x", "x"].map(|text| folders.hold(&path(text))), [true, false, false]);
        let root = Folders { own: vec![RepoPath::root()], others: vec![path("a")] };
        assert_eq!(["x", "a/x", ".changeset/x.md"].map(|text| root.hold(&path(text))), [true, false, false]);
    }
}
