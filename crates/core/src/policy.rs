//! What the configuration decides, as values with their defaults.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::Code;
use crate::forge::MergeMethod;
use crate::model::{Bump, CommitId, EcosystemLabel, RepoPath};
use crate::requirements::Pin;
use crate::vcs::Sign;

/// Which bumps of a dependency reach its dependents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Propagate {
    /// Any bump gives dependents at least a patch.
    #[default]
    Always,
    /// Only a bump that leaves the requirement as published.
    OutOfRange,
    /// None.
    Never,
}

/// What becomes of a package in a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Participation {
    /// It is versioned, tagged and published.
    Publish,
    /// It is versioned and tagged; no registry takes it.
    Tag,
    /// It takes no part.
    None,
}

/// What says how far packages move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BumpSource {
    /// The types of commits, and what they break.
    Commits,
    /// `release:` and `Release-As:` lines in the messages of commits.
    Trailers,
    /// Files beside the packages that say which of them change, and how far.
    ChangeFiles,
}

/// How the packages of a group are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Versioning {
    /// Each by itself.
    #[default]
    Independent,
    /// All have one version: where one moves, all do.
    Fixed,
    /// Those that move get one version; the others stay.
    Linked,
}

/// How strictly the registry's bytes are compared with ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VerifyChecksums {
    /// The same bytes.
    #[default]
    Bytes,
    /// The same content.
    Content,
    /// Not at all.
    Off,
}

/// What becomes of entries that people wrote under `Unreleased` in a changelog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unreleased {
    /// They stay where they are, and a warning says so.
    #[default]
    Keep,
    /// They become the top of the new section.
    Move,
}

/// What becomes of a manifest that no longer fits the history before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stale {
    /// It stops the release.
    #[default]
    Error,
    /// It is warned of.
    Warn,
}

/// Where a release is published from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PublishFrom {
    /// From a maintainer's machine or any other, after the release is public on the forge.
    #[default]
    Local,
    /// From a workflow that follows: until it has ended, the releases on the forge are drafts.
    Ci,
}

/// What is asked to be merged by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RequestPer {
    /// All that a run releases.
    #[default]
    Run,
    /// Each group, and the packages that are in none.
    Group,
}

/// What the forge has a release for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForgeReleases {
    /// Each package.
    #[default]
    Package,
    /// Each group, and each package that is in none.
    Group,
    /// All packages together, by the umbrella tag.
    Umbrella,
    /// Nothing.
    None,
}

/// What a commit of one type means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitType {
    /// How far it moves a package.
    pub bump: Bump,
    /// The changelog section it is listed in; `None` lists it nowhere unless it is breaking.
    pub section: Option<String>,
}

/// What it means for a package that it publishes other requirements than its last release did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RequirementChanges {
    /// It moves by a patch at least.
    #[default]
    Patch,
    /// Nothing by itself.
    None,
}

/// The whole configuration of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// One version for all packages.
    pub synchronize: bool,
    /// Tag formats: all are read, the first is written. Empty where they are to be detected.
    pub tag_format: Vec<String>,
    /// The branch that releases are made from, where the remote's default is not it.
    pub default_branch: Option<String>,
    /// Globs of branches that releases may be made from; empty for the default branch alone.
    pub release_branches: Vec<String>,
    /// Where history begins for packages without a tag.
    pub bootstrap_sha: Option<CommitId>,
    /// What says how far packages move; empty where the repository decides, by what it has.
    pub bump_sources: Vec<BumpSource>,
    /// Which bumps reach dependents.
    pub propagate: Propagate,
    /// What a breaking change means below 1.0.
    pub breaking_below_one: Bump,
    /// What a commit that asks for a minor means below 1.0.
    pub features_below_one: Bump,
    /// What a change of published requirements means, whatever the commits say.
    pub requirement_changes: RequirementChanges,
    /// Whether commits and tags are signed.
    pub sign: Sign,
    /// What becomes of a stale manifest.
    pub stale: Stale,
    /// The format of the tag that all packages of a release have together; `None` for no such tag.
    pub umbrella_tag: Option<String>,
    /// The package whose version the umbrella tag has, where they do not share one.
    pub umbrella_version: Option<String>,
    /// Where releases are published from.
    pub publish_from: PublishFrom,
    /// The remote.
    pub remote: String,
    /// Codes of warnings that are not to be said.
    pub ignore_warnings: Vec<String>,
    /// Globs of tags that were never released: no release begins after them, and their versions are passed over.
    pub ignore_tags: Vec<String>,
    /// Globs of folders that hold no package of ours.
    pub exclude: Vec<String>,
    /// Variables that builds may see beyond the usual few.
    pub build_env: Vec<String>,
    /// Commit types; a type that is not listed means nothing.
    pub commit_types: BTreeMap<String, CommitType>,
    /// Changelogs.
    pub changelog: ChangelogPolicy,
    /// The release branch, its commit and its change request.
    pub pull_request: PullRequestPolicy,
    /// The forge.
    pub forge: ForgePolicy,
    /// Publishing.
    pub publish: PublishPolicy,
    /// Who is told of what was published.
    pub dispatch: DispatchPolicy,
    /// Groups of packages, by name.
    pub groups: BTreeMap<String, GroupPolicy>,
    /// Registries by the names that package files and the configuration call them by.
    pub registries: BTreeMap<String, RegistryPolicy>,
    /// Ecosystems that the configuration names; others are detected.
    pub ecosystems: BTreeMap<EcosystemLabel, EcosystemPolicy>,
    /// What the configuration says of packages, by the name it uses: `label:name` or a bare name.
    pub packages: BTreeMap<String, PackagePolicy>,
}

/// Changelogs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangelogPolicy {
    /// A template file, from the repository root; `None` for the built-in one.
    pub template: Option<RepoPath>,
    /// Globs of commit scopes and types that are not listed.
    pub exclude: Vec<String>,
    /// The order of sections; those not named follow in the order of the commit types.
    pub sections: Vec<String>,
    /// What becomes of entries under `Unreleased`.
    pub unreleased: Unreleased,
    /// Whether notes link to the forge, where its pages are known.
    pub links: bool,
}

/// The release branch, its commit and its change request. `{base}` is replaced, in what is said of a release also `{count}`,
/// `{name}` and `{version}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequestPolicy {
    /// The branch.
    pub branch: String,
    /// The first line of the commit's message; `None` for one that says which package and version it is, or how many.
    pub commit_message: Option<String>,
    /// Who makes the commit, `Name <address>`; `None` for the user.
    pub author: Option<String>,
    /// The title of the change request, whatever people have made of it; `None` for the first line of the commit's message,
    /// where people have not given it another one.
    pub title: Option<String>,
    /// Labels that it has beside ours.
    pub labels: Vec<String>,
    /// Whether it is opened as a draft.
    pub draft: bool,
    /// Who is asked to review it.
    pub reviewers: Vec<String>,
    /// Whom it is assigned to.
    pub assignees: Vec<String>,
    /// How the forge merges it once all that its base asks for is there; `None` where people do.
    pub auto_merge: Option<MergeMethod>,
    /// What has one of its own.
    pub per: RequestPer,
}

/// The forge: which one it is, and what releases have there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForgePolicy {
    /// What it is, by the name of its backend; `None` for what the host of the remote is known as.
    pub kind: Option<String>,
    /// The root of its pages; `None` for the host of the remote.
    pub url: Option<String>,
    /// The root of its API; `None` where it follows from the other.
    pub api_url: Option<String>,
    /// Who owns the repository there; `None` for what the remote says.
    pub owner: Option<String>,
    /// What the repository is called there; `None` for what the remote says.
    pub name: Option<String>,
    /// What has a release there.
    pub releases: ForgeReleases,
    /// The package whose releases may be the latest.
    pub latest: Option<String>,
    /// Whether requests are told in a comment what released them.
    pub comments: bool,
}

/// Repositories whose workflows are started once a release is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DispatchPolicy {
    /// Which, `owner/name`.
    pub repositories: Vec<String>,
    /// What the workflows wait for.
    pub event: String,
}

/// Publishing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishPolicy {
    /// How many packages are worked on at once.
    pub concurrency: usize,
    /// How many uploads of one file may follow the first.
    pub max_retries: u32,
    /// How long to wait for the registry to list a version.
    pub poll_timeout: Duration,
    /// The longest pause between two looks.
    pub poll_interval: Duration,
    /// How strictly bytes are compared.
    pub verify_checksums: VerifyChecksums,
    /// How long one invocation of a tool may take.
    pub task_timeout: Duration,
    /// Whether what is built is tried, where tools can do so; a run may say that nothing is.
    pub verify: bool,
    /// Whether an installer has to choose each package once it is live.
    pub resolve_check: bool,
    /// Whether each package is installed after it went live.
    pub smoke_test: bool,
}

/// A group of packages, which may be of several ecosystems. Packages join it by their own keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupPolicy {
    /// How they are numbered.
    pub versioning: Versioning,
    /// Tag formats of its packages.
    pub tag_format: Vec<String>,
}

/// A registry that has a name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistryPolicy {
    /// Where installers read.
    pub registry_url: Option<String>,
    /// Where files are sent.
    pub publish_url: Option<String>,
    /// Where we look for what is live.
    pub observe_url: Option<String>,
}

/// One ecosystem of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EcosystemPolicy {
    /// What it is, `python`; `None` where the label implies it.
    pub ecosystem: Option<String>,
    /// The tool that works on it, `uv`; `None` for the one that finds it.
    pub tool: Option<String>,
    /// Its root; `None` where it is to be found.
    pub workspace_root: Option<RepoPath>,
    /// Where installers read.
    pub registry_url: Option<String>,
    /// Where files are sent.
    pub publish_url: Option<String>,
    /// Where we look for what is live.
    pub observe_url: Option<String>,
    /// How requirements on siblings are pinned.
    pub pin: Option<Pin>,
    /// Tag formats of its packages.
    pub tag_format: Vec<String>,
    /// Globs of folders that hold no package of ours.
    pub exclude: Vec<String>,
    /// Commands run in the export before the release commit.
    pub prepare_commands: Vec<Vec<String>>,
    /// Commands run in the export before packing.
    pub build_commands: Vec<Vec<String>>,
    /// Globs of built, untracked files copied into the export.
    pub include_untracked: Vec<String>,
}

/// Where the version of a package stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionFrom {
    /// In a file.
    File,
    /// In tags only; what a file says is a placeholder.
    Tags,
}

/// A file beside package files in which the version of a package stands too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraFile {
    /// Where it is, from the package's folder.
    pub path: String,
    /// What stands around each version that moves, with [`Self::VERSION`] in the place of it; `None` for the lines that the
    /// file marks, or for the only version that it holds.
    pub search: Option<String>,
}

impl ExtraFile {
    /// What stands for the version in what is searched for.
    pub const VERSION: &str = "{version}";
}

/// What the configuration says of one package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackagePolicy {
    /// The group it is in.
    pub group: Option<String>,
    /// What becomes of it; `None` for what its package file implies.
    pub release: Option<Participation>,
    /// Where its version stands; `None` for where it is found.
    pub version_from: Option<VersionFrom>,
    /// Its tag formats.
    pub tag_format: Vec<String>,
    /// Its changelog, from its own folder; an empty path for none.
    pub changelog: Option<String>,
    /// Files in which its version stands too.
    pub extra_files: Vec<ExtraFile>,
    /// Where installers read.
    pub registry_url: Option<String>,
    /// Where files are sent.
    pub publish_url: Option<String>,
    /// The names of the registries it goes to; empty for those that its package file names.
    pub registries: Vec<String>,
    /// Globs, from the repository root, of further files that belong to it.
    pub paths: Vec<String>,
    /// Names it had, whose tags it carries on.
    pub formerly: Vec<String>,
    /// Packages it needs although no package file says so.
    pub depends_on: Vec<String>,
    /// Globs of the file names a release of it consists of; empty for the ecosystem's usual set.
    pub artifacts: Vec<String>,
    /// Whether what is built of it is tried, where its tool can do so; `None` where it is.
    pub verify: Option<bool>,
}

impl Policy {
    /// Whether a source says how far packages move. Where nothing says so, the messages of commits do.
    pub fn counts(&self, source: BumpSource) -> bool {
        if self.bump_sources.is_empty() {
            source != BumpSource::ChangeFiles
        } else {
            self.bump_sources.contains(&source)
        }
    }

    /// Whether warnings of a code are not to be said.
    pub fn settles(&self, code: Code) -> bool {
        self.ignore_warnings.iter().any(|settled| settled == code.as_str())
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            synchronize: false,
            tag_format: Vec::new(),
            default_branch: None,
            release_branches: Vec::new(),
            bootstrap_sha: None,
            bump_sources: Vec::new(),
            propagate: Propagate::default(),
            breaking_below_one: Bump::Minor,
            features_below_one: Bump::Minor,
            requirement_changes: RequirementChanges::default(),
            sign: Sign::default(),
            stale: Stale::default(),
            umbrella_tag: None,
            umbrella_version: None,
            publish_from: PublishFrom::default(),
            remote: "origin".to_owned(),
            ignore_warnings: Vec::new(),
            ignore_tags: Vec::new(),
            exclude: Vec::new(),
            build_env: Vec::new(),
            commit_types: default_commit_types(),
            changelog: ChangelogPolicy::default(),
            pull_request: PullRequestPolicy::default(),
            forge: ForgePolicy::default(),
            publish: PublishPolicy::default(),
            dispatch: DispatchPolicy::default(),
            groups: BTreeMap::new(),
            registries: BTreeMap::new(),
            ecosystems: BTreeMap::new(),
            packages: BTreeMap::new(),
        }
    }
}

impl Default for PullRequestPolicy {
    fn default() -> Self {
        Self {
            branch: "releasekit--release--{base}".to_owned(),
            commit_message: None,
            author: None,
            title: None,
            labels: Vec::new(),
            draft: false,
            reviewers: Vec::new(),
            assignees: Vec::new(),
            auto_merge: None,
            per: RequestPer::default(),
        }
    }
}

impl Default for ChangelogPolicy {
    fn default() -> Self {
        let unreleased = Unreleased::default();
        Self { template: None, exclude: Vec::new(), sections: Vec::new(), unreleased, links: true }
    }
}

impl Default for DispatchPolicy {
    fn default() -> Self {
        Self { repositories: Vec::new(), event: "releasekit".to_owned() }
    }
}

impl Default for PublishPolicy {
    fn default() -> Self {
        Self {
            concurrency: 5,
            max_retries: 0,
            poll_timeout: Duration::from_secs(300),
            poll_interval: Duration::from_secs(5),
            verify_checksums: VerifyChecksums::default(),
            task_timeout: Duration::from_secs(600),
            verify: true,
            resolve_check: true,
            smoke_test: false,
        }
    }
}

/// The types of Conventional Commits that mean something by default.
fn default_commit_types() -> BTreeMap<String, CommitType> {
    let types = [
        ("feat", Bump::Minor, Some("Features")),
        ("fix", Bump::Patch, Some("Bug Fixes")),
        ("perf", Bump::Patch, Some("Performance")),
        ("revert", Bump::None, Some("Reverts")),
    ];
    let entry = |(name, bump, section): (&str, Bump, Option<&str>)| {
        (name.to_owned(), CommitType { bump, section: section.map(str::to_owned) })
    };
    types.into_iter().map(entry).collect()
}
