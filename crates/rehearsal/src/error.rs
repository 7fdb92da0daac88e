//! What can go wrong with an in-process registry. What clients do wrong, they are told by HTTP.

use std::io;

use releasekit_core::{BackendError, Code, Diagnostic, ErrorKind};
use thiserror::Error;

use crate::codes;

/// The result of starting a registry.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a registry is not there.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// It cannot start.
    #[error("cannot start the in-process registry: {doing} failed")]
    Start {
        /// What failed.
        doing: String,
        /// Why.
        source: io::Error,
    },
    /// The index behind it cannot be used.
    #[error(transparent)]
    Upstream(#[from] releasekit_http::Error),
}

impl Error {
    pub(crate) fn start(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        |source| Self::Start { doing, source }
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::Start { .. } => codes::START,
            Self::Upstream(error) => error.code(),
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Start { .. } => ErrorKind::Precondition,
            Self::Upstream(error) => error.kind(),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Start { .. } => Some("use another port or another folder".to_owned()),
            Self::Upstream(error) => error.help(),
        }
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        Self::from_diagnostic(error)
    }
}
