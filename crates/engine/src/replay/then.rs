//! What commits of the past hold, read once each, with the configuration of today.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use releasekit_core::model::{CommitId, PackageId, TagName, Version};
use releasekit_core::policy::{Participation, Policy};
use releasekit_core::vcs::{CommitInfo, Tag};
use releasekit_core::{Diagnostic, Tree};

use crate::discover::{self, Configured, Discovery, Member};
use crate::error::Result;
use crate::globs::globs;
use crate::graph::PackageGraph;
use crate::naming::{Naming, TagIndex};
use crate::session::{Session, Snapshot};
use crate::words;

/// The packages of a commit, with what of the configuration speaks of them.
#[derive(Debug)]
pub(super) struct Packages {
    pub(super) tree: Arc<dyn Tree>,
    pub(super) discovery: Discovery,
    pub(super) policy: Policy,
}

/// A tag, and how many tagged commits are newer than its own.
#[derive(Debug, Clone)]
pub(super) struct Ranked {
    pub(super) tag: Tag,
    pub(super) rank: usize,
}

/// The repository in its past.
#[derive(Debug)]
pub(super) struct Then<'a> {
    pub(super) session: &'a Session,
    policy: Policy,
    /// The tags that may be releases, newest first.
    pub(super) tags: Vec<Ranked>,
    read: Mutex<BTreeMap<CommitId, Arc<Packages>>>,
    unread: Mutex<Vec<Unread>>,
}

/// Commits whose release cannot be read for one cause.
#[derive(Debug)]
struct Unread {
    cause: String,
    help: Option<String>,
    commits: Vec<String>,
}

impl<'a> Then<'a> {
    /// Reads the tags. Those that the configuration ignores were never released.
    pub(super) async fn new(session: &'a Session) -> Result<Self> {
        let policy = session.policies.current();
        let ignored = globs(&policy.ignore_tags)?;
        let mut tags = session.vcs.tags().await?;
        tags.retain(|tag| {
            tag.name.as_str().contains(|c: char| c.is_ascii_digit()) && !ignored.is_match(tag.name.as_str())
        });
        let ranks = ranks(session, &tags).await?;
        let rank = |tag: Tag| Ranked { rank: ranks[&tag.commit], tag };
        let mut tags: Vec<Ranked> = tags.into_iter().map(rank).collect();
        tags.sort_by_key(|it| it.rank);
        Ok(Self { session, policy, tags, read: Mutex::default(), unread: Mutex::default() })
    }

    /// The packages of a commit.
    pub(super) async fn packages(&self, commit: &CommitId) -> Result<Arc<Packages>> {
        let known = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(commit).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let tree = self.session.vcs.tree(commit).await?;
        let Configured { mut discovery, policy } =
            discover::past(&tree, &self.session.ecosystems, &self.policy).await?;
        if discovery.members.iter().any(Member::may_be_named) {
            discovery.name_by(&self.tags.iter().map(|it| it.tag.clone()).collect::<Vec<_>>());
        }
        let packages = Arc::new(Packages { tree, discovery, policy });
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(commit.clone(), packages.clone());
        Ok(packages)
    }

    /// What a plan of the commit begins with.
    pub(super) async fn snapshot(&self, commit: &CommitId) -> Result<Snapshot> {
        let packages = self.packages(commit).await?;
        let Packages { tree, discovery, policy } = packages.as_ref();
        let graph = PackageGraph::build(discovery)?;
        let mut policy = policy.clone();
        if let Some(begin) = &policy.bootstrap_sha {
            let known = self.session.vcs.resolve(begin.as_str()).await?;
            // Before history begins for the configuration of today, packages without a tag were never released.
            let reached = match known {
                Some(begin) => self.session.vcs.ancestors_among(&[begin], commit).await? == [true],
                None => false,
            };
            if !reached {
                policy.bootstrap_sha = None;
            }
        }
        Ok(Snapshot { tree: tree.clone(), policy, discovery: discovery.clone(), graph })
    }

    /// The versions that the tags on a commit give to its packages, the highest of each. What cannot be read there any more
    /// is nobody's release, and is kept for [`say_unread`](Self::say_unread).
    pub(super) async fn shipped_at(&self, commit: &CommitInfo) -> Result<Vec<(usize, Version, TagName)>> {
        match self.tagged_at(commit).await {
            Err(error) => {
                self.keep_unread(&commit.id, error.to_string(), error.help());
                Ok(Vec::new())
            }
            found => found,
        }
    }

    fn keep_unread(&self, commit: &CommitId, cause: String, help: Option<String>) {
        let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        let commits = vec![commit.short().to_string()];
        match unread.iter_mut().find(|it| it.cause == cause) {
            Some(known) => known.commits.extend(commits),
            None => unread.push(Unread { cause, help, commits }),
        }
    }

    /// Warns of what could not be read, once for each cause.
    pub(super) fn say_unread(&self) {
        let unread = std::mem::take(&mut *self.unread.lock().unwrap_or_else(PoisonError::into_inner));
        for Unread { cause, help, commits } in unread {
            let at = words::few(commits.into_iter());
            self.session.warn(format!("what was released at {at} cannot be read: {cause}"), help);
        }
    }

    async fn tagged_at(&self, commit: &CommitInfo) -> Result<Vec<(usize, Version, TagName)>> {
        let packages = self.packages(&commit.id).await?;
        let discovery = &packages.discovery;
        let newer = self.tags.iter().take_while(|it| it.tag.commit != commit.id).count();
        let so_far: Vec<&Tag> = self.tags[newer..].iter().map(|it| &it.tag).collect();
        let all = TagIndex::new(so_far.iter().map(|tag| &tag.name));
        let naming = Naming::resolve(discovery, &packages.policy, &all)?;
        let own = TagIndex::new(so_far.iter().filter(|tag| tag.commit == commit.id).map(|tag| &tag.name));
        let released = discovery.members.iter().enumerate().filter(|(_, it)| it.release != Participation::None);
        let highest = |(index, member): (usize, &Member)| {
            let scheme = discovery.scheme(member);
            let read = naming.versions(discovery, index, &own).into_iter();
            let (version, tag) = read.max_by(|a, b| scheme.compare(&a.0, &b.0))?;
            Some((index, version, tag))
        };
        Ok(released.filter_map(highest).collect())
    }
}

/// The commits of tags in order, the newest first. Of those made in one second the descendant is the newer one.
async fn ranks(session: &Session, tags: &[Tag]) -> Result<BTreeMap<CommitId, usize>> {
    let distinct: BTreeSet<&CommitId> = tags.iter().map(|tag| &tag.commit).collect();
    let commits: Vec<CommitId> = distinct.into_iter().cloned().collect();
    let mut by_time: BTreeMap<Reverse<i64>, Vec<CommitId>> = BTreeMap::new();
    for commit in session.vcs.commits(&commits).await? {
        by_time.entry(Reverse(commit.time)).or_default().push(commit.id);
    }
    let mut sorted = Vec::new();
    for mut alike in by_time.into_values() {
        if alike.len() > 1 {
            let mut ranked = session.ranked(&alike).await?;
            ranked.sort_by(|a, b| (Reverse(a.0), &a.1).cmp(&(Reverse(b.0), &b.1)));
            alike = ranked.into_iter().map(|(_, commit)| commit).collect();
        }
        sorted.extend(alike);
    }
    Ok(sorted.into_iter().zip(0..).collect())
}

/// A package in another state of the files: that of its label and name, else the one of its name in its ecosystem.
pub(super) fn find(there: &Discovery, id: &PackageId, ecosystem: &str) -> Option<usize> {
    let alike = |index: &usize| {
        let member = &there.members[*index];
        let normal = |name: &str| there.files(member).normalize(name);
        there.workspace(member).ecosystem.ecosystem == ecosystem
            && normal(member.id.name.as_str()) == normal(id.name.as_str())
    };
    let found: Vec<usize> = (0..there.members.len()).filter(alike).collect();
    let labelled = found.iter().copied().find(|index| there.members[*index].id.label == id.label);
    labelled.or(if let [only] = found.as_slice() { Some(*only) } else { None })
}
