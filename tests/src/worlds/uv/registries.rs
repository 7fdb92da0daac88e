//! Package indexes that others wrote.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use releasekit_rehearsal::File;
use releasekit_testkit::servers::{Devpi, DevpiIndex, PASSWORD, PypiServer, USERNAME};
use releasekit_testkit::{Sandbox, Tools};

use crate::registry::{Past, Registry};
use crate::world::Foreign;

pub(super) const FOREIGN: &[Foreign] = &[
    Foreign { name: "pypiserver", reads_whole: false, start: |tools| Arc::new(PypiServer::start(tools)) },
    Foreign {
        name: "pypiserver-buffered",
        reads_whole: true,
        start: |tools| Arc::new(PypiServer::start_buffered(tools)),
    },
    Foreign { name: "devpi", reads_whole: true, start: devpi },
];

/// An index of its own at the server that all journeys share.
fn devpi(tools: &Tools) -> Arc<dyn Registry> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    Arc::new(Devpi::shared(tools).index(&format!("journey{number}")))
}

impl Registry for PypiServer {
    fn upload_url(&self) -> String {
        Self::upload_url(self)
    }

    fn read_url(&self) -> String {
        self.simple_url()
    }

    fn stored(&self) -> BTreeMap<File, String> {
        with_packages(Self::stored(self))
    }

    fn fill(&self, past: &Past) {
        for (file, bytes) in past.iter() {
            fs::write(self.storage().join(&file.name), bytes).expect("the storage is writable");
        }
    }

    fn reset(&self, past: &Past) {
        for file in Registry::stored(self).into_keys().filter(|file| !past.contains_key(file)) {
            fs::remove_file(self.storage().join(file.name)).expect("the storage is writable");
        }
    }
}

impl Registry for DevpiIndex {
    fn upload_url(&self) -> String {
        Self::upload_url(self)
    }

    fn read_url(&self) -> String {
        self.simple_url()
    }

    fn stored(&self) -> BTreeMap<File, String> {
        with_packages(Self::stored(self))
    }

    /// With uv, for devpi keeps its files where only it knows.
    fn fill(&self, past: &Past) {
        let tools = Tools::find().expect("the server was started with them");
        let sandbox = Sandbox::new().with_tools(&tools);
        let names = past.keys().map(|file| &file.name);
        for (file, bytes) in past.iter() {
            sandbox.write(&file.name, bytes);
        }
        let mut publish = sandbox.command("uv");
        publish.args(["publish", "--quiet", "--trusted-publishing", "never", "--publish-url"]);
        publish.arg(self.upload_url()).args(["-u", USERNAME, "-p", PASSWORD]).args(names);
        releasekit_testkit::run(&mut publish).ok();
    }
}

/// What is stored by name, with the package that each name begins with.
fn with_packages(stored: BTreeMap<String, String>) -> BTreeMap<File, String> {
    let package = |name: &str| name.split('-').next().unwrap_or_default().to_lowercase().replace(['_', '.'], "-");
    stored.into_iter().map(|(name, digest)| (File::new(package(&name), name), digest)).collect()
}
