//! A GitHub that says what a test has written down.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use releasekit_core::event::{Event, Reporter};
use releasekit_core::forge::{ChangeRequestUpsert, ForgeSite, Place};
use releasekit_core::model::BranchName;
use releasekit_core::{BackendContext, Environment};
use releasekit_github::GitHub;
use releasekit_testkit::scripted::{Act, Server, reply};
use serde_json::{Value, json};

/// A token that must be found nowhere but in the header that is meant for it.
pub(crate) const CANARY: &str = "ghp_canary0hunter2";

/// Answers by the beginning of a request, such as `GET /repos/o/n/pulls`: up to its query, the longest beginning counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script(Vec<(String, Vec<Act>)>);

impl Script {
    /// A GitHub with the repository `o/n` and nothing else.
    pub(crate) fn new() -> Self {
        Self::default().with("GET /repos/o/n", &[ok(&repository())])
    }

    /// Answers so, one after the other; the last one stays.
    pub(crate) fn with(mut self, request: &str, acts: &[Act]) -> Self {
        self.0.push((request.to_owned(), acts.to_vec()));
        self
    }

    /// Starts it.
    pub(crate) fn start(self) -> Server {
        let counts: Mutex<Vec<usize>> = Mutex::new(vec![0; self.0.len()]);
        Server::start(move |request, _| {
            let line = request.lines().next().unwrap_or_default().replacen("/api/v3", "", 1);
            let line = line.split(['?']).next().unwrap_or_default().trim_end_matches(" HTTP/1.1");
            let Some(at) = self.0.iter().rposition(|(known, _)| known == line) else {
                return answer(404, "", &json!({"message": "Not Found"}));
            };
            let mut counts = counts.lock().expect("no test panics here");
            counts[at] += 1;
            let acts = &self.0[at].1;
            acts[(counts[at] - 1).min(acts.len() - 1)].clone()
        })
    }
}

pub(crate) fn answer(status: u16, headers: &str, body: &Value) -> Act {
    Act::Send(reply(status, headers, body.to_string()))
}

pub(crate) fn ok(body: &Value) -> Act {
    answer(200, "", body)
}

/// No answer at all.
pub(crate) fn silence() -> Act {
    Act::Send(Vec::new())
}

pub(crate) fn repository() -> Value {
    json!({"id": 1, "full_name": "o/n", "default_branch": "main"})
}

/// An open pull request of the release branch.
pub(crate) fn pull(number: u64, title: &str) -> Value {
    json!({
        "number": number, "node_id": "PR_1", "html_url": "https://github.test/o/n/pull/1", "state": "open", "title": title,
        "body": "notes", "draft": false, "merged_at": null, "auto_merge": null, "labels": [], "assignees": [],
        "head": {"ref": "release", "sha": "abc", "repo": {"id": 1}}, "base": {"ref": "main", "sha": "def", "repo": {"id": 1}},
    })
}

/// A draft of the tag `v1`, with files.
pub(crate) fn draft(server: &str, assets: &Value) -> Value {
    json!({
        "id": 5, "tag_name": "v1", "name": "v1", "body": "notes", "draft": true, "prerelease": false, "assets": assets,
        "html_url": "https://github.test/o/n/releases/5", "upload_url": format!("{server}/uploads{{?name,label}}"),
    })
}

pub(crate) fn wanted() -> ChangeRequestUpsert {
    let branches = ["release", "main"].map(BranchName::new);
    ChangeRequestUpsert::new(branches, "Release", "notes")
}

/// What was told while it went on.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<Vec<Event>>);

impl Reporter for Told {
    fn report(&self, event: Event) {
        self.0.lock().expect("no test panics here").push(event);
    }
}

impl Told {
    pub(crate) fn all(&self) -> String {
        format!("{:?}", self.0.lock().expect("no test panics here"))
    }
}

pub(crate) fn context(environment: Environment) -> (BackendContext, Arc<Told>) {
    let told = Arc::new(Told::default());
    (BackendContext::new(environment, PathBuf::from("/nowhere"), told.clone()), told)
}

pub(crate) fn site(url: &str) -> ForgeSite {
    ForgeSite::new(Place::of(&format!("{url}/o/n.git")).expect("a place"), Duration::from_secs(3))
}

pub(crate) fn with_token() -> Environment {
    Environment::new().with("GH_TOKEN", CANARY)
}

/// Opens the repository of a server with the canary.
pub(crate) fn open(server: &Server) -> GitHub {
    GitHub::open(&context(with_token()).0, &site(&server.url)).expect("it opens")
}

/// The same, with a time that soon ends.
pub(crate) fn open_shortly(server: &Server) -> GitHub {
    let mut site = site(&server.url);
    site.timeout = Duration::from_secs(1);
    GitHub::open(&context(with_token()).0, &site).expect("it opens")
}

/// The first lines of the requests so far, without the root of the API.
pub(crate) fn lines(server: &Server) -> Vec<String> {
    let line = |request: &String| {
        let line = request.lines().next().unwrap_or_default().replacen("/api/v3", "", 1);
        line.trim_end_matches(" HTTP/1.1").to_owned()
    };
    server.asked().iter().map(line).collect()
}

/// How many requests began so.
pub(crate) fn sent(server: &Server, beginning: &str) -> usize {
    lines(server).iter().filter(|line| line.starts_with(beginning)).count()
}
