//! What can go wrong in the pipeline.

use std::collections::BTreeSet;

use releasekit_core::BackendError;
use releasekit_core::model::{BranchName, CommitId, EcosystemLabel, PackageId, RepoPath, TagName, Unread, Version};
use releasekit_core::vcs::RefName;
use thiserror::Error;

mod allowed;
mod astray;
mod change_file;
mod diagnostic;
mod extra_file;
mod fault;
mod numbered;
mod text;
mod trailers;
mod undone;
mod unkept;

pub use self::allowed::AllowedBranches;
pub use self::astray::Astray;
pub use self::change_file::{ChangeFault, Unclear};
pub use self::extra_file::{ExtraFileFault, Unfollowable};
pub use self::fault::Fault;
pub use self::numbered::{AskedBehind, Behind, Taken, Uncountable};
pub use self::trailers::{TrailerFault, Unfollowed};
pub use self::undone::Undone;
pub use self::unkept::{Unkept, Why};

use self::numbered::{asked_behind, behind, taken, uncountable};
use self::text::{
    arrows, clash, joined, lacks, list, or_absent, places, reason, roots, unclear_tool, unkept, unread, whose,
};
use self::trailers::unfollowed;
use crate::failure::Failure;

/// The result of a stage.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of a stage. Each variant is a decision that someone can take.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// Work on files, builds or registries failed.
    #[error(transparent)]
    Failure(Box<Failure>),
    /// Several independent failures.
    #[error("{} errors", .0.len())]
    Several(Vec<Error>),
    /// Packages need each other in a circle.
    #[error("packages need each other in a circle: {}", arrows(.path))]
    Cycle {
        /// Around the circle, the first package again at the end.
        path: Vec<PackageId>,
    },
    /// A published package needs an unpublished one.
    #[error("`{package}` is published and needs `{needs}`, which is not")]
    PrivateDependency {
        /// The published one.
        package: PackageId,
        /// The unpublished one.
        needs: PackageId,
    },
    /// Two published packages would be one.
    #[error("`{package}` and `{other}` have one name and go to one registry, which would take them for one package")]
    Namesakes {
        /// The one that is to be released.
        package: PackageId,
        /// The other one.
        other: PackageId,
    },
    /// A file was written by somebody else while it was to be mended.
    #[error("`{path}` was changed while it was being mended")]
    FileChanged {
        /// Which.
        path: RepoPath,
    },
    /// No group of that name.
    #[error("no group is called `{name}`")]
    GroupUnknown {
        /// What the user wrote.
        name: String,
        /// The groups that there are.
        known: BTreeSet<String>,
    },
    /// No package of that name.
    #[error("no package is called `{name}`")]
    PackageUnknown {
        /// What the user wrote.
        name: String,
        /// What they may have meant.
        nearest: Option<String>,
    },
    /// A version that no registry lists.
    #[error("{registry} lists no `{package}` {version}")]
    NotLive {
        /// Which package.
        package: PackageId,
        /// Which version.
        version: Version,
        /// Who was asked.
        registry: String,
    },
    /// Several packages of that name.
    #[error("`{name}` names {} packages", .candidates.len())]
    PackageAmbiguous {
        /// What the user wrote.
        name: String,
        /// What it could mean.
        candidates: Vec<PackageId>,
    },
    /// Several workspaces, or none, could be meant.
    #[error("`[ecosystems.{label}]` says no `workspace_root`, and {} found", roots(.found.len()))]
    WorkspaceRootUnclear {
        /// The label in the configuration.
        label: EcosystemLabel,
        /// The roots that were found.
        found: Vec<RepoPath>,
    },
    /// Several tools could be meant, or none.
    #[error("`[ecosystems.{label}]` says {}", unclear_tool(.named.as_deref(), .tools.len()))]
    ToolUnclear {
        /// The label of the workspace.
        label: EcosystemLabel,
        /// The tool that the configuration names.
        named: Option<String>,
        /// The tools that are registered for its ecosystem.
        tools: Vec<&'static str>,
    },
    /// The version lies below its last tag.
    #[error("{}", behind(.packages))]
    BehindTag {
        /// Which packages.
        packages: Vec<Behind>,
    },
    /// The next tag exists.
    #[error("{}", taken(.packages))]
    TagExists {
        /// Which packages.
        packages: Vec<Taken>,
        /// Whether HEAD lies behind one of these tags, as an old checkout does.
        is_behind: bool,
    },
    /// Trailers that cannot be followed.
    #[error("{}", unfollowed(.faults))]
    Trailers {
        /// Which.
        faults: Vec<TrailerFault>,
    },
    /// A change file, or the settings beside it, that cannot be followed.
    #[error("{}", .0.words())]
    ChangeFile(Box<ChangeFault>),
    /// A file that should hold the version of a package and does not, or not so that it can be edited.
    #[error("{}", .0.words())]
    ExtraFile(Box<ExtraFileFault>),
    /// Change files are for prereleases now.
    #[error("`{file}` says that change files make prereleases now, which is not read")]
    PreMode {
        /// The file that says so.
        file: RepoPath,
    },
    /// Something of a release is not on the forge as it should be.
    #[error("{what}: {source}")]
    Unannounced {
        /// What, as the beginning of a sentence.
        what: String,
        /// Why.
        source: BackendError,
    },
    /// The umbrella tag exists.
    #[error("the release would have the umbrella tag `{tag}`, which is at {} already", .at.short())]
    UmbrellaTaken {
        /// The tag.
        tag: TagName,
        /// Where it is.
        at: CommitId,
    },
    /// Commits ask for versions that are not above the present ones.
    #[error("{}", asked_behind(.packages))]
    AskedBehind {
        /// Of which packages.
        packages: Vec<AskedBehind>,
    },
    /// Prereleases that are numbered by dates.
    #[error("{}", uncountable(.packages))]
    Uncountable {
        /// Which packages.
        packages: Vec<Uncountable>,
    },
    /// A final version that was asked to lose a label.
    #[error("`{package}` is at {version}, which has no label to lose")]
    Unlabelled {
        /// Which package.
        package: PackageId,
        /// Its version.
        version: Version,
    },
    /// A version that a group cannot share.
    #[error("`{package}` would become {version}, which {} cannot share", whose(group.as_deref()))]
    VersionNotShared {
        /// Which package.
        package: PackageId,
        /// Its next version.
        version: Version,
        /// Its group; `None` for the one of all packages.
        group: Option<String>,
    },
    /// A package without a version.
    #[error("`{package}` says no version in `{file}`")]
    VersionMissing {
        /// Which package.
        package: PackageId,
        /// Its package file.
        file: RepoPath,
    },
    /// Packages whose versions could not be read, all for a reason of one code.
    #[error("{}", unread(.packages))]
    VersionUnread {
        /// Each with why.
        packages: Vec<(PackageId, Unread)>,
    },
    /// Two packages, one tag.
    #[error("`{}` and `{}` would both be tagged `{tag}`", .packages[0], .packages[1])]
    TagAmbiguous {
        /// The packages.
        packages: Box<[PackageId; 2]>,
        /// An example of the tag.
        tag: TagName,
        /// Lines of configuration by which they would have one tag, where they seem to have been released so.
        lines: Vec<String>,
    },
    /// No backend for a registry.
    #[error("no backend is registered for registries of the kind `{kind}`")]
    RegistryUnknown {
        /// The kind.
        kind: &'static str,
    },
    /// A package goes to a registry that nobody knows.
    #[error("`{package}` is published to `{name}`, and no registry is called so")]
    RegistryUnnamed {
        /// The package.
        package: Box<PackageId>,
        /// The name.
        name: String,
        /// What may have been meant.
        nearest: Option<String>,
        /// The package file.
        file: RepoPath,
    },
    /// No backend for a kind of forge.
    #[error("no forge of the kind `{kind}` is known")]
    ForgeKindUnknown {
        /// What the configuration says.
        kind: String,
        /// The kinds that are registered.
        known: Vec<&'static str>,
    },
    /// The manifest cannot be read.
    #[error("`{place}` cannot be read: {why}")]
    ManifestUnreadable {
        /// The file, perhaps with its commit.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// A changelog template fails.
    #[error("the changelog template cannot be rendered: {why}")]
    ChangelogTemplate {
        /// What is wrong with it.
        why: String,
    },
    /// A glob cannot be read.
    #[error("`{glob}` is not a glob: {why}")]
    InvalidGlob {
        /// The pattern.
        glob: String,
        /// What is wrong with it.
        why: String,
    },
    /// No manifest.
    #[error("there is no release manifest at `.releasekit/manifest.json`")]
    NoManifest,
    /// Not tagged yet.
    #[error("the release is not tagged: the remote {}", lacks(.missing))]
    NotTagged {
        /// The tags that are missing.
        missing: Vec<TagName>,
    },
    /// HEAD is on no branch that releases are made from.
    #[error("{} is on no branch of the remote that releases are made from", .commit.short())]
    NotOnBranch {
        /// HEAD.
        commit: CommitId,
        /// The branches that are allowed.
        allowed: AllowedBranches,
    },
    /// Somebody else moved a ref before it could be pushed.
    #[error("{name} of `{remote}` was moved, made or deleted in the meantime")]
    RefMoved {
        /// Which ref.
        name: RefName,
        /// The remote.
        remote: String,
    },
    /// A part of a push arrived.
    #[error("`{remote}` has {} by now, and not {}: {source}", joined(.there), joined(.missing))]
    PushedPartly {
        /// The remote.
        remote: String,
        /// The refs that are as wanted.
        there: Vec<RefName>,
        /// Those that are not.
        missing: Vec<RefName>,
        /// Why not.
        source: BackendError,
    },
    /// A merged manifest waits for `release`.
    #[error("the release merged at {} is not released: the remote {}", .commit.short(), lacks(.missing))]
    ReleasePending {
        /// The release commit.
        commit: CommitId,
        /// Its missing tags.
        missing: Vec<TagName>,
        /// What `release` would refuse of it.
        refusals: Vec<Error>,
    },
    /// The release branch would be one that must not be pushed over.
    #[error("`{branch}` cannot be the release branch: it is {is}")]
    BranchReserved {
        /// What the configuration makes of it.
        branch: BranchName,
        /// What it is already.
        is: &'static str,
    },
    /// A branch of the release branch's name is somebody else's.
    #[error("`{branch}` was not made by releasekit: {}", unkept(.commits))]
    BranchForeign {
        /// The branch.
        branch: BranchName,
        /// What is on it.
        commits: Vec<Unkept>,
    },
    /// Commits on the release branch would be lost.
    #[error("`{branch}` holds what would be lost if it were made anew: {}", unkept(.commits))]
    CommitsUnkept {
        /// The release branch.
        branch: BranchName,
        /// The commits.
        commits: Vec<Unkept>,
    },
    /// The scheme of a package cannot spell the version that its group has.
    #[error("`{package}` cannot have the version of its group: {source}")]
    GroupVersion {
        /// The package.
        package: PackageId,
        /// Why not.
        source: BackendError,
    },
    /// Other people's commits do not fit on the new release commit.
    #[error("`{branch}` holds commits that conflict with the new release commit: {source}")]
    ReplayConflict {
        /// The release branch.
        branch: BranchName,
        /// What conflicts.
        source: BackendError,
    },
    /// The forge did not do what a command needs of it.
    #[error("{}: {source}", undone.said(.branch))]
    ForgeFailed {
        /// The release branch.
        branch: BranchName,
        /// What is not done, and what is.
        undone: Undone,
        /// Why not.
        source: BackendError,
    },
    /// The forge made another commit than it was asked for.
    #[error("the forge made {} on `{branch}`, which {is}", .commit.short())]
    SignedOtherwise {
        /// The branch that it was made on.
        branch: BranchName,
        /// The commit.
        commit: CommitId,
        /// How it differs.
        is: &'static str,
    },
    /// The manifest no longer fits the history.
    #[error("`{package}` was prepared as {planned} and is {now} by now{}", reason(.because.as_deref()))]
    Stale {
        /// Which package.
        package: PackageId,
        /// The manifest's version.
        planned: Version,
        /// The version that is planned now.
        now: Version,
        /// The commit that makes the difference.
        because: Option<String>,
    },
    /// A breaking change was merged too late for the changelog.
    #[error("`{package}` {version} would ship a breaking change that `{changelog}` does not list: {because}")]
    Unlisted {
        /// Which package.
        package: PackageId,
        /// The manifest's version.
        version: Version,
        /// Its changelog.
        changelog: RepoPath,
        /// The commit.
        because: String,
    },
    /// The files no longer say what the manifest says.
    #[error("`{package}` is {} in the files and {} in the manifest", or_absent(.found.as_ref()), or_absent(.wanted.as_ref()))]
    ManifestDrift {
        /// Which package.
        package: PackageId,
        /// Its package file; `None` where the package is gone.
        file: Option<RepoPath>,
        /// The version in the files.
        found: Option<Version>,
        /// The version in the manifest.
        wanted: Option<Version>,
    },
    /// The manifest is not what `prepare` wrote.
    #[error(transparent)]
    ManifestFault(Fault),
    /// The manifest gives a package a tag that is not its own.
    #[error("`{package}` is tagged `{tag}` by the manifest, which its tag format does not read")]
    TagDrift {
        /// Which package.
        package: PackageId,
        /// The manifest's tag.
        tag: TagName,
        /// The tag that the format in force gives.
        expected: TagName,
    },
    /// A tag is on another commit.
    #[error("the tag `{tag}` is at {} and belongs to {}", .at.short(), .wanted.short())]
    TagConflict {
        /// The tag.
        tag: TagName,
        /// Where it is.
        at: CommitId,
        /// Where it should be.
        wanted: CommitId,
    },
    /// A tag is on another commit, in this clone alone.
    #[error("the tag `{tag}` of this clone is at {} and belongs to {}", .at.short(), .wanted.short())]
    TagConflictHere {
        /// The tag.
        tag: TagName,
        /// Where it is.
        at: CommitId,
        /// Where it should be.
        wanted: CommitId,
        /// What deletes it here, in the system's words.
        delete: String,
    },
    /// A tag of this clone is not where the remote has it.
    #[error("the tag `{tag}` is at {} in this clone, and at {} on the remote", .here.short(), .there.short())]
    TagMoved {
        /// The tag.
        tag: TagName,
        /// Where this clone has it.
        here: CommitId,
        /// Where the remote has it.
        there: CommitId,
        /// What takes the remote's over, in the system's words.
        take: String,
    },
    /// A tag that a plan begins at is elsewhere on the remote.
    #[error("the last release is not the remote's: `{tag}` is at {} in this clone, and at {} there", .here.short(), .there.short())]
    LastTagMoved {
        /// The tag.
        tag: TagName,
        /// Where this clone has it.
        here: CommitId,
        /// Where the remote has it.
        there: CommitId,
        /// What takes the remote's over, in the system's words.
        take: String,
    },
    /// A tag that a plan begins at is in this clone alone.
    #[error("the last release is not the remote's: `{tag}` is in this clone alone")]
    LastTagUnshared {
        /// The tag.
        tag: TagName,
        /// What deletes it here, in the system's words.
        delete: String,
    },
    /// The tags of one release are on several commits.
    #[error("the tags of the release are on different commits: {}", places(.tags))]
    TagsApart {
        /// The tags, and where the remote has each.
        tags: Vec<(TagName, CommitId)>,
    },
    /// The tags of a release are on a commit that is not its release commit.
    #[error("the remote has {} on {}, which {astray}", list(.tags), .at.short())]
    TagsAstray {
        /// The tags.
        tags: Vec<TagName>,
        /// Where they are.
        at: CommitId,
        /// Why that is not the release commit.
        astray: Astray,
    },
    /// The release commit is on no allowed branch.
    #[error("the release commit {} is on no branch of the remote that releases are made from", .commit.short())]
    ReleaseNotOnBranch {
        /// The release commit.
        commit: CommitId,
        /// The branches that are allowed.
        allowed: AllowedBranches,
    },
    /// A version is live before it was tagged.
    #[error("`{package}` {version} is live at {registry} before it was tagged")]
    AlreadyLive {
        /// Which package.
        package: PackageId,
        /// Its version.
        version: Version,
        /// Where.
        registry: String,
        /// Whether it seems never released.
        is_first: bool,
    },
    /// A version that is live is not what is built from the release commit, so it is not tagged.
    #[error("nothing was tagged: {source}")]
    NotAdopted {
        /// How it differs.
        source: Box<Failure>,
        /// Whether the package seems never released.
        is_first: bool,
    },
    /// A path leaves the repository.
    #[error("`{path}` is not a path inside the repository")]
    InvalidPath {
        /// What was written.
        path: String,
    },
    /// Two edits of one file.
    #[error("{}", clash(.first, .second))]
    EditsClash {
        /// The file.
        first: RepoPath,
        /// The same file, perhaps in other letters.
        second: RepoPath,
    },
    /// A file is no text.
    #[error("`{path}` is not UTF-8 text")]
    NotText {
        /// The file.
        path: RepoPath,
    },
}

impl From<Failure> for Error {
    fn from(error: Failure) -> Self {
        Self::Failure(Box::new(error))
    }
}

impl Error {
    /// Reports independent failures together; `None` where there is none.
    pub fn together(mut errors: Vec<Self>) -> Option<Self> {
        if errors.len() < 2 { errors.pop() } else { Some(Self::Several(errors)) }
    }

    /// Fails with all of some independent failures together, if there is any.
    pub(crate) fn raise(errors: impl IntoIterator<Item = Self>) -> Result<()> {
        Self::together(errors.into_iter().collect()).map_or(Ok(()), Err)
    }

    /// Whether `prepare --supersede` mends it: the manifest no longer fits, and is made anew.
    pub fn is_mended_by_superseding(&self) -> bool {
        matches!(
            self,
            Self::Stale { .. }
                | Self::Unlisted { .. }
                | Self::ManifestDrift { .. }
                | Self::ManifestFault(_)
                | Self::TagDrift { .. }
        )
    }
}
