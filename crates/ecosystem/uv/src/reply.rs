//! What is known of an upload from what uv printed. uv ends with 2 whatever went wrong, so its words are all there is.
//!
//! Measured with uv 0.13: it prints `Uploading NAME` just before it sends, and nothing of the kind where it gave up before;
//! `Server returned status code N` of an answer, and `Server says:` after it only where the answer came to its end; the
//! address that it sent to last, which after a redirection is another one; a 405 in words of its own. It never says
//! `Retry-After`.

use releasekit_core::package_manager::Reply;
use releasekit_core::secret::without_login;
use releasekit_core::{ErrorKind, Redactor};

use crate::error::{Error, Refusal};

/// Where the index's own words begin, which say nothing of what uv did.
const BODY: &str = "Server says:";

/// How uv speaks of an answer that sends it elsewhere. It follows inside one origin, and ten times.
const REDIRECTIONS: &[&str] =
    &["Redirected URL is not in the same realm", "Request was redirected", "Too many redirects"];

/// An upload that failed. The secrets go from what is shown only once its meaning is known, for a short password may
/// stand in any word.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) file: String,
    pub(crate) target: String,
    pub(crate) redactor: Redactor,
}

/// What uv printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printed<'a> {
    pub(crate) text: &'a str,
    /// Whether a part of it is missing: then nothing follows from what is not in it.
    pub(crate) truncated: bool,
}

impl Failure {
    /// What a failed `uv publish` means. Only a complete 4xx says that the index does not have the file.
    pub(crate) fn classify(&self, printed: Printed<'_>) -> Reply {
        let stderr = printed.text;
        let (own, body) = stderr.split_once(BODY).map_or((stderr, None), |(own, body)| (own, Some(body)));
        let says = |text: &str| own.contains(text);
        if printed.truncated {
            let answered = status(own).map_or_else(String::new, |status| format!("answered {status} and "));
            return self.unfinished(&format!("the index {answered}said more than can be kept"), stderr);
        }
        if says("Missing credentials for") || says("with a password, but no username") {
            return self.refused(Refusal::NoCredentials, ErrorKind::Unauthenticated, stderr);
        }
        if says("do not match") {
            return self.refused(Refusal::File, ErrorKind::Conflict, stderr);
        }
        if REDIRECTIONS.iter().any(|words| says(words)) {
            return self.redirected(stderr);
        }
        match (status(own), body) {
            (Some(status), Some(body)) => self.by_status(status, body, stderr),
            (Some(status), None) => {
                self.unfinished(&format!("the index answered {status}, and the answer was cut off"), stderr)
            }
            (None, _) => self.without_answer(own, stderr),
        }
    }

    /// An upload of which nobody knows how it ended.
    pub(crate) fn unfinished(&self, why: &str, stderr: &str) -> Reply {
        Reply::Unknown(self.failed(why, ErrorKind::Transient, stderr).into())
    }

    /// Nothing has left this machine where uv had not begun, or found nobody to talk to where it began.
    fn without_answer(&self, own: &str, stderr: &str) -> Reply {
        let says = |text: &str| own.contains(text);
        let nobody = says("client error (Connect)") && self.was_sent_to(own);
        if !nobody && says("Uploading ") {
            return self.unfinished("the index gave no answer", stderr);
        }
        let network = nobody || says("Failed to query check URL") || says("Failed to fetch");
        let kind = if network { ErrorKind::Transient } else { ErrorKind::ToolFailed };
        Reply::Refused(self.failed("nothing was sent", kind, stderr).into())
    }

    /// Whether uv still spoke to the address that it was given, and not to one that it was sent to from there.
    fn was_sent_to(&self, own: &str) -> bool {
        let address = own.split_once("Failed to publish `").and_then(|(_, rest)| rest.split_once("` to `"));
        let address = address.and_then(|(_, rest)| rest.split_once('`')).map(|(address, _)| without_login(address));
        address.is_some_and(|address| address.trim_end_matches('/') == self.target.trim_end_matches('/'))
    }

    fn by_status(&self, status: u16, body: &str, stderr: &str) -> Reply {
        let (refusal, kind) = match status {
            401 => (Refusal::BadCredentials, ErrorKind::Unauthenticated),
            403 => (Refusal::BadCredentials, ErrorKind::Forbidden),
            404 | 405 => (Refusal::File, ErrorKind::NotFound),
            408 | 425 => (Refusal::File, ErrorKind::Transient),
            409 => (Refusal::File, ErrorKind::Conflict),
            429 => (Refusal::File, ErrorKind::RateLimited),
            400 if is_taken(body) => (Refusal::File, ErrorKind::Conflict),
            400..=499 => (Refusal::File, ErrorKind::Invalid),
            500..=599 => {
                let error = self.failed(&format!("the index answered {status}"), ErrorKind::Transient, stderr).into();
                return Reply::ServerError { status, error };
            }
            _ => return self.unfinished(&format!("the index answered {status}"), stderr),
        };
        self.refused(refusal, kind, stderr)
    }

    /// The index has answered, and what it did with the file before it sent uv elsewhere nobody knows.
    fn redirected(&self, stderr: &str) -> Reply {
        let (file, target, output) = (self.file.clone(), self.target.clone(), self.shown(stderr));
        Reply::Unknown(Error::Redirected { file, target, output }.into())
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

/// The number after `Server returned status code`; of one status uv speaks otherwise.
fn status(own: &str) -> Option<u16> {
    if own.contains("POST requests are not supported by the endpoint") {
        return Some(405);
    }
    let (_, after) = own.split_once("Server returned status code ")?;
    after.get(..3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use releasekit_core::{BackendError, Diagnostic, Secret};

    use super::*;

    const BEGUN: &str = "Publishing 1 file to https://index.test/legacy/\nUploading a-1.whl (1.0KiB)\n";

    fn classify(text: &str, truncated: bool) -> Reply {
        let failure = Failure {
            file: "a-1.whl".to_owned(),
            target: "https://index.test/legacy/".to_owned(),
            redactor: Redactor::new().with(&Secret::new("hunter2")),
        };
        failure.classify(Printed { text, truncated })
    }

    fn failed(address: &str, cause: &str) -> String {
        format!("{BEGUN}error: Failed to publish `a-1.whl` to `{address}`\n  cause: {cause}\n")
    }

    fn answered(status: u16, rest: &str) -> String {
        failed("https://index.test/legacy/", &format!("Server returned status code {status} Words{rest}"))
    }

    fn unknown(reply: Reply) -> BackendError {
        match reply {
            Reply::Unknown(error) => error,
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn only_a_complete_4xx_is_a_refusal() {
        for status in 400..=499 {
            let reply = classify(&answered(status, ". Server says: no"), false);
            assert!(matches!(reply, Reply::Refused(_)), "{status} {reply:?}");
        }
        for status in 500..=599 {
            let reply = classify(&answered(status, ". Server says: oops"), false);
            assert!(
                matches!(&reply, Reply::ServerError { status: said, error } if *said == status
                && error.kind() == ErrorKind::Transient),
                "{status} {reply:?}"
            );
        }
        for status in [100, 200, 302, 600, 999] {
            unknown(classify(&answered(status, ". Server says: hm"), false));
        }
    }

    #[test]
    fn what_is_not_all_there_is_unknown_and_nothing_is_claimed() {
        let complete = answered(400, ". Server says: no hunter2 here");
        for (text, expected) in [
            (complete.as_str(), "answered 400 and said more"),
            (&complete[..BEGUN.len() / 2], "said more than can be kept"),
            ("error: Missing credentials for somewhere", "said more"),
            ("", "said more"),
        ] {
            let error = unknown(classify(text, true));
            assert!(error.to_string().contains(expected), "{error}");
            assert!(!error.to_string().contains("nothing was sent"), "{error}");
            assert!(!error.output().is_some_and(|output| output.contains("hunter2")));
        }
        for status in [400, 409, 500, 503] {
            let cut = answered(status, "\n  cause: error decoding response body");
            let error = unknown(classify(&cut, false));
            assert!(error.to_string().contains(&format!("answered {status}, and the answer was cut off")), "{error}");
        }
    }

    #[test]
    fn a_redirection_is_an_answer_and_no_knowledge() {
        for cause in [
            "Redirected URL is not in the same realm. Redirected to: http://127.0.0.1:9/x",
            "Request was redirected, but location header is not a URL",
            "Request was redirected, but no location header was provided",
            "Too many redirects, only 10 redirects are allowed",
        ] {
            let error = unknown(classify(&failed("http://127.0.0.1:9/x", cause), false));
            assert_eq!(error.code().as_str(), "RK-PUBLISH-UPLOAD-REDIRECTED", "{cause}");
            assert!(!error.kind().is_retryable() && error.help().is_some_and(|help| help.contains("publish_url")));
        }
    }

    #[test]
    fn nothing_was_sent_only_where_uv_did_not_begin_or_found_nobody_where_it_began() {
        let nobody = "error sending request\n  cause: client error (Connect)";
        for text in [
            "error: something of uv's own",
            &failed("https://index.test/legacy", nobody),
            &failed("https://me:****@index.test/legacy/", nobody),
        ] {
            let reply = classify(text, false);
            assert!(
                matches!(&reply, Reply::Refused(error) if error.to_string().contains("nothing was sent")),
                "{reply:?}"
            );
        }
        // It had followed a redirection, so the file has been somewhere.
        unknown(classify(&failed("https://index.test/elsewhere/", nobody), false));
        unknown(classify(&failed("https://index.test/legacy/", "client error (SendRequest)"), false));
    }
}
