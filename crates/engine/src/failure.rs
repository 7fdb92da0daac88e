//! What can go wrong with files, exports, builds, registries and proofs. It knows no stage, so every stage can raise it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use releasekit_core::model::{CommitId, Digest, PackageId, PackageName, Version};
use releasekit_core::{BackendError, Code, Diagnostic};
use thiserror::Error;

use crate::codes;
use crate::words::quoted;

/// A failure of work on files, builds or registries. Each variant is a decision that someone can take.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Failure {
    /// State cannot be written.
    #[error("the folder for state, `{}`, cannot be written", .folder.display())]
    StateReadOnly {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// State cannot be understood.
    #[error("`{}` cannot be read: {why}", .path.display())]
    StateUnreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file of ours failed.
    #[error("cannot {doing} `{}`: {source}", .path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An edit would land outside of the export.
    #[error("`{}` leads out of the export", .path.display())]
    PathOutside {
        /// The path.
        path: PathBuf,
    },
    /// A build changed files that are none of its package's.
    #[error("the build of `{package}` changed {}", listed(.paths))]
    ChangedOthers {
        /// Which package.
        package: PackageId,
        /// The files, from the root.
        paths: Vec<PathBuf>,
    },
    /// Files that programs with credentials read are not as they were.
    #[error("code of the repository changed {}, which programs with credentials read", listed_on_disk(.paths))]
    SurroundingsChanged {
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// A file is not the one that was checked after the build.
    #[error("`{file}` of `{package}` was changed after it was built and checked")]
    ArtifactChanged {
        /// Which package.
        package: PackageId,
        /// The file.
        file: String,
    },
    /// The configuration names commands that nothing can run.
    #[error("the configuration names commands, and this program can run none")]
    CommandsUnsupported,
    /// Stopped on request.
    #[error("stopped on request")]
    Cancelled,
    /// A dependency that does not move is not there.
    #[error("`{package}` needs `{needs}` {version}, which is not live at {registry}")]
    DependencyNotLive {
        /// The dependent.
        package: PackageId,
        /// What it needs.
        needs: PackageId,
        /// At which version.
        version: Version,
        /// Where.
        registry: String,
        /// The release commit that brought it, where that is known.
        release: Option<CommitId>,
    },
    /// A build failed. Its code is the package manager's.
    #[error("`{package}` cannot be built: {source}")]
    BuildFailed {
        /// Which package.
        package: PackageId,
        /// What the package manager said.
        source: BackendError,
    },
    /// An artifact is bound to a platform that nobody declared.
    #[error("`{file}` of `{package}` runs on {platform} only, and `artifacts` does not name it")]
    PlatformWheel {
        /// Which package.
        package: PackageId,
        /// The file.
        file: String,
        /// The platform.
        platform: String,
    },
    /// An artifact says it is something else.
    #[error("`{file}` of `{package}` says it is {found}, not {expected}")]
    IdentityMismatch {
        /// Which package.
        package: PackageId,
        /// The file.
        file: String,
        /// Name and version inside.
        found: String,
        /// Name and version in the manifest.
        expected: String,
    },
    /// An artifact requires a sibling otherwise than pinned.
    #[error("`{file}` of `{package}` {what}")]
    RequirementMismatch {
        /// Which package.
        package: PackageId,
        /// The file.
        file: String,
        /// What it requires, and what it should.
        what: String,
    },
    /// Artifacts are missing or too many.
    #[error("the artifacts of `{package}` {version} are not the set that a release consists of: {what}")]
    Incomplete {
        /// Which package.
        package: PackageId,
        /// Which version.
        version: Version,
        /// What is missing or too much.
        what: String,
    },
    /// An upload failed. Its code is the one of what was said.
    #[error("`{file}` of `{package}` is not published: {source}")]
    UploadFailed {
        /// Which package.
        package: PackageId,
        /// The file.
        file: String,
        /// What was said.
        source: BackendError,
    },
    /// The registry named a time, which has not come.
    #[error("{registry} wants no upload for another {} s", .wait.as_secs())]
    TooSoon {
        /// Which registry.
        registry: String,
        /// How long it is until then.
        wait: Duration,
    },
    /// Accepted, and never listed.
    #[error("{registry} accepted `{file}` of `{package}` and does not list it after {} s", .waited.as_secs())]
    NotVisible {
        /// Which package.
        package: PackageId,
        /// The file.
        file: String,
        /// Where.
        registry: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// Live and verified, and no installer chooses it.
    #[error(
        "`{package}` {version} is live, and installers do not choose {} from {registry} after {} s",
        quoted(.missing), .waited.as_secs()
    )]
    NotResolvable {
        /// Which package.
        package: PackageId,
        /// Which version.
        version: Version,
        /// Where.
        registry: String,
        /// Which packages are not chosen: it, or one that is installed with it.
        missing: Vec<PackageName>,
        /// How long it was waited for.
        waited: Duration,
        /// The tool's words.
        why: String,
    },
    /// The registry was given up.
    #[error("{registry} has not answered within {:.0} s", .waited.as_secs_f64())]
    NoAnswer {
        /// Which.
        registry: String,
        /// How long it had.
        waited: Duration,
    },
    /// The registry serves other bytes than were sent.
    #[error("{registry} serves `{file}` of `{package}` as {theirs}, and {ours} was sent")]
    ChecksumMismatch {
        /// Which package.
        package: PackageId,
        /// The file.
        file: String,
        /// Where.
        registry: String,
        /// What was sent.
        ours: Digest,
        /// What is served: its digest, or what else shows that it is something else.
        theirs: String,
    },
    /// The version is live with other content.
    #[error("`{package}` {version} is already live at {registry} with other content: {what}")]
    ContentConflict {
        /// Which package.
        package: PackageId,
        /// Which version.
        version: Version,
        /// Where.
        registry: String,
        /// Which file, and how it differs.
        what: String,
    },
    /// The version is live, and nothing proves where it came from.
    #[error("`{file}` of `{package}` is live and was made by {theirs}; the build here is by {ours}")]
    Unproven {
        /// Which package.
        package: PackageId,
        /// The file.
        file: String,
        /// The build backend of the build here.
        ours: String,
        /// The build backend of the live file.
        theirs: String,
    },
    /// The registry holds the beginning of a file.
    #[error("{registry} holds a part of `{file}` of `{package}`: {theirs} of {ours} bytes")]
    PartialFile {
        /// Which package.
        package: PackageId,
        /// The file.
        file: String,
        /// Where.
        registry: String,
        /// Its size.
        ours: u64,
        /// The size there.
        theirs: u64,
    },
    /// A dry run would have to fetch, and has no other place to put it.
    #[error("the clone lacks {object}, and a dry run fetches nothing")]
    DryRunFetch {
        /// What is missing.
        object: String,
        /// What fetches it, in the system's words.
        fetch: String,
    },
    /// In a dry run, a ref is not where it was expected.
    #[error("{what}")]
    DryRunConflict {
        /// What does not fit.
        what: String,
    },
}

impl Failure {
    /// A failure of a file of ours.
    pub(crate) fn file(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { doing, path, source }
    }
}

impl Diagnostic for Failure {
    fn code(&self) -> Code {
        match self {
            Self::StateReadOnly { .. } => codes::STATE_READ_ONLY,
            Self::StateUnreadable { .. } => codes::STATE_UNREADABLE,
            Self::File { .. } => codes::FILE_FAILED,
            Self::PathOutside { .. } => codes::EXPORT_PATH_OUTSIDE,
            Self::ChangedOthers { .. } | Self::SurroundingsChanged { .. } => codes::BUILD_CHANGED_OTHERS,
            Self::ArtifactChanged { .. } => codes::ARTIFACT_CHANGED,
            Self::CommandsUnsupported => codes::COMMANDS_UNSUPPORTED,
            Self::Cancelled => codes::CANCELLED,
            Self::DependencyNotLive { .. } => codes::DEPENDENCY_NOT_LIVE,
            Self::BuildFailed { source, .. } | Self::UploadFailed { source, .. } => source.code(),
            Self::PlatformWheel { .. } => codes::PLATFORM_WHEEL,
            Self::IdentityMismatch { .. } => codes::IDENTITY_MISMATCH,
            Self::RequirementMismatch { .. } => codes::REQUIREMENT_MISMATCH,
            Self::Incomplete { .. } => codes::BUILD_INCOMPLETE,
            Self::TooSoon { .. } => codes::TOO_SOON,
            Self::NotVisible { .. } => codes::NOT_VISIBLE,
            Self::NotResolvable { .. } => codes::NOT_RESOLVABLE,
            Self::NoAnswer { .. } => codes::NO_ANSWER,
            Self::ChecksumMismatch { .. } => codes::CHECKSUM_MISMATCH,
            Self::ContentConflict { .. } => codes::CONTENT_CONFLICT,
            Self::Unproven { .. } => codes::UNPROVEN,
            Self::PartialFile { .. } => codes::PARTIAL_FILE,
            Self::DryRunFetch { .. } => codes::DRY_RUN_FETCH,
            Self::DryRunConflict { .. } => codes::DRY_RUN_CONFLICT,
        }
    }

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::BuildFailed { source, .. } | Self::UploadFailed { source, .. } => Some(source),
            _ => None,
        }
    }

    fn specific_help(&self) -> Option<String> {
        match self {
            Self::SurroundingsChanged { .. } => Some(
                "look at what was put there, undo it unless it was you, and run the same command again; nothing was pushed \
                 or sent since"
                    .to_owned(),
            ),
            Self::DependencyNotLive { release: Some(release), .. } => {
                Some(format!("publish it first, with `releasekit publish --release {}`", release.short()))
            }
            Self::DryRunFetch { fetch, .. } => Some(format!("run {fetch} first")),
            _ => None,
        }
    }

    fn output(&self) -> Option<String> {
        match self {
            Self::NotResolvable { why, .. } => Some(why.clone()),
            _ => self.inner().and_then(Diagnostic::output),
        }
    }
}

impl From<Failure> for BackendError {
    fn from(error: Failure) -> Self {
        Self::from_diagnostic(error)
    }
}

/// The first of some files.
fn listed(paths: &[PathBuf]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = paths.iter().take(SHOWN).map(|path| format!("`{}`", path.display())).collect();
    let more = paths.len().saturating_sub(SHOWN);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more files of others", shown.join(", ")) }
}

/// All files: each of them has to be looked at.
fn listed_on_disk(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>().join(", ")
}
