//! What a failed conversation with a remote means, by what git printed.

use releasekit_process::Output;

use crate::error::Error;
use crate::program::{failure, printed};

/// Texts of a remote that knows no credential of ours. `GIT_TERMINAL_PROMPT=0` makes git say the second.
const UNAUTHENTICATED: &[&str] = &[
    "Authentication failed",
    "could not read Username",
    "could not read Password",
    "terminal prompts disabled",
    "Permission denied (publickey",
    "Invalid username or",
    "returned error: 401",
    "HTTP Basic: Access denied",
];

/// Texts of a remote that knows the credential and lets it not do this.
const FORBIDDEN: &[&str] = &[
    "returned error: 403",
    "Write access to repository not granted",
    "You are not allowed to push code",
    "ERROR: Permission to",
    "denied to deploy key",
    "marked as read only",
];

/// Texts of a connection that failed before anything was sent.
const NOT_REACHED: &[&str] = &[
    "Could not resolve host",
    "Could not resolve hostname",
    "Connection refused",
    "Connection timed out",
    "Network is unreachable",
    "No route to host",
    "Failed to connect",
    "Couldn't connect to server",
    "Could not connect to",
    "does not appear to be a git repository",
    "Repository not found",
    "repository not found",
    "' not found",
    "returned error: 404",
    "Host key verification failed",
    "unable to find remote helper",
];

/// Texts of a connection that ended early, and of servers in trouble.
const BROKEN: &[&str] = &[
    "the remote end hung up",
    "early EOF",
    "unexpected disconnect",
    "Connection reset",
    "Broken pipe",
    "RPC failed",
    "returned error: 5",
    "returned error: 429",
    "Could not read from remote repository",
    "Operation timed out",
    "SSL",
    "TLS",
    "unable to access",
    "remote failed to report status",
    "the remote end did not",
    "failed to push some refs to",
];

fn has(text: &str, signs: &[&str]) -> bool {
    signs.iter().any(|sign| text.contains(sign))
}

/// The error that a failed command towards a remote is.
pub(super) fn classify(remote: &str, what: &str, output: &Output) -> Error {
    let text = printed(output);
    refusal(remote, &text).unwrap_or_else(|| {
        if has(&text, BROKEN) || output.code.is_none() {
            Error::Unreachable { remote: remote.to_owned(), output: text }
        } else {
            failure(what, output)
        }
    })
}

/// The error, where it is certain that the remote has taken nothing.
pub(super) fn refusal(remote: &str, text: &str) -> Option<Error> {
    let (remote, output) = (remote.to_owned(), text.to_owned());
    if has(text, UNAUTHENTICATED) {
        Some(Error::Unauthenticated { remote, output })
    } else if has(text, FORBIDDEN) {
        Some(Error::Forbidden { remote, output })
    } else if has(text, NOT_REACHED) {
        Some(Error::Unreachable { remote, output })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::{Diagnostic, ErrorKind};

    use super::*;

    #[test]
    fn what_servers_say_is_told_apart() {
        let cases = [
            ("fatal: could not read Username for 'https://x': terminal prompts disabled", ErrorKind::Unauthenticated),
            (
                "git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.",
                ErrorKind::Unauthenticated,
            ),
            (
                "remote: Write access to repository not granted.\nfatal: unable to access 'https://x/': The requested URL returned error: 403",
                ErrorKind::Forbidden,
            ),
            ("fatal: unable to access 'https://x/': Could not resolve host: x", ErrorKind::Transient),
            ("fatal: '/x' does not appear to be a git repository", ErrorKind::Transient),
        ];
        for (text, kind) in cases {
            assert_eq!(refusal("origin", text).map(|error| error.kind()), Some(kind), "{text}");
        }
        assert!(refusal("origin", "fatal: the remote end hung up unexpectedly").is_none());
    }
}
