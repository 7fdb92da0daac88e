//! What can go wrong beyond the request itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::model::{PackageName, Version};
use releasekit_core::{BackendError, Code, Diagnostic, ErrorKind};
use thiserror::Error;

use crate::codes;

/// Why a registry could not be read or written. Clones share the cause, for one file answers for many versions.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum Error {
    /// The answer is no part of an index.
    #[error("`{url}` is no part of a sparse index: {reason}")]
    InvalidIndex {
        /// What was asked for.
        url: String,
        /// Why not.
        reason: String,
    },
    /// One version in two shapes.
    #[error("`{url}` lists {version} more than once, with different checksums")]
    Ambiguous {
        /// The file of the crate.
        url: String,
        /// Which version.
        version: String,
    },
    /// A name or version that cannot be asked for.
    #[error("`{name}` {version} is no name and version of a crate")]
    InvalidPackage {
        /// The name.
        name: PackageName,
        /// The version.
        version: Version,
    },
    /// A file that cannot be described.
    #[error("`{file}` cannot be described to its registry")]
    InvalidCrate {
        /// Which file.
        file: String,
        /// Why not.
        source: Arc<releasekit_formats::Error>,
    },
    /// Nothing says who publishes.
    #[error("no token for {registry}")]
    NoToken {
        /// Which registry.
        registry: String,
        /// What gives it one.
        help: String,
    },
    /// A file with tokens that cannot be read.
    #[error("cannot read `{}`: {reason}", path.display())]
    Credentials {
        /// Which file.
        path: PathBuf,
        /// Why not, without anything that it holds.
        reason: String,
    },
    /// A registry without an API.
    #[error("`{index}` names no API that takes crates")]
    NoApi {
        /// Its index.
        index: String,
    },
    /// The registry says no.
    #[error("{registry} refuses {what}{}", told(.detail))]
    Refused {
        /// Which registry.
        registry: String,
        /// What it was asked for.
        what: String,
        /// In its own words.
        detail: String,
        /// What a caller can do about it.
        kind: ErrorKind,
        /// How long it wants us to wait.
        retry_after: Option<Duration>,
    },
    /// The registry says neither yes nor no.
    #[error("{registry} does not say what became of {what}: {reason}")]
    Unclear {
        /// Which registry.
        registry: String,
        /// What it was asked for.
        what: String,
        /// What came instead of an answer.
        reason: String,
    },
    /// The request failed.
    #[error(transparent)]
    Http(Arc<releasekit_http::Error>),
}

fn told(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(": {detail}") }
}

impl Error {
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http(error) => error.retry_after(),
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::InvalidIndex { .. } | Self::Ambiguous { .. } => codes::INVALID_INDEX,
            Self::InvalidPackage { .. } => codes::INVALID_PACKAGE,
            Self::InvalidCrate { .. } => codes::INVALID_CRATE,
            Self::NoToken { .. } => codes::NO_TOKEN,
            Self::Credentials { .. } => codes::CREDENTIALS,
            Self::NoApi { .. } => codes::NO_API,
            Self::Refused { kind: ErrorKind::Unauthenticated, .. } => codes::TOKEN_REFUSED,
            Self::Refused { kind: ErrorKind::RateLimited, .. } => codes::BUSY,
            Self::Refused { .. } => codes::REFUSED,
            Self::Unclear { .. } => codes::UNCLEAR,
            Self::Http(error) => error.code(),
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused { kind, .. } => *kind,
            other => other.inner().map_or(other.code().kind(), Diagnostic::kind),
        }
    }

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::Http(error) => Some(&**error),
            _ => None,
        }
    }

    fn specific_help(&self) -> Option<String> {
        match self {
            Self::NoToken { help, .. } => Some(help.clone()),
            Self::Ambiguous { .. } => Some(
                "find out which of the places behind this index serves another file, for cargo may take either"
                    .to_owned(),
            ),
            Self::Refused { kind: ErrorKind::Forbidden, .. } => Some(
                "have an owner of the crate add the token's owner, or use a token with the right that is missing"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

impl From<releasekit_http::Error> for Error {
    fn from(error: releasekit_http::Error) -> Self {
        Self::Http(Arc::new(error))
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        let delay = error.retry_after();
        let error = Self::from_diagnostic(error);
        match delay {
            Some(delay) => error.with_retry_after(delay),
            None => error,
        }
    }
}
