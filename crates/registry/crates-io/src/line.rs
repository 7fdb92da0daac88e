//! The file of a crate in an index: one line of JSON for each version. Text in, values out.

use releasekit_core::VersionScheme;
use releasekit_core::model::Version;
use releasekit_formats::cargo::name::canonical;
use releasekit_formats::semver::SemVer;
use serde::Deserialize;

use crate::error::Error;

/// A version, as far as it is told apart from others.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) vers: String,
    /// The sha256 of the file.
    pub(crate) cksum: String,
    #[serde(default)]
    pub(crate) yanked: bool,
}

/// All versions of a crate, as its file lists them, and where that is.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    url: String,
    lines: Vec<Line>,
}

impl Lines {
    /// Reads the file of a crate. Fails where it is none, or another crate's.
    pub(crate) fn read(url: &str, name: &str, body: &[u8]) -> Result<Self, Error> {
        let invalid = |reason: String| Error::InvalidIndex { url: url.to_owned(), reason };
        let text = std::str::from_utf8(body).map_err(|_| invalid("it is no UTF-8".to_owned()))?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let lines: Result<Vec<Line>, _> = lines.map(serde_json::from_str).collect();
        let lines = lines.map_err(|error| invalid(format!("a line of it is no version: {error}")))?;
        match lines.iter().find(|line| canonical(&line.name) != canonical(name)) {
            Some(other) => Err(invalid(format!("it is the file of `{}`", other.name))),
            None => Ok(Self { url: url.to_owned(), lines }),
        }
    }

    /// The line of a version; build metadata does not count. Fails where there are several that differ.
    pub(crate) fn find(&self, version: &Version) -> Result<Option<&Line>, Error> {
        let is_it = |line: &&Line| SemVer.parse(&line.vers).is_ok_and(|other| SemVer.compare(&other, version).is_eq());
        let mut found = self.lines.iter().filter(is_it);
        let Some(first) = found.next() else { return Ok(None) };
        match found.all(|other| other.cksum.eq_ignore_ascii_case(&first.cksum)) {
            true => Ok(Some(first)),
            false => Err(Error::Ambiguous { url: self.url.clone(), version: first.vers.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::Diagnostic;

    use super::*;
    use crate::codes;

    fn read(lines: &[&str]) -> Result<Lines, Error> {
        Lines::read("http://index.test/de/mo/demo-lib", "Demo_Lib", lines.join("\n").as_bytes())
    }

    fn find(lines: &Lines, version: &str) -> Option<String> {
        let found = lines.find(&Version::from_canonical(version)).expect("it is not ambiguous");
        found.map(|line| line.cksum.clone())
    }

    #[test]
    fn versions_are_compared_as_cargo_does_and_newer_formats_are_read() {
        let lines = read(&[
            r#"{"name": "demo-lib", "vers": "1.0.0+one", "cksum": "a", "yanked": true}"#,
            "",
            r#"{"name": "demo-lib", "vers": "1.0.0-rc.1", "cksum": "b", "yanked": false, "v": 3, "pubtime": "x"}"#,
        ]);
        let lines = lines.expect("it is a file of an index");
        assert_eq!(find(&lines, "1.0.0"), Some("a".to_owned()));
        assert_eq!(find(&lines, "1.0.0-rc.1"), Some("b".to_owned()));
        assert_eq!(find(&lines, "1.0.1"), None);
        assert!(read(&[]).expect("it lists nothing").lines.is_empty());
    }

    #[test]
    fn what_is_no_file_of_this_crate_is_an_error() {
        for (line, reason) in [
            ("<!DOCTYPE html>", "a line of it is no version"),
            (r#"{"name": "demo-lib"}"#, "a line of it is no version"),
            (r#"{"name": "demo", "vers": "1.0.0", "cksum": "a"}"#, "it is the file of `demo`"),
        ] {
            let error = read(&[line]).expect_err("it is none");
            assert!(error.code() == codes::INVALID_INDEX && error.to_string().contains(reason), "{error}");
        }
    }

    #[test]
    fn a_version_that_is_listed_twice_is_one_or_an_error() {
        let line = |cksum: &str| format!(r#"{{"name": "demo-lib", "vers": "1.0.0", "cksum": "{cksum}"}}"#);
        let (one, same, other) = (line("aa"), line("AA"), line("bb"));
        assert!(find(&read(&[&one, &same]).expect("it is a file of an index"), "1.0.0").is_some());
        let lines = read(&[&one, &other]).expect("it is a file of an index");
        let error = lines.find(&Version::from_canonical("1.0.0")).expect_err("it is ambiguous");
        assert_eq!(
            error.to_string(),
            "`http://index.test/de/mo/demo-lib` lists 1.0.0 more than once, with different checksums"
        );
        assert!(error.help().is_some_and(|help| help.contains("which of the places")));
    }
}
