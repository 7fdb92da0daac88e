//! What can be wrong with a workspace of pnpm, and with what pnpm and npm did.

use std::io;
use std::path::PathBuf;

use releasekit_core::model::{PackageName, RepoPath, Requirement, Version};
use releasekit_core::{BackendError, Code, Diagnostic, ErrorKind, Label, Redactor, codes as common};
use releasekit_formats::manifest::{Fault, Place};
use releasekit_process::Error as ProcessError;

use crate::codes;

/// Why a registry took no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody said who we are.
    NoCredentials,
    /// It does not let us.
    BadCredentials,
    /// It wants a one-time password.
    Otp,
    /// It takes the package for a private one, which nobody pays for.
    Plan,
    /// It does not want the file.
    File,
}

/// A failure of this backend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file that cannot be read as what it should be.
    #[error("`{}` is not valid: {reason}", .place.file)]
    Manifest {
        /// Where.
        place: Box<Place>,
        /// What is wrong.
        reason: String,
    },
    /// A value that another crate refused; the place is ours.
    #[error("`{}`: {source}", .place.file)]
    Value {
        /// Where.
        place: Box<Place>,
        /// What is wrong with it.
        source: BackendError,
    },
    /// A root that is neither a workspace nor a package.
    #[error("`{root}` has neither `pnpm-workspace.yaml` nor a `package.json` with a name")]
    RootMissing {
        /// The folder.
        root: RepoPath,
    },
    /// Two packages with one name.
    #[error("two packages are called `{name}`")]
    NameDuplicate {
        /// The name.
        name: String,
        /// One place.
        first: Box<Place>,
        /// The other.
        second: Box<Place>,
    },
    /// One text that would have to become two.
    #[error("`{}` has one text for two packages that move apart", .place.file)]
    Shared {
        /// Where.
        place: Box<Place>,
    },
    /// A program that is older than the least one.
    #[error("{program} `{version}` is too old, {least} is the least that is supported")]
    TooOld {
        /// Which program.
        program: &'static str,
        /// What it says of itself.
        version: String,
        /// The least version.
        least: &'static str,
    },
    /// A folder or a file that cannot be used.
    #[error("`{}` cannot be used: {source}", .path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A lockfile that was stale before.
    #[error("`{file}` does not fit the package files")]
    LockStale {
        /// The lockfile.
        file: RepoPath,
        /// What pnpm printed.
        output: String,
    },
    /// A lockfile of which pnpm could not say whether it fits.
    #[error("pnpm could not say what `{file}` should hold: {why}")]
    Lock {
        /// The lockfile.
        file: RepoPath,
        /// What is known of it.
        why: String,
        /// What can be done about it.
        kind: ErrorKind,
        /// What pnpm printed.
        output: String,
    },
    /// A build that failed.
    #[error("`{package}` could not be packed{}", in_time(.source))]
    Build {
        /// The package.
        package: PackageName,
        /// Its package file.
        manifest: RepoPath,
        /// How pnpm ended.
        source: Box<ProcessError>,
    },
    /// A build that said it succeeded.
    #[error("packing `{package}` gave no tarball")]
    NothingBuilt {
        /// The package.
        package: PackageName,
    },
    /// A folder to be published that is of another package or version.
    #[error("`{directory}` of `{package}` says that it is `{found}`")]
    DirectoryStale {
        /// The package.
        package: PackageName,
        /// Its package file.
        manifest: RepoPath,
        /// What `publishConfig.directory` says.
        directory: String,
        /// The name and the version there.
        found: String,
    },
    /// A tarball that nobody could install.
    #[error("`{file}` requires `{}` as `{}` inside", .requirement.name, .requirement.text)]
    ProtocolLeft {
        /// The file's name.
        file: String,
        /// The requirement.
        requirement: Requirement,
    },
    /// A tarball that lacks what it promises.
    #[error("`{file}` has not what it promises: {}", .entries.join(", "))]
    EntryMissing {
        /// The file's name.
        file: String,
        /// The promises.
        entries: Vec<String>,
    },
    /// A tarball that lacks what some tools ask for.
    #[error("`{file}` has not all that it names: {}", .entries.join(", "))]
    EntryDoubtful {
        /// The file's name.
        file: String,
        /// What is named.
        entries: Vec<String>,
    },
    /// A tarball without content.
    #[error("`{file}` holds nothing but `package.json` and papers")]
    NothingInside {
        /// The file's name.
        file: String,
    },
    /// Provenance that cannot be had here.
    #[error("`{file}` is to have provenance, and nothing says who publishes")]
    IdentityMissing {
        /// The file's name.
        file: String,
    },
    /// A package that its owners alone may read, and nobody who does.
    #[error("`{file}` is for its owners alone, and there is no login to read it from {target}")]
    ReadLoginMissing {
        /// The file's name.
        file: String,
        /// Where it would be read from.
        target: String,
    },
    /// A pnpm or node that the repository does not want.
    #[error("`{file}` asks for another pnpm or node than there is")]
    EngineUnfit {
        /// The file that pnpm was asked about.
        file: RepoPath,
        /// What pnpm printed.
        output: String,
    },
    /// An upload that the registry did not take.
    #[error("{}", refusal_text(.file, .target, *.refusal))]
    Refused {
        /// The file's name.
        file: String,
        /// Where it should have gone.
        target: String,
        /// Why not.
        refusal: Refusal,
        /// What can be done about it.
        kind: ErrorKind,
        /// What npm printed.
        output: String,
    },
    /// An upload that has no answer.
    #[error("uploading `{file}` to {target} failed: {why}")]
    Upload {
        /// The file's name.
        file: String,
        /// Where it should have gone.
        target: String,
        /// What is known of it.
        why: String,
        /// What can be done about it.
        kind: ErrorKind,
        /// What npm printed.
        output: String,
    },
    /// A registry that npm could not ask.
    #[error("npm could not be asked what it would choose from {target}: {why}")]
    Resolve {
        /// The registry.
        target: String,
        /// What is known of it.
        why: String,
        /// What can be done about it.
        kind: ErrorKind,
        /// What npm printed.
        output: String,
    },
    /// A package that cannot be installed, or not be loaded.
    #[error("`{package}` {version} could not be installed from {target} and loaded{}", in_time(.source))]
    Smoke {
        /// The package.
        package: PackageName,
        /// Its version.
        version: Version,
        /// The registry.
        target: String,
        /// How the tool, or node, ended.
        source: Box<ProcessError>,
    },
    /// An upload that was answered with another address.
    #[error("{target} answered the upload of `{file}` with a redirection instead of taking it")]
    Redirected {
        /// The file's name.
        file: String,
        /// Where it was sent.
        target: String,
        /// What npm printed.
        output: String,
    },
}

impl Error {
    /// A folder or file that cannot be used.
    pub(crate) fn folder(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| Self::Folder { path, source }
    }
}

fn in_time(source: &ProcessError) -> &'static str {
    if matches!(source, ProcessError::TimedOut { .. }) { " in time" } else { "" }
}

fn refusal_text(file: &str, target: &str, refusal: Refusal) -> String {
    match refusal {
        Refusal::NoCredentials => format!("there are no credentials to upload `{file}` to {target}"),
        Refusal::BadCredentials => format!("{target} refused the credentials for `{file}`"),
        Refusal::Otp => format!("{target} wants a one-time password for `{file}`"),
        Refusal::Plan => format!("{target} takes `{file}` for private, and private packages are paid for there"),
        Refusal::File => format!("{target} refused `{file}`"),
    }
}

const CREDENTIALS_HELP: &str = "have a token for exactly this registry in your own `.npmrc` (`npm login --registry URL`), or set \
                                `NODE_AUTH_TOKEN` or `NPM_TOKEN` where your settings name it as `registry`";

const SEND_AGAIN: &str = "run the same command again; what has arrived is not sent twice";

/// What to do where a registry did not want a file, by why it did not.
fn refused_help(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Conflict => Some(
            "the registry says that it has this version and does not list it: it may be yours, not listed yet, so run the \
             same command again later; if it is somebody else's, or was unpublished, release a new version, for no number \
             is given twice",
        ),
        ErrorKind::RateLimited | ErrorKind::Transient => Some(SEND_AGAIN),
        ErrorKind::NotFound => Some(
            "see that the scope belongs to you there and that the URL is the registry's own: a registry answers so, too, to \
             who may not publish",
        ),
        _ => None,
    }
}

/// What to do where a registry could not be asked.
fn asking_help(kind: ErrorKind, precondition: &'static str) -> Option<&'static str> {
    match kind {
        ErrorKind::Unauthenticated | ErrorKind::Forbidden => {
            Some("have a login that may read this registry, and no more, in your own `.npmrc`")
        }
        ErrorKind::Precondition => Some(precondition),
        ErrorKind::Transient | ErrorKind::RateLimited => Some("run the same command again"),
        _ => None,
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::Manifest { .. } => codes::MANIFEST_INVALID,
            Self::Value { source, .. } => source.code(),
            Self::RootMissing { .. } => codes::ROOT_MISSING,
            Self::NameDuplicate { .. } => codes::NAME_DUPLICATE,
            Self::Shared { .. } => codes::REQUIREMENT_SHARED,
            Self::TooOld { .. } => codes::TOO_OLD,
            Self::Folder { .. } => codes::FOLDER_UNUSABLE,
            Self::LockStale { .. } => codes::LOCK_STALE,
            Self::Lock { .. } => codes::LOCK_FAILED,
            Self::Build { .. } | Self::NothingBuilt { .. } => common::BUILD_FAILED,
            Self::DirectoryStale { .. } => codes::DIRECTORY_STALE,
            Self::ProtocolLeft { .. } => codes::PROTOCOL_LEFT,
            Self::EntryMissing { .. } => codes::ENTRY_MISSING,
            Self::EntryDoubtful { .. } => codes::ENTRY_DOUBTFUL,
            Self::NothingInside { .. } => codes::NOTHING_INSIDE,
            Self::IdentityMissing { .. } => codes::IDENTITY_MISSING,
            Self::ReadLoginMissing { .. } => codes::READ_LOGIN_MISSING,
            Self::EngineUnfit { .. } => codes::ENGINE_UNFIT,
            Self::Refused { refusal, .. } => match refusal {
                Refusal::NoCredentials => common::CREDENTIALS_MISSING,
                Refusal::BadCredentials => common::CREDENTIALS_REFUSED,
                Refusal::Otp => codes::OTP_WANTED,
                Refusal::Plan => codes::PLAN_WANTED,
                Refusal::File => common::UPLOAD_REFUSED,
            },
            Self::Upload { .. } => common::UPLOAD_FAILED,
            Self::Redirected { .. } => common::UPLOAD_REDIRECTED,
            Self::Resolve { .. } => common::RESOLVE_FAILED,
            Self::Smoke { .. } => common::SMOKE_FAILED,
        }
    }

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::Value { source, .. } => Some(source),
            _ => None,
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Value { source, .. } => source.kind(),
            Self::Lock { kind, .. }
            | Self::Refused { kind, .. }
            | Self::Upload { kind, .. }
            | Self::Resolve { kind, .. } => *kind,
            _ => self.code().kind(),
        }
    }

    fn specific_help(&self) -> Option<String> {
        match self {
            Self::LockStale { file, .. } => {
                let folder = file.parent().unwrap_or_default();
                Some(format!("run `pnpm install --lockfile-only` in `{folder}` and commit `{file}`"))
            }
            Self::Lock { kind, .. } => asking_help(*kind, "run it without `--offline`").map(str::to_owned),
            Self::Resolve { kind, .. } => asking_help(*kind, "see that npm can read the registry").map(str::to_owned),
            Self::Refused { refusal: Refusal::NoCredentials, .. } => Some(CREDENTIALS_HELP.to_owned()),
            Self::Refused { refusal: Refusal::File, kind, .. } => refused_help(*kind).map(str::to_owned),
            Self::Upload { kind: ErrorKind::Transient, .. } => Some(SEND_AGAIN.to_owned()),
            Self::Redirected { .. } => Some("name the address that takes uploads itself, with `https`".to_owned()),
            _ => None,
        }
    }

    fn labels(&self) -> Vec<Label> {
        match self {
            Self::Manifest { place, reason } => vec![place.label(reason)],
            Self::Value { place, source } => vec![place.label(source.to_string())],
            Self::NameDuplicate { first, second, .. } => vec![second.label("this name"), first.label("is also here")],
            Self::Shared { place } => vec![place.label("this is meant by both")],
            Self::EngineUnfit { file, .. } => vec![Label::file(file.to_string(), "")],
            Self::Build { manifest, .. } | Self::DirectoryStale { manifest, .. } => {
                vec![Label::file(manifest.to_string(), "")]
            }
            _ => Vec::new(),
        }
    }

    fn output(&self) -> Option<String> {
        match self {
            Self::Build { source, .. } | Self::Smoke { source, .. } => source.output(),
            Self::LockStale { output, .. } | Self::Lock { output, .. } | Self::Resolve { output, .. } => {
                Some(Redactor::new().redact(output)).filter(|output| !output.is_empty())
            }
            Self::EngineUnfit { output, .. }
            | Self::Refused { output, .. }
            | Self::Upload { output, .. }
            | Self::Redirected { output, .. } => {
                Some(Redactor::new().redact(output)).filter(|output| !output.is_empty())
            }
            _ => None,
        }
    }
}

impl From<Fault> for Error {
    fn from(Fault { place, reason }: Fault) -> Self {
        Self::Manifest { place, reason }
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        Self::from_diagnostic(error)
    }
}
