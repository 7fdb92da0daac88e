//! What the API's answers mean.
//!
//! crates.io says no with a status that fits since March 2024, and before it said 200 with the reasons, as other registries still
//! do (<https://blog.rust-lang.org/2024/02/06/crates-io-status-codes.html>). That a version is there already is a 400 in the words
//! `crate version … is already uploaded`, and others' words and statuses for it differ; a bad token is 403.

use std::sync::Arc;
use std::time::Duration;

use releasekit_core::package_manager::Reply;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_http::Error as HttpError;
use serde_json::Value;

use crate::error::{Error, Write};

/// Words by which registries say that a version is there already.
const TAKEN: [&str; 3] = ["already uploaded", "already exist", "already been published"];

/// Words by which registries say that it is the token that they do not know.
const UNKNOWN_TOKEN: [&str; 3] = ["authentication failed", "requires authentication", "must be logged in"];

/// What was asked, and of whom.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) registry: String,
    pub(crate) what: Write,
}

/// A yes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// What the registry thinks of it all the same.
    pub(crate) warnings: Vec<String>,
}

/// What is no yes.
#[derive(Debug)]
pub(crate) enum No {
    /// A complete no, or nothing was sent.
    Refused(Error),
    /// The registry failed, with this status.
    Failed(u16, Error),
    /// Nobody knows.
    Unknown(Error),
}

impl No {
    /// The same as the reply to an upload.
    pub(crate) fn into_reply(self) -> Reply {
        match self {
            Self::Refused(error) => Reply::Refused(error.into()),
            Self::Failed(status, error) => Reply::ServerError { status, error: error.into() },
            Self::Unknown(error) => Reply::Unknown(error.into()),
        }
    }

    /// The same where only the reason counts.
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::Refused(error) | Self::Failed(_, error) | Self::Unknown(error) => error,
        }
    }
}

impl Asked {
    /// An answer with a status of success.
    pub(crate) fn yes(&self, body: &[u8]) -> Result<Taken, Error> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Taken::default());
        }
        match serde_json::from_slice::<Value>(body) {
            Ok(answer) if !details(&answer).is_empty() => {
                let detail = details(&answer).join(", ");
                Err(self.refused(200, &detail, None))
            }
            Ok(answer @ Value::Object(_)) => Ok(Taken { warnings: warnings(&answer["warnings"]) }),
            _ => Err(self.unclear("it says yes, and not in the words of the API")),
        }
    }

    /// A request that failed, or an answer with a status that is none of success.
    pub(crate) fn no(&self, error: HttpError) -> No {
        let (status, excerpt) = match &error {
            HttpError::Status { status, excerpt, .. } => (*status, excerpt.as_str()),
            unsent if !unsent.may_have_arrived() => return No::Refused(self.failed(error)),
            HttpError::Redirect { .. } => return No::Unknown(self.redirected()),
            _ => return No::Unknown(self.failed(error)),
        };
        let detail = in_words(excerpt);
        match status {
            500.. => No::Failed(status, self.failed(error)),
            300..=399 => No::Unknown(self.redirected()),
            400..=499 => {
                let asked_for = error.retry_after().or_else(|| time(&detail).and_then(|time| error.delay_until(time)));
                No::Refused(self.refused(status, &detail, asked_for))
            }
            _ => No::Unknown(self.unclear(&format!("it answered {status}"))),
        }
    }

    /// A request without an answer, or with a failure for one.
    fn failed(&self, error: HttpError) -> Error {
        let (registry, source) = (self.registry.clone(), Arc::new(error));
        match &self.what {
            Write::Upload(file) => Error::Upload { registry, file: file.clone(), source },
            Write::Yank(_) => Error::Http(source),
        }
    }

    /// An answer that names another address.
    fn redirected(&self) -> Error {
        match &self.what {
            Write::Upload(_) => Error::Redirected { registry: self.registry.clone(), what: self.what.clone() },
            Write::Yank(_) => self.unclear("it answered with a redirection"),
        }
    }

    /// An answer that is none.
    pub(crate) fn unclear(&self, reason: &str) -> Error {
        Error::Unclear { registry: self.registry.clone(), what: self.what.clone(), reason: reason.to_owned() }
    }

    /// A no, by its status and the registry's words.
    pub(crate) fn refused(&self, status: u16, detail: &str, retry_after: Option<Duration>) -> Error {
        Error::Refused {
            registry: self.registry.clone(),
            what: self.what.clone(),
            detail: detail.to_owned(),
            kind: kind(status, detail),
            retry_after,
        }
    }
}

/// What a caller can do about a no.
fn kind(status: u16, detail: &str) -> ErrorKind {
    let lower = detail.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|words| lower.contains(words));
    match status {
        429 => ErrorKind::RateLimited,
        401 => ErrorKind::Unauthenticated,
        403 if says(&UNKNOWN_TOKEN) => ErrorKind::Unauthenticated,
        409 => ErrorKind::Conflict,
        _ if says(&TAKEN) => ErrorKind::Conflict,
        403 => ErrorKind::Forbidden,
        404 | 405 => ErrorKind::NotFound,
        408 | 425 => ErrorKind::Transient,
        _ => ErrorKind::Invalid,
    }
}

/// The reasons of a no.
fn details(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().into_iter().flatten();
    errors.filter_map(|error| error["detail"].as_str()).collect()
}

/// The reasons of a no, from the beginning of an answer; where it is no JSON, or cut off, the beginning itself.
fn in_words(excerpt: &str) -> String {
    let answer: Value = serde_json::from_str(excerpt).unwrap_or_default();
    let details = details(&answer);
    if details.is_empty() { excerpt.to_owned() } else { details.join(", ") }
}

/// The time after which crates.io lets one try again, as it writes it: `Mon, 21 Oct 2026 07:28:00 GMT`.
fn time(detail: &str) -> Option<&str> {
    let (_, rest) = detail.split_once("try again after ")?;
    let end = rest.find("GMT")? + "GMT".len();
    Some(&rest[..end])
}

fn warnings(warnings: &Value) -> Vec<String> {
    let list = |key: &str| warnings[key].as_array().into_iter().flatten().filter_map(Value::as_str);
    let categories =
        list("invalid_categories").map(|it| format!("`{it}` is no category of the registry, and was ignored"));
    let badges = list("invalid_badges").map(|it| format!("`{it}` is no badge of the registry, and was ignored"));
    categories.chain(badges).chain(list("other").map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use releasekit_core::{BackendError, Diagnostic};

    use super::*;

    fn asked() -> Asked {
        Asked { registry: "https://registry.test/".to_owned(), what: Write::Upload("demo-1.0.0.crate".to_owned()) }
    }

    fn status(status: u16, excerpt: &str) -> HttpError {
        HttpError::Status {
            method: "PUT",
            url: "https://registry.test/".to_owned(),
            status,
            reason: "",
            excerpt: excerpt.to_owned(),
            retry_after: None,
            date: Some(1_792_567_680),
        }
    }

    #[test]
    fn what_a_refusal_means_is_in_its_status_and_its_words() {
        use ErrorKind::{Conflict, Forbidden, Invalid, NotFound, Transient, Unauthenticated};
        for (code, detail, expected) in [
            (400, "crate version `1.0.0` is already uploaded", Conflict),
            (200, "crate version `1.0.0` is already uploaded", Conflict),
            (400, "ERROR: Crate with version already exists: demo-1.0.0", Conflict),
            (409, "demo@1.0.0", Conflict),
            (403, "authentication failed", Unauthenticated),
            (403, "this action requires authentication", Unauthenticated),
            (401, "The given API token does not match the format used by crates.io.", Unauthenticated),
            (403, "this crate exists but you don't seem to be an owner.", Forbidden),
            (404, "Not Found", NotFound),
            (408, "", Transient),
            (413, "max upload size is: 10485760", Invalid),
            (400, "missing or empty metadata fields: license.", Invalid),
        ] {
            assert_eq!(kind(code, detail), expected, "{code} {detail}");
        }
    }

    #[test]
    fn only_a_complete_no_says_that_nothing_arrived() {
        let body = r#"{"errors":[{"detail":"max upload size is: 1"},{"detail":"and more"}]}"#;
        let No::Refused(error) = asked().no(status(400, body)) else { unreachable!("it is a no") };
        assert_eq!(
            error.to_string(),
            "https://registry.test/ refuses `demo-1.0.0.crate`: max upload size is: 1, and more"
        );
        let No::Failed(503, error) = asked().no(status(503, "")) else { unreachable!("it failed") };
        let said = "uploading `demo-1.0.0.crate` to https://registry.test/ failed: the registry answered 503";
        assert_eq!((error.to_string().as_str(), error.code().as_str()), (said, "RK-PUBLISH-UPLOAD-FAILED"));
        assert!(matches!(asked().no(status(302, "")), No::Unknown(_)));
        let timeout = HttpError::Timeout { url: String::new() };
        assert!(matches!(asked().no(timeout), No::Unknown(_)));
        let offline = HttpError::Offline { url: String::new() };
        assert!(matches!(asked().no(offline), No::Refused(_)));
    }

    #[test]
    fn a_time_in_words_is_as_good_as_a_header() {
        let words = "Please try again after Wed, 21 Oct 2026 07:38:00 GMT and see https://crates.io/docs/rate-limits.";
        let body = format!(r#"{{"errors":[{{"detail":"{words}"}}]}}"#);
        for body in [body.as_str(), &body[..body.len() - 4]] {
            let error: BackendError = asked().no(status(429, body)).into_error().into();
            assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(600))));
        }
        let error: BackendError = asked().no(status(429, "later")).into_error().into();
        assert_eq!(error.retry_after(), None);
    }

    #[test]
    fn a_yes_is_empty_or_json_without_errors() {
        let warnings = r#"{"warnings": {"invalid_categories": ["x"], "invalid_badges": ["y"], "other": ["z"]}}"#;
        let taken = asked().yes(warnings.as_bytes()).expect("it is a yes");
        assert_eq!(taken.warnings.len(), 3);
        assert_eq!(taken.warnings[2], "z");
        assert_eq!(asked().yes(b"\n").expect("it is a yes"), Taken::default());
        assert!(matches!(asked().yes(b"<html>"), Err(Error::Unclear { .. })));
        let no = br#"{"errors": [{"detail": "crate version `1.0.0` is already uploaded"}]}"#;
        assert!(matches!(asked().yes(no), Err(error) if error.kind() == ErrorKind::Conflict));
    }
}
