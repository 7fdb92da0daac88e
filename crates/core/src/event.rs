//! What happens while a command runs, for whoever shows it.

use std::fmt;

use serde::Serialize;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{PackageId, Version};

/// A part of the work on one package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Step {
    /// Asking the registry.
    Observe,
    /// Building artifacts.
    Build,
    /// Sending a file.
    Upload,
    /// Waiting for the registry to list it.
    Await,
    /// Comparing digests.
    Verify,
    /// Having an installer choose it.
    Resolve,
    /// Installing it.
    Smoke,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Progress {
    /// It began.
    Started,
    /// It is done.
    Done,
    /// There was nothing to do.
    Skipped,
    /// It waits; the detail says for what, and for how long at most.
    Waiting,
    /// It will be tried again.
    Retrying,
    /// It failed.
    Failed,
    /// It cannot begin, because a dependency failed.
    Blocked,
}

/// Something worth showing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// What the command is doing now, as a sentence.
    Phase(String),
    /// Something that does not stop the command but should be known.
    Warning {
        /// The code of the error that it would be, where the configuration lets it pass.
        code: Option<Code>,
        /// What is the matter.
        message: String,
        /// What to do.
        help: Option<String>,
    },
    /// Of how many labels the packages are that steps name from now on: one needs none to be told apart.
    Labels(usize),
    /// A step of one package.
    Step {
        /// Whose.
        package: PackageId,
        /// Which version.
        version: Version,
        /// Which step.
        step: Step,
        /// How far it is.
        progress: Progress,
        /// A file name, a digest, a reason.
        detail: Option<String>,
    },
    /// A change of the world outside of our own folders: made, or in a dry run recorded.
    Effect {
        /// What changes, as a sentence.
        what: String,
        /// Whether it was only recorded.
        recorded: bool,
    },
}

impl Event {
    /// A warning of what failed and stops nothing: the code, the words and the help of the error.
    pub fn warning_of(error: &dyn Diagnostic) -> Self {
        Self::Warning { code: Some(error.code()), message: error.to_string(), help: error.help() }
    }
}

/// Takes events. Never fails, never blocks for long.
pub trait Reporter: fmt::Debug + Send + Sync {
    /// Takes one event.
    fn report(&self, event: Event);
}

/// A reporter that drops everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn report(&self, _event: Event) {}
}
