//! The suite of version control systems over git, with a bare repository on disk as the remote.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use releasekit_core::Vcs;
use releasekit_core::ecosystem::{BackendContext, Backends};
use releasekit_core::event::Silent;
use releasekit_core::model::CommitId;
use releasekit_testkit::suite::vcs::{Around, CASES, START, World};
use releasekit_testkit::{Sandbox, Snapshot, suite};

/// A sandbox around its work tree.
#[derive(Debug)]
struct Repository(Sandbox);

impl Repository {
    fn open(&self, folder: &Path) -> Arc<dyn Vcs> {
        let environment = self.0.env().iter().cloned().collect();
        let context = BackendContext::new(environment, self.0.path().join("cache"), Arc::new(Silent));
        let mut backends = Backends::default();
        releasekit_git::register(&mut backends);
        let opened = (backends.vcs[releasekit_git::ID].open)(&context, folder);
        opened.expect("the repository opens").expect("there is a repository")
    }

    fn seen(&self) -> Snapshot {
        Snapshot::of(&self.0.work())
    }
}

impl Around for Repository {
    fn other(&self) -> Arc<dyn Vcs> {
        self.open(&self.0.clone_remote("other", &[]))
    }

    fn cut(&self) -> Option<Arc<dyn Vcs>> {
        Some(self.open(&self.0.clone_remote("cut", &["--depth=1"])))
    }

    fn merge(&self, [ours, theirs]: [&CommitId; 2]) -> CommitId {
        let (ours, theirs) = (ours.as_str(), theirs.as_str());
        let tree = self.0.git(["merge-tree", "--write-tree", ours, theirs]);
        CommitId::new(self.0.git(["commit-tree", "-p", ours, "-p", theirs, "-m", "merge", &tree]))
    }

    fn changed(&self, export: &Path) -> Vec<String> {
        let export = export.to_str().expect("a path of the test is text");
        self.0.git(["-C", export, "diff", "--name-only", "HEAD"]).lines().map(str::to_owned).collect()
    }

    fn visible(&self) -> String {
        format!("{:?}", self.seen().only(|path| !path.starts_with(".git/objects")))
    }

    fn everything(&self) -> String {
        format!("{:?}", self.seen())
    }
}

fn world() -> World {
    let sandbox = Sandbox::new();
    for (file, content) in START {
        sandbox.write(file, content);
    }
    sandbox.commit("start");
    sandbox.push();
    let repository = Repository(sandbox);
    World::new(repository.open(&repository.0.work()), Box::new(repository))
}

fn main() -> ExitCode {
    suite::run(suite::trials("git", CASES, world))
}
