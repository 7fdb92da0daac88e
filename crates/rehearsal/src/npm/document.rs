//! The document of a package. Values in, JSON out.
//!
//! There are two forms: the whole one, and the one that installers ask for, with what they need of each version and nothing else.

use std::time::SystemTime;

use jiff::Timestamp;
use releasekit_core::VersionScheme;
use releasekit_core::model::DigestAlgorithm;
use releasekit_formats::archive::digest::{self, sha256};
use releasekit_formats::npm::integrity;
use releasekit_formats::semver::SemVer;
use serde_json::{Map, Value, json};

use super::place;
use super::points::points;
use super::registry::Stored;

/// What installers ask for.
pub(super) const ABBREVIATED: &str = "application/vnd.npm.install-v1+json";

/// What the short form has of a version: <https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md>, and `libc`.
const OF_INSTALLERS: [&str; 20] = [
    "name",
    "version",
    "deprecated",
    "dependencies",
    "optionalDependencies",
    "devDependencies",
    "bundleDependencies",
    "bundledDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "bin",
    "directories",
    "dist",
    "engines",
    "cpu",
    "os",
    "libc",
    "funding",
    "_hasShrinkwrap",
    "hasInstallScript",
];

/// A package: the versions that are listed, and where the registry is.
pub(super) struct Package<'a> {
    pub(super) name: &'a str,
    pub(super) url: &'a str,
    pub(super) listed: &'a [Stored],
}

impl Package<'_> {
    /// The whole document, with a revision that changes with everything else in it.
    pub(super) fn whole(&self) -> Value {
        let mut times = Map::new();
        let first = self.listed.iter().map(|stored| stored.arrived).min();
        times.insert("created".to_owned(), time(first));
        times.insert("modified".to_owned(), time(self.modified()));
        times.extend(self.sorted().into_iter().map(|stored| (stored.meta.version.clone(), time(Some(stored.arrived)))));
        let mut document = json!({
            "_id": self.name,
            "name": self.name,
            "dist-tags": points(self.listed),
            "versions": self.versions(|version| version),
            "time": times,
            "maintainers": self.maintainers(),
        });
        document["_rev"] = json!(format!("{}-{}", self.listed.len(), &sha256(document.to_string().as_bytes())[..32]));
        document
    }

    /// The short document.
    pub(super) fn abbreviated(&self) -> Value {
        let needed = |version: Value| match version {
            Value::Object(all) => {
                let kept = all.into_iter().filter(|(key, _)| OF_INSTALLERS.contains(&key.as_str()));
                Value::Object(kept.collect())
            }
            other => other,
        };
        json!({
            "name": self.name,
            "modified": time(self.modified()),
            "dist-tags": points(self.listed),
            "versions": self.versions(needed),
        })
    }

    /// A version by its number or by a name that points to it.
    pub(super) fn version(&self, named: &str) -> Option<Value> {
        let points = points(self.listed);
        let version = points.get(named).map_or(named, String::as_str);
        self.listed.iter().find(|stored| stored.meta.version == version).map(|stored| self.described(stored))
    }

    fn modified(&self) -> Option<SystemTime> {
        self.listed.iter().map(|stored| stored.arrived).max()
    }

    fn maintainers(&self) -> Vec<Value> {
        let owner = self.listed.iter().find_map(|stored| stored.meta.owner.clone());
        owner.map(|owner| json!({ "name": owner, "email": format!("{owner}@example.invalid") })).into_iter().collect()
    }

    fn sorted(&self) -> Vec<&Stored> {
        let mut sorted: Vec<&Stored> = self.listed.iter().collect();
        let version = |stored: &Stored| SemVer.parse(&stored.meta.version);
        sorted.sort_by(|a, b| match (version(a), version(b)) {
            (Ok(a), Ok(b)) => SemVer.compare(&a, &b),
            _ => a.meta.version.cmp(&b.meta.version),
        });
        sorted
    }

    fn versions(&self, shape: impl Fn(Value) -> Value) -> Map<String, Value> {
        let sorted = self.sorted().into_iter();
        sorted.map(|stored| (stored.meta.version.clone(), shape(self.described(stored)))).collect()
    }

    /// The manifest of a version with what the registry says of it.
    fn described(&self, stored: &Stored) -> Value {
        let (name, version) = (self.name, &stored.meta.version);
        let mut described = stored.meta.manifest.clone();
        (described["_id"], described["name"]) = (json!(format!("{name}@{version}")), json!(name));
        let told = described["dist"].take();
        let mut dist = json!({
            "tarball": format!("{}/{}", self.url, place::file(name, version)),
            "integrity": integrity(stored),
            "unpackedSize": told["unpackedSize"],
            "fileCount": told["fileCount"],
        });
        if let Some(dist) = dist.as_object_mut() {
            dist.retain(|_, value| !value.is_null());
            // Of what was sent; no client looks at it where there is a better one.
            dist.extend(told["shasum"].as_str().map(|shasum| ("shasum".to_owned(), json!(shasum))));
        }
        described["dist"] = dist;
        if let Some(deprecated) = deprecated(stored) {
            described["deprecated"] = json!(deprecated);
        }
        described
    }
}

/// Why one had better not install a version; what its owner withdrew behind the registry's back has a reason of its own.
fn deprecated(stored: &Stored) -> Option<String> {
    let withdrawn = stored.listing.yanked.then(|| "withdrawn by its owner".to_owned());
    stored.meta.deprecated.clone().or(withdrawn)
}

/// The digest, and the second one that a fault adds.
fn integrity(stored: &Stored) -> String {
    let listing = &stored.listing;
    let listed = if listing.digest == stored.sha256 { sha512(&stored.bytes) } else { listing.digest.clone() };
    let again = listing.again.as_ref().map(|again| format!(" {}", as_sha512(again))).unwrap_or_default();
    format!("{}{again}", as_sha512(&listed))
}

/// The SHA-512 of bytes, in hexadecimal.
pub(super) fn sha512(mut bytes: &[u8]) -> String {
    let hashed = digest::reader(&mut bytes, &[DigestAlgorithm::Sha512]).ok().and_then(Result::ok);
    hashed.and_then(|hashed| hashed.digests.into_iter().next()).map(|digest| digest.value).unwrap_or_default()
}

/// Any hexadecimal digest, made as long as a SHA-512.
fn as_sha512(digest: &str) -> String {
    let long: String = digest.chars().cycle().take(128).collect();
    integrity::written("sha512", &long).unwrap_or_default()
}

fn time(of: Option<SystemTime>) -> Value {
    let time = of.and_then(|time| Timestamp::try_from(time).ok()).unwrap_or_default();
    json!(time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string())
}
