//! The client over a GitHub that others wrote, as far as that goes: the README beside this says where it differs.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use libtest_mimic::{Failed, Trial};
use releasekit_core::event::Silent;
use releasekit_core::forge::{ForgeSite, Place};
use releasekit_core::model::{BranchName, CommitId};
use releasekit_core::{BackendContext, Environment, Forge};
use releasekit_github::GitHub;
use releasekit_testkit::servers::Emulate;
use releasekit_testkit::suite::forge::{Event, ForgeWorld, World, cases};
use releasekit_testkit::suite::{Case, failed};
use releasekit_testkit::{Tools, request};
use serde_json::{Value, json};
use tempfile::TempDir;

const SEED: &str = "\
tokens:
  releaser-token: { login: releaser, scopes: [repo, user] }
  ana-token: { login: ana, scopes: [repo, user] }
  ben-token: { login: ben, scopes: [repo, user] }
github:
  users: [{ login: releaser }, { login: ana }, { login: ben }]
";

/// The cases in which the network fails, which it does not there.
const TROUBLE: &[&str] = &["lost_reply", "not_said", "what_is_refused", "look_that_failed", "not_started_again"];

/// How many repositories there have been; each case has one of its own.
static NUMBERS: AtomicUsize = AtomicUsize::new(0);

fn possible() -> Vec<Case<World>> {
    let is_trouble = |case: &&Case<World>| TROUBLE.iter().any(|part| case.name.contains(part));
    cases().iter().filter(|case| !is_trouble(case)).cloned().collect()
}

/// The cases that it does not hold, as the README has them.
fn known() -> Vec<&'static str> {
    let rows = include_str!("README.md").lines();
    rows.filter_map(|row| Some(row.strip_prefix("| `")?.split_once('`')?.0)).collect()
}

pub(crate) fn trial() -> Trial {
    Trial::test("emulate::the_client_works_there_but_where_it_is_known_to_differ", || {
        let Some((tools, node)) = Tools::require_with_node() else { return Ok(()) };
        let emulate = Arc::new(Emulate::start(&tools, &node, SEED));
        let differs = failed(&possible(), || EmulateWorld::open(&emulate));
        if differs == known() { Ok(()) } else { Err(Failed::from(format!("it differs in {differs:?}"))) }
    })
}

/// A repository there, and what people do in it, by the same API as the client.
#[derive(Debug)]
struct EmulateWorld {
    emulate: Arc<Emulate>,
    name: String,
    github: GitHub,
    folder: TempDir,
    pushes: AtomicUsize,
}

impl EmulateWorld {
    fn open(emulate: &Arc<Emulate>) -> World {
        let name = format!("name{}", NUMBERS.fetch_add(1, Ordering::Relaxed));
        let folder = TempDir::new().expect("a folder can be made");
        let environment = Environment::new().with("GH_TOKEN", "releaser-token");
        let context = BackendContext::new(environment, folder.path().join("cache"), Arc::new(Silent));
        let place = Place::of(&format!("{}/releaser/{name}", emulate.url())).expect("its address is a place");
        let site = ForgeSite::new(place, Duration::from_secs(4)).with_api_url(Some(emulate.url().to_owned()));
        let github = GitHub::open(&context, &site).expect("it opens").forgetful();
        let world = Self { emulate: Arc::clone(emulate), name, github, folder, pushes: AtomicUsize::new(0) };
        world.ask("releaser", "POST", "/user/repos", &json!({ "name": world.name, "auto_init": true }));
        for login in ["ana", "ben"] {
            world.send("PUT", &format!("/collaborators/{login}"), &Value::Null);
        }
        Box::new(world)
    }

    /// What somebody is answered, by whatever status.
    fn ask(&self, who: &str, method: &str, path: &str, body: &Value) -> Value {
        let token = format!("Bearer {who}-token");
        let headers = [("Authorization", token.as_str()), ("Content-Type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = request(method, &format!("{}{path}", self.emulate.url()), &headers, body.as_bytes());
        serde_json::from_slice(&answer.expect("it answers").body).unwrap_or_default()
    }

    fn send(&self, method: &str, below: &str, body: &Value) -> Value {
        self.ask("releaser", method, &format!("/repos/releaser/{}{below}", self.name), body)
    }

    /// A commit of its own each time, on a branch that is made where it is missing.
    fn push(&self, branch: &BranchName) {
        let text = self.pushes.fetch_add(1, Ordering::Relaxed).to_string();
        let found = self.find(branch.as_str());
        let parent = found.clone().or_else(|| self.find("main")).expect("main is there");
        let commit = self.send("GET", &format!("/git/commits/{parent}"), &Value::Null);
        let files = json!([{ "path": "pushed.txt", "mode": "100644", "type": "blob", "content": text }]);
        let tree = self.send("POST", "/git/trees", &json!({ "base_tree": commit["tree"]["sha"], "tree": files }));
        let made = json!({ "message": "feat: new", "tree": tree["sha"], "parents": [parent] });
        let made = self.send("POST", "/git/commits", &made);
        match found {
            Some(_) => self.send("PATCH", &format!("/git/refs/heads/{branch}"), &json!({ "sha": made["sha"] })),
            None => self.set(&format!("refs/heads/{branch}"), &made["sha"]),
        };
    }

    fn set(&self, reference: &str, sha: &Value) -> Value {
        self.send("POST", "/git/refs", &json!({ "ref": reference, "sha": sha }))
    }

    fn find(&self, branch: &str) -> Option<String> {
        let found = self.send("GET", &format!("/git/ref/heads/{branch}"), &Value::Null);
        found["object"]["sha"].as_str().map(str::to_owned)
    }
}

#[async_trait]
impl ForgeWorld for EmulateWorld {
    fn forge(&self) -> &dyn Forge {
        &self.github
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    async fn happens(&self, event: &Event) -> bool {
        let main = || json!(self.find("main"));
        match event {
            Event::Pushed(branch) => self.push(branch),
            Event::Branched(branch) => drop(self.set(&format!("refs/heads/{branch}"), &main())),
            Event::Tagged(tag) => drop(self.set(&format!("refs/tags/{tag}"), &main())),
            Event::Merged(number) => drop(self.send("PUT", &format!("/pulls/{number}/merge"), &json!({}))),
            Event::Closed(number) => {
                drop(self.send("PATCH", &format!("/pulls/{number}"), &json!({ "state": "closed" })));
            }
            Event::Labelled(number, label) => {
                drop(self.send("POST", &format!("/issues/{number}/labels"), &json!({ "labels": [label] })));
            }
            Event::Reviewed(number, who) => {
                let path = format!("/repos/releaser/{}/pulls/{number}/reviews", self.name);
                self.ask(who, "POST", &path, &json!({ "event": "APPROVE", "body": "fine" }));
            }
            Event::Commented(number, text) => {
                drop(self.send("POST", &format!("/issues/{number}/comments"), &json!({ "body": text })));
            }
            Event::DraftedTwice(tag) => {
                drop(self.send("POST", "/releases", &json!({ "tag_name": tag.as_str(), "draft": true })));
            }
            _ => return false,
        }
        true
    }

    fn people(&self) -> [String; 2] {
        ["ana", "ben"].map(str::to_owned)
    }

    /// It does not say.
    async fn writes(&self) -> usize {
        0
    }

    /// It has no such thing.
    async fn dispatched(&self) -> usize {
        0
    }

    async fn tip(&self, branch: &BranchName) -> Option<CommitId> {
        self.find(branch.as_str()).map(CommitId::new)
    }
}
