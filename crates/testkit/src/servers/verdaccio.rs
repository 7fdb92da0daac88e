//! verdaccio: packuments, publishing, dist-tags, deprecating and unpublishing. It knows no trusted publishers and no attestations.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::process::{Kind, Server};
use super::{BASIC, PASSWORD, USERNAME};
use crate::{JavaScript, Tools, request, sha256};

const KIND: Kind = Kind { main: "program", ready: ("/-/ping", 200) };

/// The user of this module with its password, by a hash that costs an upload no time.
const HTPASSWD: &str = "rk:{SHA}SPfUzuB6Ec2/zvJ2HywP+moxIxk=\n";

/// A closed world that everybody reads and users write. Left to itself it would ask the public registry for what it does not
/// have.
const CONFIGURATION: &str = "\
storage: ./storage
auth: {htpasswd: {file: ./htpasswd, max_users: -1}}
uplinks: {}
packages: {'**': {access: $all, publish: $authenticated, unpublish: $authenticated}}
web: {enable: false}
max_body_size: 200mb
log: {type: stdout, format: pretty, level: warn}
";

/// A running verdaccio with a folder of its own.
#[derive(Debug)]
pub struct Verdaccio {
    server: Server,
    token: String,
    folder: TempDir,
}

impl Verdaccio {
    /// Starts an empty one without uplinks; about two seconds.
    #[track_caller]
    pub fn start(tools: &Tools, js: &JavaScript) -> Self {
        let folder = TempDir::with_prefix("releasekit-verdaccio-").expect("the temporary folder is writable");
        for (name, text) in [("config.yaml", CONFIGURATION), ("htpasswd", HTPASSWD)] {
            fs::write(folder.path().join(name), text).expect("the temporary folder is writable");
        }
        let server = Server::start(tools, &KIND, folder.path(), |port| arguments(js, folder.path(), port));
        let token = token(&server.url);
        Self { server, token, folder }
    }

    /// Where it listens, with a slash at the end, as npm is configured with it.
    pub fn url(&self) -> String {
        format!("{}/", self.server.url)
    }

    /// The token of [`USERNAME`], who may publish.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What it has: the sha256 of each tarball, by the names of packages and versions.
    pub fn stored(&self) -> BTreeMap<(String, String), String> {
        let packuments = self.packuments();
        let versions = packuments.iter().flat_map(|packument| {
            let name = packument["name"].as_str().expect("a packument has a name");
            keys(&packument["versions"]).map(move |version| (name.to_owned(), version.to_owned()))
        });
        versions
            .map(|(name, version)| ((name.clone(), version.clone()), sha256(&self.tarball(&name, &version))))
            .collect()
    }

    /// All that it knows of a package, as it keeps it: versions, dist-tags, and who deprecated what.
    pub fn packument(&self, package: &str) -> Option<Value> {
        read(&self.storage().join(package))
    }

    /// Where the names of a package's versions point to.
    pub fn dist_tags(&self, package: &str) -> BTreeMap<String, String> {
        let packument = self.packument(package).unwrap_or_default();
        let tags = keys(&packument["dist-tags"]).map(|tag| (tag.to_owned(), text(&packument["dist-tags"][tag])));
        tags.collect()
    }

    /// The tarball of a version that is there.
    #[track_caller]
    pub fn tarball(&self, package: &str, version: &str) -> Vec<u8> {
        let base = package.rsplit('/').next().unwrap_or(package);
        let path = self.storage().join(package).join(format!("{base}-{version}.tgz"));
        fs::read(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
    }

    fn packuments(&self) -> Vec<Value> {
        packuments(&self.storage())
    }

    fn storage(&self) -> PathBuf {
        self.folder.path().join("storage")
    }
}

/// The packuments in a folder: in a folder of each package, and scopes are folders around those.
fn packuments(folder: &Path) -> Vec<Value> {
    let Ok(items) = fs::read_dir(folder) else { return Vec::new() };
    let folders = items.map(|item| item.expect("the storage can be read").path()).filter(|path| path.is_dir());
    folders.flat_map(|folder| read(&folder).map_or_else(|| packuments(&folder), |packument| vec![packument])).collect()
}

fn read(folder: &Path) -> Option<Value> {
    let text = fs::read(folder.join("package.json")).ok()?;
    Some(serde_json::from_slice(&text).expect("verdaccio writes JSON"))
}

fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.as_str())
}

fn text(value: &Value) -> String {
    value.as_str().expect("verdaccio says it in words").to_owned()
}

/// Logs in, and gives the token that npm then sends.
#[track_caller]
fn token(url: &str) -> String {
    let login = format!("{url}/-/user/org.couchdb.user:{USERNAME}");
    let body = format!(r#"{{"name": "{USERNAME}", "password": "{PASSWORD}"}}"#);
    let headers = [("Content-Type", "application/json"), ("Authorization", BASIC)];
    let answer = request("PUT", &login, &headers, body.as_bytes()).expect("verdaccio answers").ok();
    let answer: Value = serde_json::from_slice(&answer.body).expect("verdaccio answers in JSON");
    text(&answer["token"])
}

/// The variables that it is started with, and itself.
fn arguments(js: &JavaScript, folder: &Path, port: u16) -> Vec<String> {
    let home = format!("HOME={}", folder.display());
    let words = [js.node(), js.verdaccio()].map(|path| path.display().to_string());
    let listen = ["--config".to_owned(), folder.join("config.yaml").display().to_string()];
    let listen = listen.into_iter().chain(["--listen".to_owned(), format!("127.0.0.1:{port}")]);
    [home].into_iter().chain(words).chain(listen).collect()
}
