//! What is known of an upload from what uv printed. uv ends with 2 whatever went wrong, so its words are all there is.
//!
//! Measured with uv 0.13: it prints `Uploading NAME` just before it sends, and nothing of the kind where it gave up before.

use releasekit_core::package_manager::Reply;
use releasekit_core::{ErrorKind, Redactor};

use crate::error::{Error, Refusal};

/// Where the index's own words begin, which say nothing of what uv did.
const BODY: &str = "Server says:";

/// An upload that failed. The secrets go from what is shown only once its meaning is known, for a short password may
/// stand in any word.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) file: String,
    pub(crate) target: String,
    pub(crate) redactor: Redactor,
}

impl Failure {
    /// What a failed `uv publish` means.
    pub(crate) fn classify(&self, stderr: &str) -> Reply {
        let (own, body) = stderr.split_once(BODY).unwrap_or((stderr, ""));
        let says = |text: &str| own.contains(text);
        if says("Missing credentials for") || says("with a password, but no username") {
            return self.refused(Refusal::NoCredentials, ErrorKind::Unauthenticated, stderr);
        }
        if says("do not match") {
            return self.refused(Refusal::File, ErrorKind::Conflict, stderr);
        }
        if let Some(status) = status(own) {
            return self.by_status(status, body, stderr);
        }
        let nobody = says("client error (Connect)");
        // Nothing has left this machine: uv had not begun, or found nobody to talk to.
        if nobody || !says("Uploading ") {
            let network = nobody || says("Failed to query check URL") || says("Failed to fetch");
            let kind = if network { ErrorKind::Transient } else { ErrorKind::ToolFailed };
            return Reply::Refused(self.failed("nothing was sent", kind, stderr).into());
        }
        self.unfinished("the index gave no answer", stderr)
    }

    /// An upload of which nobody knows how it ended.
    pub(crate) fn unfinished(&self, why: &str, stderr: &str) -> Reply {
        Reply::Unknown(self.failed(why, ErrorKind::Transient, stderr).into())
    }

    fn by_status(&self, status: u16, body: &str, stderr: &str) -> Reply {
        let (refusal, kind) = match status {
            401 => (Refusal::BadCredentials, ErrorKind::Unauthenticated),
            403 => (Refusal::BadCredentials, ErrorKind::Forbidden),
            404 => (Refusal::File, ErrorKind::NotFound),
            409 => (Refusal::File, ErrorKind::Conflict),
            429 => (Refusal::File, ErrorKind::RateLimited),
            400 if is_taken(body) => (Refusal::File, ErrorKind::Conflict),
            408 | 500.. => return self.unfinished(&format!("the index answered {status}"), stderr),
            _ => (Refusal::File, ErrorKind::Invalid),
        };
        self.refused(refusal, kind, stderr)
    }

    fn refused(&self, refusal: Refusal, kind: ErrorKind, stderr: &str) -> Reply {
        let (file, target, output) = (self.file.clone(), self.target.clone(), self.shown(stderr));
        Reply::Refused(Error::Refused { file, target, refusal, kind, output }.into())
    }

    fn failed(&self, why: &str, kind: ErrorKind, stderr: &str) -> Error {
        let (file, target, output) = (self.file.clone(), self.target.clone(), self.shown(stderr));
        Error::Upload { file, target, why: why.to_owned(), kind, output }
    }

    fn shown(&self, stderr: &str) -> String {
        self.redactor.redact(stderr)
    }
}

/// How indexes say with a 400 that a file of this name is there, or was.
fn is_taken(body: &str) -> bool {
    let text = body.to_ascii_lowercase();
    ["already exist", "already been used", "already registered"].iter().any(|words| text.contains(words))
}

/// The number after `Server returned status code`.
fn status(own: &str) -> Option<u16> {
    let (_, after) = own.split_once("Server returned status code ")?;
    after.get(..3)?.parse().ok()
}
