//! Change files and their settings that cannot be followed.

use std::ops::Range;

use releasekit_core::model::{PackageId, RepoPath};
use releasekit_core::{Code, Label};

use crate::codes;

/// A file of changesets that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFault {
    /// The file.
    pub path: RepoPath,
    /// Its text, as far as it is text.
    pub text: String,
    /// Where in the text.
    pub span: Range<usize>,
    /// Why not.
    pub why: Unclear,
}

/// Why a file of changesets cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclear {
    /// A change file is written otherwise than change files are.
    File(String),
    /// The settings are written otherwise than settings are, or contradict themselves.
    Settings(String),
    /// A change file names no package.
    Unknown {
        /// What it names.
        name: String,
        /// What it may have meant.
        nearest: Option<String>,
    },
    /// What a change file names could be several packages.
    Ambiguous {
        /// What it names.
        name: String,
        /// What that could be.
        candidates: Vec<PackageId>,
    },
}

impl ChangeFault {
    pub(super) fn words(&self) -> String {
        let path = &self.path;
        match &self.why {
            Unclear::File(why) | Unclear::Settings(why) => format!("`{path}` cannot be read: {why}"),
            Unclear::Unknown { name, .. } => format!("`{path}` names `{name}`, and no package is called so"),
            Unclear::Ambiguous { name, candidates } => {
                format!("`{path}` names `{name}`, which could be {} packages", candidates.len())
            }
        }
    }

    pub(super) fn code(&self) -> Code {
        match self.why {
            Unclear::File(_) => codes::CHANGE_FILE_INVALID,
            Unclear::Settings(_) => codes::CHANGE_SETTINGS_INVALID,
            Unclear::Unknown { .. } | Unclear::Ambiguous { .. } => codes::CHANGE_FILE_PACKAGE,
        }
    }

    pub(super) fn label(&self) -> Label {
        if self.span.is_empty() {
            return Label::file(self.path.to_string(), "");
        }
        Label::span(self.path.to_string(), self.text.clone(), self.span.clone(), "")
    }
}
