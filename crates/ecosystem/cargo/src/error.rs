//! What can be wrong with a workspace of cargo.

use std::ops::Range;

use releasekit_core::model::RepoPath;
use releasekit_core::{BackendError, Code, Diagnostic, ErrorKind, Label};

use crate::codes;

/// A place in a file: the text around it travels along, so that it can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, from the repository root.
    pub file: RepoPath,
    /// Its text.
    pub text: String,
    /// The bytes meant; `None` for the file as a whole.
    pub span: Option<Range<usize>>,
}

impl Place {
    pub(crate) fn label(&self, message: impl Into<String>) -> Label {
        match &self.span {
            Some(span) => Label::span(self.file.to_string(), self.text.clone(), span.clone(), message),
            None => Label::file(self.file.to_string(), message),
        }
    }
}

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
}

impl Error {
    /// A package file that is no text.
    pub(crate) fn no_text(file: &RepoPath) -> Self {
        let place = Place { file: file.clone(), text: String::new(), span: None };
        Self::Manifest { place: Box::new(place), reason: "it is not UTF-8".to_owned() }
    }
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
            _ => self.code().kind(),
        }
    }

    fn specific_help(&self) -> Option<String> {
        match self {
            Self::MemberMissing { folder, .. } => {
                Some(format!("add `{folder}/Cargo.toml`, or take the folder out of `members` of the workspace"))
            }
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
            Self::RootMissing { .. } => Vec::new(),
        }
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        Self::from_diagnostic(error)
    }
}

/// Reports all of them together, if there is any.
pub(crate) fn together(faults: Vec<Error>) -> releasekit_core::Result<()> {
    BackendError::together(faults.into_iter().map(BackendError::from).collect()).map_or(Ok(()), Err)
}
