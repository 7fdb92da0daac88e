//! A forge in this process as the remote of a journey: what is pushed lies in its git, and releasekit has a token for it.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use releasekit_core::forge::MergeMethod;
use releasekit_rehearsal::github::{Grant, Options, Repository, Server};
use releasekit_testkit::Sandbox;
use serde_json::{Value, json};

/// Who releases.
const OWNER: &str = "ada";

/// The file with the receipts.
const RECEIPTS: &str = "releasekit-receipts.json";

/// A forge with one repository and a token of its owner.
#[derive(Debug)]
pub struct Hub {
    server: Server,
    repository: Repository,
    token: String,
}

impl Hub {
    /// A forge whose repository is still empty. Its lists have few entries a page.
    #[track_caller]
    pub fn start() -> Self {
        let server = Server::start(Options::default().with_page(3)).expect("loopback has a free port");
        let repository = server.create(&format!("{OWNER}/tools")).expect("git makes a repository");
        let token = server.grant(Grant::maintainer(OWNER));
        Self { server, repository, token }
    }

    /// The forge.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The repository, and what its people do there.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The token that releasekit has.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Takes the place of a sandbox's remote: what is there is pushed to the forge, whose git is then what is looked at as the
    /// remote.
    #[track_caller]
    pub fn adopt(&self, sandbox: Sandbox) -> Sandbox {
        let sandbox = self.known_to(sandbox);
        sandbox.git(["remote", "set-url", "origin", &self.repository.clone_url()]);
        sandbox.git(["push", "--quiet", "--force", "--tags", "origin", "main"]);
        fs::remove_dir_all(sandbox.remote()).expect("the sandbox is writable");
        symlink(self.repository.folder(), sandbox.remote()).expect("the sandbox is writable");
        sandbox
    }

    /// Gives programs in a sandbox what those in a workflow have: which forge it is, a token for releasekit, and one for git.
    #[track_caller]
    pub fn known_to(&self, sandbox: Sandbox) -> Sandbox {
        let (url, login) = (self.server.url(), STANDARD.encode(format!("x-access-token:{}", self.token)));
        let header = format!("http.{url}/.extraHeader");
        sandbox.git(["config", "--global", &header, &format!("Authorization: Basic {login}")]);
        sandbox.with_env("GITHUB_SERVER_URL", url).with_env("GITHUB_TOKEN", self.token.as_str())
    }

    /// Merges a pull request, and takes what became of `main` into a sandbox whose remote the forge is. Gives the commit.
    #[track_caller]
    pub fn merge(&self, sandbox: &Sandbox, number: u64, how: MergeMethod) -> String {
        let merged = self.repository.merge(number, how);
        merged.unwrap_or_else(|error| panic!("pull request {number} cannot be merged: {error}"));
        self.pull_into(sandbox)
    }

    /// Takes `main` as it is on the remote into a sandbox. Gives the commit.
    #[track_caller]
    pub fn pull_into(&self, sandbox: &Sandbox) -> String {
        sandbox.git(["pull", "--quiet", "--ff-only", "origin", "main"]);
        sandbox.head()
    }

    /// What people see there, without what differs from run to run: pull requests with their comments, and releases. Receipts say
    /// when something was proven.
    pub fn shows(&self) -> Value {
        let pulls = (1..=self.repository.pulls()).filter_map(|number| self.pull(number)).collect::<Vec<_>>();
        let releases = self.repository.releases().iter().map(release).collect::<Vec<_>>();
        json!({ "pulls": pulls, "releases": releases })
    }

    fn pull(&self, number: u64) -> Option<Value> {
        let pull = self.repository.pull(number)?;
        let of = |keys: &[&str]| keys.iter().map(|key| ((*key).to_owned(), pull[*key].clone())).collect::<Value>();
        Some(json!({
            "own": of(&["number", "state", "merged", "draft", "title", "body"]),
            "head": pull["head"]["sha"],
            "labels": self.repository.labels(number),
            "comments": self.repository.comments(number),
        }))
    }

    /// The forge as it is now, to return to.
    #[track_caller]
    pub fn save(&self) -> releasekit_rehearsal::github::Saved {
        said(self.server.save())
    }

    /// Takes the forge back.
    #[track_caller]
    pub fn restore(&self, saved: &releasekit_rehearsal::github::Saved) {
        said(self.server.restore(saved));
    }
}

fn release(release: &Value) -> Value {
    let digest = |asset: &Value| if asset["name"] == RECEIPTS { Value::Null } else { asset["digest"].clone() };
    let asset = |asset: &Value| json!({ "name": asset["name"], "state": asset["state"], "digest": digest(asset) });
    let mut assets: Vec<_> = release["assets"].as_array().into_iter().flatten().map(asset).collect();
    assets.sort_by_key(|asset| asset["name"].to_string());
    let of = |key: &str| release[key].clone();
    json!({
        "tag": of("tag_name"), "name": of("name"), "body": of("body"), "draft": of("draft"), "prerelease": of("prerelease"),
        "assets": assets,
    })
}

#[track_caller]
fn said<T>(result: io::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("the forge cannot be copied: {error}"))
}
