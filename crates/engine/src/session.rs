//! What a command works with: the repository, the ecosystems and the configuration, opened once.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use releasekit_core::confinement::Isolation;
use releasekit_core::event::Event;
use releasekit_core::model::{CommitId, PackageId, PackageName, Target, Version};
use releasekit_core::policy::{Participation, Policy};
use releasekit_core::vcs::{CommitInfo, Lack};
use releasekit_core::workspace::Remark;
use releasekit_core::{BackendContext, Backends, Diagnostic, Ecosystem, Registry, Tree, Vcs};

use crate::discover::{self, Configured, Discovery, Member};
use crate::error::{Error, Result};
use crate::graph::PackageGraph;
use crate::targets;

/// Where the configuration comes from.
pub trait PolicySource: fmt::Debug + Send + Sync {
    /// The configuration as the files of the work tree say it now.
    fn current(&self) -> Policy;

    /// The configuration as the files of a commit say it, but publishing and URLs as the work tree says them.
    fn at(&self, tree: &dyn Tree) -> Result<Policy>;

    /// The files outside of commits that it is read from, whether they are there or not: the next command takes from them
    /// where files are sent.
    fn files(&self) -> Vec<PathBuf>;
}

/// Whose configuration holds for a commit's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policies {
    /// The commit's own, as for commands that change the world.
    Committed,
    /// That of the work tree, as for commands that only answer.
    WorkTree,
}

/// Everything that a command is given.
#[derive(Debug, Clone)]
pub struct Session {
    /// The repository.
    pub vcs: Arc<dyn Vcs>,
    /// The ecosystems.
    pub ecosystems: Vec<Ecosystem>,
    /// What is registered.
    pub backends: Backends,
    /// The surroundings.
    pub context: BackendContext,
    /// The configuration.
    pub policies: Arc<dyn PolicySource>,
    /// Where state is kept; `None` for the repository's private folder.
    pub state_dir: Option<PathBuf>,
    /// Whether the user wants no forge to be asked.
    pub no_forge: bool,
}

/// What one state of the files holds.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The files.
    pub tree: Arc<dyn Tree>,
    /// The configuration that holds for them.
    pub policy: Policy,
    /// Their packages.
    pub discovery: Discovery,
    /// Who needs whom.
    pub graph: PackageGraph,
}

impl Session {
    /// Opens every ecosystem over a repository.
    pub fn open(
        vcs: Arc<dyn Vcs>,
        backends: Backends,
        context: BackendContext,
        policies: Arc<dyn PolicySource>,
    ) -> Result<Self> {
        let ecosystems = backends.open_ecosystems(&context)?;
        Ok(Self { vcs, ecosystems, backends, context, policies, state_dir: None, no_forge: false })
    }

    /// Reads the work tree.
    pub async fn work_tree(&self) -> Result<Snapshot> {
        let tree = self.vcs.work_tree().await?;
        self.snapshot(tree, self.policies.current()).await
    }

    /// Reads a commit.
    pub async fn snapshot_at(&self, commit: &CommitId, policies: Policies) -> Result<Snapshot> {
        let tree = self.vcs.tree(commit).await?;
        let policy = match policies {
            Policies::Committed => self.policies.at(tree.as_ref())?,
            Policies::WorkTree => self.policies.current(),
        };
        self.snapshot(tree, policy).await
    }

    /// Finds the packages of some files.
    pub async fn discover(&self, tree: &Arc<dyn Tree>, policy: &Policy) -> Result<Configured> {
        let mut configured = discover::discover(tree, &self.ecosystems, policy).await?;
        if configured.discovery.members.iter().any(Member::may_be_named) {
            configured.discovery.name_by(&self.vcs.tags().await?);
        }
        Ok(configured)
    }

    async fn snapshot(&self, tree: Arc<dyn Tree>, policy: Policy) -> Result<Snapshot> {
        let Configured { discovery, policy } = self.discover(&tree, &policy).await?;
        let graph = PackageGraph::build(&discovery)?;
        Ok(Snapshot { tree, policy, discovery, graph })
    }

    /// Commits, each with how many of them it reaches, itself among them: whoever stands on others reaches more.
    pub(crate) async fn ranked(&self, commits: &[CommitId]) -> Result<Vec<(usize, CommitId)>> {
        let mut ranked = Vec::new();
        for commit in commits {
            let reached = self.vcs.ancestors_among(commits, commit).await?;
            ranked.push((reached.into_iter().filter(|reached| *reached).count(), commit.clone()));
        }
        Ok(ranked)
    }

    /// Describes one commit.
    pub async fn describe(&self, commit: &CommitId) -> Result<CommitInfo> {
        let mut found = self.vcs.commits(std::slice::from_ref(commit)).await?;
        found.pop().ok_or_else(|| self.lacks(Lack::Commit { name: commit.to_string(), setting: None }))
    }

    /// The error for what the clone lacks.
    pub(crate) fn lacks(&self, lack: Lack) -> Error {
        Error::Backend(self.vcs.incomplete(lack))
    }

    /// Opens the repository of an export, in which code of the repository has run, with the first system that knows it.
    pub(crate) fn open_export(&self, folder: &Path) -> Result<Option<Arc<dyn Vcs>>> {
        let context = self.context.clone().with_untrusted();
        Ok(self.backends.open_vcs(&context, folder)?)
    }

    /// Opens the registry that a target names.
    pub(crate) fn registry(&self, target: &Target) -> Result<Arc<dyn Registry>> {
        let backend =
            self.backends.registries.get(target.kind).ok_or_else(|| Error::RegistryUnknown { kind: target.kind })?;
        Ok((backend.open)(&self.context, target)?)
    }

    /// Shows an event.
    pub(crate) fn report(&self, event: Event) {
        self.context.reporter.report(event);
    }

    /// What discovery passed over, but for what the configuration has settled.
    pub fn remarks<'a>(&self, discovery: &'a Discovery) -> impl Iterator<Item = &'a Remark> + use<'a> {
        let policy = self.policies.current();
        discovery.remarks.iter().filter(move |remark| !policy.settles(remark.code))
    }

    /// Shows what discovery passed over.
    pub fn warn_of_remarks(&self, discovery: &Discovery) {
        for Remark { code, message } in self.remarks(discovery) {
            let help = code.help().map(str::to_owned);
            self.report(Event::Warning { code: Some(*code), message: message.clone(), help });
        }
    }

    /// Shows what the command is doing now.
    pub(crate) fn phase(&self, sentence: impl Into<String>) {
        self.report(Event::Phase(sentence.into()));
    }

    /// Says how far the code of the repository that now runs is kept apart; `what` is its subject and verb.
    pub(crate) fn say_isolation(&self, what: &str) {
        let confinement = &self.context.confinement;
        if confinement.isolation == Isolation::Namespaces {
            return self.phase(format!("{what} in namespaces of their own: they see no other process"));
        }
        let reason = confinement.reason.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
        self.warn(
            format!(
                "{what} without namespaces of their own{reason}: they can read what other processes of this user hold"
            ),
            Some("run `build --out` where there is no secret, and `publish --artifacts` elsewhere".to_owned()),
        );
    }

    /// Warns of what would be an error if the configuration did not let it pass.
    pub(crate) fn warn_of(&self, error: &dyn Diagnostic, help: &str) {
        let (code, message, help) = (Some(error.code()), error.to_string(), Some(help.to_owned()));
        self.report(Event::Warning { code, message, help });
    }

    /// Warns of something that does not stop the command.
    pub(crate) fn warn(&self, message: impl Into<String>, help: Option<String>) {
        self.report(Event::Warning { code: None, message: message.into(), help });
    }
}

impl Snapshot {
    /// Where a member is published. Fails where nobody knows a registry that is named.
    pub(crate) fn targets(&self, member: &Member) -> Result<Vec<Target>> {
        targets::of(member, self.discovery.workspace(member), &self.policy.registries)
    }

    /// The name under which a member's registry knows a version of it.
    pub(crate) fn published_name(&self, member: &Member, version: &Version) -> PackageName {
        let manager = &self.discovery.workspace(member).ecosystem.package_manager;
        manager.published_name(&member.package, version)
    }

    /// Another published package that a registry would take for the same one as this version of a member.
    pub(crate) fn namesake(&self, index: usize, version: Option<&Version>) -> Option<&PackageId> {
        let member = &self.discovery.members[index];
        let place = self.published_as(member, version)?;
        let others = self.discovery.members.iter().filter(|other| other.id != member.id);
        let meets = |other: &&Member| {
            let there = self.published_as(other, other.package.version.as_ref()).unwrap_or_default();
            there.iter().any(|name| place.contains(name))
        };
        others.filter(meets).map(|other| &other.id).next()
    }

    /// The registries that a member is sent to, each with its name there; `None` where it is published nowhere, or nobody
    /// knows where.
    fn published_as(&self, member: &Member, version: Option<&Version>) -> Option<Vec<(&'static str, String, String)>> {
        if member.release != Participation::Publish {
            return None;
        }
        let name = version.map_or_else(|| member.id.name.clone(), |version| self.published_name(member, version));
        let name = self.discovery.workspace(member).files().normalize(name.as_str());
        let targets = self.targets(member).ok()?.into_iter();
        Some(targets.map(|to| (to.kind, to.publish_url.trim_end_matches('/').to_owned(), name.clone())).collect())
    }
}
