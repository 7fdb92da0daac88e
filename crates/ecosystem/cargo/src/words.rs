//! What cargo's words say of a failure. It ends with 101 whatever happened.

use releasekit_core::ErrorKind;

/// How cargo says that a lockfile is not what it would write.
const STALE: &str = "because --locked was passed";

/// How it says that there are no versions that meet all requirements, or that a package is not there at all.
const UNSOLVABLE: &[&str] = &["failed to select a version", "no matching package", "not found in registry"];

/// What it adds to each failure where the network is out of bounds.
const OFFLINE: &[&str] =
    &["you're using offline mode", "but --offline was specified", "can't be downloaded in offline mode"];

/// How a failed connection begins: curl's codes for one that was not made, broke or took too long.
const NETWORK: &[&str] = &[
    "[5] ",
    "[6] ",
    "[7] ",
    "[18] ",
    "[28] ",
    "[35] ",
    "[52] ",
    "[55] ",
    "[56] ",
    "spurious network error",
    "timed out",
];

/// What is known of a failure that answers no question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) why: String,
    /// What can be done about it.
    pub(crate) kind: ErrorKind,
}

impl Fault {
    pub(crate) fn new(kind: ErrorKind, why: impl Into<String>) -> Self {
        Self { why: why.into(), kind }
    }
}

/// What a failure means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// A lockfile would be another one.
    Stale,
    /// No versions meet all requirements, as far as it could look.
    Unsolvable,
    /// It would have to ask a registry, and may not.
    WantsNetwork,
    /// It could not find out.
    Failed(Fault),
}

/// What cargo said when it failed.
pub(crate) fn said(stderr: &str) -> Said {
    let says = |words: &[&str]| words.iter().any(|words| stderr.contains(words));
    if says(&[STALE]) {
        return Said::Stale;
    }
    if let Some(fault) = refused(stderr) {
        return Said::Failed(fault);
    }
    // A folder of the workspace has no other versions than it has, on the network or off it.
    if says(OFFLINE) && !stderr.contains("location searched: /") {
        return Said::WantsNetwork;
    }
    if says(UNSOLVABLE) {
        return Said::Unsolvable;
    }
    Said::Failed(Fault::new(ErrorKind::ToolFailed, "cargo failed"))
}

/// What is known of a `cargo publish` that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The registry has it not from us: it was not sent, or refused in a complete answer.
    Not(Fault),
    /// The registry failed, with this status.
    Failed(u16),
    /// It may have arrived.
    Unclear,
}

/// How cargo begins to say that it sends.
const UPLOADING: &str = "Uploading ";

/// How it tells what a registry says.
const ANSWER: &str = "the remote server responded with an error";

/// What became of a crate that cargo could not publish.
pub(crate) fn sent(stderr: &str) -> Sent {
    if !stderr.lines().any(|line| line.trim_start().starts_with(UPLOADING)) {
        return Sent::Not(not_begun(stderr));
    }
    let plain = stderr.split("failed to get a 200 OK response, got ").nth(1).and_then(number);
    let Some((_, answer)) = stderr.split_once(ANSWER) else {
        return match plain {
            Some(status @ 400..500) => Sent::Not(answered(Some(status), "")),
            Some(status @ 500..) => Sent::Failed(status),
            _ => Sent::Unclear,
        };
    };
    let status = answer.strip_prefix(" (status ").and_then(number);
    let words = answer.split_once(": ").map_or("", |(_, words)| words.lines().next().unwrap_or_default());
    match status {
        Some(status @ 500..) => Sent::Failed(status),
        Some(300..400) => Sent::Unclear,
        status => Sent::Not(answered(status, words)),
    }
}

fn number(text: &str) -> Option<u16> {
    text.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

/// Why nothing was sent.
fn not_begun(stderr: &str) -> Fault {
    const LOGIN: &[&str] =
        &["credential provider", "credential-provider", "no token found", "token rejected", "cargo login"];
    if stderr.contains("already exists on") {
        return Fault::new(ErrorKind::Conflict, "the registry has this version");
    }
    if LOGIN.iter().any(|words| stderr.contains(words)) {
        return Fault::new(ErrorKind::Unauthenticated, "no program gave cargo a token for it");
    }
    refused(stderr).unwrap_or_else(|| Fault::new(ErrorKind::ToolFailed, "cargo failed before it sent anything"))
}

/// What a refusal means.
fn answered(status: Option<u16>, words: &str) -> Fault {
    let says = |part: &str| words.contains(part);
    let kind = match status {
        Some(401) => ErrorKind::Unauthenticated,
        Some(403) if says("authentication") || says("token") => ErrorKind::Unauthenticated,
        Some(403) => ErrorKind::Forbidden,
        Some(404) => ErrorKind::NotFound,
        Some(408) => ErrorKind::Transient,
        Some(409) => ErrorKind::Conflict,
        Some(429) => ErrorKind::RateLimited,
        _ if says("already") => ErrorKind::Conflict,
        _ => ErrorKind::Invalid,
    };
    let why = match (status, words) {
        (Some(status), "") => format!("the registry answered {status}"),
        _ => format!("the registry says: {words}"),
    };
    Fault::new(kind, why)
}

/// What a registry answered, or that it did not.
fn refused(stderr: &str) -> Option<Fault> {
    let status =
        stderr.lines().find_map(|line| line.rsplit_once("got ").and_then(|(_, code)| code.trim().parse().ok()));
    let said = |kind, why: &str| Some(Fault::new(kind, why));
    match status {
        Some(401) => said(ErrorKind::Unauthenticated, "the registry wants a login"),
        Some(403) => said(ErrorKind::Forbidden, "the registry lets it read nothing"),
        Some(429) => said(ErrorKind::RateLimited, "the registry asks for fewer requests"),
        Some(500..=599) => said(ErrorKind::Transient, "the registry failed"),
        Some::<u16>(_) => None,
        None if stderr.contains("authenticated registries require") || stderr.contains("no token found for") => {
            said(ErrorKind::Unauthenticated, "the registry wants a login")
        }
        None if NETWORK.iter().any(|words| stderr.contains(words)) => {
            said(ErrorKind::Transient, "the registry did not answer")
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_kept_cargo_from_an_answer() {
        let network = "error: failed to get `x`\n\nCaused by:\n  failed to download from `http://127.0.0.1:9/config.json`\n\n\
            Caused by:\n  [7] Could not connect to server (Failed to connect to 127.0.0.1 port 9)";
        let status = |code: u16| {
            format!("  failed to get successful HTTP response from `http://h/x` (127.0.0.1), got {code}\n  body:")
        };
        let cases = [
            (network.to_owned(), ErrorKind::Transient),
            (status(503), ErrorKind::Transient),
            (status(429), ErrorKind::RateLimited),
            (status(401), ErrorKind::Unauthenticated),
            (status(403), ErrorKind::Forbidden),
            (
                "  authenticated registries require a credential-provider to be configured".to_owned(),
                ErrorKind::Unauthenticated,
            ),
            ("error: something else".to_owned(), ErrorKind::ToolFailed),
        ];
        for (text, kind) in cases {
            assert!(matches!(said(&text), Said::Failed(fault) if fault.kind == kind), "{text}");
        }
    }

    #[test]
    fn only_what_was_not_begun_or_refused_was_not_sent() {
        use ErrorKind::{Conflict, Forbidden, Invalid, RateLimited, ToolFailed, Transient, Unauthenticated};
        let said =
            |words: &str| format!("   Uploading a v1.0.0 (/w/a)\nerror: failed to publish a\n\nCaused by:\n  {words}");
        let answer = |words: &str| said(&format!("the remote server responded with an error{words}"));
        for (text, expected) in [
            (answer(" (status 403 Forbidden): authentication failed"), Unauthenticated),
            (answer(" (status 403 Forbidden): this crate exists but you don't seem to be an owner."), Forbidden),
            (answer(" (status 429 Too Many Requests): try later"), RateLimited),
            (answer(": crate version `1.0.0` is already uploaded"), Conflict),
            (answer(" (status 400 Bad Request): missing or empty metadata fields: license."), Invalid),
            (said("failed to get a 200 OK response, got 403\nheaders:\n\nbody:\n<html>"), Forbidden),
            ("error: crate a@1.0.0 already exists on `house` index".to_owned(), Conflict),
            ("error: no token found for `house`, please run `cargo login`".to_owned(), Unauthenticated),
            ("error: credential provider `x` failed action `get`".to_owned(), Unauthenticated),
            ("error: failed to get `x`\n  [7] Could not connect to server".to_owned(), Transient),
            ("error: something else".to_owned(), ToolFailed),
        ] {
            assert!(matches!(sent(&text), Sent::Not(fault) if fault.kind == expected), "{text}: {:?}", sent(&text));
        }
        for text in
            [answer(" (status 503 Service Unavailable): down"), said("failed to get a 200 OK response, got 503\n")]
        {
            assert_eq!(sent(&text), Sent::Failed(503), "{text}");
        }
        let lost = "[52] Server returned nothing (no headers, no data)";
        for text in
            [said(lost), said("failed to get a 200 OK response, got 302\n"), said("Request timed out after 30 seconds")]
        {
            assert_eq!(sent(&text), Sent::Unclear, "{text}");
        }
    }

    #[test]
    fn what_has_no_solution_is_told_from_what_was_not_looked_for() {
        let stale = "error: cannot update the lock file /w/Cargo.lock because --locked was passed to prevent this";
        assert_eq!(said(stale), Said::Stale);
        let missing = "error: no matching package named `anyhow` found\nlocation searched: crates.io index\n";
        assert_eq!(said(missing), Said::Unsolvable);
        let reminder =
            "As a reminder, you're using offline mode (--offline) which can sometimes cause surprising failures";
        assert_eq!(said(&format!("{missing}{reminder}")), Said::WantsNetwork);
        let inside = "error: failed to select a version for the requirement `base = \"^1.0\"`\ncandidate versions found which \
            didn't match: 2.0.0\nlocation searched: /w/p/base\n";
        assert_eq!(said(&format!("{inside}{reminder}")), Said::Unsolvable);
    }
}
