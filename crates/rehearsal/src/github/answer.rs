//! What the API answers, and how it words a refusal.

use std::time::SystemTime;

use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::account::Need;
use crate::fault::Fault;
use crate::refusal;

/// Where the documentation of the API is, which every refusal names.
const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// What an operation comes to.
pub(super) type Answer = Result<Reply, Refusal>;

/// A complete answer of success.
#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
    body: Body,
    /// Whether it stands for a failure, which some protocols tell with a status of success.
    failed: bool,
}

#[derive(Debug)]
enum Body {
    Nothing,
    Json(Value),
    Bytes(Bytes),
}

impl Reply {
    pub(super) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), body: Body::Json(body), failed: false }
    }

    pub(super) fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(body) }
    }

    pub(super) fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: Body::Nothing, ..Self::ok(Value::Null) }
    }

    pub(super) fn bytes(content_type: &str, bytes: Vec<u8>) -> Self {
        let headers = vec![("content-type", content_type.to_owned())];
        Self { headers, body: Body::Bytes(bytes.into()), ..Self::ok(Value::Null) }
    }

    pub(super) fn found(location: String) -> Self {
        Self { status: StatusCode::FOUND, body: Body::Nothing, ..Self::ok(Value::Null) }.with("location", location)
    }

    /// That nothing was done, told with success.
    pub(super) fn failed(body: Value) -> Self {
        Self { failed: true, ..Self::ok(body) }
    }

    /// Whether what was asked was done.
    pub(super) fn changed(&self) -> bool {
        !self.failed
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Body::Nothing => self.status.into_response(),
            Body::Json(value) => (self.status, Json(value)).into_response(),
            Body::Bytes(bytes) => (self.status, bytes).into_response(),
        };
        put(&mut response, &self.headers);
        response
    }
}

/// Puts headers on a response.
pub(super) fn put(response: &mut Response, headers: &[(&'static str, String)]) {
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(*name, value);
        }
    }
}

/// Why a request is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
    body: Value,
}

impl Refusal {
    pub(super) fn new(status: u16, message: &str) -> Self {
        let body = json!({ "message": message, "documentation_url": DOCUMENTATION, "status": status.to_string() });
        Self { status: refusal::code(status), headers: Vec::new(), body }
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    /// What the rules of a field forbid, by the code that the API has for it.
    pub(super) fn field(resource: &str, field: &str, code: &str) -> Self {
        Self::errors(json!([{ "resource": resource, "field": field, "code": code }]))
    }

    /// What has no code, in words.
    pub(super) fn custom(resource: &str, field: &str, message: &str) -> Self {
        Self::errors(json!([{ "resource": resource, "field": field, "code": "custom", "message": message }]))
    }

    /// The same where no field is to blame.
    pub(super) fn without_field(resource: &str, message: &str) -> Self {
        Self::errors(json!([{ "resource": resource, "code": "custom", "message": message }]))
    }

    fn errors(errors: Value) -> Self {
        let mut refusal = Self::new(422, "Validation Failed");
        refusal.body["errors"] = errors;
        refusal
    }

    /// Without more than its message.
    pub(super) fn unprocessable(message: &str) -> Self {
        Self::new(422, message)
    }

    pub(super) fn forbidden(needs: &[Need]) -> Self {
        let needs: Vec<String> = needs.iter().map(|(name, level)| format!("{name}={}", level.word())).collect();
        Self::new(403, "Resource not accessible by personal access token")
            .with("x-accepted-github-permissions", needs.join("; "))
    }

    pub(super) fn internal(error: &impl ToString) -> Self {
        Self::new(500, &error.to_string())
    }

    /// That a repository is elsewhere now. Where something is sent there it is sent there anew.
    pub(super) fn moved(location: String, reads: bool) -> Self {
        let mut refusal = Self::new(if reads { 301 } else { 307 }, "Moved Permanently");
        refusal.body["url"] = json!(location);
        refusal.with("location", location)
    }

    /// The limit of an hour.
    pub(super) fn exhausted(login: &str) -> Self {
        Self::new(403, &format!("API rate limit exceeded for user ID {login}."))
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// What it says, for those who are no clients.
    pub(super) fn text(&self) -> String {
        self.body.to_string()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        put(&mut response, &self.headers);
        response
    }
}

/// What a fault that answers says.
pub(super) fn fault(fault: &Fault, _now: SystemTime) -> Response {
    match fault {
        Fault::RateLimit(seconds) => secondary(*seconds).into_response(),
        Fault::Status(status) if *status >= 500 => {
            // What stands in front of the API says this, and it does not speak JSON.
            let page = "<html><head><title>Unicorn!</title></head><body>This page is taking too long.</body></html>";
            (refusal::code(*status), [(header::CONTENT_TYPE, "text/html")], page).into_response()
        }
        Fault::Status(status) => Refusal::new(*status, "An injected fault.").into_response(),
        other => refusal::status(other),
    }
}

/// The limit on writing too fast, which is told in words and by the time to wait.
fn secondary(seconds: u64) -> Refusal {
    let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    Refusal::new(403, message).with("retry-after", seconds.to_string())
}
