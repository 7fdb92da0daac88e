//! What the public registry says where it does not say yes.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use crate::fault::Fault;
use crate::refusal;

/// What npm's client looks for to ask for a one-time password: `npm-registry-fetch`, `check-response.js`.
const ONE_TIME: HeaderValue = HeaderValue::from_static("OTP");

/// Why a request is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    why: String,
    /// Whether a one-time password is asked for.
    one_time: bool,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self { status, why: why.into(), one_time: false }
    }

    pub(super) fn bad(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, why)
    }

    pub(super) fn forbidden(why: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, why)
    }

    pub(super) fn no_package() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found")
    }

    pub(super) fn no_version(version: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("version not found: {version}"))
    }

    pub(super) fn conflict() -> Self {
        Self::new(StatusCode::CONFLICT, "Document update conflict.")
    }

    pub(super) fn one_time() -> Self {
        let why = "You must provide a one-time pass. Upgrade your client to npm@latest in order to use 2FA.";
        Self { one_time: true, ..Self::new(StatusCode::UNAUTHORIZED, why) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut answer = (self.status, Json(json!({ "error": self.why }))).into_response();
        if self.one_time {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, ONE_TIME);
        }
        answer
    }
}

/// What a fault that answers says. A success that is none is a page for people, as from a proxy that wants a login.
pub(super) fn fault(fault: &Fault) -> Response {
    match fault {
        Fault::RateLimit(seconds) => {
            let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
            ([(header::RETRY_AFTER, seconds.to_string())], refusal).into_response()
        }
        Fault::Status(status) => match refusal::code(*status) {
            StatusCode::OK => Html("<!doctype html><title>Log in</title>").into_response(),
            StatusCode::CONFLICT => Refusal::new(
                StatusCode::CONFLICT,
                "Failed to save packument. A common cause is if you try to publish a new package before the previous \
                 package has been fully processed.",
            )
            .into_response(),
            code => Refusal::new(code, "An injected fault.").into_response(),
        },
        other => refusal::status(other),
    }
}
