//! A client that does exactly one thing per request.

use std::io;

use releasekit_rehearsal::github::{Grant, Options, Repository, Server};
use releasekit_testkit::{Response, request};
use serde_json::{Value, json};

/// A forge with one repository, and a token of its owner.
pub(crate) struct Forge {
    pub(crate) server: Server,
    pub(crate) repository: Repository,
    pub(crate) token: String,
}

impl Forge {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        let server = Server::start(options).expect("the forge starts");
        let repository = server.create("ada/tools").expect("a repository is made");
        let token = server.grant(Grant::maintainer("ada"));
        Self { server, repository, token }
    }

    /// The same with another token.
    pub(crate) fn asked_by(self, grant: Grant) -> Self {
        let token = self.server.grant(grant);
        Self { token, ..self }
    }

    /// Sends a request below the repository.
    pub(crate) fn send(&self, method: &str, below: &str, body: &Value) -> Response {
        self.try_send(method, below, body).expect("the forge answers")
    }

    pub(crate) fn try_send(&self, method: &str, below: &str, body: &Value) -> io::Result<Response> {
        let url = format!("{}/repos/ada/tools{below}", self.server.api_url());
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.raw(method, &url, &[("Content-Type", "application/json")], body.as_bytes())
    }

    pub(crate) fn raw(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Response> {
        let token = format!("Bearer {}", self.token);
        let headers = [&[("User-Agent", "tests"), ("Authorization", &token)], headers].concat();
        request(method, url, &headers, body)
    }

    pub(crate) fn get(&self, below: &str) -> Value {
        value(&self.send("GET", below, &Value::Null).ok())
    }

    pub(crate) fn post(&self, below: &str, body: &Value) -> Response {
        self.send("POST", below, body)
    }

    /// Pushes a branch with a commit that `main` lacks, and opens a pull request from it; gives its number.
    pub(crate) fn open(&self, branch: &str) -> u64 {
        self.repository.commit(branch, &format!("{branch}.txt"), "new\n").expect("a commit is made");
        let opened =
            self.post("/pulls", &json!({ "title": "feat: new", "head": branch, "base": "main", "body": "why" }));
        value(&opened.ok())["number"].as_u64().expect("it has a number")
    }

    /// What an upload to a release is answered.
    pub(crate) fn upload(&self, release: &Value, name: &str, bytes: &[u8]) -> io::Result<Response> {
        let url = release["upload_url"].as_str().expect("a release has it").replace("{?name,label}", "");
        self.raw("POST", &format!("{url}?name={name}"), &[("Content-Type", "application/octet-stream")], bytes)
    }

    /// What GraphQL answers.
    pub(crate) fn ask(&self, document: &str, variables: &Value) -> Value {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let sent =
            self.raw("POST", &self.server.graphql_url(), &[("Content-Type", "application/json")], body.as_bytes());
        value(&sent.expect("the forge answers").ok())
    }
}

/// What an answer says, as JSON.
pub(crate) fn value(answer: &Response) -> Value {
    serde_json::from_slice(&answer.body).expect("the forge answers in JSON")
}

/// The status of a refusal, and the code or the words of its first error.
pub(crate) fn refused(answer: &Response) -> (u16, String) {
    let body = value(answer);
    let first = &body["errors"][0];
    let told = [&first["message"], &first["code"], &body["message"]].into_iter().find_map(Value::as_str);
    (answer.status, told.unwrap_or_default().to_owned())
}

/// A header of an answer.
pub(crate) fn header(answer: &Response, name: &str) -> Option<String> {
    let pairs = answer.head.lines().filter_map(|line| line.split_once(": "));
    pairs.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next()
}
