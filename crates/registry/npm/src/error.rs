//! What can go wrong beyond the request itself.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::model::{PackageName, Version};
use releasekit_core::{BackendError, Code, Diagnostic, ErrorKind, codes as common};
use thiserror::Error;

use crate::codes;

/// Why a registry could not be read or written. Clones share the cause, for one document answers for many versions.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum Error {
    /// The answer is no document of a package.
    #[error("`{url}` is no document of a package: {reason}")]
    InvalidDocument {
        /// What was asked for.
        url: String,
        /// Why not.
        reason: String,
    },
    /// The document of a package cannot be written back with one value changed and everything else as it is.
    #[error("`{url}` cannot be written back as it is, so nothing was written: {reason}")]
    UnwritableDocument {
        /// Where it is.
        url: String,
        /// Why not.
        reason: String,
    },
    /// A name or version that cannot be asked for.
    #[error("`{name}` {version} is no name and version of a package of npm")]
    InvalidPackage {
        /// The name.
        name: PackageName,
        /// The version.
        version: Version,
    },
    /// A name that cannot be asked for.
    #[error("`{name}` is no name of a package of npm")]
    InvalidName {
        /// The name.
        name: PackageName,
    },
    /// A version that the registry does not list.
    #[error("{registry} has no `{name}` {version}")]
    NoVersion {
        /// Which registry.
        registry: String,
        /// The name.
        name: PackageName,
        /// The version.
        version: Version,
    },
    /// Nothing says who publishes.
    #[error("no token for {registry}")]
    NoToken {
        /// Which registry.
        registry: String,
        /// What gives it one.
        help: String,
    },
    /// A file with settings that cannot be read.
    #[error("cannot read `{}`", path.display())]
    Settings {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: Arc<std::io::Error>,
    },
    /// The registry says no.
    #[error("{registry} refuses {what}{}", told(.detail))]
    Refused {
        /// Which registry.
        registry: String,
        /// What it was asked for.
        what: Write,
        /// In its own words.
        detail: String,
        /// What a caller can do about it.
        kind: ErrorKind,
        /// How long it wants us to wait.
        retry_after: Option<Duration>,
    },
    /// The registry wants a second factor.
    #[error("{registry} wants a one-time password for {what}")]
    OneTimePassword {
        /// Which registry.
        registry: String,
        /// What it was asked for.
        what: Write,
    },
    /// The registry says neither yes nor no.
    #[error("{registry} does not say what became of {what}: {reason}")]
    Unclear {
        /// Which registry.
        registry: String,
        /// What it was asked for.
        what: Write,
        /// What came instead of an answer.
        reason: String,
    },
    /// The request failed.
    #[error(transparent)]
    Http(Arc<releasekit_http::Error>),
}

/// What a registry is asked to change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Write {
    /// To deprecate a version, or to take that back, in words.
    Yank(String),
    /// To point a name to a version, in words.
    Channel(String),
}

impl fmt::Display for Write {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Yank(what) | Self::Channel(what)) = self;
        formatter.write_str(what)
    }
}

fn told(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(": {detail}") }
}

const NEW_TOKEN: &str = "make a token at the registry that may write to the package, and put it where the old one was";

const DEPRECATE: &str = "deprecate the version with `npm deprecate`, which says what it cannot read, or ask the registry to mend the document";

const NOT_OWNER: &str = "have an owner of the package add the token's owner, or use another token";

const TAGS: &str = "use a granular access token that may write to the package; one of a trusted publisher publishes and does nothing \
                    else";

impl Error {
    /// What to do where a registry says no, by why it does.
    fn refused_help(what: &Write, kind: ErrorKind) -> Option<&'static str> {
        match (kind, what) {
            (ErrorKind::Unauthenticated | ErrorKind::Forbidden, Write::Channel(_)) => Some(TAGS),
            (ErrorKind::Unauthenticated, _) => Some(NEW_TOKEN),
            (ErrorKind::Forbidden, _) => Some(NOT_OWNER),
            (ErrorKind::Conflict, _) => Some("run the same command again: the document changed meanwhile"),
            (ErrorKind::RateLimited, _) => Some("run the same command again once the time is up"),
            _ => None,
        }
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::InvalidDocument { .. } | Self::UnwritableDocument { .. } => codes::INVALID_DOCUMENT,
            Self::InvalidPackage { .. } | Self::InvalidName { .. } => codes::INVALID_PACKAGE,
            Self::NoToken { .. } => common::CREDENTIALS_MISSING,
            Self::Settings { .. } => codes::SETTINGS,
            Self::OneTimePassword { .. } => codes::ONE_TIME_PASSWORD,
            Self::Refused { kind, .. } if kind.is_credential() => common::CREDENTIALS_REFUSED,
            Self::Refused { .. } | Self::NoVersion { .. } => codes::REFUSED,
            Self::Unclear { .. } => codes::UNCLEAR,
            Self::Http(error) => error.code(),
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused { kind, .. } => *kind,
            Self::NoVersion { .. } => ErrorKind::NotFound,
            Self::Http(error) => error.kind(),
            other => other.code().kind(),
        }
    }

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::Http(error) => Some(&**error),
            _ => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            other => other.inner().and_then(Diagnostic::retry_after),
        }
    }

    fn specific_help(&self) -> Option<String> {
        let help = match self {
            Self::NoToken { help, .. } => return Some(help.clone()),
            Self::UnwritableDocument { .. } => DEPRECATE,
            Self::Refused { what, kind, .. } => Self::refused_help(what, *kind)?,
            _ => return None,
        };
        Some(help.to_owned())
    }
}

impl From<releasekit_http::Error> for Error {
    fn from(error: releasekit_http::Error) -> Self {
        Self::Http(Arc::new(error))
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        Self::from_diagnostic(error)
    }
}
