//! What is asked of the history.

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobSet};
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::{CommitInfo, History, HistoryRequest, Judge, Lack, PathRun, Scope, TouchingCommit};
use releasekit_core::{Result, Vcs};

use super::codes::{INVALID, refused};
use super::merge::changed;
use super::objects::{Commit, Files};
use super::repository::MemoryVcs;

impl MemoryVcs {
    /// A commit as this clone sees it: without parents where the history is cut.
    pub(super) fn info(&self, id: &CommitId) -> Result<CommitInfo> {
        let mut info = self.store.get(id)?.info;
        if self.state().cut.contains(id) {
            info.parents.clear();
        }
        Ok(info)
    }

    /// A commit and all that it stands on, as far as this clone sees.
    pub(super) fn reachable(&self, from: &CommitId) -> BTreeSet<CommitId> {
        let cut = self.state().cut.clone();
        let parents = |commit: &Commit| {
            if cut.contains(&commit.info.id) { Vec::new() } else { commit.info.parents.clone() }
        };
        self.store.reachable(from, parents)
    }

    fn is_cut(&self, id: &CommitId) -> bool {
        self.state().cut.contains(id)
    }

    /// Commits of a set, parents before children.
    fn sorted(&self, mut left: BTreeSet<CommitId>) -> Result<Vec<CommitInfo>> {
        let mut sorted: Vec<CommitInfo> = Vec::new();
        while let Some(first) = left.first().cloned() {
            let mut next = first;
            while let Some(parent) = self.info(&next)?.parents.into_iter().find(|parent| left.contains(parent)) {
                next = parent;
            }
            left.remove(&next);
            sorted.push(self.info(&next)?);
        }
        Ok(sorted)
    }

    pub(super) fn between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitInfo>> {
        self.store.get(head)?;
        let (below, shown) = (self.reachable(hidden), self.reachable(head));
        // What lies behind a cut could hide more.
        if let Some(cut) = below.iter().find(|id| self.is_cut(id) && !shown.contains(id)) {
            return Err(self.incomplete(Lack::History(cut.clone())));
        }
        self.sorted(shown.difference(&below).cloned().collect())
    }

    pub(super) fn walk(&self, request: &HistoryRequest) -> Result<History> {
        self.store.get(&request.head)?;
        let shown = self.reachable(&request.head);
        let scopes = Rules::read(&request.scopes)?;
        let mut hidden = Vec::new();
        for scope in &request.scopes {
            let since = scope.since.as_ref().map(|since| self.store.get(since).map(|_| self.reachable(since)));
            hidden.push(since.transpose()?.unwrap_or_default());
        }
        let mut history = History::default();
        let strangers = self.strangers(request, &shown);
        let (line, left_out) = (self.first_parents(&request.head)?, self.left_out(&request.head)?);
        for info in self.sorted(shown)?.into_iter().rev() {
            let counting: Vec<usize> = (0..hidden.len()).filter(|index| !hidden[*index].contains(&info.id)).collect();
            if self.is_cut(&info.id) {
                if !counting.is_empty() {
                    history.cut_at.get_or_insert(info.id);
                }
                continue;
            }
            let is_related = !strangers.contains(&info.id);
            let judge = request.judge.as_deref();
            let (is_brought, is_left_out) = (!line.contains(&info.id), left_out.contains(&info.id));
            let told = self.touch(info, counting, &Owned { scopes: &scopes, judge, is_related })?;
            let told = told.filter(|commit| !is_left_out || commit.scopes.is_empty());
            history.commits.extend(told.map(|commit| commit.with_brought(is_brought)));
        }
        Ok(history)
    }

    fn first_parents(&self, head: &CommitId) -> Result<BTreeSet<CommitId>> {
        let (mut found, mut next) = (BTreeSet::new(), Some(head.clone()));
        while let Some(id) = next {
            next = self.info(&id)?.parents.into_iter().next();
            found.insert(id);
        }
        Ok(found)
    }

    /// Commits that only such merges lead to as have the files of their first parents.
    fn left_out(&self, head: &CommitId) -> Result<BTreeSet<CommitId>> {
        let (mut taken, mut next) = (BTreeSet::new(), vec![head.clone()]);
        while let Some(id) = next.pop() {
            let info = self.info(&id)?;
            let first = info.parents.first().map(|first| self.info(first)).transpose()?;
            let takes_nothing = info.parents.len() > 1 && first.is_some_and(|first| first.tree == info.tree);
            let most = if takes_nothing { 1 } else { info.parents.len() };
            if taken.insert(id) {
                next.extend(info.parents.into_iter().take(most));
            }
        }
        Ok(self.reachable(head).difference(&taken).cloned().collect())
    }

    /// Commits that have none in common with anything that scopes start behind, but for the head.
    fn strangers(&self, request: &HistoryRequest, shown: &BTreeSet<CommitId>) -> BTreeSet<CommitId> {
        let since = request.scopes.iter().map(|scope| scope.since.as_ref());
        let Some(since) = since.collect::<Option<BTreeSet<&CommitId>>>() else { return BTreeSet::new() };
        let others = since.into_iter().filter(|since| **since != request.head);
        let known: BTreeSet<CommitId> = others.flat_map(|since| self.reachable(since)).collect();
        let is_stranger = |id: &&CommitId| !known.is_empty() && self.reachable(id).is_disjoint(&known);
        shown.iter().filter(is_stranger).cloned().collect()
    }

    fn touch(&self, info: CommitInfo, counting: Vec<usize>, owned: &Owned<'_>) -> Result<Option<TouchingCommit>> {
        let is_merge = info.parents.len() > 1;
        let addresses = owned.judge.is_some_and(|judge| judge.addresses(&info.message));
        if is_merge && !addresses && !owned.judge.is_some_and(|judge| judge.speaks(&info.message)) {
            return Ok(None);
        }
        let before = info.parents.first().map(|parent| self.store.get(parent)).transpose()?;
        let before = before.map(|commit| commit.files).unwrap_or_default();
        let after = self.store.get(&info.id)?.files;
        let files = changed(&before, &after);
        let touched = |index: &usize| {
            let side = |file: &RepoPath| if after.contains_key(file) { &after } else { &before };
            files.iter().any(|file| owned.counts(*index, file, side(file)))
        };
        let touched: Vec<usize> = counting.iter().copied().filter(touched).collect();
        let CommitInfo { id, message, time, parents, .. } = info;
        let merged_into = parents.into_iter().next().filter(|_| is_merge);
        let in_range = if addresses { counting } else { Vec::new() };
        let told = !touched.is_empty() || !in_range.is_empty();
        let touching = TouchingCommit::new(id, message, time, touched).with_merged_into(merged_into);
        Ok(told.then(|| touching.with_in_range(in_range)))
    }

    pub(super) fn runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>> {
        let mut runs: Vec<PathRun> = Vec::new();
        let mut next = Some(from.clone());
        while let Some(id) = next {
            let content = self.store.get(&id)?.files.get(path).cloned();
            match runs.last_mut() {
                Some(run) if run.content == content => run.oldest = id.clone(),
                _ => runs.push(PathRun::new(id.clone(), id.clone(), content.clone(), false)),
            }
            let cut = self.is_cut(&id);
            runs.iter_mut().next_back().into_iter().for_each(|run| run.cut = cut);
            next = self.info(&id)?.parents.into_iter().next().filter(|_| content.is_some());
        }
        Ok(runs)
    }
}

/// Which scopes a file of a commit counts for.
struct Owned<'a> {
    scopes: &'a Rules<'a>,
    judge: Option<&'a dyn Judge>,
    is_related: bool,
}

impl Owned<'_> {
    fn counts(&self, index: usize, file: &RepoPath, files: &Files) -> bool {
        match self.owners(file, files) {
            Some(owners) => self.scopes.counts_by(index, file, || owners.contains(&index)),
            None => self.is_related && self.scopes.counts(index, file),
        }
    }

    /// Whose a file is by the nearest package files beside or above it.
    fn owners(&self, file: &RepoPath, files: &Files) -> Option<Vec<usize>> {
        let judge = self.judge?;
        let of_folder = |folder: RepoPath| {
            let files = judge.package_files().iter().filter_map(|name| {
                let file = folder.join(name).ok()?;
                judge.owners(&file, files.get(&file)?)
            });
            files.reduce(|one, other| [one, other].concat())
        };
        std::iter::successors(file.parent(), RepoPath::parent).find_map(of_folder)
    }
}

/// Which scopes a file counts for.
struct Rules<'a> {
    scopes: &'a [Scope],
    globs: BTreeMap<&'a str, GlobSet>,
}

impl<'a> Rules<'a> {
    fn read(scopes: &'a [Scope]) -> Result<Self> {
        let mut globs = BTreeMap::new();
        for glob in scopes.iter().flat_map(|scope| &scope.globs) {
            let built = GlobBuilder::new(glob).literal_separator(true).build().and_then(|glob| GlobSet::new([glob]));
            let built = built.map_err(|error| refused(INVALID, format!("`{glob}` is no glob: {error}")))?;
            globs.insert(glob.as_str(), built);
        }
        Ok(Self { scopes, globs })
    }

    fn counts(&self, index: usize, file: &RepoPath) -> bool {
        let scope = &self.scopes[index];
        self.counts_by(index, file, || self.is_owner(scope, file))
    }

    fn is_owner(&self, scope: &Scope, file: &RepoPath) -> bool {
        let depth = |scope: &Scope| scope.folder.as_str().len();
        let deepest = self.scopes.iter().filter(|other| file.starts_with(&other.folder)).map(depth).max();
        file.starts_with(&scope.folder) && Some(depth(scope)) == deepest
    }

    fn counts_by(&self, index: usize, file: &RepoPath, is_owner: impl FnOnce() -> bool) -> bool {
        let scope = &self.scopes[index];
        let above: Vec<RepoPath> = std::iter::successors(Some(file.clone()), RepoPath::parent).collect();
        let matches = |glob: &String| {
            let above = above.iter().filter(|path| !path.is_root());
            self.globs.get(glob.as_str()).is_some_and(|glob| above.into_iter().any(|path| glob.is_match(path.as_str())))
        };
        let is_ignored = scope.ignore.iter().any(|ignored| file.starts_with(ignored));
        !is_ignored && (is_owner() || scope.globs.iter().any(matches))
    }
}
