//! Registries for cargo that others wrote.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::event::Silent;
use releasekit_core::model::{Artifact, ArtifactKind, PackageName, Target, Version};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::{BackendContext, Environment, Registry as _};
use releasekit_crates_io::CratesIo;
use releasekit_rehearsal::File;
use releasekit_testkit::servers::Ferro;
use tempfile::TempDir;

use crate::registry::{Past, Registry};
use crate::world::Foreign;

pub(super) const FOREIGN: &[Foreign] = &[Foreign {
    name: "ferro",
    reads_whole: true,
    start: |tools| {
        let program = tools.cargo_registry().expect("`cargo xtask setup --ci` installs it");
        Arc::new(Ferro::start(tools, &program))
    },
}];

impl Registry for Ferro {
    fn upload_url(&self) -> String {
        format!("{}/api/v1/crates/new", self.url())
    }

    fn read_url(&self) -> String {
        format!("{}/", self.url())
    }

    fn stored(&self) -> BTreeMap<File, String> {
        let stored = Self::stored(self).into_iter();
        stored.map(|((name, version), digest)| (file(&name, &version), digest)).collect()
    }

    fn fill(&self, past: &Past) {
        // Those that others need come first in no order of names, and an index does not mind.
        for (file, bytes) in past.iter() {
            publish(&self.index_url(), file, bytes);
        }
    }

    fn reset(&self, past: &Past) {
        self.retain(|name, version| past.contains_key(&file(name, version)));
    }
}

fn file(name: &str, version: &str) -> File {
    File::new(name, format!("{name}-{version}.crate"))
}

/// Publishes a file to a registry that asks nobody who they are.
#[track_caller]
fn publish(index: &str, file: &File, bytes: &[u8]) {
    let folder = TempDir::with_prefix("releasekit-past-").expect("the temporary folder is writable");
    let path = folder.path().join(&file.name);
    std::fs::write(&path, bytes).expect("the temporary folder is writable");
    let stem = file.name.trim_end_matches(".crate");
    let version = stem.strip_prefix(&format!("{}-", file.package)).expect("a file is called like its package");
    let artifact = Artifact::new(path, file.name.clone(), ArtifactKind::Source, bytes.len() as u64, Vec::new());
    let environment = Environment::new().with("CARGO_REGISTRY_TOKEN", super::TOKEN);
    let context = BackendContext::new(environment, folder.path().to_owned(), Arc::new(Silent));
    let target = Target::new(releasekit_crates_io::ID, index, index);
    let registry = CratesIo::open(&context, &target).expect("the URL is one");
    let (name, version) = (PackageName::new(&*file.package), Version::from_canonical(version));
    let request = UploadRequest::new(name, version, artifact, target, Duration::from_secs(60));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let reply = runtime.block_on(registry.upload(&request));
    assert!(matches!(reply, Reply::Accepted), "{file:?}: {reply:?}");
}
