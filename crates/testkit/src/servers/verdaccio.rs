//! verdaccio: packuments, publishing, dist-tags, deprecating and unpublishing. It knows no trusted publishers and no attestations.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::process::{Kind, Server};
use crate::{JavaScript, Sandbox, Tools, run, sha256};

const KIND: Kind = Kind { main: "program", ready: ("/-/ping", 200) };

/// The user of the servers with its password, by a hash that costs an upload no time.
const HTPASSWD: &str = "rk:{SHA}SPfUzuB6Ec2/zvJ2HywP+moxIxk=\n";

/// What npm does to publish, for many tarballs at once.
const PUBLISH: &str = include_str!("publish.js");

/// What tokens are made with. It is the same everywhere, so a token of one is good for all.
const DATABASE: &str = r#"{"list": [], "secret": "releasekit-verdaccio-of-a-test-1"}"#;

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

/// A token of the user of the servers, as a login gave it.
pub const TOKEN: &str = "MWExY2ZiNmJlNzBjNTkxNTA3ODRmY2Q0ZmU0NWRmM2Q6ZTdjZjg3MjhlZDRjZjVjZTVlZjExN2NhNjgwZA==";

/// A running verdaccio with a folder of its own.
#[derive(Debug)]
pub struct Verdaccio {
    server: Server,
    js: JavaScript,
    folder: TempDir,
}

impl Verdaccio {
    /// Starts an empty one without uplinks; about two seconds.
    #[track_caller]
    pub fn start(tools: &Tools, js: &JavaScript) -> Self {
        let folder = TempDir::with_prefix("releasekit-verdaccio-").expect("the temporary folder is writable");
        let files = [("config.yaml", CONFIGURATION), ("htpasswd", HTPASSWD), ("storage/.verdaccio-db.json", DATABASE)];
        fs::create_dir(folder.path().join("storage")).expect("the temporary folder is writable");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("the temporary folder is writable");
        }
        let server = Server::start(tools, &KIND, folder.path(), |port| arguments(js, folder.path(), port));
        Self { server, js: js.clone(), folder }
    }

    /// Where it listens, with a slash at the end, as npm is configured with it.
    pub fn url(&self) -> String {
        format!("{}/", self.server.url)
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

    /// Publishes tarballs as npm does, each as the latest version of its package.
    #[track_caller]
    pub fn publish(&self, tarballs: &[PathBuf]) {
        let sandbox = Sandbox::new();
        sandbox.write("publish.js", PUBLISH);
        let modules = self.js.modules().join("npm/node_modules");
        let mut node = sandbox.command(self.js.node());
        node.env("NODE_PATH", modules).arg("publish.js").arg(self.url()).arg(TOKEN).args(tarballs);
        run(&mut node).ok();
    }

    /// Remembers all that it has.
    pub fn save(&self) {
        copy(&self.storage(), &self.saved());
    }

    /// Goes back, behind its own back, to what [`Verdaccio::save`] has remembered.
    pub fn restore(&self) {
        fs::remove_dir_all(self.storage()).expect("the server's folder is writable");
        copy(&self.saved(), &self.storage());
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

    fn saved(&self) -> PathBuf {
        self.folder.path().join("saved")
    }

    fn storage(&self) -> PathBuf {
        self.folder.path().join("storage")
    }
}

/// Copies a folder over what is there.
fn copy(from: &Path, to: &Path) {
    run(Command::new("cp").arg("-rT").args([from, to])).ok();
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

/// The variables that it is started with, and itself.
fn arguments(js: &JavaScript, folder: &Path, port: u16) -> Vec<String> {
    let home = format!("HOME={}", folder.display());
    let words = [js.node(), js.modules().join("verdaccio/bin/verdaccio")].map(|path| path.display().to_string());
    let listen = ["--config".to_owned(), folder.join("config.yaml").display().to_string()];
    let listen = listen.into_iter().chain(["--listen".to_owned(), format!("127.0.0.1:{port}")]);
    [home].into_iter().chain(words).chain(listen).collect()
}
