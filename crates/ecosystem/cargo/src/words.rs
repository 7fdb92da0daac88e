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
