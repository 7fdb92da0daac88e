//! A client that does exactly one thing per request.

use std::io;

use releasekit_rehearsal::pypi::Server;
use releasekit_testkit::{Response, get, request, sha256};
use serde_json::Value;

const JSON: (&str, &str) = ("Accept", "application/vnd.pypi.simple.v1+json");

/// A form for an upload, whose fields a test may spoil.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) file: (String, Vec<u8>),
    pub(crate) authorization: Option<&'static str>,
}

impl Form {
    /// The form that a tool fills in for a file of `demo-lib`.
    pub(crate) fn new(version: &str, file: (String, Vec<u8>)) -> Self {
        let kind = if file.0.ends_with(".whl") { "bdist_wheel" } else { "sdist" };
        let fields = vec![
            (":action", "file_upload".to_owned()),
            ("protocol_version", "1".to_owned()),
            ("name", "Demo.Lib".to_owned()),
            ("version", version.to_owned()),
            ("filetype", kind.to_owned()),
            ("sha256_digest", sha256(&file.1)),
        ];
        Self { fields, file, authorization: None }
    }

    /// The same form with another value in one field.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let field = self.fields.iter_mut().find(|(field, _)| *field == name).expect("the form has this field");
        value.clone_into(&mut field.1);
        self
    }

    pub(crate) fn send(&self, server: &Server) -> io::Result<Response> {
        self.send_to(&server.upload_url())
    }

    pub(crate) fn send_to(&self, url: &str) -> io::Result<Response> {
        let mut body = Vec::new();
        for (name, value) in &self.fields {
            let part = format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let (name, bytes) = &self.file;
        let part = format!("--xyz\r\nContent-Disposition: form-data; name=\"content\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(&[part.as_bytes(), bytes, b"\r\n--xyz--\r\n"].concat());
        let mut headers = vec![("Content-Type", "multipart/form-data; boundary=xyz")];
        headers.extend(self.authorization.map(|value| ("Authorization", value)));
        request("POST", url, &headers, &body)
    }
}

/// Uploads a file of `demo-lib`.
pub(crate) fn upload(server: &Server, version: &str, file: &(String, Vec<u8>)) -> io::Result<Response> {
    Form::new(version, file.clone()).send(server)
}

/// The page of a project in JSON; `None` where there is none.
pub(crate) fn page(server: &Server, project: &str) -> Option<Value> {
    let answer = get(&format!("{}{project}/", server.simple_url()), &[JSON]).expect("the server answers");
    match answer.status {
        404 => None,
        _ => Some(serde_json::from_slice(&answer.ok().body).expect("the server answers in JSON")),
    }
}

/// The sha256 of each file of `demo-lib`, as its page lists it.
pub(crate) fn listed(server: &Server) -> Vec<(String, String)> {
    let page = page(server, "demo-lib").unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let files = page["files"].as_array().cloned().unwrap_or_default();
    files.iter().map(|file| (text(&file["filename"]), text(&file["hashes"]["sha256"]))).collect()
}
