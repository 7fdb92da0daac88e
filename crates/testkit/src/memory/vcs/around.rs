//! A world of the suite in memory.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use releasekit_core::Vcs;
use releasekit_core::model::{BranchName, CommitId, RepoPath};
use releasekit_core::vcs::{RefName, VcsCapabilities};

use super::repository::{MemoryVcs, locked};
use crate::suite::vcs::{Around, START, World};

/// Where work trees would lie.
const FOLDER: &str = "/memory";

/// A fresh world whose clones have these capabilities.
pub fn world(capabilities: VcsCapabilities) -> World {
    let files = START.iter().map(|(path, text)| (RepoPath::new(path).expect("a legal path"), *text));
    let vcs = MemoryVcs::new(&Path::new(FOLDER).join("work"), files).able(|can| *can = capabilities);
    World::new(Arc::new(vcs.clone()), Box::new(vcs))
}

impl Around for MemoryVcs {
    fn other(&self) -> Arc<dyn Vcs> {
        Arc::new(self.clone_at(&Path::new(FOLDER).join("other")))
    }

    fn cut(&self) -> Option<Arc<dyn Vcs>> {
        let clone = self.clone_at(&Path::new(FOLDER).join("cut"));
        let main = clone.state().refs.get(&RefName::Branch(BranchName::new("main"))).cloned();
        Some(Arc::new(clone.cut_at(&CommitId::new(main?.as_str()))))
    }

    fn merge(&self, parents: [&CommitId; 2]) -> CommitId {
        self.merge_of(parents).expect("they do not conflict")
    }

    fn changed(&self, export: &Path) -> Vec<String> {
        let exports = locked(&self.exports);
        let differs =
            |file: &RepoPath, content: &[u8]| fs::read(file.on_disk(export)).is_ok_and(|found| found != content);
        let files = exports.get(export).into_iter().flatten();
        files.filter(|(file, content)| differs(file, content)).map(|(file, _)| file.to_string()).collect()
    }

    fn visible(&self) -> String {
        self.seen()
    }

    fn everything(&self) -> String {
        self.held()
    }
}
