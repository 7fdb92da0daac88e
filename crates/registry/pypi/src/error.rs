//! What can go wrong beyond the request itself.

use std::sync::Arc;

use releasekit_core::model::{PackageName, Version};
use releasekit_core::{BackendError, Code, Diagnostic};
use thiserror::Error;

use crate::codes;

/// Why an index could not be read. Clones share the cause, for one page answers for many versions.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum Error {
    /// The answer is no page of an index.
    #[error("`{url}` is not a page of a package index: {reason}")]
    InvalidIndex {
        /// Which page.
        url: String,
        /// Why not.
        reason: String,
    },
    /// One file in two shapes.
    #[error("`{url}` lists `{file}` more than once, {how}")]
    Ambiguous {
        /// Which page.
        url: String,
        /// Which file.
        file: String,
        /// How the listings differ.
        how: &'static str,
    },
    /// A name or version that cannot be asked for.
    #[error("`{name}` {version} is no name and version of a Python package")]
    InvalidPackage {
        /// The name.
        name: PackageName,
        /// The version.
        version: Version,
    },
    /// Something that is done by hand.
    #[error("{index} has no API by which `{project}` {version} could be {what}")]
    NoYank {
        /// Which index.
        index: String,
        /// Which project.
        project: String,
        /// Which version.
        version: Version,
        /// `yanked` or `offered again`.
        what: &'static str,
        /// The page where it is done, where that is known.
        page: Option<String>,
    },
    /// The request failed.
    #[error(transparent)]
    Http(Arc<releasekit_http::Error>),
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::InvalidIndex { .. } | Self::Ambiguous { .. } => codes::INVALID_INDEX,
            Self::InvalidPackage { .. } => codes::INVALID_PACKAGE,
            Self::NoYank { .. } => codes::NO_YANK,
            Self::Http(error) => error.code(),
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
            Self::Ambiguous { .. } => Some(
                "find out which of the places behind this index serves another file, for installers may take either"
                    .to_owned(),
            ),
            Self::NoYank { page, .. } => page.as_ref().map(|page| format!("do it by hand at {page}")),
            Self::InvalidIndex { .. } | Self::InvalidPackage { .. } | Self::Http(_) => None,
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
