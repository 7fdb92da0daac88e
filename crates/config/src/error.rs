//! What is wrong with a configuration. Each variant is one thing that its author can do something about.

use std::ops::Range;
use std::sync::Arc;

use releasekit_core::{BackendError, Code, Diagnostic, Label};

use crate::codes;

/// Bytes of the configuration that show the cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as it was named to [`parse`](crate::parse).
    pub path: String,
    /// Its text, passwords struck out.
    pub text: Arc<str>,
    /// The bytes.
    pub span: Range<usize>,
    /// What is to be seen there.
    pub message: String,
}

/// A configuration has at most so many bytes.
pub const LONGEST: usize = 1 << 20;

/// More errors than these help nobody, and each shows its place in the file.
pub(crate) const MOST: usize = 100;

/// What is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not TOML.
    #[error("not valid TOML: {message}")]
    Syntax {
        /// What the reader stumbled over.
        message: String,
        /// Where.
        place: Box<Place>,
    },
    /// A key, a table or a package stands twice.
    #[error("{what} stands twice")]
    Duplicate {
        /// What does.
        what: String,
        /// Where the second one is.
        place: Box<Place>,
    },
    /// A key that does not exist.
    #[error("unknown key `{key}` in {table}")]
    UnknownKey {
        /// The key as written.
        key: String,
        /// The table it stands in.
        table: String,
        /// What may have been meant.
        help: String,
        /// Where.
        place: Box<Place>,
    },
    /// A value that the key cannot have.
    #[error("`{key}` {reason}")]
    InvalidValue {
        /// The key from the root.
        key: String,
        /// What is wrong with its value.
        reason: String,
        /// What to write instead.
        help: Option<String>,
        /// Where.
        place: Box<Place>,
    },
    /// Two values that cannot hold together.
    #[error("`{key}` {reason}")]
    Contradiction {
        /// The key from the root.
        key: String,
        /// What it contradicts.
        reason: String,
        /// What to change.
        help: String,
        /// Where.
        place: Box<Place>,
    },
    /// A package that was not discovered.
    #[error("no package is named `{name}`")]
    UnknownPackage {
        /// The name as written.
        name: String,
        /// The name of a package that may have been meant.
        nearest: Option<String>,
        /// Where.
        place: Box<Place>,
    },
    /// A bare name that several packages have.
    #[error("`{name}` names {} packages: {}", candidates.len(), listed(candidates))]
    AmbiguousPackage {
        /// The name as written.
        name: String,
        /// The packages that have it.
        candidates: Vec<String>,
        /// Where.
        place: Box<Place>,
    },
    /// An ecosystem that is not built in.
    #[error("`{name}` is no ecosystem")]
    UnknownEcosystem {
        /// The id or label as written.
        name: String,
        /// What to write instead.
        help: String,
        /// Where.
        place: Box<Place>,
    },
    /// A file for the Python tool of the same name.
    #[error("this configuration is written for the Python releasekit, whose keys are others")]
    Original {
        /// What its keys are here.
        help: String,
        /// The first of its keys.
        place: Box<Place>,
    },
    /// Several of these; never nested, never fewer than two, and of very many the first ones.
    #[error("{} errors in the configuration{}", .shown.len() + .left_out, first_only(.shown, *.left_out))]
    Many {
        /// The errors that are shown, in the order of the file.
        shown: Vec<Error>,
        /// How many more there are.
        left_out: usize,
    },
    /// A text longer than any configuration.
    #[error("a configuration has at most {LONGEST} bytes, and this one has {length}")]
    TooLong {
        /// The file as it was named to [`parse`](crate::parse).
        path: String,
        /// How long it is, in bytes.
        length: usize,
    },
}

impl Error {
    /// Reports errors together, in the order of the file; a single one stays itself. `None` where there is none.
    pub fn together(errors: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut flat: Vec<Self> = errors.into_iter().flat_map(Self::into_parts).collect();
        flat.sort_by_key(|error| error.place().map_or(0, |place| place.span.start));
        let left_out = flat.len().saturating_sub(MOST);
        flat.truncate(MOST);
        if flat.len() < 2 { flat.pop() } else { Some(Self::Many { shown: flat, left_out }) }
    }

    /// The single errors that this one consists of.
    pub fn into_parts(self) -> Vec<Self> {
        match self {
            Self::Many { shown, .. } => shown,
            one => vec![one],
        }
    }

    /// Where it is; `None` for several.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Syntax { place, .. }
            | Self::Duplicate { place, .. }
            | Self::UnknownKey { place, .. }
            | Self::InvalidValue { place, .. }
            | Self::Contradiction { place, .. }
            | Self::UnknownPackage { place, .. }
            | Self::AmbiguousPackage { place, .. }
            | Self::Original { place, .. }
            | Self::UnknownEcosystem { place, .. } => Some(place),
            Self::Many { .. } | Self::TooLong { .. } => None,
        }
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::Syntax { .. } => codes::SYNTAX,
            Self::Duplicate { .. } => codes::DUPLICATE,
            Self::UnknownKey { .. } => codes::UNKNOWN_KEY,
            Self::InvalidValue { .. } => codes::INVALID_VALUE,
            Self::Contradiction { .. } => codes::CONTRADICTION,
            Self::UnknownPackage { .. } => codes::UNKNOWN_PACKAGE,
            Self::AmbiguousPackage { .. } => codes::PACKAGE_AMBIGUOUS,
            Self::UnknownEcosystem { .. } => codes::UNKNOWN_ECOSYSTEM,
            Self::TooLong { .. } => codes::TOO_LONG,
            Self::Original { .. } => codes::ORIGINAL,
            Self::Many { shown, .. } => shown.first().map_or(codes::SYNTAX, Self::code),
        }
    }

    fn specific_help(&self) -> Option<String> {
        match self {
            Self::UnknownKey { help, .. }
            | Self::Contradiction { help, .. }
            | Self::UnknownEcosystem { help, .. }
            | Self::Original { help, .. } => Some(help.clone()),
            Self::InvalidValue { help, .. } => help.clone(),
            Self::UnknownPackage { nearest, .. } => {
                nearest.as_ref().map(|nearest| format!("did you mean `{nearest}`?"))
            }
            Self::AmbiguousPackage { candidates, .. } => Some(format!("write one of {}", listed(candidates))),
            Self::Syntax { .. } | Self::Duplicate { .. } | Self::TooLong { .. } | Self::Many { .. } => None,
        }
    }

    fn labels(&self) -> Vec<Label> {
        let label = |place: &Place| Label::span(&place.path, &*place.text, place.span.clone(), place.message.clone());
        match self {
            Self::TooLong { path, .. } => vec![Label::file(path, "")],
            _ => self.place().map(label).into_iter().collect(),
        }
    }

    fn parts(&self) -> Vec<&dyn Diagnostic> {
        match self {
            Self::Many { shown, .. } => shown.iter().map(|error| error as &dyn Diagnostic).collect(),
            _ => Vec::new(),
        }
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        let code = error.code();
        let message = error.to_string();
        let parts = error.into_parts().into_iter().map(Self::from_diagnostic).collect();
        Self::together(parts).unwrap_or_else(|| Self::new(code, message))
    }
}

fn first_only(shown: &[Error], left_out: usize) -> String {
    if left_out == 0 { String::new() } else { format!(", of which the first {} are shown", shown.len()) }
}

/// Names in backticks with commas between them.
pub(crate) fn listed(names: &[impl AsRef<str>]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}
