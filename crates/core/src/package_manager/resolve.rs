//! What an installer would choose: the question and the answer.

use std::path::PathBuf;
use std::time::Duration;

use crate::model::{PackageName, Requirement, Target, Version};

/// A version of a package that a resolution has to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Installable {
    /// Which package.
    pub name: PackageName,
    /// Which version.
    pub version: Version,
    /// What it requires, as far as that is known.
    pub requirements: Vec<Requirement>,
    /// The runtime that it needs, as its package file writes it; `None` where it says nothing.
    pub runtime: Option<String>,
    /// The names of its files; empty where they are not known.
    pub files: Vec<String>,
}

impl Installable {
    /// A version of which nothing more is known.
    pub fn new(name: PackageName, version: Version) -> Self {
        Self { name, version, requirements: Vec::new(), runtime: None, files: Vec::new() }
    }

    /// Says what it requires.
    #[must_use]
    pub fn with_requirements(mut self, requirements: Vec<Requirement>) -> Self {
        self.requirements = requirements;
        self
    }

    /// Says which runtime it needs.
    #[must_use]
    pub fn with_runtime(mut self, runtime: Option<String>) -> Self {
        self.runtime = runtime;
        self
    }

    /// Names its files.
    #[must_use]
    pub fn with_files(mut self, files: Vec<String>) -> Self {
        self.files = files;
        self
    }
}

/// Versions that an installer should choose from one registry, all at once.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ResolveRequest {
    /// What has to be chosen.
    pub packages: Vec<Installable>,
    /// From where.
    pub target: Target,
    /// A folder for files that the tool reads; what is in it may be written over.
    pub folder: PathBuf,
    /// How long a tool may run.
    pub timeout: Duration,
}

impl ResolveRequest {
    /// Asks for nothing yet.
    pub fn new(target: Target, folder: PathBuf, timeout: Duration) -> Self {
        Self { packages: Vec::new(), target, folder, timeout }
    }

    /// Adds what has to be chosen.
    #[must_use]
    pub fn with_packages(mut self, packages: Vec<Installable>) -> Self {
        self.packages.extend(packages);
        self
    }
}

/// What an installer would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// It chooses exactly what was asked for.
    Chosen,
    /// It does not, as the registry is now.
    NotChosen {
        /// What was asked for and is not chosen, as far as the tool names it; else all of it.
        packages: Vec<PackageName>,
        /// The tool's words, with secrets removed.
        why: String,
    },
}
