//! One registry with the tools that talk to it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use releasekit_core::event::Silent;
use releasekit_core::model::{Artifact, ArtifactKind, Digest, PackageName, Target, Version};
use releasekit_core::registry::{Observed, Wanted};
use releasekit_core::{BackendContext, Environment, Registry};
use releasekit_formats::npm::name::file_name;
use releasekit_npm::Npm;
use releasekit_testkit::servers::TOKEN;
use releasekit_testkit::{JavaScript, Pnpm, Ran, Sandbox, Tools, sha256, tar_gz};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use crate::place::{Kind, Place};

/// A registry, a package of this world alone, a sandbox with npm, and our own backend.
pub(crate) struct World {
    /// The package that is published.
    pub(crate) name: &'static str,
    pub(crate) place: Box<dyn Place>,
    pub(crate) sandbox: Sandbox,
    pub(crate) registry: Npm,
    runtime: Runtime,
}

impl World {
    pub(crate) fn new(tools: &(Tools, JavaScript), kind: &'static Kind) -> Self {
        let place = (kind.start)(tools);
        let sandbox = Sandbox::new().with_javascript(&tools.1, Pnpm::V12);
        let registry = open(&place.url(), &sandbox, TOKEN);
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        Self { name: new_name(), place, sandbox, registry, runtime }
    }

    /// A file of a version, in a folder that is called like the text that its code says.
    pub(crate) fn artifact(&self, version: &str, text: &str) -> Artifact {
        let bytes = package(self.name, version, text);
        let name = file_name(self.name, version);
        let path: PathBuf = self.sandbox.path().join(text).join(&name);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder is ours");
        fs::write(&path, &bytes).expect("the folder is ours");
        let digests = vec![Digest::sha256(sha256(&bytes))];
        Artifact::new(path, name, ArtifactKind::Source, bytes.len() as u64, digests)
    }

    pub(crate) fn npm(&self, args: &[&str]) -> Ran {
        self.sandbox.run("npm", [args, &["--fetch-retries=0", "--no-audit", "--no-fund"]].concat())
    }

    /// Publishes by the real npm.
    pub(crate) fn publish(&self, version: &str, text: &str, tag: &str) -> Ran {
        let file = self.artifact(version, text).path;
        let file = file.to_str().expect("the sandbox's path is text");
        self.npm(&["publish", file, "--access", "public", "--tag", tag, "--ignore-scripts"])
    }

    /// What our backend sees of a version.
    pub(crate) fn observe(&self, version: &str) -> Observed {
        let wanted = Wanted::new(PackageName::new(self.name), Version::from_canonical(version));
        self.wait(self.registry.observe(&[wanted])).remove(0)
    }

    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Has a project of its own use a version, and says what it prints.
    pub(crate) fn install(&self, wanted: &str) -> String {
        self.sandbox.write("app/package.json", "{}");
        self.npm(&["install", "--prefix", "app", wanted]).ok();
        self.sandbox.write("app/index.js", format!("process.stdout.write(require('{}'));\n", self.name));
        self.sandbox.run("node", ["app/index.js"]).ok()
    }

    /// The sha256 of each file that it has, by its name.
    pub(crate) fn stored(&self) -> BTreeMap<String, String> {
        let stored = self.place.stored(self.name).into_iter();
        stored.map(|(version, sha256)| (file_name(self.name, &version), sha256)).collect()
    }
}

/// A name that no other world has, nor any without its last letter.
fn new_name() -> &'static str {
    static COUNTER: AtomicUsize = AtomicUsize::new(0);
    Box::leak(format!("@scope/demo-{}x", COUNTER.fetch_add(1, Ordering::Relaxed)).into_boxed_str())
}

/// The file of a version, the same for the same text.
fn package(name: &str, version: &str, text: &str) -> Vec<u8> {
    let manifest = json!({ "name": name, "version": version, "main": "index.js" }).to_string();
    let code = format!("module.exports = {text:?};\n");
    tar_gz("package", &[("package.json", &manifest), ("index.js", &code)])
}

/// Opens a registry, with a token that the user's own settings have for it.
pub(crate) fn open(url: &str, sandbox: &Sandbox, token: &str) -> Npm {
    let place = url.trim_start_matches("http:");
    sandbox.write("../home/.npmrc", format!("registry={url}\n{place}:_authToken={token}\n"));
    let environment = Environment::new().with("HOME", sandbox.path().join("home"));
    let context = BackendContext::new(environment, "unused".into(), Arc::new(Silent));
    Npm::open(&context, &Target::new(releasekit_npm::ID, url, url)).expect("the URL is one")
}
