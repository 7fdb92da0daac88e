//! Registries of npm that others wrote.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use releasekit_formats::npm::name::file_name;
use releasekit_rehearsal::File;
use releasekit_testkit::servers::Verdaccio;
use tempfile::TempDir;

use crate::registry::{Past, Registry};
use crate::world::Foreign;

pub(super) const FOREIGN: &[Foreign] = &[Foreign {
    name: "verdaccio",
    reads_whole: true,
    start: |tools| Arc::new(Verdaccio::start(tools, &super::tools())),
}];

impl Registry for Verdaccio {
    fn upload_url(&self) -> String {
        self.url()
    }

    fn read_url(&self) -> String {
        self.url()
    }

    fn stored(&self) -> BTreeMap<File, String> {
        let stored = Self::stored(self).into_iter();
        let file = |name: &str, version: &str| File::new(name, file_name(name, version));
        stored.map(|((name, version), digest)| (file(&name, &version), digest)).collect()
    }

    fn channels(&self) -> BTreeMap<(String, String), String> {
        let names = Self::stored(self).into_keys().map(|(name, _)| name);
        let tags = names.flat_map(|name| {
            self.dist_tags(&name).into_iter().map(move |(tag, version)| ((name.clone(), tag), version))
        });
        tags.collect()
    }

    fn fill(&self, past: &Past) {
        let folder = TempDir::with_prefix("releasekit-past-").expect("the temporary folder is writable");
        let paths = past.iter().map(|(file, bytes)| {
            let path = folder.path().join(&file.name);
            fs::write(&path, bytes).expect("the temporary folder is writable");
            path
        });
        self.publish(&paths.collect::<Vec<_>>());
        self.save();
    }

    fn reset(&self, _past: &Past) {
        self.restore();
    }
}
