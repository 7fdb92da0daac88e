//! The suite of what registries promise, over npm.
#![expect(clippy::panic, reason = "what the world does not say yet fails its cases")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::event::Silent;
use releasekit_core::model::{Artifact, Target};
use releasekit_core::package_manager::UploadRequest;
use releasekit_core::{BackendContext, Environment, Registry};
use releasekit_npm::{ID, Npm};
use releasekit_testkit::suite;
use releasekit_testkit::suite::registry::{CASES, Differences, Surroundings, World};
use tempfile::TempDir;

/// Who publishes, and what the registry's owner sees. Beside a server it is a client of its own, not the backend.
struct Around {
    folder: TempDir,
}

#[async_trait(?Send)]
impl Surroundings for Around {
    fn artifact(&self, _version: &str, _words: &str) -> Artifact {
        panic!("the world does not say yet how a file of a package is made")
    }

    async fn send(&self, _request: &UploadRequest) -> bool {
        panic!("the world does not say yet how a file is published")
    }

    fn stored(&self) -> BTreeMap<String, String> {
        panic!("the world does not say yet what the registry has")
    }

    fn channel(&self, _name: &str) -> Option<String> {
        None
    }

    fn tag(&self, _version: &str) {}

    fn withdraw(&self, _file: &str) -> bool {
        panic!("the world does not say yet whether its registry can withdraw a file")
    }

    fn silent(&self) -> Vec<(&'static str, Arc<dyn Registry>)> {
        vec![("nobody is there", Arc::new(nobody(&self.folder)))]
    }
}

/// A registry at whose place nobody is.
fn nobody(folder: &TempDir) -> Npm {
    let context = BackendContext::new(Environment::new(), folder.path().join("cache"), Arc::new(Silent));
    let target = Target::new(ID, "http://127.0.0.1:1/", "http://127.0.0.1:1/");
    Npm::open(&context, &target).expect("the URL is one")
}

fn world() -> World {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let registry = nobody(&folder);
    let differences = Differences {
        package: "base",
        digests: true,
        sizes: false,
        same_bytes: false,
        api: false,
        spelling: ("base", "1.0.0"),
        no_name: "",
    };
    World::new(Arc::new(registry), Box::new(Around { folder }), differences)
}

fn main() -> ExitCode {
    suite::run(suite::trials("registry", CASES, world))
}
