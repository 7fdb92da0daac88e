//! Our backend beside each registry, held to what core promises of registries.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use async_trait::async_trait;
use libtest_mimic::Trial;
use releasekit_core::Registry;
use releasekit_core::model::Artifact;
use releasekit_core::package_manager::UploadRequest;
use releasekit_testkit::suite::registry::{CASES, Differences, Surroundings};
use releasekit_testkit::{Tools, suite};
use serde_json::json;

use crate::place::Kind;
use crate::world::{self, NAME, World};

/// Whoever publishes, as a client of its own.
struct Publisher(World);

#[async_trait(?Send)]
impl Surroundings for Publisher {
    fn artifact(&self, version: &str, words: &str) -> Artifact {
        self.0.artifact(version, words)
    }

    async fn send(&self, request: &UploadRequest) -> bool {
        let description = json!({
            "name": NAME, "vers": request.version.as_str(), "deps": [], "features": {}, "authors": [],
            "description": "A demo.", "documentation": null, "homepage": null, "readme": null, "readme_file": null,
            "keywords": [], "categories": [], "license": "MIT", "license_file": null, "repository": null, "badges": {},
            "links": null, "rust_version": null,
        });
        let file = fs::read(&request.artifact.path).expect("the publisher wrote it");
        let body = [part(description.to_string().as_bytes()), part(&file)].concat();
        let url = format!("{}/api/v1/crates/new", self.0.place.api_url());
        let answer = self.0.request("PUT", &url, &body);
        answer.status == 200 && !answer.text().contains("errors")
    }

    fn stored(&self) -> BTreeMap<String, String> {
        self.0.stored()
    }

    fn channel(&self, _name: &str) -> Option<String> {
        None
    }

    fn tag(&self, _version: &str) {}

    fn withdraw(&self, file: &str) -> bool {
        let version = file.strip_prefix("demo-lib-").and_then(|rest| rest.strip_suffix(".crate")).unwrap_or_default();
        let url = format!("{}/api/v1/crates/{NAME}/{version}/yank", self.0.place.api_url());
        self.0.request("DELETE", &url, b"").status == 200
    }

    fn silent(&self) -> Vec<(&'static str, Arc<dyn Registry>)> {
        let open = |url: &str| -> Arc<dyn Registry> { Arc::new(world::open(url)) };
        vec![("nobody is there", open("sparse+http://127.0.0.1:1/")), ("what is said is no index", open(&babble()))]
    }
}

fn part(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).expect("tests send little").to_le_bytes(), bytes].concat()
}

/// A server whose answers nobody can read, as long as anybody asks.
fn babble() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let url = format!("sparse+http://{}/", listener.local_addr().expect("a listener has an address"));
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let head = BufReader::new(&stream).lines().map_while(Result::ok);
            head.take_while(|line| !line.is_empty()).for_each(drop);
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n{";
            stream.write_all(answer.as_bytes()).expect("the client reads");
        }
    });
    url
}

fn open(tools: &Tools, kind: &'static Kind) -> suite::registry::World {
    let world = World::new(tools, kind);
    let differences = Differences {
        package: NAME,
        digests: true,
        sizes: false,
        same_bytes: false,
        first_is_latest: false,
        api: true,
        spelling: ("Demo_Lib", "1.0.0"),
        no_name: "-",
    };
    suite::registry::World::new(Arc::new(world.registry.clone()), Box::new(Publisher(world)), differences)
}

/// Every case over a kind of registry.
pub(crate) fn trials(tools: Option<&Tools>, kind: &'static Kind) -> Vec<Trial> {
    let (skipped, tools) = (tools.is_none(), tools.cloned());
    let open = move || open(tools.as_ref().expect("it is skipped without them"), kind);
    let trials = suite::trials(&format!("{}::registry", kind.name), CASES, open);
    trials.into_iter().map(|trial| trial.with_ignored_flag(skipped)).collect()
}
