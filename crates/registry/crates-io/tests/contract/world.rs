//! One registry with the tools that talk to it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use releasekit_core::event::Silent;
use releasekit_core::model::{Artifact, ArtifactKind, Digest, PackageName, Target, Version};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::{Observed, Wanted};
use releasekit_core::{BackendContext, Environment, Registry};
use releasekit_crates_io::CratesIo;
use releasekit_testkit::{Ran, Response, Sandbox, Tools, request, sha256};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use crate::place::{Kind, Place, TOKEN};

/// The crate that is published.
pub(crate) const NAME: &str = "demo-lib";

/// An empty registry, a sandbox with cargo, and our own backend.
pub(crate) struct World {
    pub(crate) place: Box<dyn Place>,
    pub(crate) sandbox: Sandbox,
    pub(crate) registry: CratesIo,
    runtime: Runtime,
}

impl World {
    pub(crate) fn new(tools: &Tools, kind: &'static Kind) -> Self {
        let place = (kind.start)(tools);
        let sandbox = Sandbox::new().with_cargo().with_env("CARGO_REGISTRIES_HOUSE_TOKEN", TOKEN);
        let config = format!(
            "[registries.house]\nindex = \"{}\"\n[registry]\nglobal-credential-providers = [\"cargo:token\"]\n",
            place.index_url()
        );
        sandbox.write("../cargo-home/config.toml", config);
        let registry = open(&place.index_url());
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        Self { place, sandbox, registry, runtime }
    }

    /// Packs a version by the real cargo; its code says `text`.
    pub(crate) fn package(&self, version: &str, text: &str) -> Vec<u8> {
        static PACKED: Mutex<BTreeMap<(String, String), Vec<u8>>> = Mutex::new(BTreeMap::new());
        let mut packed = PACKED.lock().expect("no panic while held");
        packed.entry((version.to_owned(), text.to_owned())).or_insert_with(|| self.pack(version, text)).clone()
    }

    fn pack(&self, version: &str, text: &str) -> Vec<u8> {
        self.write(version, text);
        let manifest = ["--manifest-path", "demo-lib/Cargo.toml"];
        let package = ["package", "--quiet", "--offline", "--no-verify", "--allow-dirty"];
        self.cargo(&[package.as_slice(), &manifest].concat()).ok();
        let file = self.sandbox.work().join(format!("demo-lib/target/package/{NAME}-{version}.crate"));
        fs::read(file).expect("cargo packed it")
    }

    fn write(&self, version: &str, text: &str) {
        let manifest = format!(
            "[package]\nname = \"{NAME}\"\nversion = \"{version}\"\nedition = \"2021\"\nlicense = \"MIT\"\ndescription = \"A demo.\"\n"
        );
        self.sandbox.write("demo-lib/Cargo.toml", manifest);
        self.sandbox.write("demo-lib/src/lib.rs", format!("pub const TEXT: &str = {text:?};\n"));
    }

    /// The packed version as a file, in a folder that is called like its text.
    pub(crate) fn artifact(&self, version: &str, text: &str) -> Artifact {
        let bytes = self.package(version, text);
        let name = format!("{NAME}-{version}.crate");
        let path: PathBuf = self.sandbox.path().join(text).join(&name);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder is ours");
        fs::write(&path, &bytes).expect("the folder is ours");
        let digests = vec![Digest::sha256(sha256(&bytes))];
        Artifact::new(path, name, ArtifactKind::Source, bytes.len() as u64, digests)
    }

    pub(crate) fn cargo(&self, args: &[&str]) -> Ran {
        self.sandbox.run("cargo", args)
    }

    /// Publishes by the real cargo.
    pub(crate) fn publish(&self, version: &str, text: &str) -> Ran {
        self.write(version, text);
        let publish = ["publish", "--quiet", "--no-verify", "--allow-dirty", "--registry", "house"];
        self.cargo(&[publish.as_slice(), &["--manifest-path", "demo-lib/Cargo.toml"]].concat())
    }

    /// Publishes by our backend.
    pub(crate) fn upload(&self, version: &str, text: &str) -> Reply {
        let (name, version_) = (PackageName::new(NAME), Version::from_canonical(version));
        let (artifact, target) = (self.artifact(version, text), self.registry.target().clone());
        let request = UploadRequest::new(name, version_, artifact, target, Duration::from_secs(60));
        self.runtime.block_on(self.registry.upload(&request))
    }

    /// What our backend sees of a version.
    pub(crate) fn observe(&self, version: &str) -> Observed {
        let wanted = Wanted::new(PackageName::new(NAME), Version::from_canonical(version));
        self.runtime.block_on(self.registry.observe(&[wanted])).remove(0)
    }

    /// Has a project of its own use a version, and says what it prints.
    pub(crate) fn install(&self, version: &str) -> Ran {
        self.sandbox.write("app/Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2021\"\n");
        self.sandbox.write("app/src/main.rs", "fn main() { print!(\"{}\", demo_lib::TEXT); }\n");
        let (wanted, app) = (format!("{NAME}@={version}"), ["--manifest-path", "app/Cargo.toml"]);
        let added = self.cargo(&[&["add", "--quiet", &wanted, "--registry", "house"], app.as_slice()].concat());
        if added.success() { self.cargo(&[&["run", "--quiet"], app.as_slice()].concat()) } else { added }
    }

    /// The sha256 of each file that it serves, by its name.
    pub(crate) fn stored(&self) -> BTreeMap<String, String> {
        let index = self.place.index_url().replace("sparse+", "");
        let file = self.get(&format!("{index}de/mo/{NAME}"));
        let lines = if file.status == 404 { String::new() } else { file.ok().text() };
        let versions = lines.lines().filter_map(|line| {
            let line: Value = serde_json::from_str(line).expect("each line is JSON");
            Some(line["vers"].as_str()?.to_owned())
        });
        let url = |version: &str| format!("{}/api/v1/crates/{NAME}/{version}/download", self.place.api_url());
        let digest = |version: String| (format!("{NAME}-{version}.crate"), sha256(&self.get(&url(&version)).ok().body));
        versions.map(digest).collect()
    }

    fn get(&self, url: &str) -> Response {
        self.request("GET", url, b"")
    }

    pub(crate) fn request(&self, method: &str, url: &str, body: &[u8]) -> Response {
        request(method, url, &[("Authorization", TOKEN)], body).expect("it answers")
    }
}

/// Opens a registry, with the token.
pub(crate) fn open(index: &str) -> CratesIo {
    let environment = Environment::new().with("CARGO_REGISTRY_TOKEN", TOKEN);
    let context = BackendContext::new(environment, "unused".into(), Arc::new(Silent));
    CratesIo::open(&context, &Target::new(releasekit_crates_io::ID, index, index)).expect("the URL is one")
}
