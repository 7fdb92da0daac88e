//! What can go wrong with a request, and what a caller can do about it.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use releasekit_core::{BackendError, Code, Diagnostic};
use thiserror::Error;

use crate::{codes, time};

/// Why a request did not succeed. URLs in it hold neither credentials nor queries.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The network is off limits.
    #[error("`{url}` cannot be asked, for the network is off limits")]
    Offline {
        /// What was asked for.
        url: String,
    },
    /// A variable or file that configures the network cannot be used.
    #[error("{what} cannot be used: {reason}")]
    Settings {
        /// The variable or the file.
        what: String,
        /// Why not.
        reason: String,
    },
    /// The request cannot be made.
    #[error("no request can be made of `{url}`: {reason}")]
    InvalidRequest {
        /// What was asked for.
        url: String,
        /// Why not.
        reason: String,
    },
    /// No connection.
    #[error("cannot connect to `{url}`")]
    Connect {
        /// What was asked for.
        url: String,
        /// Why not.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A certificate that is not trusted.
    #[error("the certificate of `{url}` is not trusted")]
    Certificate {
        /// What was asked for.
        url: String,
        /// Why not.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// Too slow.
    #[error("`{url}` takes too long to answer")]
    Timeout {
        /// What was asked for.
        url: String,
    },
    /// The connection ended early.
    #[error("the connection to `{url}` ended before the answer did")]
    Interrupted {
        /// What was asked for.
        url: String,
        /// What happened.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A redirection that is not followed.
    #[error("`{url}` redirects {how}")]
    Redirect {
        /// Who redirects.
        url: String,
        /// Where to, or how often.
        how: String,
    },
    /// A status that is no success.
    #[error("{method} `{url}` was answered with {status}{}", spaced(.reason))]
    Status {
        /// The method of the request.
        method: &'static str,
        /// What was asked for.
        url: String,
        /// The status.
        status: u16,
        /// The words that go with the status, where it has some.
        reason: &'static str,
        /// The beginning of what the server said, with secrets removed.
        excerpt: String,
        /// How long the server wants us to wait.
        retry_after: Option<Duration>,
        /// The server's own time, in seconds since 1970.
        date: Option<i64>,
    },
    /// An answer beyond the limit.
    #[error("`{url}` answers with more than {limit} bytes")]
    TooLarge {
        /// What was asked for.
        url: String,
        /// How many bytes are accepted.
        limit: u64,
    },
    /// The downloaded file cannot be written.
    #[error("cannot write `{}`", path.display())]
    Disk {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

fn spaced(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" {words}") }
}

impl Error {
    /// The status that the server answered with, where it answered.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the server may have got the request, and done what it asks for.
    pub fn may_have_arrived(&self) -> bool {
        let never_left = matches!(
            self,
            Self::Offline { .. }
                | Self::Settings { .. }
                | Self::InvalidRequest { .. }
                | Self::Connect { .. }
                | Self::Certificate { .. }
        );
        !never_left
    }

    /// How long it is, by the server's own clock, until a time that it names in its words, written as HTTP writes dates. `None`
    /// where it is no such time or the answer has no date.
    pub fn delay_until(&self, named: &str) -> Option<Duration> {
        match self {
            Self::Status { date, .. } => time::until(named, *date),
            _ => None,
        }
    }
}

fn by_status(status: u16) -> Code {
    match status {
        401 => codes::UNAUTHENTICATED,
        403 => codes::FORBIDDEN,
        404 | 410 => codes::NOT_FOUND,
        409 => codes::CONFLICT,
        429 => codes::RATE_LIMITED,
        500.. => codes::SERVER,
        _ => codes::STATUS,
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::Offline { .. } => codes::OFFLINE,
            Self::Settings { .. } => codes::SETTINGS,
            Self::InvalidRequest { .. } => codes::INVALID_REQUEST,
            Self::Connect { .. } => codes::CONNECT,
            Self::Certificate { .. } => codes::CERTIFICATE,
            Self::Timeout { .. } => codes::TIMEOUT,
            Self::Interrupted { .. } => codes::INTERRUPTED,
            Self::Redirect { .. } => codes::REDIRECT,
            Self::Status { status, .. } => by_status(*status),
            Self::TooLarge { .. } => codes::TOO_LARGE,
            Self::Disk { .. } => codes::DISK,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    fn output(&self) -> Option<String> {
        match self {
            Self::Status { excerpt, .. } if !excerpt.is_empty() => Some(excerpt.clone()),
            _ => None,
        }
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        Self::from_diagnostic(error)
    }
}
