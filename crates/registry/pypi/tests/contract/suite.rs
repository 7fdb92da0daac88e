//! Our view of each index, held to what core promises of registries.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use async_trait::async_trait;
use libtest_mimic::Trial;
use releasekit_core::model::{Artifact, ArtifactKind, Digest};
use releasekit_core::package_manager::UploadRequest;
use releasekit_core::{Environment, Registry};
use releasekit_pypi::PyPi;
use releasekit_testkit::suite::registry::{CASES, Differences, Surroundings};
use releasekit_testkit::{Tools, sha256, suite};

use crate::index::Kind;
use crate::world::World;

/// A file that uv has built, and its bytes.
type Wheel = (String, Vec<u8>);

/// Whoever publishes with the real uv.
struct Publisher(World);

/// Builds each wheel once in a process, for every case wants the same few.
fn wheel(world: &World, version: &str, words: &str) -> Wheel {
    static BUILT: Mutex<BTreeMap<(String, String), Wheel>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().expect("no panic while held");
    built.entry((version.to_owned(), words.to_owned())).or_insert_with(|| world.wheel(version, words)).clone()
}

#[async_trait(?Send)]
impl Surroundings for Publisher {
    fn artifact(&self, version: &str, words: &str) -> Artifact {
        let (name, bytes) = wheel(&self.0, version, words);
        let path = self.0.sandbox.path().join(words).join(&name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("the folder is ours");
        fs::write(&path, &bytes).expect("the folder is ours");
        let digests = vec![Digest::sha256(sha256(&bytes))];
        Artifact::new(path, name, ArtifactKind::Binary, bytes.len() as u64, digests)
    }

    async fn send(&self, request: &UploadRequest) -> bool {
        let bytes = fs::read(&request.artifact.path).expect("the publisher wrote it");
        self.0.upload(&(request.artifact.file_name.clone(), bytes)).success()
    }

    fn stored(&self) -> BTreeMap<String, String> {
        self.0.index.stored()
    }

    fn channel(&self, _name: &str) -> Option<String> {
        None
    }

    fn tag(&self, _version: &str) {}

    fn withdraw(&self, file: &str) -> bool {
        self.0.index.withdraw(file)
    }

    fn silent(&self) -> Vec<(&'static str, Arc<dyn Registry>)> {
        let open =
            |url: &str| -> Arc<dyn Registry> { Arc::new(PyPi::new(url, &Environment::new()).expect("the URL is one")) };
        vec![("nobody is there", open("http://127.0.0.1:1/simple/")), ("what is said is no page", open(&babble()))]
    }
}

/// A server whose answers nobody can read, as long as anybody asks.
fn babble() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let url = format!("http://{}/simple/", listener.local_addr().expect("a listener has an address"));
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let head = BufReader::new(&stream).lines().map_while(Result::ok);
            head.take_while(|line| !line.is_empty()).for_each(drop);
            let answer =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1\r\nConnection: close\r\n\r\n{";
            stream.write_all(answer.as_bytes()).expect("the client reads");
        }
    });
    url
}

fn open(tools: &Tools, kind: &'static Kind) -> suite::registry::World {
    let world = World::new(tools, kind);
    let differences = Differences {
        package: "demo-lib",
        digests: kind.digests,
        sizes: kind.sizes,
        same_bytes: kind.same_bytes.is_none(),
        first_is_latest: false,
        api: false,
        spelling: ("Demo_Lib", "1.0"),
        no_name: "-",
    };
    suite::registry::World::new(Arc::new(world.registry.clone()), Box::new(Publisher(world)), differences)
}

/// Every case over a kind of index.
pub(crate) fn trials(tools: Option<&Tools>, kind: &'static Kind) -> Vec<Trial> {
    let (skipped, tools) = (tools.is_none(), tools.cloned());
    let open = move || open(tools.as_ref().expect("it is skipped without them"), kind);
    let trials = suite::trials(&format!("{}::registry", kind.name), CASES, open);
    trials.into_iter().map(|trial| trial.with_ignored_flag(skipped)).collect()
}
