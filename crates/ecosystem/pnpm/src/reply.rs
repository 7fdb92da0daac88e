//! What is known of an upload from what npm printed. Its exit codes tell nothing apart, so its words do.
//!
//! Measured with npm 10.9 and 11.19 at the level `http`: it prints `Publishing to …` just before it sends, and nothing of the
//! kind where it gave up before; `http fetch PUT 403 URL` of an answer, before it has read the body, and `PUT URL attempt 1
//! failed with CODE` where there was none, or a 429 or 5xx. What the registry says follows as `- PUT URL - words`, and is missing where
//! the body was cut off, is no JSON, or has no `error`. It follows redirections as if the answer of the last address were one, with
//! the whole file, and with the token where the host is the same one, whatever its port; and it ends with 0 after any 2xx, a page
//! in HTML included. It never says `Retry-After`.

use releasekit_core::package_manager::Reply;
use releasekit_core::{ErrorKind, Redactor};

use crate::error::{Error, Refusal};

/// How npm says that it begins to send.
const BEGUN: &str = "npm notice Publishing to ";

/// How it speaks of requests.
const FETCH: &str = "npm http fetch ";

/// What it calls failures to reach anybody, and of certificates that it does not trust: nothing has left this machine then.
const NOBODY: &[&str] = &[
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTFOUND",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

/// An upload that npm has made. The secrets go from what is shown only once its meaning is known, for a short one may stand in
/// any word.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) file: String,
    /// The registry, with a slash at its end.
    pub(crate) target: String,
    pub(crate) redactor: Redactor,
}

/// What npm printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printed<'a> {
    pub(crate) text: &'a str,
    /// Whether a part of it is missing: then nothing follows from what is not in it.
    pub(crate) truncated: bool,
}

/// What a failed upload means.
#[derive(Debug)]
pub(crate) enum Answer {
    /// All there is to know.
    Known(Reply),
    /// The registry did not find something; which, it has to be asked.
    NotFound,
}

/// An answer to an upload.
#[derive(Debug, Clone, Copy)]
struct Put<'a> {
    status: u16,
    url: &'a str,
}

impl Failure {
    /// What it means that npm ended with 0.
    pub(crate) fn judge(&self, printed: Printed<'_>) -> Reply {
        let is_elsewhere = |put: &Put<'_>| !put.url.starts_with(&self.target);
        match answers(printed.text, "PUT ").last() {
            Some(put) if is_elsewhere(&put) => self.redirected(printed.text),
            None if answers(printed.text, "GET ").any(|get| is_elsewhere(&get)) => self.redirected(printed.text),
            // It ends before it has printed all, sometimes.
            _ => Reply::Accepted,
        }
    }

    /// What a failed `npm publish` means. Only a complete 4xx says that the registry does not have the file.
    pub(crate) fn classify(&self, printed: Printed<'_>) -> Answer {
        let text = printed.text;
        let says = |words: &str| text.contains(words);
        if printed.truncated {
            return Answer::Known(self.unfinished("npm said more than can be kept", text));
        }
        let put = answers(text, "PUT ").last();
        if says("npm error code EMAXREDIRECT") || put.is_some_and(|put| !put.url.starts_with(&self.target)) {
            return Answer::Known(self.redirected(text));
        }
        if says("npm error code EOTP") {
            return Answer::Known(self.refused(Refusal::Otp, ErrorKind::Unauthenticated, text));
        }
        match put {
            Some(Put { status: 404 | 405, .. }) => Answer::NotFound,
            Some(put) => Answer::Known(self.by_status(put, text)),
            None => Answer::Known(self.without_answer(text)),
        }
    }

    /// An upload of which nobody knows how it ended.
    pub(crate) fn unfinished(&self, why: &str, text: &str) -> Reply {
        Reply::Unknown(self.failed(why, ErrorKind::Transient, text).into())
    }

    /// An upload that the registry did not take.
    pub(crate) fn refused(&self, refusal: Refusal, kind: ErrorKind, text: &str) -> Reply {
        let (file, target, output) = (self.file.clone(), self.target.clone(), self.shown(text));
        Reply::Refused(Error::Refused { file, target, refusal, kind, output }.into())
    }

    /// Nothing has left this machine where npm had not begun, or found nobody to talk to.
    fn without_answer(&self, text: &str) -> Reply {
        let code = text.lines().find_map(|line| line.strip_prefix("npm error code ")).unwrap_or_default().trim();
        if code == "ENEEDAUTH" {
            return self.refused(Refusal::NoCredentials, ErrorKind::Unauthenticated, text);
        }
        if !text.contains(BEGUN) {
            // Newer ones look first, and say it in their own words.
            if is_taken(text) {
                return self.refused(Refusal::File, ErrorKind::Conflict, text);
            }
            return Reply::Refused(self.failed("nothing was sent", ErrorKind::ToolFailed, text).into());
        }
        let tried = format!("{FETCH}PUT {}", self.target);
        if NOBODY.contains(&code) && text.lines().any(|line| line.starts_with(&tried) && line.contains(code)) {
            return Reply::Refused(self.failed("nothing was sent", ErrorKind::Transient, text).into());
        }
        self.unfinished("the registry gave no answer", text)
    }

    fn by_status(&self, put: Put<'_>, text: &str) -> Reply {
        let words = words(text, put.url).unwrap_or_default();
        let (refusal, kind) = match put.status {
            401 => (Refusal::BadCredentials, ErrorKind::Unauthenticated),
            402 => (Refusal::Plan, ErrorKind::Forbidden),
            403 if is_taken(words) => (Refusal::File, ErrorKind::Conflict),
            403 if wants_otp(words) => (Refusal::Otp, ErrorKind::Unauthenticated),
            403 => (Refusal::BadCredentials, ErrorKind::Forbidden),
            429 => (Refusal::File, ErrorKind::RateLimited),
            400..=499 if words.is_empty() => {
                let why = format!("the registry answered {}, and its words are missing", put.status);
                return self.unfinished(&why, text);
            }
            408 | 425 => (Refusal::File, ErrorKind::Transient),
            409 if words.contains("Failed to save packument") => (Refusal::File, ErrorKind::Transient),
            409 => (Refusal::File, ErrorKind::Conflict),
            400..=499 if is_taken(words) => (Refusal::File, ErrorKind::Conflict),
            400..=499 => (Refusal::File, ErrorKind::Invalid),
            status @ 500..=599 => {
                let error = self.failed(&format!("the registry answered {status}"), ErrorKind::Transient, text).into();
                return Reply::ServerError { status, error };
            }
            status => return self.unfinished(&format!("the registry answered {status}"), text),
        };
        self.refused(refusal, kind, text)
    }

    /// The registry has answered, and what it did with the file before it sent npm elsewhere nobody knows.
    fn redirected(&self, text: &str) -> Reply {
        let (file, target, output) = (self.file.clone(), self.target.clone(), self.shown(text));
        Reply::Unknown(Error::Redirected { file, target, output }.into())
    }

    fn failed(&self, why: &str, kind: ErrorKind, text: &str) -> Error {
        let (file, target, output) = (self.file.clone(), self.target.clone(), self.shown(text));
        Error::Upload { file, target, why: why.to_owned(), kind, output }
    }

    /// What npm says to people, without the list of what was packed.
    fn shown(&self, text: &str) -> String {
        let lines = text.lines().filter(|line| !line.starts_with("npm notice") && !line.starts_with("npm http cache"));
        self.redactor.redact(&lines.collect::<Vec<_>>().join("\n"))
    }
}

/// The answers to requests of a method.
fn answers<'a>(text: &'a str, method: &str) -> impl DoubleEndedIterator<Item = Put<'a>> {
    let of_method = move |line: &'a str| {
        let (status, rest) = line.strip_prefix(FETCH)?.strip_prefix(method)?.split_once(' ')?;
        Some(Put { status: status.parse().ok()?, url: rest.split(' ').next()? })
    };
    text.lines().filter_map(of_method).collect::<Vec<_>>().into_iter()
}

/// What the registry says of itself; `None` where nothing of it has come, or can be read.
fn words<'a>(text: &'a str, url: &str) -> Option<&'a str> {
    let start = format!("- PUT {url} - ");
    text.split_once(&start).and_then(|(_, rest)| rest.lines().next())
}

/// How registries say that a version is there, or was.
fn is_taken(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["cannot publish over", "already present", "already exist", "previously published"]
        .iter()
        .any(|it| words.contains(it))
}

/// How they ask for a second factor without saying so in a header.
fn wants_otp(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["one-time pass", "two-factor", "otp"].iter().any(|it| words.contains(it))
}

#[cfg(test)]
mod tests {
    use releasekit_core::{BackendError, Diagnostic, Secret};

    use super::*;

    const REGISTRY: &str = "https://house.test/npm/";
    const BEFORE: &str = "npm http cache file:/x/top-1.0.0.tgz 0ms (cache hit)\n";

    fn begun() -> String {
        format!("{BEFORE}{BEGUN}{REGISTRY} with tag next and default access\n")
    }

    fn failure() -> Failure {
        let redactor = Redactor::new().with(&Secret::new("hunter2"));
        Failure { file: "top-1.0.0.tgz".to_owned(), target: REGISTRY.to_owned(), redactor }
    }

    fn classify(text: &str) -> Reply {
        match failure().classify(Printed { text, truncated: false }) {
            Answer::Known(reply) => reply,
            Answer::NotFound => unreachable!("{text}"),
        }
    }

    fn answered(status: u16, words: &str) -> String {
        let words = if words.is_empty() { String::new() } else { format!(" - {words}") };
        let url = format!("{REGISTRY}top");
        let error = format!("npm error code E{status}\nnpm error {status} Words - PUT {url}{words}\n");
        format!("{}{FETCH}PUT {status} {url} 9ms\n{error}", begun())
    }

    fn refused(reply: Reply) -> BackendError {
        match reply {
            Reply::Refused(error) => error,
            other => unreachable!("{other:?}"),
        }
    }

    fn unknown(reply: Reply) -> BackendError {
        match reply {
            Reply::Unknown(error) => error,
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        for (status, words, code, kind) in [
            (401, "bad", "RK-PUBLISH-CREDENTIALS-REFUSED", ErrorKind::Unauthenticated),
            (402, "", "RK-PNPM-PLAN-WANTED", ErrorKind::Forbidden),
            (403, "You do not have permission", "RK-PUBLISH-CREDENTIALS-REFUSED", ErrorKind::Forbidden),
            (
                403,
                "You cannot publish over the previously published versions: 1.0.0.",
                "RK-PUBLISH-UPLOAD-REFUSED",
                ErrorKind::Conflict,
            ),
            (403, "Two-factor authentication is required", "RK-PNPM-OTP-WANTED", ErrorKind::Unauthenticated),
            (409, "this package is already present", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Conflict),
            (409, "Failed to save packument. A common cause", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Transient),
            (413, "too large", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Invalid),
            (422, "already exists", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Conflict),
            (429, "", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::RateLimited),
        ] {
            let error = refused(classify(&answered(status, words)));
            assert_eq!((error.code().as_str(), error.kind()), (code, kind), "{status} {words}");
        }
        let otp = format!("{}{FETCH}PUT 401 {REGISTRY}top 9ms\nnpm error code EOTP\n", begun());
        assert_eq!(refused(classify(&otp)).code().as_str(), "RK-PNPM-OTP-WANTED");
        let lost = answered(404, "Not found");
        assert!(matches!(failure().classify(Printed { text: &lost, truncated: false }), Answer::NotFound));
    }

    #[test]
    fn a_server_that_fails_and_an_answer_without_words_refuse_nothing() {
        for status in [500, 503, 599] {
            let reply = classify(&answered(status, "oops"));
            assert!(matches!(reply, Reply::ServerError { status: said, .. } if said == status), "{status}");
        }
        for status in [400, 409, 422] {
            assert!(unknown(classify(&answered(status, ""))).to_string().contains("words are missing"), "{status}");
        }
        for status in [100, 302, 600] {
            unknown(classify(&answered(status, "hm")));
        }
        let cut = Printed { text: &answered(409, "already present"), truncated: true };
        assert!(matches!(failure().classify(cut), Answer::Known(Reply::Unknown(_))));
    }

    #[test]
    fn nothing_was_sent_only_where_npm_did_not_begin_or_found_nobody() {
        let failed = |url: &str, code: &str| {
            format!("{}{FETCH}PUT {url}top attempt 1 failed with {code}\nnpm error code {code}\n", begun())
        };
        for text in [failed(REGISTRY, "ECONNREFUSED"), format!("{BEFORE}npm error code EUSAGE\n")] {
            let error = refused(classify(&text));
            assert!(error.to_string().contains("nothing was sent"), "{error}");
        }
        for text in [failed(REGISTRY, "ECONNRESET"), failed("https://other.test/", "ECONNREFUSED"), begun()] {
            unknown(classify(&text));
        }
        let taken = format!("{BEFORE}npm error You cannot publish over the previously published versions: 1.0.0.\n");
        assert_eq!(refused(classify(&taken)).kind(), ErrorKind::Conflict);
        let nobody = format!("{BEFORE}npm error code ENEEDAUTH\n");
        assert_eq!(refused(classify(&nobody)).code().as_str(), "RK-PUBLISH-CREDENTIALS-MISSING");
    }

    #[test]
    fn what_another_address_says_is_no_knowledge() {
        let judged = |line: &str| {
            failure().judge(Printed { text: &format!("{}{FETCH}{line} 3ms\n", begun()), truncated: false })
        };
        for line in ["PUT 200 https://other.test/top", "GET 200 https://other.test/page"] {
            let error = unknown(judged(line));
            assert_eq!(error.code().as_str(), "RK-PUBLISH-UPLOAD-REDIRECTED", "{line}");
        }
        for line in ["PUT 200 https://house.test/npm/top", "GET 404 https://house.test/npm/top"] {
            assert!(matches!(judged(line), Reply::Accepted), "{line}");
        }
        let again = format!("{}npm error code EMAXREDIRECT\n", begun());
        assert_eq!(unknown(classify(&again)).code().as_str(), "RK-PUBLISH-UPLOAD-REDIRECTED");
    }

    #[test]
    fn secrets_are_not_shown() {
        let error = refused(classify(&answered(400, "no hunter2 here")));
        let output = error.output().expect("npm said something");
        assert!(output.contains("no *** here") && !output.contains("npm notice"), "{output}");
    }
}
