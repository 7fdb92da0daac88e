//! What uv prints where it could not find something out. Its exit codes tell little, so its words do.

use releasekit_core::ErrorKind;

/// Why uv could not find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) why: String,
    pub(crate) kind: ErrorKind,
}

impl Fault {
    /// A failure that may pass.
    pub(crate) fn network(why: impl Into<String>) -> Self {
        Self { why: why.into(), kind: ErrorKind::Transient }
    }

    fn new(why: &str, kind: ErrorKind) -> Self {
        Self { why: why.to_owned(), kind }
    }
}

/// Where an index does not let uv in, uv goes on as if it had nothing, and only hints at the cause.
pub(crate) fn refused(stderr: &str) -> Option<Fault> {
    if stderr.contains("lack of valid authentication credentials") {
        return Some(Fault::new("the index wants a login", ErrorKind::Unauthenticated));
    }
    let forbidden = stderr.contains("returned a 403 Forbidden error");
    forbidden.then(|| Fault::new("the index lets it read nothing", ErrorKind::Forbidden))
}

/// What a failure means.
pub(crate) fn failure(stderr: &str) -> Fault {
    if let Some(fault) = refused(stderr) {
        return fault;
    }
    if lacks_python(stderr) {
        return Fault::new("it found no Python", ErrorKind::Precondition);
    }
    match status(stderr) {
        Some(status) => Fault { why: format!("the index answered {status}"), kind: kind_of(status) },
        None if is_network(stderr) => Fault::network("the index gave no answer"),
        None => Fault::new("uv failed", ErrorKind::ToolFailed),
    }
}

fn kind_of(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Unauthenticated,
        403 => ErrorKind::Forbidden,
        429 => ErrorKind::RateLimited,
        408 | 425 | 500..=599 => ErrorKind::Transient,
        _ => ErrorKind::ToolFailed,
    }
}

/// The number in `HTTP status client error (404 Not Found)`.
pub(crate) fn status(stderr: &str) -> Option<u16> {
    let (_, after) = stderr.split_once("HTTP status ")?;
    let (_, after) = after.split_once(" error (")?;
    after.get(..3)?.parse().ok()
}

fn is_network(stderr: &str) -> bool {
    ["Failed to fetch", "error sending request", "Failed to download", "error decoding response body", "timed out"]
        .iter()
        .any(|words| stderr.contains(words))
}

/// What uv says of the failure, without what it warned of before.
pub(crate) fn said(stderr: &str) -> String {
    let at = stderr.find("error: ").unwrap_or_default();
    stderr[at..].trim_end().to_owned()
}

/// Whether uv has no interpreter that would do.
pub(crate) fn lacks_python(stderr: &str) -> bool {
    stderr.contains("No interpreter found")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_the_kind_by_which_callers_decide() {
        let login = "error: No solution found when resolving dependencies\n\nhint: An index URL (http://h/) could not be \
            queried due to a lack of valid authentication credentials (401 Unauthorized)";
        let forbidden = "No solution found\nhint: An index (http://h/) returned a 403 Forbidden error. Check that …";
        let refused =
            "error: Failed to fetch: http://h/\n  cause: error sending request\n  cause: client error (Connect)";
        for (text, kind) in [
            (login, ErrorKind::Unauthenticated),
            (forbidden, ErrorKind::Forbidden),
            (refused, ErrorKind::Transient),
            ("error: No interpreter found for Python 3.9", ErrorKind::Precondition),
            ("error: unexpected argument '--universal' found", ErrorKind::ToolFailed),
        ] {
            assert_eq!(failure(text).kind, kind, "{text}");
        }
    }

    #[test]
    fn what_is_said_of_a_failure_begins_with_the_failure() {
        let failed = "error: No solution found\n  cause: Because there is no version of lib==1.0.0";
        assert_eq!(said(&format!("Using CPython 3.11\nwarning: Python 3.9 is not available\n{failed}\n")), failed);
        assert_eq!(said("something else"), "something else");
    }

    #[test]
    fn a_status_decides_where_there_is_one() {
        for (text, kind) in [
            ("server error (503 Service Unavailable)", ErrorKind::Transient),
            ("client error (429 Too Many Requests)", ErrorKind::RateLimited),
            ("client error (418 I'm a teapot)", ErrorKind::ToolFailed),
            ("client error (401 Unauthorized)", ErrorKind::Unauthenticated),
            ("client error (403 Forbidden)", ErrorKind::Forbidden),
        ] {
            let text = format!("error: Failed to fetch: http://h/\n  cause: HTTP status {text} for url (http://h/)");
            assert_eq!(failure(&text).kind, kind, "{text}");
        }
    }
}
