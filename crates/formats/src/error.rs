//! What can go wrong with text and archives; knows no place in a repository, which callers add.

use std::io;

use releasekit_core::{BackendError, Code, Diagnostic, ErrorKind};
use thiserror::Error;

use crate::codes;

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of this crate. Text is quoted as it was given.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Text that is no version.
    #[error("`{text}` is not a {scheme} version: {reason}")]
    VersionInvalid {
        /// What was given.
        text: String,
        /// The scheme's name for people.
        scheme: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A version that cannot move as asked.
    #[error("version `{version}` cannot move: {reason}")]
    Bump {
        /// Which version.
        version: String,
        /// Why not.
        reason: &'static str,
    },
    /// A label of a prerelease that the scheme cannot spell.
    #[error("`{label}` is not a prerelease label of {scheme}")]
    VersionLabel {
        /// The label.
        label: String,
        /// The scheme's name for people.
        scheme: &'static str,
        /// What it can spell, for people.
        legal: &'static str,
    },
    /// Text that is no requirement.
    #[error("`{text}` is not a requirement: {reason}")]
    RequirementInvalid {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A requirement on a URL where versions are needed.
    #[error("requirement `{text}` names a URL instead of versions")]
    RequirementUrl {
        /// What was given.
        text: String,
    },
    /// A requirement that asks for more than a version.
    #[error("requirement `{text}` asks for more than {version}")]
    RequirementAhead {
        /// What was given.
        text: String,
        /// The version that it should be moved to.
        version: String,
    },
    /// A file name that is none of an artifact.
    #[error("`{file}` is not named like a wheel or sdist: {reason}")]
    FileName {
        /// The file name.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A broken artifact.
    #[error("`{file}` is broken: {reason}")]
    ArtifactInvalid {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A harmful artifact.
    #[error("`{file}` is unsafe: {reason}")]
    ArtifactUnsafe {
        /// The file.
        file: String,
        /// What it would do.
        reason: String,
    },
    /// An artifact whose inside belies its name.
    #[error("`{file}` says {field} `{inside}` inside")]
    ArtifactMismatch {
        /// The file.
        file: String,
        /// `name` or `version`.
        field: &'static str,
        /// What the metadata says.
        inside: String,
    },
    /// An artifact that could not be read.
    #[error("cannot read `{file}`")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A digest that is not one of bytes.
    #[error("`{algorithm}` is not a digest of a file's bytes")]
    DigestUnsupported {
        /// Its name.
        algorithm: &'static str,
    },
}

impl Error {
    /// A requirement that is none, and why.
    #[cfg(any(feature = "requirements", feature = "semver"))]
    pub(crate) fn requirement(text: &str, reason: impl Into<String>) -> Self {
        Self::RequirementInvalid { text: text.to_owned(), reason: reason.into() }
    }

    /// A requirement that no lower bound of which is to be lowered for a version.
    #[cfg(any(feature = "requirements", feature = "semver"))]
    pub(crate) fn ahead(text: &str, version: impl ToString) -> Self {
        Self::RequirementAhead { text: text.to_owned(), version: version.to_string() }
    }

    /// A broken artifact, and why.
    #[cfg(feature = "archives")]
    pub(crate) fn invalid(file: &str, reason: impl Into<String>) -> Self {
        Self::ArtifactInvalid { file: file.to_owned(), reason: reason.into() }
    }

    /// A harmful artifact, and why.
    #[cfg(feature = "archives")]
    pub(crate) fn harmful(file: &str, reason: impl Into<String>) -> Self {
        Self::ArtifactUnsafe { file: file.to_owned(), reason: reason.into() }
    }

    /// A file name that is none of an artifact, and why.
    pub(crate) fn file_name(file: &str, reason: impl Into<String>) -> Self {
        Self::FileName { file: file.to_owned(), reason: reason.into() }
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::VersionInvalid { .. } => codes::VERSION_INVALID,
            Self::Bump { .. } => codes::VERSION_BUMP,
            Self::VersionLabel { .. } => codes::VERSION_LABEL,
            Self::RequirementInvalid { .. } => codes::REQUIREMENT_INVALID,
            Self::RequirementUrl { .. } => codes::REQUIREMENT_URL,
            Self::RequirementAhead { .. } => releasekit_core::codes::REQUIREMENT_AHEAD,
            Self::FileName { .. } => codes::ARTIFACT_NAME,
            Self::ArtifactInvalid { .. } => codes::ARTIFACT_INVALID,
            Self::ArtifactUnsafe { .. } => codes::ARTIFACT_UNSAFE,
            Self::ArtifactMismatch { .. } => codes::ARTIFACT_MISMATCH,
            Self::Unreadable { .. } => codes::ARTIFACT_UNREADABLE,
            Self::DigestUnsupported { .. } => codes::DIGEST_UNSUPPORTED,
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => ErrorKind::NotFound,
            _ => self.code().kind(),
        }
    }

    fn specific_help(&self) -> Option<String> {
        match self {
            Self::VersionLabel { legal, .. } => Some(format!("use {legal}")),
            _ => None,
        }
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        Self::from_diagnostic(error)
    }
}
