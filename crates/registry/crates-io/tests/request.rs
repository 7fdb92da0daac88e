//! What we tell a registry of a crate is what the real cargo tells it.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::event::Silent;
use releasekit_core::model::{Artifact, ArtifactKind, Digest, PackageName, Target, Version};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::{BackendContext, Environment, Registry};
use releasekit_crates_io::CratesIo;
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_testkit::{Sandbox, get, sha256};
use serde_json::Value;

/// A package file with everything that a registry is told of.
const RICH: &str = r#"
[package]
name = "rich"
version = "1.2.3-rc.1+build.5"
edition = "2021"
rust-version = "1.70"
authors = ["Ann <ann@example.invalid>", "Bob"]
description = """
A crate
with "everything" — in two lines.
"""
homepage = "https://rich.test"
documentation = "https://docs.rich.test"
repository = "https://git.test/rich"
readme = "../ABOUT.md"
license-file = "../COPYING"
keywords = ["rich", "demo"]
categories = ["development-tools"]
links = "richness"
build = "build.rs"

[badges]
maintenance = { status = "experimental" }

[features]
default = ["std"]
std = ["near?/std", "dep:other"]
extra = ["renamed/std"]

[dependencies]
near = { version = "1", optional = true, registry = "house" }
renamed = { package = "far", version = ">=1.0, <2", default-features = false, features = ["std"], optional = true }
other = { version = "=1.0.0", optional = true }
a-local = { path = "../a-local", version = "0.1", registry = "house" }

[dev-dependencies]
far = "~1.0"
only-by-path = { path = "../only-by-path" }

[build-dependencies]
near = { version = "1.*", registry = "house" }

[target.'cfg(windows)'.dependencies]
far = "*"

[target.x86_64-unknown-linux-gnu.build-dependencies]
other = "^1.0"

[target.'cfg(unix)'.dev-dependencies]
near = { version = "1.0.0", registry = "house" }
"#;

/// One that says nothing that it need not.
const PLAIN: &str = "[package]\nname = \"plain\"\nversion = \"0.1.0\"\nlicense = \"MIT\"\ndescription = \"A demo.\"\n";

struct World {
    sandbox: Sandbox,
    server: Server,
}

impl World {
    /// A registry with the crates that others need, and a cargo that takes it for crates.io too.
    fn new() -> Self {
        let server = Server::start(Options::default()).expect("loopback has a free port");
        let sandbox = Sandbox::new().with_cargo().with_env("CARGO_REGISTRIES_HOUSE_TOKEN", "any");
        let index = server.index_url();
        let config = format!(
            "[registries.house]\nindex = \"{index}\"\n[source.crates-io]\nreplace-with = \"mirror\"\n\
             [source.mirror]\nregistry = \"{index}\"\n"
        );
        sandbox.write("../cargo-home/config.toml", config);
        sandbox.write("ABOUT.md", "# About\n\n\"Rich\" – and more.\n").write("COPYING", "Take it.\n");
        let world = Self { sandbox, server };
        for name in ["near", "far", "other", "a-local", "only-by-path"] {
            let version = if name == "a-local" { "0.1.0" } else { "1.0.0" };
            let package =
                format!("name = \"{name}\"\nversion = \"{version}\"\nlicense = \"MIT\"\ndescription = \"A demo.\"");
            world.write(name, &format!("[package]\n{package}\n[features]\nstd = []\n"));
            world.publish(name);
        }
        world
    }

    fn write(&self, name: &str, manifest: &str) {
        self.sandbox.write(format!("{name}/Cargo.toml"), manifest);
        self.sandbox.write(format!("{name}/src/lib.rs"), "").write(format!("{name}/build.rs"), "fn main() {}\n");
    }

    /// Publishes by the real cargo.
    fn publish(&self, name: &str) {
        let manifest = format!("{name}/Cargo.toml");
        let publish = ["publish", "--no-verify", "--allow-dirty", "--registry", "house", "--manifest-path", &manifest];
        self.sandbox.run("cargo", publish).ok();
    }

    /// What cargo tells the registry of a crate, and what we tell one at the same place.
    async fn told(self, name: &str, version: &str) -> [Value; 2] {
        self.publish(name);
        let by_cargo = self.server.description(name, version).expect("cargo published it");
        let url = format!("{}/api/v1/crates/{name}/{version}/download", self.server.url());
        let bytes = get(&url, &[]).expect("it answers").ok().body;
        let index = self.server.index_url();
        let port = self.server.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a URL has a port");
        self.server.stop();
        let server = Server::start(Options::default().with_port(port)).expect("the port is free again");

        let file_name = format!("{name}-{version}.crate");
        let path = self.sandbox.path().join(&file_name);
        fs::write(&path, &bytes).expect("the folder is ours");
        let digests = vec![Digest::sha256(sha256(&bytes))];
        let artifact = Artifact::new(path, file_name, ArtifactKind::Source, bytes.len() as u64, digests);
        let target = Target::new(releasekit_crates_io::ID, &index, &index);
        let environment = Environment::new().with("CARGO_REGISTRY_TOKEN", "any");
        let context = BackendContext::new(environment, "unused".into(), Arc::new(Silent));
        let registry = CratesIo::open(&context, &target).expect("the URL is one");
        let (package, wanted) = (PackageName::new(name), Version::from_canonical(version));
        let request = UploadRequest::new(package, wanted, artifact, target, Duration::from_secs(60));
        let reply = registry.upload(&request).await;
        assert!(matches!(reply, Reply::Accepted), "{reply:?}");
        [by_cargo, server.description(name, version).expect("we published it")]
    }
}

#[tokio::test]
async fn of_a_crate_with_everything_a_registry_is_told_what_cargo_tells() {
    let world = World::new();
    world.write("rich", RICH);
    let [by_cargo, by_us] = world.told("rich", "1.2.3-rc.1+build.5").await;
    assert_eq!(by_us, by_cargo, "\n{by_us:#}\n{by_cargo:#}");
    assert_eq!(by_us["deps"].as_array().map(Vec::len), Some(9), "{by_us:#}");
    assert_eq!(by_us["readme"], "# About\n\n\"Rich\" – and more.\n");
}

#[tokio::test]
async fn of_a_plain_crate_a_registry_is_told_what_cargo_tells() {
    let world = World::new();
    world.write("plain", PLAIN);
    let [by_cargo, by_us] = world.told("plain", "0.1.0").await;
    assert_eq!(by_us, by_cargo, "\n{by_us:#}\n{by_cargo:#}");
}
