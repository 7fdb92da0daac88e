//! Refs of the clone and of the remote, and the tags that are set by them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::MutexGuard;

use releasekit_core::Result;
use releasekit_core::model::{BranchName, CommitId, ObjectId, RepoPath, TagName};
use releasekit_core::vcs::{Expected, Pushed, RefName, RefUpdate, RemoteRef, RemoteRefs, Tag, TagRequest};

use super::codes::{CONFLICT, INVALID, MISSING, PRECONDITION, refused};
use super::objects::Store;
use super::repository::{MemoryVcs, RECORDS, REMOTE, Remote, locked};

type Refs = BTreeMap<RefName, ObjectId>;

/// The tags that stand in the files of a commit, by lines of name and commit.
fn recorded(store: &Store, at: &CommitId) -> Vec<(TagName, CommitId)> {
    let Some(commit) = store.find(at) else { return Vec::new() };
    let file = RepoPath::new(RECORDS).ok().and_then(|path| commit.files.get(&path).cloned()).unwrap_or_default();
    let text = String::from_utf8_lossy(&file).into_owned();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.map(|(name, at)| (TagName::new(name), CommitId::new(at))).collect()
}

fn refuse_name(name: &str) -> Result<()> {
    let is_bad = name.is_empty() || name.starts_with('-') || name.contains("..") || name.contains([' ', '~', ':']);
    if is_bad { Err(refused(INVALID, format!("`{name}` is no name of a ref"))) } else { Ok(()) }
}

fn set(refs: &mut Refs, update: &RefUpdate) {
    match &update.new {
        Some(object) => drop(refs.insert(update.name.clone(), object.clone())),
        None => drop(refs.remove(&update.name)),
    }
}

impl MemoryVcs {
    pub(super) fn tags_here(&self) -> Vec<Tag> {
        let state = self.state();
        let leads_to = |object: &ObjectId| self.store.leads_to(object);
        let mut tags: BTreeMap<TagName, CommitId> = BTreeMap::new();
        if self.capabilities.tag_is_commit {
            tags.extend(locked(&self.heads).iter().flat_map(|head| recorded(&self.store, head)));
        }
        for (name, object) in &state.refs {
            if let (RefName::Tag(tag), Some(commit)) = (name, leads_to(object)) {
                tags.insert(tag.clone(), commit);
            }
        }
        tags.into_iter().map(|(name, commit)| Tag::new(name, commit)).collect()
    }

    pub(super) fn resolve_here(&self, revision: &str) -> Option<CommitId> {
        let tag = self.tags_here().into_iter().find(|tag| tag.name.as_str() == revision).map(|tag| tag.commit);
        let branch = || self.state().refs.get(&RefName::Branch(BranchName::new(revision))).cloned();
        tag.or_else(|| self.store.leads_to(&branch().unwrap_or_else(|| ObjectId::new(revision))))
    }

    /// What nobody may ask: a name twice, a name that cannot be, an object that is not here.
    fn refuse_updates(&self, updates: &[RefUpdate]) -> Result<()> {
        let mut names = BTreeSet::new();
        for update in updates {
            match &update.name {
                RefName::Branch(name) => refuse_name(name.as_str())?,
                RefName::Tag(name) => refuse_name(name.as_str())?,
            }
            if !names.insert(&update.name) {
                return Err(refused(INVALID, format!("{} is named twice", update.name)));
            }
            if let Some(object) = update.new.as_ref().filter(|object| self.store.leads_to(object).is_none()) {
                return Err(refused(MISSING, format!("the clone lacks {object}")));
            }
        }
        Ok(())
    }

    pub(super) fn set_here(&self, updates: &[RefUpdate]) -> Result<()> {
        self.refuse_updates(updates)?;
        let mut refs = self.state().refs.clone();
        let mut heads = Vec::new();
        for update in updates {
            if self.capabilities.tag_is_commit && matches!(update.name, RefName::Tag(_)) {
                heads.push(self.recording(update)?);
                continue;
            }
            let found = refs.get(&update.name);
            if found == update.new.as_ref() {
                continue;
            }
            if !update.fits(found) {
                return Err(refused(CONFLICT, format!("{} is not where it is expected", update.name)));
            }
            if update.name == RefName::Branch(self.state().branch.clone()) {
                return Err(refused(PRECONDITION, format!("{} is checked out", update.name)));
            }
            set(&mut refs, update);
        }
        self.state().refs = refs;
        locked(&self.heads).extend(heads);
        Ok(())
    }

    /// The commit by which a tag is set that is a commit.
    fn recording(&self, update: &RefUpdate) -> Result<CommitId> {
        let head = update.new.as_ref().and_then(|object| self.store.leads_to(object));
        let names = |head: &CommitId| {
            recorded(&self.store, head).iter().any(|(name, _)| update.name == RefName::Tag(name.clone()))
        };
        head.filter(names).ok_or_else(|| refused(INVALID, format!("{} stands in no such commit", update.name)))
    }

    pub(super) fn known_remote(&self, name: &str) -> Result<MutexGuard<'_, Remote>> {
        if name != REMOTE {
            return Err(refused(PRECONDITION, format!("there is no remote `{name}`")));
        }
        Ok(self.remote())
    }

    pub(super) fn refs_of(&self, remote: &str) -> Result<RemoteRefs> {
        let remote = self.known_remote(remote)?;
        let mut refs = Vec::new();
        for (name, object) in &remote.refs {
            let Some(commit) = remote.store.leads_to(object) else { continue };
            if self.capabilities.tag_is_commit {
                let tags = recorded(&remote.store, &commit).into_iter();
                let object = object.clone();
                refs.extend(tags.map(|(tag, commit)| RemoteRef::new(RefName::Tag(tag), object.clone(), commit)));
            }
            refs.push(RemoteRef::new(name.clone(), object.clone(), commit));
        }
        refs.sort_by(|a, b| a.name.cmp(&b.name));
        refs.dedup_by(|a, b| a.name == b.name);
        let default_branch = Some(remote.default_branch.clone());
        Ok(RemoteRefs::new(default_branch, refs))
    }

    pub(super) fn bring(&self, remote: &str, objects: &[ObjectId]) -> Result<()> {
        let remote = self.known_remote(remote)?;
        for object in objects.iter().filter(|object| self.store.leads_to(object).is_none()) {
            if remote.store.leads_to(object).is_none() {
                return Err(refused(MISSING, format!("`{REMOTE}` lacks {object}")));
            }
        }
        let here: Vec<CommitId> = objects.iter().filter_map(|object| self.store.take(&remote.store, object)).collect();
        drop(remote);
        locked(&self.heads).extend(here);
        Ok(())
    }

    pub(super) fn send(&self, remote: &str, updates: &[RefUpdate]) -> Result<Pushed> {
        self.refuse_updates(updates)?;
        if self.capabilities.tag_is_commit && updates.iter().any(|update| matches!(update.name, RefName::Tag(_))) {
            return Err(refused(INVALID, "a tag is a commit here, and is pushed with its branch"));
        }
        let mut remote = self.known_remote(remote)?;
        let fits = |update: &&RefUpdate| !self.capabilities.leases || update.fits(remote.refs.get(&update.name));
        let (fitting, stale): (Vec<_>, Vec<_>) = updates.iter().partition(fits);
        let goes = stale.is_empty() || !self.capabilities.atomic_push;
        for update in fitting.into_iter().filter(|_| goes) {
            update.new.iter().for_each(|object| drop(remote.store.take(&self.store, object)));
            set(&mut remote.refs, update);
        }
        Ok(match stale.first() {
            None => Pushed::Accepted,
            Some(stale) => Pushed::Refused(refused(CONFLICT, format!("{} is elsewhere", stale.name))),
        })
    }

    pub(super) fn make_tags(&self, request: &TagRequest) -> Result<Vec<RefUpdate>> {
        self.store.get(&request.commit)?;
        let mut names = BTreeSet::new();
        for (name, _) in &request.tags {
            refuse_name(name.as_str())?;
            if !names.insert(name) {
                return Err(refused(INVALID, format!("tag `{name}` is named twice")));
            }
        }
        self.refuse_signature(request.sign)?;
        if self.capabilities.tag_is_commit {
            return Ok(vec![self.record(request)?]);
        }
        let update = |(name, message): &(TagName, String)| {
            RefUpdate::new(
                RefName::Tag(name.clone()),
                Some(self.store.put_tag(&request.commit, &format!("{name} {} {message}", request.time))),
                Expected::Absent,
            )
        };
        Ok(request.tags.iter().map(update).collect())
    }

    /// Tags as one commit on top of the branch.
    fn record(&self, request: &TagRequest) -> Result<RefUpdate> {
        let at = &request.branch.commit;
        let below = self.store.get(at)?;
        if !self.reachable(at).contains(&request.commit) {
            return Err(refused(INVALID, format!("branch `{}` does not hold {}", request.branch.name, request.commit)));
        }
        let mut lines = recorded(&self.store, at);
        lines.extend(request.tags.iter().map(|(name, _)| (name.clone(), request.commit.clone())));
        let text: String = lines.iter().map(|(name, at)| format!("{name} {at}\n")).collect();
        let mut files = below.files.as_ref().clone();
        files.insert(self.records[0].clone(), text.into_bytes());
        let made = self.store.put(vec![at.clone()], files, "tag\n", request.time);
        Ok(RefUpdate::new(
            RefName::Branch(request.branch.name.clone()),
            Some(made.into()),
            Expected::At(at.clone().into()),
        ))
    }
}
