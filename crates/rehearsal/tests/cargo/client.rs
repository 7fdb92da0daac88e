//! A client that does exactly one thing per request.

use std::io;

use releasekit_rehearsal::cargo::Server;
use releasekit_testkit::{Response, get, request};
use serde_json::{Value, json};

use crate::artifact::package;

/// A request to publish, whose parts a test may spoil.
#[derive(Debug, Clone)]
pub(crate) struct Publish {
    pub(crate) description: Value,
    pub(crate) file: Vec<u8>,
    pub(crate) token: Option<&'static str>,
}

impl Publish {
    pub(crate) fn new(name: &str, version: &str, text: &str) -> Self {
        let description = json!({
            "name": name, "vers": version, "deps": [], "features": {}, "description": "A demo.", "license": "MIT",
        });
        Self { description, file: package(name, version, text).1, token: None }
    }

    /// The same with another value in one field of the description.
    pub(crate) fn with(mut self, field: &str, value: Value) -> Self {
        self.description[field] = value;
        self
    }

    pub(crate) fn with_token(mut self, token: &'static str) -> Self {
        self.token = Some(token);
        self
    }

    pub(crate) fn send(&self, server: &Server) -> io::Result<Response> {
        send(server, self.token, &self.body())
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        let description = self.description.to_string();
        [part(description.as_bytes()), part(&self.file)].concat()
    }
}

fn part(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("tests send little").to_le_bytes();
    [&length, bytes].concat()
}

pub(crate) fn send(server: &Server, token: Option<&str>, body: &[u8]) -> io::Result<Response> {
    let headers: Vec<_> = token.iter().map(|token| ("Authorization", *token)).collect();
    request("PUT", &server.upload_url(), &headers, body)
}

/// Publishes a version of `demo-lib`.
pub(crate) fn publish(server: &Server, version: &str) -> io::Result<Response> {
    Publish::new("demo-lib", version, "one").send(server)
}

/// Yanks a version of `demo-lib`, or takes that back.
pub(crate) fn yank(server: &Server, version: &str, token: &str, undo: bool) -> Response {
    let (method, what) = if undo { ("PUT", "unyank") } else { ("DELETE", "yank") };
    let url = format!("{}/api/v1/crates/demo-lib/{version}/{what}", server.url());
    request(method, &url, &[("Authorization", token)], b"").expect("the server answers")
}

/// The file of a crate in the index.
pub(crate) fn file(server: &Server, path: &str) -> Response {
    get(&format!("{}{path}", server.read_url()), &[]).expect("the server answers")
}

/// The lines of `demo-lib` in the index.
pub(crate) fn lines(server: &Server) -> Vec<Value> {
    let file = file(server, "de/mo/demo-lib");
    let text = if file.status == 404 { String::new() } else { file.ok().text() };
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// The versions of `demo-lib` that the index lists, and their digests.
pub(crate) fn listed(server: &Server) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines(server).iter().map(|line| (text(&line["vers"]), text(&line["cksum"]))).collect()
}

/// What a refusal says.
pub(crate) fn detail(answer: &Response) -> String {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    body["errors"][0]["detail"].as_str().unwrap_or_default().to_owned()
}
