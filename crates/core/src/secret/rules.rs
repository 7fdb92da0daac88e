//! What is taken out of quoted text whatever we know of it: logins that a keyring or a server made.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands for a secret.
pub(super) const STARS: &str = "***";

/// Patterns; what the group `secret` takes in is replaced.
const PATTERNS: &[&str] = &[
    // The scheme of an `Authorization` header and what follows it, also where a dump, a URL or JSON writes the gap.
    r#"(?:basic|bearer)(?:[\s\x00=+:"']|%20|%22|%3a|&nbsp;|&#32;|\\+u0020|\\+[nrt"'])+(?<secret>[^\s\x00"'<>,;(){}\[\]\\]+)"#,
    // Headers that carry a credential, to the end of the value.
    r#"(?:authorization|private-token|job-token|x-api-key|x-auth-token|cookie)(?:\\*["']\s*)?[:=]\s*(?<secret>\\*"[^"]*"?|\\*'[^']*'?|[^\r\n<]+)"#,
    // The same as a pair.
    r#"(?:authorization|private-token|job-token|x-api-key|x-auth-token|cookie)\\*["']\s*,\s*(?<secret>\\*"[^"]*"?|\\*'[^']*'?)"#,
    // Values of a query that call themselves a credential.
    r#"[?&;](?:[\w.-]*(?:token|secret|passw|signature|credential|api[_-]?key|access[_-]?key)[\w.-]*|sig|auth|key)=(?<secret>[^&;\s"'<>#`]+)"#,
    // Tokens of package indexes and forges, and signed identities, by their shape.
    r"(?<secret>pypi-[A-Za-z0-9_-]{40,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,})",
    r"(?<secret>eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)",
];

static RULES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let pattern = |pattern: &&str| Regex::new(&format!("(?i){pattern}")).expect("our own patterns are legal");
    PATTERNS.iter().map(pattern).collect()
});

/// The text without what looks like a login.
pub(super) fn apply(text: &str) -> String {
    RULES.iter().fold(redact_urls(text), |text, rule| match rule.replace_all(&text, starred) {
        Cow::Borrowed(_) => text,
        Cow::Owned(changed) => changed,
    })
}

/// The whole match, with stars in the place of its secret.
fn starred(found: &Captures<'_>) -> String {
    let whole = found.get_match();
    let secret = found.name("secret").map_or(whole.range(), |secret| secret.range());
    let (before, after) = (secret.start - whole.start(), secret.end - whole.start());
    [&whole.as_str()[..before], STARS, &whole.as_str()[after..]].concat()
}

/// The text with every `scheme://user:password@` shortened to `scheme://***@`. A plain user name before an SSH host is
/// no secret and stays.
pub fn redact_urls(text: &str) -> String {
    rewrite(text, "***@")
}

/// A URL, or a text of several, without the login that each may carry.
pub fn without_login(url: &str) -> String {
    rewrite(url, "")
}

/// The part of a URL after its scheme that may hold a login: up to the path, in text that may quote it.
pub(super) fn authority(after_scheme: &str) -> &str {
    let end = after_scheme.find(|c: char| "/?#'\"<>`,\\".contains(c) || c.is_whitespace() || c.is_control());
    &after_scheme[..end.unwrap_or(after_scheme.len())]
}

fn rewrite(text: &str, instead: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + "://".len());
        out.push_str(before);
        rest = after;
        if let Some(host) = authority(after).rfind('@')
            && (!before.ends_with("ssh://") || after[..host].contains(':'))
        {
            out.push_str(instead);
            rest = &after[host + 1..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_login_goes_whatever_it_is() {
        let cases = [
            ("not you: Basic am9lOm5ldHJj", "not you: Basic ***"),
            ("bearer\n  abc.def-_~+/= x", "bearer\n  *** x"),
            ("{\"Authorization\": \"Digest a=b, c=d\", \"x\": 1}", "{\"Authorization\": ***, \"x\": 1}"),
            ("{\\\"authorization\\\":\\\"Basic abc\\\"}", "{\\\"authorization\\\":***}"),
            ("('Authorization', 'Negotiate abc')", "('Authorization', ***)"),
            ("Proxy-Authorization: AWS4 Credential=a, Signature=b\nnext", "Proxy-Authorization: ***\nnext"),
            ("PRIVATE-TOKEN: abc", "PRIVATE-TOKEN: ***"),
            ("<pre>Authorization=secret</pre>", "<pre>Authorization=***</pre>"),
            ("Basic%20YWJj and Basic+YWJj", "Basic%20*** and Basic+***"),
            ("Basic \"YWJj\"", "Basic \"***\""),
            ("https://h/x?token=abc&b=1 ?sig=abc#f", "https://h/x?token=***&b=1 ?sig=***#f"),
            ("ghp_0123456789012345678901234567890123456789", "***"),
            ("id eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln!", "id ***!"),
        ];
        for (text, expected) in cases {
            assert_eq!(apply(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_login_stays() {
        let texts =
            ["a basically bearable text", "authorization is required", "pypi-attestation-models 1.0", "feat: keys"];
        for text in texts {
            assert_eq!(apply(text), text);
        }
    }

    #[test]
    fn logins_of_urls_go_and_the_rest_stays() {
        let cases = [
            (
                "fatal: unable to access 'https://me:s3cret@host/x.git/': 403",
                "fatal: unable to access 'https://***@host/x.git/': 403",
            ),
            ("https://token@host/x and http://a:b@c", "https://***@host/x and http://***@c"),
            ("ssh://git@host/x", "ssh://git@host/x"),
            ("ssh://git:pw@host/x", "ssh://***@host/x"),
            ("https://host/x@y", "https://host/x@y"),
            ("no url at all: a@b", "no url at all: a@b"),
            ("https://a:p@ss@host/", "https://***@host/"),
            ("https://a,https://b@c", "https://a,https://***@c"),
        ];
        for (text, expected) in cases {
            assert_eq!(redact_urls(text), expected);
        }
        assert_eq!(without_login("https://me:s3cret@host/x.git"), "https://host/x.git");
    }
}
