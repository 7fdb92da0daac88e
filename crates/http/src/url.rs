//! URLs: reading, joining, and showing them without what is secret.

use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::{Error, Result};

/// Resolves what a page refers to against the URL of the page. Fails with `Invalid` where the result is no absolute
/// `http` or `https` URL.
pub fn resolve(base: &str, reference: &str) -> Result<String> {
    let joined = parse(base)?.join(reference).map_err(|error| invalid(reference, &error.to_string()))?;
    check(joined, reference).map(String::from)
}

/// Whether what is asked of both URLs goes to one scheme, host and port, so that what may be told to the one may be told to the
/// other. A URL that cannot be asked over HTTP has that in common with none.
pub fn same_origin(one: &str, other: &str) -> bool {
    matches!((parse(one), parse(other)), (Ok(one), Ok(other)) if one.origin() == other.origin())
}

/// The last part of a URL's path, decoded: the name of the file it leads to. `None` where the path ends with a slash.
pub fn file_name(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let name = percent_decode_str(url.path_segments()?.next_back()?).decode_utf8().ok()?;
    (!name.is_empty()).then(|| name.into_owned())
}

pub(crate) fn parse(text: &str) -> Result<Url> {
    let url = Url::parse(text).map_err(|error| invalid(text, &error.to_string()))?;
    check(url, text)
}

fn check(url: Url, text: &str) -> Result<Url> {
    match url.scheme() {
        "http" | "https" => Ok(url),
        scheme => Err(invalid(text, &format!("`{scheme}` is neither http nor https"))),
    }
}

fn invalid(text: &str, reason: &str) -> Error {
    Error::InvalidRequest { url: shown(text), reason: reason.to_owned() }
}

/// The URL for people: no user, no password, no query and no fragment, for signed URLs keep their secret there.
pub fn shown(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.has_host() => bare(&url, true),
        // Not a URL, yet something in it may be a password.
        _ => text.rsplit_once('@').map_or_else(|| text.to_owned(), |(_, rest)| format!("***@{rest}")),
    }
}

pub(crate) fn show(url: &Url) -> String {
    bare(url, true)
}

/// The URL without user and password.
pub(crate) fn without_login(url: &Url) -> String {
    bare(url, false)
}

fn bare(url: &Url, drop_query: bool) -> String {
    let mut url = url.clone();
    // Only URLs without a host refuse, and those have no login to lose.
    let _unchanged = url.set_username("").is_err() || url.set_password(None).is_err();
    if drop_query {
        url.set_query(None);
        url.set_fragment(None);
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_as_browsers_do() {
        let base = "https://index.test/simple/demo/";
        let cases = [
            ("../../files/a.whl#sha256=1", "https://index.test/files/a.whl#sha256=1"),
            ("/a.whl", "https://index.test/a.whl"),
            ("//cdn.test/a.whl", "https://cdn.test/a.whl"),
            ("http://other.test/a b.whl", "http://other.test/a%20b.whl"),
        ];
        for (reference, expected) in cases {
            assert_eq!(resolve(base, reference).ok().as_deref(), Some(expected), "{reference}");
        }
    }

    #[test]
    fn an_origin_is_the_one_that_is_asked() {
        let own = "https://me:secret@House.test/npm/";
        for url in ["https://house.test", "https://house.test:443/x?y#z", "HTTPS://you@HOUSE.test\\x"] {
            assert!(same_origin(own, url) && same_origin(url, own), "{url}");
        }
        for url in [
            "http://house.test/",
            "https://house.test:8443/",
            "https://house.test.other.test/",
            "https://other.test\\@house.test/",
            "https://other.test?@house.test/",
            "https://other.test#@house.test/",
            "https://house.test@other.test/",
            "house.test",
            "",
        ] {
            assert!(!same_origin(own, url) && !same_origin(url, own), "{url}");
        }
        assert!(!same_origin("file:///a", "file:///a"), "nothing is asked there");
    }

    #[test]
    fn a_url_names_the_file_it_leads_to() {
        let cases = [
            ("https://index.test/files/a%2Bb-1.0.whl?x=/y#z/", Some("a+b-1.0.whl")),
            ("https://index.test/files/", None),
            ("https://index.test", None),
            ("https://index.test/%ff", None),
            ("index.test/a", None),
        ];
        for (url, expected) in cases {
            assert_eq!(file_name(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn only_http_urls_are_taken() {
        for (base, reference) in [("https://index.test/", "file:///etc/passwd"), ("index.test", "a"), ("data:,x", "a")]
        {
            let error = resolve(base, reference).expect_err("this is nothing to ask over HTTP");
            assert!(matches!(error, Error::InvalidRequest { .. }), "{error}");
        }
    }

    #[test]
    fn what_people_see_holds_no_secret() {
        let cases = [
            ("https://rk:hunter2@index.test/simple/?sig=hunter2#hunter2", "https://index.test/simple/"),
            ("rk:hunter2@index.test/simple", "***@index.test/simple"),
            ("index.test/simple", "index.test/simple"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected);
        }
    }
}
