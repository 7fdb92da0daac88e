//! What can go wrong beyond the request itself.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::model::{PackageName, Version};
use releasekit_core::{BackendError, Code, Diagnostic, ErrorKind, codes as common};
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
    /// A token that the registry cannot know.
    #[error("crates.io knows no token that does not begin with `{prefix}`, as the one for it here does not")]
    ForeignToken {
        /// How its own begin.
        prefix: &'static str,
    },
    /// A file with tokens that cannot be read.
    #[error("cannot read `{}`: {reason}", path.display())]
    Credentials {
        /// Which file.
        path: PathBuf,
        /// Why not, without anything that it holds.
        reason: String,
    },
    /// A program that keeps tokens and gave none.
    #[error("`{program}`, which keeps tokens for cargo, gave none to read with: {reason}")]
    Provider {
        /// The program, without its arguments.
        program: String,
        /// Why not.
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
        what: Write,
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
        what: Write,
        /// What came instead of an answer.
        reason: String,
    },
    /// The registry names another address for an upload.
    #[error("{registry} answered {what} with a redirection instead of taking it")]
    Redirected {
        /// Which registry.
        registry: String,
        /// What it was asked for.
        what: Write,
    },
    /// A request to publish that failed.
    #[error("uploading `{file}` to {registry} failed: {}", why(.source))]
    Upload {
        /// Which registry.
        registry: String,
        /// Which file.
        file: String,
        /// How.
        source: Arc<releasekit_http::Error>,
    },
    /// The request failed.
    #[error(transparent)]
    Http(Arc<releasekit_http::Error>),
}

/// What a registry is asked to change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Write {
    /// To take a file of this name.
    Upload(String),
    /// To withdraw a version or to offer it again, in words.
    Yank(String),
}

impl fmt::Display for Write {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upload(file) => write!(formatter, "`{file}`"),
            Self::Yank(what) => formatter.write_str(what),
        }
    }
}

/// How a request failed. What an answer says is shown as the output of the error.
fn why(error: &releasekit_http::Error) -> String {
    error.status().map_or_else(|| error.to_string(), |status| format!("the registry answered {status}"))
}

fn told(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(": {detail}") }
}

const SEND_AGAIN: &str = "run the same command again; what has arrived is not sent twice";

/// What to do where a registry says no, by why it does.
fn refused_help(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Unauthenticated => {
            Some("make a token at the registry that may publish, new crates too, and put it where the old one was")
        }
        ErrorKind::Forbidden => {
            Some("have an owner of the crate add the token's owner, or use a token with the right that is missing")
        }
        ErrorKind::Conflict => Some(
            "where the index does not list the version, it may be yours, not listed yet: run the same command again later; \
             if it is somebody else's, release a new version, for a published one cannot be changed",
        ),
        ErrorKind::RateLimited => {
            Some("run the same command again once the time is up; what is live is not sent again")
        }
        _ => None,
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::InvalidIndex { .. } | Self::Ambiguous { .. } => codes::INVALID_INDEX,
            Self::InvalidPackage { .. } => codes::INVALID_PACKAGE,
            Self::InvalidCrate { .. } => codes::INVALID_CRATE,
            Self::NoToken { .. } | Self::Provider { .. } => common::CREDENTIALS_MISSING,
            Self::Credentials { .. } => codes::CREDENTIALS,
            Self::NoApi { .. } => codes::NO_API,
            Self::ForeignToken { .. } => common::CREDENTIALS_REFUSED,
            Self::Refused { kind, .. } if kind.is_credential() => common::CREDENTIALS_REFUSED,
            Self::Refused { what: Write::Upload(_), .. } => common::UPLOAD_REFUSED,
            Self::Refused { what: Write::Yank(_), .. } => codes::YANK_REFUSED,
            Self::Redirected { .. } => common::UPLOAD_REDIRECTED,
            Self::Upload { .. } | Self::Unclear { what: Write::Upload(_), .. } => common::UPLOAD_FAILED,
            Self::Unclear { what: Write::Yank(_), .. } => codes::YANK_UNCLEAR,
            Self::Http(error) => error.code(),
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused { kind, .. } => *kind,
            Self::ForeignToken { .. } => ErrorKind::Unauthenticated,
            other => other.inner().map_or(other.code().kind(), Diagnostic::kind),
        }
    }

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::Http(error) | Self::Upload { source: error, .. } => Some(&**error),
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
        match self {
            Self::NoToken { help, .. } => Some(help.clone()),
            Self::Provider { .. } => Some(
                "see that the program answers, as cargo's settings name it, or give the token by its variable"
                    .to_owned(),
            ),
            Self::Ambiguous { .. } => Some(
                "find out which of the places behind this index serves another file, for cargo may take either"
                    .to_owned(),
            ),
            Self::Refused { kind, .. } => refused_help(*kind).map(str::to_owned),
            Self::ForeignToken { .. } => refused_help(ErrorKind::Unauthenticated).map(str::to_owned),
            Self::Redirected { .. } => {
                Some("correct `api` in the `config.json` of the registry's index, or name another index".to_owned())
            }
            Self::Upload { source, .. } if source.kind().is_retryable() => Some(SEND_AGAIN.to_owned()),
            Self::Unclear { what: Write::Upload(_), .. } => Some(SEND_AGAIN.to_owned()),
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
        Self::from_diagnostic(error)
    }
}
