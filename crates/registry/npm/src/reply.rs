//! What answers to requests that write mean.
//!
//! The registry says why it refuses as `{"error": …}`; that it wants a one-time password stands in the header `WWW-Authenticate`, or, with
//! old registries, in those words alone, which is how npm's own client reads it (`npm-registry-fetch`, `check-response.js`).

use std::time::Duration;

use releasekit_core::ErrorKind;
use releasekit_http::{Client, Error as HttpError, Request, Response};
use serde_json::Value;
use tokio::time::timeout;

use crate::error::{Error, Write};

/// How long the registry may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was asked, and of whom.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) registry: String,
    pub(crate) what: Write,
}

impl Asked {
    /// Sends the request, once, and judges the answer.
    pub(crate) async fn send(&self, client: &Client, request: &Request) -> Result<(), Error> {
        match timeout(PATIENCE, client.ask(request)).await {
            Ok(Ok(answer)) => self.judge(&answer),
            Ok(Err(error)) if error.may_have_arrived() => Err(self.unclear(&why(&error))),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(self.unclear("it did not answer in time")),
        }
    }

    fn judge(&self, answer: &Response) -> Result<(), Error> {
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let is_empty = answer.body.iter().all(u8::is_ascii_whitespace);
        match answer.status {
            200..=299 if is_empty || body.as_ref().is_some_and(|body| !body.is_null() && body["error"].is_null()) => {
                Ok(())
            }
            200..=299 => Err(self.unclear("it says yes, and not in the words of a registry")),
            401 if wants_password(answer) => {
                Err(Error::OneTimePassword { registry: self.registry.clone(), what: self.what.clone() })
            }
            408 | 425 | 500.. => Err(self.unclear(&format!("it answered {}", answer.status))),
            400..=499 => Err(self.refused(answer, body.as_ref())),
            status => Err(self.unclear(&format!("it answered {status}"))),
        }
    }

    fn refused(&self, answer: &Response, body: Option<&Value>) -> Error {
        let detail = body.and_then(|body| body["error"].as_str()).unwrap_or_default();
        Error::Refused {
            registry: self.registry.clone(),
            what: self.what.clone(),
            detail: if detail.is_empty() { format!("it answered {}", answer.status) } else { detail.to_owned() },
            kind: kind(answer.status),
            retry_after: answer.retry_after(),
        }
    }

    fn unclear(&self, reason: &str) -> Error {
        Error::Unclear { registry: self.registry.clone(), what: self.what.clone(), reason: reason.to_owned() }
    }
}

/// Whether a refusal asks for a one-time password.
fn wants_password(answer: &Response) -> bool {
    let asks = answer.header("www-authenticate").unwrap_or_default();
    let is_asked = asks.split(',').any(|one| one.trim().eq_ignore_ascii_case("otp"));
    is_asked || String::from_utf8_lossy(&answer.body).contains("one-time pass")
}

/// What a caller can do about a no.
fn kind(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Unauthenticated,
        402 | 403 => ErrorKind::Forbidden,
        404 | 405 => ErrorKind::NotFound,
        409 | 412 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        _ => ErrorKind::Invalid,
    }
}

fn why(error: &HttpError) -> String {
    error.to_string()
}
