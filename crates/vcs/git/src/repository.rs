//! A repository as the modules of this crate are handed it: where it lies, and how it is read and written.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Error;
use crate::history::graph::Cache;
use crate::program::{Invocation, Program};

/// Where the parts of a repository lie, all absolute.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// The root of the work tree.
    pub(crate) root: PathBuf,
    /// The folder with HEAD and the index.
    pub(crate) git_dir: PathBuf,
    /// The folder with objects, refs and settings: the same unless this is a linked work tree.
    pub(crate) common_dir: PathBuf,
    /// Where throw-away folders are made.
    pub(crate) scratch: PathBuf,
    /// The folder that new objects land in, where that is not the repository's own.
    pub(crate) new_objects: Option<PathBuf>,
}

impl Places {
    /// The folders whose objects are the repository's, that of new ones last.
    pub(crate) fn objects(&self) -> impl Iterator<Item = PathBuf> {
        [self.common_dir.join("objects")].into_iter().chain(self.new_objects.clone())
    }
}

/// A git repository with a work tree.
pub(crate) struct Git {
    /// What is read, in this process.
    pub(crate) repo: gix::ThreadSafeRepository,
    /// What is written with.
    pub(crate) program: Arc<Program>,
    /// Where it lies.
    pub(crate) places: Places,
    /// Whether remotes are left alone.
    pub(crate) offline: bool,
    /// What was read of the history so far.
    pub(crate) known: Arc<Cache>,
}

impl fmt::Debug for Git {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Git").field("places", &self.places).field("offline", &self.offline).finish_non_exhaustive()
    }
}

impl Git {
    pub(crate) fn new(repo: gix::ThreadSafeRepository, program: Arc<Program>, places: Places, offline: bool) -> Self {
        Self { repo, program, places, offline, known: Arc::default() }
    }

    /// A git command in this repository.
    pub(crate) fn command<A: Into<OsString>>(&self, args: impl IntoIterator<Item = A>) -> Invocation<'_> {
        let command = self.program.in_folder(&self.places.root, args);
        let command = command.var("GIT_DIR", &self.places.git_dir).var("GIT_WORK_TREE", &self.places.root);
        match &self.places.new_objects {
            // What is thrown away need not outlast a power failure.
            Some(folder) => command.var("GIT_OBJECT_DIRECTORY", folder).setting("core.fsync=none"),
            None => command,
        }
    }

    /// Whether what is made is thrown away, so that nobody is bothered for it.
    pub(crate) fn is_scratch(&self) -> bool {
        self.places.new_objects.is_some()
    }

    /// Reads from the repository on a thread where waiting for the disk holds up nobody.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&gix::Repository) -> Result<T, Error> + Send + 'static,
    {
        self.read_graph(move |repo, _| read(repo)).await
    }

    /// The same, with the commits that were read before.
    pub(crate) async fn read_graph<T, F>(&self, read: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&gix::Repository, &Cache) -> Result<T, Error> + Send + 'static,
    {
        let (repo, known) = (self.repo.clone(), self.known.clone());
        match tokio::task::spawn_blocking(move || read(&repo.to_thread_local(), &known)).await {
            Ok(result) => result,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}
