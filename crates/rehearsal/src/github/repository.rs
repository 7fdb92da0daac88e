//! A repository on the forge, and what its people do there.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, MutexGuard};

use releasekit_core::forge::MergeMethod;
use serde_json::Value;

use super::answer::Refusal;
use super::api::{self, Merge, Opened};
use super::commits::Change;
use super::git::{Git, Person};
use super::hub::Hub;
use super::model::{Asset, Comment, Dispatch, Label, Pull, Release, Repo, Review, Rule};
use super::shape;
use super::state::State;
use super::time::Moment;

/// A repository on a forge. Its methods are what people do, who need no token; what is refused fails with the words of
/// the forge.
#[derive(Debug, Clone)]
pub struct Repository {
    hub: Arc<Hub>,
    id: u64,
}

impl Repository {
    pub(super) fn create(hub: &Arc<Hub>, full_name: &str) -> io::Result<Self> {
        let mut state = hub.state();
        let git = Git::init(folder(&state, full_name)?)?;
        git.begin("main", &Person::new("GitHub", "noreply@github.com", state.now()))?;
        let id = add(&mut state, full_name, git, None);
        drop(state);
        Ok(Self { hub: Arc::clone(hub), id })
    }

    pub(super) fn find(hub: &Arc<Hub>, full_name: &str) -> Option<Self> {
        let state = hub.state();
        let id = state.find(full_name).map(|index| state.repositories[index].id)?;
        drop(state);
        Some(Self { hub: Arc::clone(hub), id })
    }

    /// Somebody makes a copy of it of the same name.
    pub fn fork(&self, owner: &str) -> io::Result<Self> {
        let mut state = self.hub.state();
        let own = state.repo(self.id).ok_or_else(gone)?;
        let (name, from) = (format!("{owner}/{}", own.name), own.git.clone());
        let git = Git::fork(&from, folder(&state, &name)?)?;
        let id = add(&mut state, &name, git, Some(self.id));
        drop(state);
        Ok(Self { hub: Arc::clone(&self.hub), id })
    }

    /// `owner/name`.
    pub fn full_name(&self) -> String {
        self.with(|repo| repo.full_name())
    }

    /// Where git clones it from and pushes to.
    pub fn clone_url(&self) -> String {
        let state = self.hub.state();
        let full_name = state.repo(self.id).map(Repo::full_name).unwrap_or_default();
        format!("{}/{full_name}.git", state.urls.web)
    }

    /// The bare repository behind it.
    pub fn folder(&self) -> PathBuf {
        self.with(|repo| repo.git.folder().to_owned())
    }

    /// The commit that a branch is at.
    pub fn tip(&self, branch: &str) -> Option<String> {
        self.with(|repo| repo.git.branch(branch))
    }

    /// Its tags, each with the commit that it means.
    pub fn tags(&self) -> Vec<(String, String)> {
        self.with(|repo| {
            let names = repo.git.references("refs/tags").into_iter();
            let pairs = names.filter_map(|(name, ..)| Some((name.strip_prefix("refs/tags/")?.to_owned(), name)));
            pairs.filter_map(|(short, name)| Some((short, repo.git.commit(&name)?))).collect()
        })
    }

    /// The tags that the forge made by itself, since a release named one that nobody had pushed.
    pub fn made_tags(&self) -> Vec<String> {
        self.with(|repo| repo.made_tags.clone())
    }

    /// The workflows that were started, in their order.
    pub fn dispatches(&self) -> Vec<Dispatch> {
        self.with(|repo| repo.dispatches.clone())
    }

    /// A pull request, as the API shows it.
    pub fn pull(&self, number: u64) -> Option<Value> {
        let mut state = self.hub.state();
        let index = self.index(&state);
        state.refresh(index);
        let repo = &state.repositories[index];
        repo.pulls.iter().find(|pull| pull.number == number).map(|pull| shape::full_pull(&state, repo, pull))
    }

    /// How many pull requests there have been.
    pub fn pulls(&self) -> u64 {
        self.with(|repo| repo.numbers)
    }

    /// Its releases, drafts too, the oldest first, as the API shows them.
    pub fn releases(&self) -> Vec<Value> {
        let state = self.hub.state();
        let repo = &state.repositories[self.index(&state)];
        repo.releases.iter().map(|release| shape::release(&state, repo, release)).collect()
    }

    /// The labels of a pull request, in the order in which they were put on.
    pub fn labels(&self, number: u64) -> Vec<String> {
        self.on(number, |pull| pull.labels.clone())
    }

    /// The comments on a pull request, the oldest first.
    pub fn comments(&self, number: u64) -> Vec<String> {
        self.on(number, |pull| pull.comments.iter().map(|comment| comment.body.clone()).collect())
    }

    /// Somebody makes a commit on a branch, which is made from `main` where it is not there; gives the commit.
    pub fn commit(&self, branch: &str, path: &str, text: &str) -> io::Result<String> {
        let mut state = self.hub.state();
        let index = self.index(&state);
        let (repo, now) = (&state.repositories[index], state.now());
        let parent = repo.git.branch(branch).or_else(|| repo.git.branch("main")).ok_or_else(gone)?;
        let change = Change::Write(path.to_owned(), text.as_bytes().to_vec());
        let tree = repo.git.changed(&parent, &[change])?;
        let author = Person::new(&repo.owner, &format!("{}@example.invalid", repo.owner), now);
        let commit = repo.git.plain(&tree, &parent, &author, &format!("chore: change {path}"))?;
        repo.git.set(&format!("refs/heads/{branch}"), &commit)?;
        state.refresh(index);
        Ok(commit)
    }

    /// Somebody moves a branch or makes it.
    pub fn set_branch(&self, branch: &str, revision: &str) -> io::Result<()> {
        self.set(&format!("refs/heads/{branch}"), revision)
    }

    /// Somebody tags a revision.
    pub fn tag(&self, name: &str, revision: &str) -> io::Result<()> {
        self.set(&format!("refs/tags/{name}"), revision)
    }

    fn set(&self, reference: &str, revision: &str) -> io::Result<()> {
        self.with(|repo| {
            let commit = repo.git.commit(revision).ok_or_else(gone)?;
            repo.git.set(reference, &commit)
        })
    }

    /// Somebody deletes a branch.
    pub fn delete_branch(&self, branch: &str) -> io::Result<()> {
        self.with(|repo| repo.git.delete(&format!("refs/heads/{branch}")))
    }

    /// Somebody opens a pull request to `main` from a branch of this repository or of a fork; gives its number.
    pub fn open(&self, from: &Self, head: &str, title: &str) -> io::Result<u64> {
        let mut state = self.hub.state();
        let author = state.repo(from.id).ok_or_else(gone)?.owner.clone();
        let (head, base, title) = (head.to_owned(), "main".to_owned(), title.to_owned());
        let opened = Opened { author, from: from.id, head, base, title, body: None, draft: false };
        let index = self.index(&state);
        api::open(&mut state, index, opened).map_err(|refusal| refused(&refusal))
    }

    /// Somebody merges a pull request; gives the commit that its base is at then.
    pub fn merge(&self, number: u64, method: MergeMethod) -> io::Result<String> {
        let mut state = self.hub.state();
        let index = self.index(&state);
        let who = state.repositories[index].owner.clone();
        let how = Merge { method, title: None, message: None, head: None, who };
        api::merge(&mut state, index, number, &how).map_err(|refusal| refused(&refusal))
    }

    /// Somebody closes a pull request.
    pub fn close(&self, number: u64, who: &str) {
        let mut state = self.hub.state();
        let index = self.index(&state);
        state.meet(who);
        api::close(&mut state, index, number, who);
    }

    /// Somebody opens a closed pull request again.
    pub fn reopen(&self, number: u64) -> io::Result<()> {
        let mut state = self.hub.state();
        let index = self.index(&state);
        api::reopen(&mut state, index, number).map_err(|refusal| refused(&refusal))
    }

    /// Somebody edits the text of a pull request.
    pub fn set_body(&self, number: u64, body: &str) {
        self.on(number, |pull| pull.body = Some(body.to_owned()).filter(|body| !body.is_empty()));
    }

    /// Somebody says whether a pull request is a draft.
    pub fn set_draft(&self, number: u64, draft: bool) {
        self.on(number, |pull| pull.draft = draft);
    }

    /// Somebody puts a label on a pull request.
    pub fn label(&self, number: u64, name: &str) {
        let mut state = self.hub.state();
        let (id, index) = (state.id(), self.index(&state));
        let repo = &mut state.repositories[index];
        if repo.label(name).is_none() {
            repo.labels.push(Label { id, name: name.to_owned(), color: "ededed".to_owned(), description: None });
        }
        drop(state);
        self.on(number, |pull| pull.labels.push(name.to_owned()));
    }

    /// Somebody reviews a pull request, and is asked no more.
    pub fn review(&self, number: u64, who: &str) {
        let mut state = self.hub.state();
        state.meet(who);
        let id = state.id();
        drop(state);
        self.on(number, |pull| {
            pull.asked.retain(|login| login != who);
            pull.reviews.push(Review { id, author: who.to_owned(), commit: pull.head_sha.clone() });
        });
    }

    /// Somebody writes a comment on a pull request.
    pub fn comment(&self, number: u64, who: &str, text: &str) {
        let mut state = self.hub.state();
        state.meet(who);
        let (id, now) = (state.id(), state.now());
        drop(state);
        let comment = Comment { id, author: who.to_owned(), body: text.to_owned(), created: now, updated: now };
        self.on(number, |pull| pull.comments.push(comment));
    }

    /// All that the base asks for is there; what was told to merge itself is merged.
    pub fn pass_checks(&self, number: u64) -> io::Result<()> {
        let auto_merge = self.on(number, |pull| {
            pull.checks_passed = true;
            pull.auto_merge.clone()
        });
        auto_merge.map_or(Ok(()), |(_, method)| self.merge(number, method).map(drop))
    }

    /// Whether pull requests wait for checks, which [`pass_checks`](Self::pass_checks) brings.
    pub fn require_checks(&self, required: bool) {
        self.with(|repo| repo.checks = required);
    }

    /// Whether pull requests may be told to merge themselves.
    pub fn allow_auto_merge(&self, allowed: bool) {
        self.with(|repo| repo.auto_merge = allowed);
    }

    /// Whether releases take no more files once they are published.
    pub fn make_releases_immutable(&self, immutable: bool) {
        self.with(|repo| repo.immutable = immutable);
    }

    /// Whether the branch of a pull request goes when that is merged.
    pub fn delete_merged_branches(&self, delete: bool) {
        self.with(|repo| repo.tidies = delete);
    }

    /// Forbids something of refs, `refs/heads/main` or a pattern of a shell.
    pub fn protect(&self, rule: Rule, pattern: &str) -> io::Result<()> {
        self.with(|repo| {
            repo.rules.push((rule, pattern.to_owned()));
            repo.git.set_rules(&repo.rules_text())
        })
    }

    /// Takes all rules back.
    pub fn unprotect(&self) -> io::Result<()> {
        self.with(|repo| {
            repo.rules.clear();
            repo.git.set_rules("")
        })
    }

    /// Makes somebody known who can be asked to review and be assigned.
    pub fn invite(&self, login: &str) {
        self.hub.state().meet(login);
        self.with(|repo| repo.collaborators.insert(login.to_owned()));
    }

    /// Shows it to those alone who bring a token for it.
    pub fn hide(&self) {
        self.with(|repo| repo.private = true);
    }

    /// Lets nobody write to it any more.
    pub fn archive(&self) {
        self.with(|repo| repo.archived = true);
    }

    /// Gives it another name, under which alone it can be written to.
    pub fn rename(&self, name: &str) {
        self.with(|repo| {
            repo.former.push(repo.full_name());
            name.clone_into(&mut repo.name);
        });
    }

    /// Another run makes a draft of the release of a tag.
    pub fn draft(&self, tag: &str) {
        let mut state = self.hub.state();
        let (id, now, index) = (state.id(), state.now(), self.index(&state));
        let repo = &mut state.repositories[index];
        let author = repo.owner.clone();
        repo.releases.push(drafted(id, tag, author, now));
    }

    /// An upload to the release of a tag stops half way.
    pub fn half_upload(&self, tag: &str, name: &str) {
        let mut state = self.hub.state();
        let (id, created, index) = (state.id(), state.now(), self.index(&state));
        let repo = &mut state.repositories[index];
        let uploader = repo.owner.clone();
        let content_type = "application/octet-stream".to_owned();
        let (name, bytes) = (name.to_owned(), b"ha".to_vec());
        let asset = Asset { id, name, label: None, content_type, bytes, uploader, created, complete: false };
        repo.releases
            .iter_mut()
            .filter(|release| release.tag == tag)
            .for_each(|release| release.assets.push(asset.clone()));
    }

    /// The release of a tag takes no more files.
    pub fn freeze(&self, tag: &str) {
        self.with(|repo| {
            let releases = repo.releases.iter_mut();
            releases.filter(|release| release.tag == tag).for_each(|release| release.immutable = true);
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut Repo) -> T) -> T {
        let mut state = self.hub.state();
        let index = self.index(&state);
        act(&mut state.repositories[index])
    }

    /// Does something with a pull request that is there.
    fn on<T: Default>(&self, number: u64, act: impl FnOnce(&mut Pull) -> T) -> T {
        self.with(|repo| {
            let pull = repo.pulls.iter_mut().find(|pull| pull.number == number);
            pull.map(act).unwrap_or_default()
        })
    }

    fn index(&self, state: &MutexGuard<'_, State>) -> usize {
        let index = state.repositories.iter().position(|repo| repo.id == self.id);
        index.expect("a repository is never taken away")
    }
}

fn add(state: &mut State, full_name: &str, git: Git, parent: Option<u64>) -> u64 {
    let (id, created) = (state.id(), state.now());
    let (owner, name) = full_name.split_once('/').unwrap_or(("unknown", full_name));
    state.meet(owner);
    let repo = Repo {
        id,
        parent,
        created,
        git,
        owner: owner.to_owned(),
        name: name.to_owned(),
        collaborators: [owner.to_owned()].into(),
        auto_merge: true,
        ..Repo::default()
    };
    state.repositories.push(repo);
    id
}

/// Where the bare repository of a new one is to lie.
fn folder(state: &State, full_name: &str) -> io::Result<PathBuf> {
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    let is_name = full_name.split('/').count() == 2 && full_name.split('/').all(|part| !part.is_empty() && plain(part));
    if !is_name {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("`{full_name}` is no `owner/name`")));
    }
    if state.find(full_name).is_some() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("`{full_name}` is taken")));
    }
    let folder = state.folder.join("repositories").join(format!("{full_name}.git"));
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn drafted(id: u64, tag: &str, author: String, created: Moment) -> Release {
    Release { id, tag: tag.to_owned(), target: "main".to_owned(), draft: true, author, created, ..Release::default() }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "there is no such repository or revision")
}

fn refused(refusal: &Refusal) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, refusal.text())
}
