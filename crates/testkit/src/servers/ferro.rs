//! ferro-cargo-registry-server: the sparse index, publishing, downloads and yanking. It asks for no token and knows no owners, and of the
//! API it has no more.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tempfile::TempDir;

use super::process::{Kind, Server};
use crate::Tools;

const KIND: Kind = Kind { main: "program", ready: ("/healthz", 200) };

/// A running ferro-cargo-registry-server with a folder of its own.
#[derive(Debug)]
pub struct Ferro {
    server: Mutex<Server>,
    url: String,
    tools: Tools,
    program: PathBuf,
    folder: TempDir,
}

impl Ferro {
    /// Starts an empty one; `program` is where it lies.
    #[track_caller]
    pub fn start(tools: &Tools, program: &Path) -> Self {
        let folder = TempDir::with_prefix("releasekit-ferro-").expect("the temporary folder is writable");
        let server = Server::start(tools, &KIND, folder.path(), |port| arguments(program, folder.path(), port));
        let (url, tools) = (server.url.clone(), tools.clone());
        Self { server: Mutex::new(server), url, tools, program: program.to_owned(), folder }
    }

    /// Where it listens, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The index, as `[registries.NAME]` of cargo's configuration names it.
    pub fn index_url(&self) -> String {
        format!("sparse+{}/", self.url)
    }

    /// What it has: the sha256 of each version, by the names of crates and versions.
    pub fn stored(&self) -> BTreeMap<(String, String), String> {
        let entry = |entry: &Value| {
            let text = |key: &str| entry[key].as_str().expect("an entry says it").to_owned();
            ((text("name"), text("vers")), text("cksum"))
        };
        let state = self.state();
        entries(&state).map(entry).collect()
    }

    /// Takes versions away that somebody does not want to keep, behind its back: it is started anew where it was.
    pub fn retain(&self, keep: impl Fn(&str, &str) -> bool) {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state();
        for record in state["crates"].as_object_mut().into_iter().flat_map(|crates| crates.values_mut()) {
            let entries = record["entries"].as_array_mut().expect("a record has entries");
            entries.retain(|entry| {
                keep(entry["name"].as_str().unwrap_or_default(), entry["vers"].as_str().unwrap_or_default())
            });
        }
        let text = serde_json::to_vec(&state).expect("a value is JSON");
        fs::write(self.state_file(), text).expect("the server's folder is writable");
        let arguments = |port| arguments(&self.program, self.folder.path(), port);
        server.again(&self.tools, &KIND, self.folder.path(), arguments);
    }

    /// What it keeps of the index; nothing before the first upload.
    fn state(&self) -> Value {
        let text = fs::read(self.state_file()).unwrap_or_else(|_| b"{\"crates\":{}}".to_vec());
        serde_json::from_slice(&text).expect("the server writes JSON")
    }

    fn state_file(&self) -> PathBuf {
        data(self.folder.path()).join("index-state.json")
    }
}

fn entries(state: &Value) -> impl Iterator<Item = &Value> {
    let records = state["crates"].as_object().into_iter().flat_map(|crates| crates.values());
    records.filter_map(|record| record["entries"].as_array()).flatten()
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// The variables that it is started with, and itself.
fn arguments(program: &Path, folder: &Path, port: u16) -> Vec<String> {
    // Left to itself it listens on every address that the machine has.
    let listen = format!("FERRO_CARGO_REGISTRY_LISTEN=127.0.0.1:{port}");
    let api = format!("FERRO_CARGO_REGISTRY_API=http://127.0.0.1:{port}");
    let data = format!("FERRO_CARGO_REGISTRY_DATA={}", data(folder).display());
    vec![listen, api, data, program.display().to_string()]
}
