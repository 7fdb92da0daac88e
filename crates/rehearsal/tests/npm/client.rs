//! A client that does exactly one thing per request.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use releasekit_rehearsal::npm::Server;
use releasekit_testkit::{Response, get, request};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use crate::artifact::package;

/// What installers ask for.
pub(crate) const SHORT: (&str, &str) =
    ("Accept", "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*");

/// The integrity of a file.
pub(crate) fn integrity(file: &[u8]) -> String {
    format!("sha512-{}", STANDARD.encode(Sha512::digest(file)))
}

/// A request to publish, whose parts a test may spoil.
#[derive(Debug, Clone)]
pub(crate) struct Publish {
    pub(crate) name: String,
    pub(crate) document: Value,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Publish {
    pub(crate) fn new(name: &str, version: &str, text: &str) -> Self {
        let file = package(name, version, text);
        let document = json!({
            "_id": name,
            "name": name,
            "dist-tags": { "latest": version },
            "versions": { version: {
                "name": name,
                "version": version,
                "dependencies": { "other": "^1" },
                "scripts": { "test": "true" },
                "dist": { "integrity": integrity(&file), "shasum": "told" },
            } },
            "access": null,
            "_attachments": { format!("{name}-{version}.tgz"): {
                "content_type": "application/octet-stream", "data": STANDARD.encode(&file), "length": file.len(),
            } },
        });
        Self { name: name.to_owned(), document, headers: Vec::new() }
    }

    /// The same with another value at a place of the document.
    pub(crate) fn with(mut self, place: &str, value: Value) -> Self {
        *self.document.pointer_mut(place).expect("the document has such a place") = value;
        self
    }

    /// The same for a name of versions in the place of `latest`.
    pub(crate) fn to(mut self, tag: &str) -> Self {
        let points = self.document["dist-tags"]["latest"].take();
        self.document["dist-tags"] = json!({ tag: points });
        self
    }

    pub(crate) fn with_token(mut self, token: &str) -> Self {
        self.headers.push(("Authorization", format!("Bearer {token}")));
        self
    }

    pub(crate) fn send(&self, server: &Server) -> io::Result<Response> {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let url = format!("{}{}", server.registry_url(), self.name.replace('/', "%2f"));
        request("PUT", &url, &headers, self.document.to_string().as_bytes())
    }

    /// What it is answered.
    pub(crate) fn answer(&self, server: &Server) -> (u16, String) {
        told(&self.send(server).expect("it answers"))
    }
}

/// Publishes a version of `demo`.
pub(crate) fn publish(server: &Server, version: &str) -> io::Result<Response> {
    Publish::new("demo", version, "one").send(server)
}

/// Anything else that writes.
pub(crate) fn write(server: &Server, method: &str, path: &str, token: &str, body: &Value) -> (u16, String) {
    let bearer = format!("Bearer {token}");
    let url = format!("{}{path}", server.registry_url());
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    told(&request(method, &url, &headers, body.to_string().as_bytes()).expect("it answers"))
}

/// What is below the registry's URL.
pub(crate) fn read(server: &Server, path: &str, headers: &[(&str, &str)]) -> Response {
    get(&format!("{}{path}", server.registry_url()), headers).expect("it answers")
}

pub(crate) fn json_of(answer: Response) -> Value {
    serde_json::from_slice(&answer.ok().body).expect("it answers in JSON")
}

/// A status, and what a refusal says.
pub(crate) fn told(answer: &Response) -> (u16, String) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    (answer.status, body["error"].as_str().unwrap_or_default().to_owned())
}

/// The versions of `demo` that are listed, and their integrities.
pub(crate) fn listed(server: &Server) -> Vec<(String, String)> {
    let answer = read(server, "demo", &[SHORT]);
    if answer.status == 404 {
        return Vec::new();
    }
    let document = json_of(answer);
    let versions = document["versions"].as_object().cloned().unwrap_or_default();
    let integrity = |version: &Value| version["dist"]["integrity"].as_str().unwrap_or_default().to_owned();
    versions.iter().map(|(version, told)| (version.clone(), integrity(told))).collect()
}
