//! What keeps the repository's own code apart from everything else that runs on the machine.

use std::path::PathBuf;

/// How far a program that runs code of the repository is kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// In user and process namespaces of its own (Linux): it sees no other process, and all that it started ends with it.
    Namespaces,
    /// Watched by a process of ours: its group is ended, and on Linux whatever else descends from it.
    Supervised,
    /// Its process group is ended with it, and nothing more can be said.
    Group,
}

/// A throw-away folder in which programs of one piece of work run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workplace {
    /// The folder. It can be written to wherever it lies.
    pub folder: PathBuf,
    /// A lock file that whatever runs there shares until its last process has ended, also when we are killed.
    pub lock: PathBuf,
}

/// What a front end found out about keeping programs apart, before any of them runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confinement {
    /// How far they are kept apart.
    pub isolation: Isolation,
    /// The executable that watches them, for every isolation but [`Isolation::Group`]. It answers to the arguments of
    /// `releasekit_process::supervisor`.
    pub supervisor: Option<PathBuf>,
    /// A folder for the caches of tools, where those of the user cannot be written from inside of a namespace.
    pub caches: Option<PathBuf>,
    /// Folders in which programs in namespaces find everything as it is and can change nothing: the repository, and our own
    /// files. Only their workplace and the caches of tools are taken out.
    pub protected: Vec<PathBuf>,
    /// Why namespaces are not used, in words for people.
    pub reason: Option<String>,
}

impl Default for Confinement {
    fn default() -> Self {
        Self { isolation: Isolation::Group, supervisor: None, caches: None, protected: Vec::new(), reason: None }
    }
}
