//! A repository in memory whose whole way is gone: commits, a prepared branch, its merge, tags and uploads.

use std::sync::Arc;

use releasekit_core::event::Event;
use releasekit_core::forge::{ForgeCapabilities, TextLimit, TextUnit};
use releasekit_core::model::{BranchName, CommitId, ObjectId, TagName};
use releasekit_core::vcs::{BranchTip, CommitRequest, Expected, Pushed, RefName, RefUpdate, RemoteRef, TagRequest};
use releasekit_core::{FileEdit, Vcs};
use releasekit_engine::cancel::Cancel;
use releasekit_engine::pending::{self, Pending};
use releasekit_engine::prepare::{self, PlanOptions, PrepareOptions, Prepared};
use releasekit_engine::publish::{self, PublishReport};
use releasekit_engine::release::{ReleaseOptions, Released};
use releasekit_engine::state::State;
use releasekit_engine::{Result, Session, locate, plan};
use releasekit_testkit::memory::forge::MemoryForge;
use releasekit_testkit::memory::vcs::{MemoryVcs, REMOTE};

use crate::world::{World, holder, path};

const MAIN: &str = "main";
pub(crate) const BRANCH: &str = "releasekit--release--main";

/// A clone, always as new as its remote.
pub(crate) struct Shop {
    pub(crate) world: World,
    pub(crate) vcs: MemoryVcs,
}

impl Shop {
    /// Packages with their versions and what they require, each tagged as `name-vVERSION`.
    pub(crate) async fn new(packages: &[(&str, &str, &[&str])]) -> Self {
        let shop = Self::untagged(packages);
        for (name, version, _) in packages {
            shop.tag(&format!("{name}-v{version}")).await;
        }
        shop.renewed().await
    }

    /// The same without tags.
    pub(crate) fn untagged(packages: &[(&str, &str, &[&str])]) -> Self {
        let file = |(name, version, requires): &(&str, &str, &[&str])| {
            let requires: String = requires.iter().map(|name| format!("requires = {name}\n")).collect();
            (path(&format!("{name}/package.txt")), format!("name = {name}\nversion = {version}\n{requires}"))
        };
        let files = packages.iter().map(file).chain([(path("workspace.txt"), String::new())]);
        let world = World::new(&[]);
        let vcs = MemoryVcs::new(&world.folder.path().join("checkout"), files);
        Self { world, vcs }
    }

    pub(crate) fn session(&self) -> Session {
        self.world.session_on(Arc::new(self.vcs.clone()), self.world.backends())
    }

    pub(crate) async fn head(&self) -> CommitId {
        self.vcs.head().await.unwrap().commit
    }

    /// Tags HEAD by hand.
    pub(crate) async fn tag(&self, name: &str) {
        let head = self.head().await;
        let branch = BranchTip::new(BranchName::new(MAIN), head.clone());
        let request = TagRequest::new(head, branch, 1).with_tags(vec![(TagName::new(name), "by hand".to_owned())]);
        let updates = self.vcs.tag(&request).await.unwrap();
        assert!(matches!(self.vcs.push(REMOTE, &updates).await.unwrap(), Pushed::Accepted));
    }

    /// Commits files to the branch, and pushes it.
    pub(crate) async fn commit(self, files: &[(&str, &str)], message: &str) -> Self {
        let head = self.head().await;
        let edits = files.iter().map(|(at, text)| FileEdit::write(path(at), *text)).collect();
        let request = CommitRequest::new(head, format!("{message}\n"), 1_700_000_100).with_edits(edits);
        let commit = self.vcs.commit(&request).await.unwrap();
        self.moved_to(commit).await
    }

    /// Commits files to the release branch, and pushes it.
    pub(crate) async fn commit_to_branch(&self, files: &[(&str, &str)], message: &str) {
        let tip = self.branch().await;
        let edits = files.iter().map(|(at, text)| FileEdit::write(path(at), *text)).collect();
        let request = CommitRequest::new(tip.clone(), format!("{message}\n"), 1_700_000_200).with_edits(edits);
        let commit = self.vcs.commit(&request).await.unwrap();
        let name = RefName::Branch(BranchName::new(BRANCH));
        let update = RefUpdate::new(name, Some(ObjectId::from(commit)), Expected::At(tip.into()));
        assert!(matches!(self.vcs.push(REMOTE, &[update]).await.unwrap(), Pushed::Accepted));
    }

    /// The tip of the release branch, fetched.
    async fn branch(&self) -> CommitId {
        self.tip_of(BRANCH).await
    }

    /// The tip of a branch of the remote, fetched.
    pub(crate) async fn tip_of(&self, branch: &str) -> CommitId {
        let remote = self.vcs.remote_refs(REMOTE).await.unwrap();
        let tip = remote.branch(&BranchName::new(branch)).expect("it is prepared").clone();
        self.vcs.fetch(REMOTE, &[tip.object]).await.unwrap();
        tip.commit
    }

    /// A commit that touches a package.
    pub(crate) async fn change(self, package: &str, message: &str) -> Self {
        self.commit(&[(&format!("{package}/source"), message)], message).await
    }

    /// Merges the release branch.
    pub(crate) async fn merge(self) -> Self {
        let tip = self.branch().await;
        self.merge_commit(&tip).await
    }

    /// Merges a commit.
    pub(crate) async fn merge_commit(self, tip: &CommitId) -> Self {
        let merged = self.vcs.merge_of([&self.head().await, tip]).unwrap();
        self.moved_to(merged).await
    }

    async fn moved_to(self, commit: CommitId) -> Self {
        let expected = Expected::At(self.head().await.into());
        let update = RefUpdate::new(RefName::Branch(BranchName::new(MAIN)), Some(ObjectId::from(commit)), expected);
        assert!(matches!(self.vcs.push(REMOTE, &[update]).await.unwrap(), Pushed::Accepted));
        self.renewed().await
    }

    /// A new clone in the same place, with all tags.
    pub(crate) async fn renewed(self) -> Self {
        let vcs = self.vcs.clone_at(&self.world.folder.path().join("checkout"));
        let mut tags = vcs.remote_refs(REMOTE).await.unwrap().refs;
        tags.retain(|found| matches!(found.name, RefName::Tag(_)));
        vcs.fetch(REMOTE, &tags.iter().map(|tag| tag.object.clone()).collect::<Vec<_>>()).await.unwrap();
        let set = |tag: RemoteRef| RefUpdate::new(tag.name, Some(tag.object), Expected::Absent);
        vcs.update_refs(&tags.into_iter().map(set).collect::<Vec<_>>()).await.unwrap();
        Self { vcs, ..self }
    }

    pub(crate) async fn prepare(&self) -> Result<Prepared> {
        prepare::prepare(&self.session(), PrepareOptions::default()).await
    }

    pub(crate) async fn reopen(&self) -> Result<Prepared> {
        prepare::prepare(&self.session(), PrepareOptions { reopen: true, ..PrepareOptions::default() }).await
    }

    pub(crate) async fn supersede(&self) -> Result<Prepared> {
        let plan = PlanOptions { supersede: true, ..PlanOptions::default() };
        prepare::prepare(&self.session(), PrepareOptions { plan, ..PrepareOptions::default() }).await
    }

    /// Takes a tag away from the remote.
    pub(crate) async fn drop_tag(&self, name: &str) {
        let remote = self.vcs.remote_refs(REMOTE).await.unwrap();
        let object = remote.tag(&TagName::new(name)).unwrap().object.clone();
        let update = RefUpdate::new(RefName::Tag(TagName::new(name)), None, Expected::At(object));
        assert!(matches!(self.vcs.push(REMOTE, &[update]).await.unwrap(), Pushed::Accepted));
    }

    /// Takes all tags away from the remote.
    pub(crate) async fn untag(&self) {
        for tag in self.tags().await {
            self.drop_tag(&tag).await;
        }
    }

    /// The same on a forge that can do this, with a token for it.
    pub(crate) fn hosted(mut self, can: ForgeCapabilities) -> Self {
        self.vcs = self.vcs.with_url("git@forge.test:owner/name");
        self.world.forge = Some(Arc::new(MemoryForge::new(can).of(self.vcs.clone())));
        self.world.environment.set("HOUSE_TOKEN", "may write");
        self
    }

    /// Packages that are tagged, on a forge that can do everything, whose texts may be this long.
    pub(crate) async fn on_forge(packages: &[(&str, &str, &[&str])], most: usize) -> Self {
        let mut can = MemoryForge::everything();
        can.request_body = TextLimit::new(most, TextUnit::Utf16);
        Self::new(packages).await.hosted(can)
    }

    /// The forge that it is on.
    pub(crate) fn forge(&self) -> &MemoryForge {
        self.world.forge.as_ref().expect("it is hosted")
    }

    /// A clone on another machine, without state, of the same repository and registry.
    pub(crate) async fn elsewhere(self) -> Self {
        let mut world = World::new(&[]);
        (world.index, world.builds, world.policy) = (self.world.index, self.world.builds, self.world.policy);
        (world.forge, world.environment) = (self.world.forge, self.world.environment);
        Self { world, vcs: self.vcs }.renewed().await
    }

    /// Prepared and merged.
    pub(crate) async fn prepared(self) -> Self {
        self.prepare().await.unwrap().proposed.expect("something moves");
        self.merge().await
    }

    pub(crate) async fn pending(&self) -> Option<Pending> {
        pending::pending(&self.session(), &self.head().await).await.unwrap()
    }

    pub(crate) async fn release_with(&self, options: &ReleaseOptions) -> Result<Released> {
        let session = self.session();
        let state = State::take(&session, &holder(), &Cancel::never()).await?;
        crate::world::release(&session, &state, options).await
    }

    pub(crate) async fn release(&self) -> Result<Released> {
        self.release_with(&ReleaseOptions::default()).await
    }

    /// Publishes the release of HEAD's manifest, or the one that a revision names.
    pub(crate) async fn publish(&self, named: Option<&str>) -> Result<PublishReport> {
        let session = self.session();
        let remote = self.vcs.remote_refs(REMOTE).await?;
        let release = match named {
            Some(revision) => locate::tagged_by_name(&session, revision, &remote).await?.remove(0),
            None => locate::tagged(&session, &self.head().await, &remote).await?.remove(0)?,
        };
        let state = State::take(&session, &holder(), &Cancel::never()).await?;
        publish::publish(&session, &release, &state, &self.world.options).await
    }

    /// The versions to come of a plan of HEAD, by name.
    pub(crate) async fn planned(&self) -> Vec<(String, String)> {
        let session = self.session();
        let head = self.vcs.head().await.unwrap();
        let snapshot = session.snapshot_at(&head.commit, releasekit_engine::Policies::Committed).await.unwrap();
        let planned = plan::plan(&session, snapshot, &head).await.unwrap();
        planned.plan.included().map(|row| (row.name.to_string(), row.next.clone().unwrap().to_string())).collect()
    }

    /// The tags of the remote.
    pub(crate) async fn tags(&self) -> Vec<String> {
        self.vcs.remote_refs(REMOTE).await.unwrap().tags().iter().map(|tag| tag.name.to_string()).collect()
    }

    /// A file of HEAD.
    pub(crate) async fn read(&self, at: &str) -> String {
        let tree = self.vcs.tree(&self.head().await).await.unwrap();
        String::from_utf8(tree.read(&path(at)).unwrap().unwrap_or_default()).unwrap()
    }

    /// What was warned of, with its help.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let warning = |event| match event {
            Event::Warning { message, help, .. } => Some(format!("{message}; {}", help.unwrap_or_default())),
            _ => None,
        };
        self.world.seen.all().into_iter().filter_map(warning).collect()
    }
}
