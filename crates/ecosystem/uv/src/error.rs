//! What can be wrong with a workspace of uv, and with what uv did.

use std::io;
use std::path::PathBuf;

use releasekit_core::model::{PackageName, RepoPath, Version};
use releasekit_core::{BackendError, Code, Diagnostic, ErrorKind, Label, Redactor, codes as common};
use releasekit_formats::manifest::{Fault, Place};
use releasekit_process::Error as ProcessError;

use crate::{codes, config};

/// Why an index took no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody said who we are.
    NoCredentials,
    /// It does not let us.
    BadCredentials,
    /// It does not want the file.
    File,
}

/// A failure of this backend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A package file that cannot be read as one.
    #[error("`{}` is not valid: {reason}", .place.file)]
    PyProject {
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
    /// A root that is neither a workspace nor a project.
    #[error("`{root}` has no `pyproject.toml` with `[project]` or `[tool.uv.workspace]`")]
    RootMissing {
        /// The folder.
        root: RepoPath,
    },
    /// A folder without a package file that a glob takes in.
    #[error("workspace member `{folder}` has no `pyproject.toml`")]
    MemberMissing {
        /// The folder.
        folder: RepoPath,
        /// The glob.
        place: Box<Place>,
    },
    /// A workspace among members.
    #[error("workspace member `{}` is a workspace itself", .place.file)]
    NestedWorkspace {
        /// Its table.
        place: Box<Place>,
    },
    /// Two members of one name.
    #[error("`{}` and `{}` have the same name, `{name}`", .first.file, .second.file)]
    NameDuplicate {
        /// The name as the second writes it.
        name: String,
        /// The one's name.
        first: Box<Place>,
        /// The other's name.
        second: Box<Place>,
    },
    /// A uv that is older than [`config::LEAST`].
    #[error("`{version}` is too old, {} is the least that is supported", config::LEAST)]
    TooOld {
        /// What it says of itself.
        version: String,
    },
    /// A lockfile that uv does not accept.
    #[error("uv does not accept `{file}` with the new versions in it")]
    LockStale {
        /// The lockfile.
        file: RepoPath,
        /// What uv printed.
        output: String,
    },
    /// A lockfile of which uv could not say whether it fits, or that it could not make anew.
    #[error("uv could not say what `{file}` should hold: {why}")]
    Lock {
        /// The lockfile.
        file: RepoPath,
        /// What is known of it.
        why: String,
        /// What can be done about it.
        kind: ErrorKind,
        /// What uv printed.
        output: String,
    },
    /// A folder that cannot be used.
    #[error("`{}` cannot be used: {source}", .path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A build that failed.
    #[error("`{package}` could not be built{}", in_time(.source))]
    Build {
        /// The package.
        package: PackageName,
        /// Its package file.
        manifest: RepoPath,
        /// How uv ended.
        source: Box<ProcessError>,
    },
    /// A build that said it succeeded.
    #[error("building `{package}` gave no wheel and no sdist")]
    NothingBuilt {
        /// The package.
        package: PackageName,
    },
    /// An upload that the index did not take.
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
        /// What uv printed.
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
        /// What uv printed.
        output: String,
    },
    /// An upload that was answered with another address.
    #[error("{target} answered the upload of `{file}` with a redirection instead of taking it")]
    Redirected {
        /// The file's name.
        file: String,
        /// Where it was sent.
        target: String,
        /// What uv printed.
        output: String,
    },
    /// An index that cannot be asked through uv.
    #[error("uv could not be asked what it would install from {target}: {why}")]
    Resolve {
        /// The index.
        target: String,
        /// What is known of it.
        why: String,
        /// What can be done about it.
        kind: ErrorKind,
        /// What uv printed.
        output: String,
    },
    /// A package that cannot be installed.
    #[error("`{package}` {version} could not be installed from {target}{}", in_time(.source))]
    Smoke {
        /// The package.
        package: PackageName,
        /// Its version.
        version: Version,
        /// The index.
        target: String,
        /// How uv ended.
        source: Box<ProcessError>,
    },
    /// A package that installs as another version.
    #[error("`{package}` {version} says it is {found} once installed")]
    SmokeVersion {
        /// The package.
        package: PackageName,
        /// The version asked for.
        version: Version,
        /// The version found.
        found: String,
    },
}

fn in_time(source: &ProcessError) -> &'static str {
    if matches!(source, ProcessError::TimedOut { .. }) { " in time" } else { "" }
}

fn refusal_text(file: &str, target: &str, refusal: Refusal) -> String {
    match refusal {
        Refusal::NoCredentials => format!("there are no credentials to upload `{file}` to {target}"),
        Refusal::BadCredentials => format!("{target} refused the credentials for `{file}`"),
        Refusal::File => format!("{target} refused `{file}`"),
    }
}

const CREDENTIALS_HELP: &str = "set `UV_PUBLISH_TOKEN`, or `UV_PUBLISH_USERNAME` and `UV_PUBLISH_PASSWORD`, or have \
                                the index's login in `.netrc` or the keyring";

const REDIRECTED_HELP: &str = "set `publish_url` to the address that takes uploads itself; often only a slash at its \
                               end, or `https`, is missing";

const SEND_AGAIN: &str = "run the same command again; what has arrived is not sent twice";

/// What to do where an index did not want a file, by why it did not.
fn refused_help(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Conflict => Some(
            "the index says that it has a file of this name and does not list one: it may be yours, not listed yet, \
             so run the same command again later; if it is somebody else's, release a new version, for a published \
             one cannot be changed",
        ),
        ErrorKind::RateLimited => Some(SEND_AGAIN),
        ErrorKind::NotFound => Some("see that `publish_url` is where this index takes uploads"),
        _ => None,
    }
}

const READ_HELP: &str = "give uv a login that may read this index: in `.netrc`, the keyring or the index's URL, or as \
                         `UV_INDEX_NAME_USERNAME` and `UV_INDEX_NAME_PASSWORD` where `UV_INDEX` gives its URL that name";

/// What to do where uv could not ask an index, or find the Python to ask with.
fn asking_help(kind: ErrorKind, precondition: &'static str, again: &'static str) -> Option<&'static str> {
    match kind {
        ErrorKind::Unauthenticated | ErrorKind::Forbidden => Some(READ_HELP),
        ErrorKind::Precondition => Some(precondition),
        ErrorKind::Transient | ErrorKind::RateLimited => Some(again),
        _ => None,
    }
}

fn lock_help(kind: ErrorKind) -> Option<&'static str> {
    let precondition = "run it without `--offline`, or see that uv finds a Python that the packages admit";
    asking_help(kind, precondition, "run the same command again")
}

fn resolve_help(kind: ErrorKind) -> Option<&'static str> {
    let precondition = "install Python, for instance with `uv python install`";
    asking_help(kind, precondition, "run the same command again; nothing is sent twice")
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::PyProject { .. } => codes::MANIFEST_INVALID,
            Self::Value { source, .. } => source.code(),
            Self::RootMissing { .. } => codes::ROOT_MISSING,
            Self::MemberMissing { .. } => codes::MEMBER_MISSING,
            Self::NestedWorkspace { .. } => codes::NESTED_WORKSPACE,
            Self::NameDuplicate { .. } => codes::NAME_DUPLICATE,
            Self::TooOld { .. } => codes::TOO_OLD,
            Self::LockStale { .. } => codes::LOCK_STALE,
            Self::Lock { .. } => codes::LOCK_FAILED,
            Self::Folder { .. } => codes::FOLDER_UNUSABLE,
            Self::Build { .. } | Self::NothingBuilt { .. } => common::BUILD_FAILED,
            Self::Refused { refusal: Refusal::NoCredentials, .. } => common::CREDENTIALS_MISSING,
            Self::Refused { refusal: Refusal::BadCredentials, .. } => common::CREDENTIALS_REFUSED,
            Self::Refused { refusal: Refusal::File, .. } => common::UPLOAD_REFUSED,
            Self::Upload { .. } => common::UPLOAD_FAILED,
            Self::Redirected { .. } => common::UPLOAD_REDIRECTED,
            Self::Resolve { .. } => common::RESOLVE_FAILED,
            Self::Smoke { .. } | Self::SmokeVersion { .. } => common::SMOKE_FAILED,
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
            Self::Refused { kind, .. }
            | Self::Upload { kind, .. }
            | Self::Lock { kind, .. }
            | Self::Resolve { kind, .. } => *kind,
            _ => self.code().kind(),
        }
    }

    fn specific_help(&self) -> Option<String> {
        match self {
            Self::MemberMissing { folder, .. } => {
                Some(format!("add `{folder}/pyproject.toml`, or name the folder in `exclude` of the workspace"))
            }
            Self::LockStale { file, .. } => {
                Some(format!("run `uv lock` in `{}` and commit `{file}`", file.parent().unwrap_or_default()))
            }
            Self::Refused { refusal: Refusal::NoCredentials, .. } => Some(CREDENTIALS_HELP.to_owned()),
            Self::Refused { refusal: Refusal::File, kind, .. } => refused_help(*kind).map(str::to_owned),
            Self::Redirected { .. } => Some(REDIRECTED_HELP.to_owned()),
            Self::Upload { kind: ErrorKind::Transient, .. } => Some(SEND_AGAIN.to_owned()),
            Self::Lock { kind, .. } => lock_help(*kind).map(str::to_owned),
            Self::Resolve { kind, .. } => resolve_help(*kind).map(str::to_owned),
            _ => None,
        }
    }

    fn labels(&self) -> Vec<Label> {
        match self {
            Self::PyProject { place, reason } => vec![place.label(reason)],
            Self::Value { place, source } => vec![place.label(source.to_string())],
            Self::MemberMissing { folder, place } => vec![place.label(format!("this takes in `{folder}`"))],
            Self::NestedWorkspace { place } => vec![place.label("a member may not have this table")],
            Self::NameDuplicate { first, second, .. } => vec![second.label("this name"), first.label("is also here")],
            Self::Build { manifest, .. } => vec![Label::file(manifest.to_string(), "")],
            _ => Vec::new(),
        }
    }

    fn output(&self) -> Option<String> {
        match self {
            Self::LockStale { output, .. }
            | Self::Lock { output, .. }
            | Self::Refused { output, .. }
            | Self::Upload { output, .. }
            | Self::Resolve { output, .. }
            | Self::Redirected { output, .. } => Some(Redactor::new().redact(output)),
            Self::Build { source, .. } | Self::Smoke { source, .. } => source.output(),
            _ => None,
        }
    }
}

impl From<Fault> for Error {
    fn from(Fault { place, reason }: Fault) -> Self {
        Self::PyProject { place, reason }
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        Self::from_diagnostic(error)
    }
}
