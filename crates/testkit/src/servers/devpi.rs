//! devpi-server: JSON and HTML, digests, many indexes, and idempotent uploads of equal bytes.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use super::process::{Kind, Server};
use super::{BASIC, PASSWORD, USERNAME};
use crate::{Tools, get, request, run};

const KIND: Kind = Kind { main: "devpi_server.main:main", ready: ("/+api", 200) };

/// Passwords are hashed for a test only; with the default costs a start takes ten seconds.
const CHEAP: &str = "--argon2-memory-cost 8 --argon2-parallelism 1 --argon2-time-cost 1";

/// A running devpi-server, which holds any number of indexes.
#[derive(Debug)]
pub struct Devpi {
    server: Server,
    _folder: TempDir,
}

/// One index of a devpi-server: a stage without bases that takes each file name once.
#[derive(Debug, Clone)]
pub struct DevpiIndex {
    url: String,
}

impl Devpi {
    /// The one server that the tests of a process share; each makes an index of its own with [`Devpi::index`].
    #[track_caller]
    pub fn shared(tools: &Tools) -> &'static Self {
        static SHARED: OnceLock<Devpi> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(tools))
    }

    /// Starts an empty one that only its caller sees; about two seconds.
    #[track_caller]
    pub fn start(tools: &Tools) -> Self {
        let folder = TempDir::with_prefix("releasekit-devpi-").expect("the temporary folder is writable");
        let data = folder.path().join("server");
        let mut init = std::process::Command::new(tools.python());
        init.args(["-W", "ignore", "-c", "from devpi_server.init import init; init()", "--no-root-pypi"]);
        run(init.arg("--root-passwd").arg(PASSWORD).arg("--serverdir").arg(&data)).ok();
        let server = Server::start(tools, &KIND, folder.path(), |port| {
            let line = format!("devpi-server --host 127.0.0.1 --port {port} --offline-mode {CHEAP} --serverdir");
            line.split(' ').map(str::to_owned).chain([data.display().to_string()]).collect()
        });
        let user = format!("{}/{USERNAME}", server.url);
        put(&user, &[], &format!(r#"{{"password": "{PASSWORD}", "email": "rk@example.invalid"}}"#));
        Self { server, _folder: folder }
    }

    /// Makes a new empty index; the name must not have been used before on this server.
    #[track_caller]
    pub fn index(&self, name: &str) -> DevpiIndex {
        let url = format!("{}/{USERNAME}/{name}", self.server.url);
        put(&url, &[("Authorization", BASIC)], r#"{"type": "stage", "bases": [], "volatile": false}"#);
        DevpiIndex { url }
    }
}

impl DevpiIndex {
    /// Where uploads go.
    pub fn upload_url(&self) -> String {
        format!("{}/", self.url)
    }

    /// The simple index.
    pub fn simple_url(&self) -> String {
        format!("{}/+simple/", self.url)
    }

    /// What is stored: the sha256 of each file, by its name, as the index lists it.
    #[track_caller]
    pub fn stored(&self) -> BTreeMap<String, String> {
        let list = simple(&self.simple_url());
        let projects = items(&list, "projects").filter_map(|project| project["name"].as_str());
        projects.flat_map(|name| files(&simple(&format!("{}{name}/", self.simple_url())))).collect()
    }
}

fn files(page: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    items(page, "files").map(|file| (text(&file["filename"]), text(&file["hashes"]["sha256"]))).collect()
}

fn items<'a>(page: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    page[key].as_array().into_iter().flatten()
}

#[track_caller]
fn simple(url: &str) -> Value {
    let answer = get(url, &[("Accept", "application/vnd.pypi.simple.v1+json")]).expect("devpi answers").ok();
    serde_json::from_slice(&answer.body).expect("devpi answers in JSON")
}

#[track_caller]
fn put(url: &str, headers: &[(&str, &str)], body: &str) {
    let headers = [headers, &[("Content-Type", "application/json")]].concat();
    request("PUT", url, &headers, body.as_bytes()).expect("devpi answers").ok();
}
