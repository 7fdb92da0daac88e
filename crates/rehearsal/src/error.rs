//! What can go wrong with an in-process registry. What clients do wrong, they are told by HTTP.

use std::io;

use releasekit_core::{BackendError, Code, Diagnostic};
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

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::Start { .. } => None,
            Self::Upstream(error) => Some(error),
        }
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        Self::from_diagnostic(error)
    }
}
