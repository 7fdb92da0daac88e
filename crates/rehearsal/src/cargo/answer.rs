//! What crates.io says where it does not say yes.

use std::time::{Duration, SystemTime};

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::json;

use crate::fault::Fault;
use crate::refusal;

/// Why a request is refused. Since 2024 crates.io answers with the status that fits, before it was 200:
/// <https://blog.rust-lang.org/2024/02/06/crates-io-status-codes.html>.
#[derive(Debug)]
pub(super) struct Refusal(pub(super) StatusCode, pub(super) String);

impl Refusal {
    pub(super) fn bad(why: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, why.into())
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, what.to_owned())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "errors": [{ "detail": self.1 }] }))).into_response()
    }
}

/// What a fault that answers says.
pub(super) fn fault(fault: &Fault, now: SystemTime) -> Response {
    match fault {
        Fault::RateLimit(seconds) => busy(now + Duration::from_secs(*seconds), now),
        Fault::Status(status) => Refusal(refusal::code(*status), "An injected fault.".to_owned()).into_response(),
        other => refusal::status(other),
    }
}

/// The time is in the text and in `Retry-After`, as a date.
fn busy(again: SystemTime, now: SystemTime) -> Response {
    let (again, now) = (date(again), date(now));
    let why = format!(
        "You have published too many new crates in a short period of time. Please try again after {again} and see \
         https://crates.io/docs/rate-limits for more details."
    );
    let refusal = Refusal(StatusCode::TOO_MANY_REQUESTS, why);
    ([(header::RETRY_AFTER, again), (header::DATE, now)], refusal).into_response()
}

/// A time as HTTP writes it.
fn date(time: SystemTime) -> String {
    Timestamp::try_from(time).unwrap_or_default().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
