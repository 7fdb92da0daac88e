//! What can be wrong with a workspace of cargo, and with what cargo did.

use std::io;
use std::path::PathBuf;

use releasekit_core::model::{PackageName, RepoPath, Version};
use releasekit_core::{BackendError, Code, Diagnostic, ErrorKind, Label, Redactor, codes as common};
use releasekit_formats::manifest::{Fault, Place};
use releasekit_process::Error as ProcessError;

use crate::{codes, config};

/// A failure of this backend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A package file that cannot be read as one.
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
    /// A root that is neither a workspace nor a crate.
    #[error("`{root}` has no `Cargo.toml` with `[package]` or `[workspace]`")]
    RootMissing {
        /// The folder.
        root: RepoPath,
    },
    /// A folder without a package file that is a member.
    #[error("workspace member `{folder}` has no `Cargo.toml`")]
    MemberMissing {
        /// The folder.
        folder: RepoPath,
        /// What takes it in.
        place: Box<Place>,
    },
    /// Two crates with one name.
    #[error("two crates are called `{name}`")]
    NameDuplicate {
        /// The name.
        name: String,
        /// One place.
        first: Box<Place>,
        /// The other.
        second: Box<Place>,
    },
    /// A configuration file that cannot be read.
    #[error("`{file}` is not valid: {reason}")]
    Config {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A cargo that is older than [`config::LEAST`].
    #[error("`{version}` is too old, {} is the least that is supported", config::LEAST)]
    TooOld {
        /// What it says of itself.
        version: String,
    },
    /// A workspace that cargo cannot read.
    #[error("cargo cannot read `{manifest}`{}", in_time(.source))]
    Metadata {
        /// The package file of its root.
        manifest: RepoPath,
        /// How cargo ended.
        source: Box<ProcessError>,
    },
    /// An answer of cargo that is none.
    #[error("cargo described `{manifest}` in words that are not understood: {source}")]
    Answer {
        /// The package file of the workspace's root.
        manifest: RepoPath,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A folder that cannot be used.
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
        /// What cargo printed.
        output: String,
    },
    /// A lockfile of which cargo could not say whether it fits.
    #[error("cargo could not say what `{file}` should hold: {why}")]
    Lock {
        /// The lockfile.
        file: RepoPath,
        /// What is known of it.
        why: String,
        /// What can be done about it.
        kind: ErrorKind,
        /// What cargo printed.
        output: String,
    },
    /// Crates that could not be packed.
    #[error("{} could not be packed{}", listed(.packages), in_time(.source))]
    Build {
        /// Which were to be packed.
        packages: Vec<PackageName>,
        /// The package file of the first.
        manifest: RepoPath,
        /// How cargo ended.
        source: Box<ProcessError>,
    },
    /// Crates that come together, where a folder stands in the place of crates.io.
    #[error("{} cannot be packed together, for the folder `{folder}` stands in the place of crates.io", listed(.packages))]
    Vendored {
        /// Which were to be packed.
        packages: Vec<PackageName>,
        /// What the settings say of the folder.
        folder: String,
        /// How cargo ended.
        source: Box<ProcessError>,
    },
    /// A crate that is locked and that cargo has not downloaded.
    #[error("`{file}`, which `Cargo.lock` names, is not among what cargo has downloaded")]
    NotDownloaded {
        /// The file's name.
        file: String,
    },
    /// A package that the workspace does not have.
    #[error("the workspace at `{manifest}` has no package `{package}`")]
    Unknown {
        /// The package.
        package: PackageName,
        /// The package file of the workspace's root.
        manifest: RepoPath,
    },
    /// A crate that came out otherwise than before.
    #[error("`{file}` has other bytes than when it was packed before")]
    Changed {
        /// The file's name.
        file: String,
    },
    /// A registry that cargo could not ask.
    #[error("cargo could not be asked what it would choose from {target}: {why}")]
    Resolve {
        /// The registry.
        target: String,
        /// What is known of it.
        why: String,
        /// What can be done about it.
        kind: ErrorKind,
        /// What cargo printed.
        output: String,
    },
    /// A crate that cargo packs otherwise to publish it.
    #[error("`{file}` has other bytes when cargo packs it to publish it; nothing was sent")]
    Repacked {
        /// The file's name.
        file: String,
    },
    /// A crate that cargo did not publish.
    #[error("cargo did not publish `{file}` to {target}: {why}")]
    NotPublished {
        /// The file's name.
        file: String,
        /// The registry.
        target: String,
        /// What is known of it.
        why: String,
        /// What can be done about it.
        kind: ErrorKind,
        /// What cargo printed.
        output: String,
    },
    /// An upload that has no answer.
    #[error("uploading `{file}` to {target} by `cargo publish` failed: {why}")]
    Upload {
        /// The file's name.
        file: String,
        /// The registry.
        target: String,
        /// What is known of it.
        why: String,
        /// What can be done about it.
        kind: ErrorKind,
        /// What cargo printed.
        output: String,
    },
    /// A crate that cannot be installed.
    #[error("`{package}` {version} could not be installed from {target}{}", in_time(.source))]
    Smoke {
        /// The package.
        package: PackageName,
        /// Its version.
        version: Version,
        /// The registry.
        target: String,
        /// How cargo ended.
        source: Box<ProcessError>,
    },
    /// A crate that holds what no commit does.
    #[error("`{package}` would be packed from files that are in no commit")]
    Dirty {
        /// The package.
        package: PackageName,
        /// Its package file.
        manifest: RepoPath,
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

const BUILD_HELP: &str = "mend the crate and run the same command again; where its release is merged already, commit and \
                          push that, run `releasekit prepare --supersede`, and merge what it prepares. Where a crate \
                          cannot be built by itself, `verify = false` in its table packs it without building it, and \
                          `--no-verify` does of a release that is merged already";

const LOGIN_HELP: &str = "see that the program which keeps the token (`credential-provider` in cargo's settings) gives one for \
                          this registry that may publish, as `cargo login` has it kept";

/// What to do where cargo could not ask a registry.
fn asking_help(kind: ErrorKind, precondition: &'static str) -> Option<&'static str> {
    match kind {
        ErrorKind::Unauthenticated | ErrorKind::Forbidden => {
            Some("give cargo a login that may read this registry, with `cargo login`")
        }
        ErrorKind::Precondition => Some(precondition),
        ErrorKind::Transient | ErrorKind::RateLimited => Some("run the same command again"),
        _ => None,
    }
}

fn listed(packages: &[PackageName]) -> String {
    const SHOWN: usize = 5;
    let mut shown: Vec<String> = packages.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = packages.len().saturating_sub(SHOWN);
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    let last = shown.pop().unwrap_or_default();
    if shown.is_empty() { last } else { format!("{} and {last}", shown.join(", ")) }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::Manifest { .. } => codes::MANIFEST_INVALID,
            Self::Value { source, .. } => source.code(),
            Self::RootMissing { .. } => codes::ROOT_MISSING,
            Self::MemberMissing { .. } => codes::MEMBER_MISSING,
            Self::NameDuplicate { .. } => codes::NAME_DUPLICATE,
            Self::Config { .. } => codes::CONFIG_INVALID,
            Self::TooOld { .. } => codes::TOO_OLD,
            Self::Metadata { .. } | Self::Answer { .. } | Self::Unknown { .. } => codes::METADATA_FAILED,
            Self::Folder { .. } => codes::FOLDER_UNUSABLE,
            Self::LockStale { .. } => codes::LOCK_STALE,
            Self::Lock { .. } => codes::LOCK_FAILED,
            Self::Build { .. } | Self::NotDownloaded { .. } => common::BUILD_FAILED,
            Self::Vendored { .. } => codes::VENDORED,
            Self::Changed { .. } => codes::BUILD_CHANGED,
            Self::Dirty { .. } => codes::EXPORT_DIRTY,
            Self::Resolve { .. } => common::RESOLVE_FAILED,
            Self::Repacked { .. } => codes::REPACKED,
            Self::NotPublished { kind, .. } if kind.is_credential() => common::CREDENTIALS_REFUSED,
            Self::NotPublished { .. } => common::UPLOAD_REFUSED,
            Self::Upload { .. } => common::UPLOAD_FAILED,
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
            | Self::NotPublished { kind, .. }
            | Self::Resolve { kind, .. }
            | Self::Upload { kind, .. } => *kind,
            _ => self.code().kind(),
        }
    }

    fn specific_help(&self) -> Option<String> {
        match self {
            Self::MemberMissing { folder, .. } => {
                Some(format!("add `{folder}/Cargo.toml`, or take the folder out of `members` of the workspace"))
            }
            Self::LockStale { file, .. } => {
                let folder = file.parent().unwrap_or_default();
                Some(format!("run `cargo update --workspace` in `{folder}` and commit `{file}`"))
            }
            Self::Build { .. } => Some(BUILD_HELP.to_owned()),
            Self::NotDownloaded { .. } => {
                Some("release first what goes to the other registry, by itself, and then what needs it".to_owned())
            }
            Self::Lock { kind, .. } => asking_help(*kind, "run it without `--offline`").map(str::to_owned),
            Self::NotPublished { kind, .. } if kind.is_credential() => Some(LOGIN_HELP.to_owned()),
            Self::NotPublished { kind: ErrorKind::Transient | ErrorKind::RateLimited, .. } | Self::Upload { .. } => {
                Some("run the same command again; what has arrived is not sent twice".to_owned())
            }
            Self::Resolve { kind, .. } => asking_help(*kind, "see that cargo can read the registry").map(str::to_owned),
            _ => None,
        }
    }

    fn labels(&self) -> Vec<Label> {
        match self {
            Self::Manifest { place, reason } => vec![place.label(reason)],
            Self::Value { place, source } => vec![place.label(source.to_string())],
            Self::MemberMissing { folder, place } => vec![place.label(format!("this takes in `{folder}`"))],
            Self::NameDuplicate { first, second, .. } => vec![second.label("this name"), first.label("is also here")],
            Self::Config { file, reason } => vec![Label::file(file, reason)],
            Self::Metadata { manifest, .. } | Self::Build { manifest, .. } | Self::Dirty { manifest, .. } => {
                vec![Label::file(manifest.to_string(), "")]
            }
            _ => Vec::new(),
        }
    }

    fn output(&self) -> Option<String> {
        match self {
            Self::Metadata { source, .. }
            | Self::Build { source, .. }
            | Self::Vendored { source, .. }
            | Self::Smoke { source, .. } => source.output(),
            Self::LockStale { output, .. }
            | Self::Lock { output, .. }
            | Self::NotPublished { output, .. }
            | Self::Resolve { output, .. }
            | Self::Upload { output, .. } => Some(Redactor::new().redact(output)).filter(|output| !output.is_empty()),
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
