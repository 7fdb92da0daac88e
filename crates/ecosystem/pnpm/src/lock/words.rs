//! What pnpm prints where it does not accept a lockfile, or could not find out.

use releasekit_core::ErrorKind;

/// Why pnpm could not find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) why: String,
    pub(super) kind: ErrorKind,
}

impl Fault {
    pub(super) fn new(kind: ErrorKind, why: impl Into<String>) -> Self {
        Self { why: why.into(), kind }
    }
}

/// What a failure means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// The lockfile is another one than the package files ask for.
    Stale,
    /// It would have to ask a registry.
    WantsNetwork,
    /// Something else.
    Failed(Fault),
}

/// Codes by which pnpm refuses a lockfile.
const STALE: &[&str] = &[
    "ERR_PNPM_BROKEN_LOCKFILE",
    "ERR_PNPM_FROZEN_LOCKFILE_WITH_OUTDATED_LOCKFILE",
    "ERR_PNPM_LOCKFILE_BREAKING_CHANGE",
    "ERR_PNPM_LOCKFILE_CONFIG_MISMATCH",
    "ERR_PNPM_LOCKFILE_MISSING_DEPENDENCY",
    "ERR_PNPM_NO_LOCKFILE",
    "ERR_PNPM_OUTDATED_LOCKFILE",
];

/// How it says that it lacks what a registry would tell.
const WANTS_NETWORK: &[&str] = &["ERR_PNPM_NO_OFFLINE_META", "ERR_PNPM_NO_OFFLINE_TARBALL", "supply-chain policy"];

/// What it prints of a registry that does not answer.
const NETWORK: &[&str] = &[
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "ERR_PNPM_META_FETCH_FAIL",
    "ETIMEDOUT",
    "error sending request",
];

/// What is printed of a failure.
pub(super) fn said(text: &str) -> Said {
    let says = |words: &&&str| text.contains(**words);
    if STALE.iter().any(|words| says(&words)) {
        return Said::Stale;
    }
    if WANTS_NETWORK.iter().any(|words| says(&words)) {
        return Said::WantsNetwork;
    }
    let status = text.split_once("ERR_PNPM_FETCH_").and_then(|(_, rest)| rest.get(..3)?.parse::<u16>().ok());
    let kind = match status {
        Some(401) => ErrorKind::Unauthenticated,
        Some(403) => ErrorKind::Forbidden,
        Some(429) => ErrorKind::RateLimited,
        Some(408 | 425 | 500..=599) => ErrorKind::Transient,
        _ => ErrorKind::ToolFailed,
    };
    Said::Failed(match status {
        Some(status) => Fault::new(kind, format!("a registry answered {status}")),
        None if NETWORK.iter().any(|words| says(&words)) => {
            Fault::new(ErrorKind::Transient, "a registry gave no answer")
        }
        None => Fault::new(ErrorKind::ToolFailed, "pnpm failed"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_apart() {
        for (text, expected) in [
            (" ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with \"frozen-lockfile\"", Said::Stale),
            ("Error: ERR_PNPM_LOCKFILE_CONFIG_MISMATCH\n", Said::Stale),
            ("╰─▶ ERR_PNPM_NO_OFFLINE_META: Failed to resolve is-number", Said::WantsNetwork),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
        for (text, expected) in [
            (" ERR_PNPM_FETCH_401  GET https://r.test/a: Unauthorized - 401", ErrorKind::Unauthenticated),
            (" ERR_PNPM_FETCH_503  GET https://r.test/a", ErrorKind::Transient),
            ("ERR_PNPM_META_FETCH_FAIL  GET https://r.test/a", ErrorKind::Transient),
            ("something of its own", ErrorKind::ToolFailed),
        ] {
            assert!(matches!(said(text), Said::Failed(fault) if fault.kind == expected), "{text}");
        }
    }
}
