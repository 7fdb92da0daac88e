//! Takes credentials out of URLs, wherever they stand in a text.

/// The text with every `scheme://user:password@` shortened to `scheme://***@`. A plain user name before an SSH host
/// is no secret and stays.
pub(crate) fn redact(text: &str) -> String {
    rewrite(text, "***@")
}

/// A URL without the credential it may carry.
pub(crate) fn without_credential(url: &str) -> String {
    rewrite(url, "")
}

fn rewrite(text: &str, instead: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + "://".len());
        out.push_str(before);
        let end =
            after.find(|letter: char| "/?#'\"<>`".contains(letter) || letter.is_whitespace()).unwrap_or(after.len());
        rest = after;
        if let Some(host) = after[..end].rfind('@')
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
    fn credentials_go_and_the_rest_stays() {
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
        ];
        for (text, expected) in cases {
            assert_eq!(redact(text), expected);
        }
        assert_eq!(without_credential("https://me:s3cret@host/x.git"), "https://host/x.git");
    }
}
