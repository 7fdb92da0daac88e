//! The document of a package: its versions, and where its names point. Text in, values out.
//!
//! Installers ask for a short form of it, <https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md>, and so do we; a
//! registry that only has the whole one gives that.

use std::collections::BTreeMap;

use releasekit_core::VersionScheme;
use releasekit_core::model::{Digest, LiveFile, Version};
use releasekit_formats::npm::integrity;
use releasekit_formats::npm::name::file_name;
use releasekit_formats::semver::SemVer;
use releasekit_http::same_origin;
use serde::Deserialize;
use serde_json::Value;

use crate::error::Error;

/// What the short form is called, as a type of content.
pub(crate) const SHORT: &str = "application/vnd.npm.install-v1+json";

/// The form that installers ask for.
pub(crate) const ACCEPT: &str = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";

/// What is asked of a document.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Document {
    name: String,
    /// None where all of them were taken back.
    #[serde(default)]
    versions: BTreeMap<String, Listed>,
    #[serde(default, rename = "dist-tags")]
    points: BTreeMap<String, String>,
}

/// A version, as it is listed.
#[derive(Debug, Clone, Deserialize)]
struct Listed {
    dist: Dist,
    /// The reason why one had better not install it; some registries write `false` where there is none.
    #[serde(default)]
    deprecated: Value,
}

#[derive(Debug, Clone, Deserialize)]
struct Dist {
    tarball: String,
    /// Missing where a version is older than npm 5.
    #[serde(default)]
    integrity: Option<String>,
}

impl Document {
    /// Reads the document of a package. Fails where it is none, or another package's.
    pub(crate) fn read(url: &str, name: &str, body: &[u8]) -> Result<Self, Error> {
        let invalid = |reason: String| Error::InvalidDocument { url: url.to_owned(), reason };
        let document: Self = serde_json::from_slice(body).map_err(|error| invalid(error.to_string()))?;
        match document.name == name {
            true => Ok(document),
            false => Err(invalid(format!("it is the document of `{}`", document.name))),
        }
    }

    /// The version as the registry writes it; `None` where it has no such one. Build metadata does not count.
    pub(crate) fn spelling(&self, version: &Version) -> Option<&str> {
        let is_it = |other: &&String| SemVer.parse(other).is_ok_and(|other| SemVer.compare(&other, version).is_eq());
        self.versions.keys().find(is_it).map(String::as_str)
    }

    /// The file of a version. Fails where its digest cannot be told.
    pub(crate) fn file(&self, url: &str, version: &Version) -> Result<Option<LiveFile>, Error> {
        let Some(spelling) = self.spelling(version) else { return Ok(None) };
        let listed = &self.versions[spelling];
        let place = releasekit_http::resolve(url, &listed.dist.tarball).map_err(|error| Error::InvalidDocument {
            url: url.to_owned(),
            reason: format!("the file of {spelling} is at no URL: {error}"),
        })?;
        let mut file = LiveFile::new(file_name(&self.name, spelling), secured(url, place));
        file.digests = listed.digest(url, spelling)?.into_iter().collect();
        file.yanked = listed.is_deprecated();
        file.channels = self.points.iter().filter(|(_, to)| *to == spelling).map(|(name, _)| name.clone()).collect();
        Ok(Some(file))
    }
}

impl Listed {
    fn digest(&self, url: &str, version: &str) -> Result<Option<Digest>, Error> {
        let Some(text) = self.dist.integrity.as_deref().filter(|text| text.contains("sha512-")) else {
            return Ok(None);
        };
        let invalid = || Error::InvalidDocument {
            url: url.to_owned(),
            reason: format!("the integrity of {version} names no SHA-512, or two that differ"),
        };
        integrity::sha512(text).ok_or_else(invalid).map(Some)
    }

    fn is_deprecated(&self) -> bool {
        match &self.deprecated {
            Value::String(reason) => !reason.is_empty(),
            other => *other == Value::Bool(true),
        }
    }
}

/// A place of the registry's own host, read as safely as the registry is: publishers' clients write `http` into what they send.
fn secured(registry: &str, place: String) -> String {
    let safe = place.strip_prefix("http://").map(|rest| format!("https://{rest}"));
    safe.filter(|safe| same_origin(registry, safe)).unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use releasekit_core::Diagnostic;
    use serde_json::json;

    use super::*;
    use crate::codes;

    const URL: &str = "https://r.test/demo";

    fn document(versions: Value) -> Document {
        let body = json!({ "name": "demo", "versions": versions, "dist-tags": { "latest": "1.0.0", "odd": "x" } });
        Document::read(URL, "demo", body.to_string().as_bytes()).unwrap()
    }

    fn version(text: &str) -> Version {
        Version::from_canonical(text)
    }

    fn one(dist: Value) -> Result<Option<LiveFile>, Error> {
        document(json!({ "1.0.0": { "dist": dist } })).file(URL, &version("1.0.0"))
    }

    #[test]
    fn a_version_has_one_file_that_is_named_after_its_package() {
        let zeros = format!("sha512-{}==", "A".repeat(86));
        let file =
            one(json!({ "tarball": "http://r.test/demo/-/demo-1.0.0.tgz", "integrity": zeros })).unwrap().unwrap();
        assert_eq!((file.file_name.as_str(), file.yanked), ("demo-1.0.0.tgz", false));
        assert_eq!(file.channels, ["latest"]);
        assert_eq!(file.url, "https://r.test/demo/-/demo-1.0.0.tgz");
        assert_eq!(file.digests[0].to_string(), format!("sha512:{}", "0".repeat(128)));
        let elsewhere = one(json!({ "tarball": "http://cdn.test/demo-1.0.0.tgz" })).unwrap().unwrap();
        assert_eq!((elsewhere.url.as_str(), elsewhere.digests.len()), ("http://cdn.test/demo-1.0.0.tgz", 0));
    }

    #[test]
    fn a_digest_that_cannot_be_told_is_an_error() {
        let (zeros, other) = ("A".repeat(86), format!("{}BBBB", "A".repeat(82)));
        for integrity in ["sha512-AAAA".to_owned(), format!("sha512-{zeros}== sha512-{other}==")] {
            let error = one(json!({ "tarball": "demo.tgz", "integrity": integrity })).unwrap_err();
            assert_eq!(error.code(), codes::INVALID_DOCUMENT, "{integrity}");
        }
    }

    #[test]
    fn what_is_deprecated_says_why() {
        for (deprecated, expected) in
            [(json!("old"), true), (json!(""), false), (json!(false), false), (json!(true), true)]
        {
            let listed = json!({ "1.0.0": { "dist": { "tarball": "x.tgz" }, "deprecated": deprecated } });
            let file = document(listed).file(URL, &version("1.0.0")).unwrap().unwrap();
            assert_eq!(file.yanked, expected, "{deprecated}");
        }
    }

    #[test]
    fn what_was_taken_back_as_a_whole_has_no_versions() {
        let body = json!({ "name": "demo", "time": { "unpublished": { "time": "2026-01-01T00:00:00.000Z" } } });
        let document = Document::read(URL, "demo", body.to_string().as_bytes()).unwrap();
        assert_eq!(document.file(URL, &version("1.0.0")).unwrap(), None);
    }

    #[test]
    fn what_is_no_document_of_the_package_is_an_error() {
        for body in ["<!doctype html>", "{}", "{\"name\": \"other\", \"versions\": {}}", "{\"name\": \"demo\", \"vers"]
        {
            let error = Document::read(URL, "demo", body.as_bytes()).unwrap_err();
            assert_eq!(error.code(), codes::INVALID_DOCUMENT, "{body}");
        }
    }
}
