//! Our backend beside each registry, held to what core promises of registries.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::Trial;
use releasekit_core::Registry;
use releasekit_core::model::Artifact;
use releasekit_core::package_manager::UploadRequest;
use releasekit_formats::npm::integrity;
use releasekit_formats::npm::name::{escaped, file_name};
use releasekit_testkit::servers::TOKEN;
use releasekit_testkit::suite::registry::{CASES, Differences, Surroundings};
use releasekit_testkit::{JavaScript, Response, Tools, request, sha512, suite};
use serde_json::{Value, json};

use crate::place::Kind;
use crate::world::{self, World};

/// Whoever publishes, as a client of its own: what it sends is what `npm publish` sends.
struct Publisher(World);

impl Publisher {
    fn request(&self, method: &str, body: &Value) -> Response {
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let url = format!("{}{}", self.0.place.url(), escaped(self.0.name));
        request(method, &url, &headers, body.to_string().as_bytes()).expect("it answers")
    }
}

#[async_trait(?Send)]
impl Surroundings for Publisher {
    fn artifact(&self, version: &str, words: &str) -> Artifact {
        self.0.artifact(version, words)
    }

    async fn send(&self, request: &UploadRequest) -> bool {
        let file = fs::read(&request.artifact.path).expect("the publisher wrote it");
        let version = request.version.as_str();
        let package = self.0.name;
        let name = format!("{package}-{version}.tgz");
        let document = json!({
            "_id": package,
            "name": package,
            "dist-tags": { request.channel.as_deref().expect("there are channels"): version },
            "versions": { version: {
                "name": package,
                "version": version,
                "dist": {
                    "integrity": integrity::written("sha512", &sha512(&file)),
                    "tarball": format!("{}{package}/-/{name}", self.0.place.url()),
                },
            } },
            "access": "public",
            "_attachments": { name: {
                "content_type": "application/octet-stream", "data": STANDARD.encode(&file), "length": file.len(),
            } },
        });
        (200..300).contains(&self.request("PUT", &document).status)
    }

    fn stored(&self) -> BTreeMap<String, String> {
        self.0.stored()
    }

    fn channel(&self, name: &str) -> Option<String> {
        self.0.place.points(self.0.name).remove(name)
    }

    fn tag(&self, _version: &str) {}

    /// Deprecates the version, as its owner does.
    fn withdraw(&self, file: &str) -> bool {
        let start = file_name(self.0.name, "").replace(".tgz", "");
        let version = file.strip_prefix(&start).and_then(|rest| rest.strip_suffix(".tgz")).unwrap_or_default();
        let mut document: Value = serde_json::from_slice(&self.request("GET", &Value::Null).ok().body).expect("JSON");
        document["versions"][version]["deprecated"] = json!("old");
        (200..300).contains(&self.request("PUT", &document).status)
    }

    fn silent(&self) -> Vec<(&'static str, Arc<dyn Registry>)> {
        let open = |url: &str| -> Arc<dyn Registry> { Arc::new(world::open(url, &self.0.sandbox, "token")) };
        vec![("nobody is there", open("http://127.0.0.1:1/")), ("what is said is no document", open(&babble()))]
    }
}

/// A server whose answers nobody can read, as long as anybody asks.
fn babble() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let url = format!("http://{}/", listener.local_addr().expect("a listener has an address"));
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

fn open(tools: &(Tools, JavaScript), kind: &'static Kind) -> suite::registry::World {
    let world = World::new(tools, kind);
    let differences = Differences {
        package: world.name,
        digests: true,
        sizes: false,
        same_bytes: false,
        api: false,
        first_is_latest: true,
        spelling: (world.name, "1.0.0"),
        no_name: "@scope",
    };
    suite::registry::World::new(Arc::new(world.registry.clone()), Box::new(Publisher(world)), differences)
}

/// Every case over a kind of registry.
pub(crate) fn trials(tools: Option<&(Tools, JavaScript)>, kind: &'static Kind) -> Vec<Trial> {
    let (skipped, tools) = (tools.is_none(), tools.cloned());
    let open = move || open(tools.as_ref().expect("it is skipped without them"), kind);
    let trials = suite::trials(&format!("{}::registry", kind.name), CASES, open);
    trials.into_iter().map(|trial| trial.with_ignored_flag(skipped)).collect()
}
