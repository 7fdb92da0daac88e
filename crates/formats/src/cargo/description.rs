//! What a `.crate` says of itself, as a registry is told it when the crate is published.
//!
//! Cargo writes the package file inside of the archive anew, with everything resolved, and describes the crate to the registry from the
//! same values. So the description can be made again from the archive alone.

mod manifest;

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use serde::Serialize;

use crate::archive::Limits;
use crate::archive::member::{Members, Mode, broken};
use crate::archive::tar::{Kind, Tar};
use crate::{Error, Result};

/// What a registry is told of a version. Serialized, it is the JSON of a request to publish, its fields in cargo's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// The name, as the package file writes it.
    pub name: String,
    /// The version.
    pub vers: String,
    /// What it requires.
    pub deps: Vec<Dependency>,
    /// The features, and what each of them turns on.
    pub features: BTreeMap<String, Vec<String>>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// What it is.
    pub description: Option<String>,
    /// Where its documentation is.
    pub documentation: Option<String>,
    /// Its home.
    pub homepage: Option<String>,
    /// The text of its README.
    pub readme: Option<String>,
    /// Where the README lies inside.
    pub readme_file: Option<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Where a registry's list has it.
    pub categories: Vec<String>,
    /// The SPDX expression of its licence.
    pub license: Option<String>,
    /// Where the text of its licence lies inside.
    pub license_file: Option<String>,
    /// Where its source is.
    pub repository: Option<String>,
    /// Badges of services, by service.
    pub badges: BTreeMap<String, BTreeMap<String, String>>,
    /// The native library that it links.
    pub links: Option<String>,
    /// The oldest compiler that builds it.
    pub rust_version: Option<String>,
}

/// A requirement of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dependency {
    /// Whether a feature has to ask for it.
    pub optional: bool,
    /// Whether its default features are on.
    pub default_features: bool,
    /// The name that the registry has it under.
    pub name: String,
    /// The features that are asked for.
    pub features: Vec<String>,
    /// The requirement, each comparator with its operator.
    pub version_req: String,
    /// The platform that it is for, a triple or `cfg(…)`.
    pub target: Option<String>,
    /// `normal`, `build` or `dev`.
    pub kind: &'static str,
    /// The index that it comes from; `None` for the registry that is published to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// The name that the package's own code knows it by, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit_name_in_toml: Option<String>,
}

/// What an index says of a version: a line of JSON, once it is serialized.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    name: &'a str,
    vers: &'a str,
    deps: Vec<LineDependency<'a>>,
    cksum: &'a str,
    features: BTreeMap<&'a str, &'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    features2: Option<BTreeMap<&'a str, &'a [String]>>,
    yanked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rust_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<u32>,
}

/// A requirement there: the name is that in the package's own code, and the registry's stands beside it where it is another one.
#[derive(Debug, Serialize)]
struct LineDependency<'a> {
    name: &'a str,
    req: &'a str,
    features: &'a [String],
    optional: bool,
    default_features: bool,
    target: Option<&'a str>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    registry: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<&'a str>,
}

impl Description {
    /// What an index says of the version, whose `.crate` has this SHA-256 in hexadecimal digits.
    pub fn line<'a>(&'a self, checksum: &'a str) -> Line<'a> {
        // Old versions of cargo pass over what names dependencies in ways that they do not know.
        let is_new = |turns_on: &[String]| turns_on.iter().any(|name| name.starts_with("dep:") || name.contains("?/"));
        let features = self.features.iter().map(|(name, turns_on)| (name.as_str(), turns_on.as_slice()));
        let (new, old): (BTreeMap<_, _>, BTreeMap<_, _>) = features.partition(|(_, turns_on)| is_new(turns_on));
        let has_new = !new.is_empty();
        Line {
            name: &self.name,
            vers: &self.vers,
            deps: self.deps.iter().map(Dependency::line).collect(),
            cksum: checksum,
            features: old,
            features2: has_new.then_some(new),
            yanked: false,
            links: self.links.as_deref(),
            rust_version: self.rust_version.as_deref(),
            v: has_new.then_some(2),
        }
    }
}

impl Dependency {
    fn line(&self) -> LineDependency<'_> {
        let own = self.explicit_name_in_toml.as_deref();
        LineDependency {
            name: own.unwrap_or(&self.name),
            req: &self.version_req,
            features: &self.features,
            optional: self.optional,
            default_features: self.default_features,
            target: self.target.as_deref(),
            kind: self.kind,
            registry: self.registry.as_deref(),
            package: own.map(|_| self.name.as_str()),
        }
    }
}

/// Reads what a `.crate` says of itself to the registry with this index, whose URL is that of `[registries.NAME]`; `file` is its
/// name, for messages.
///
/// Fails with `Invalid` where it is broken or unsafe, and where its package file says what none can say.
pub fn read(file: &str, mut reader: impl Read + Seek, limits: Limits, index: &str) -> Result<Description> {
    let manifest = text(file, &mut reader, limits, "Cargo.toml")?;
    let mut description = manifest::read(&manifest, index).map_err(|reason| Error::invalid(file, reason))?;
    if let Some(readme) = &description.readme_file {
        description.readme = Some(text(file, &mut reader, limits, readme)?);
    }
    Ok(description)
}

/// A text of the archive, by its path in the one folder that there is, which is named like the file. All of the archive is read, so that
/// one which is broken anywhere is refused.
fn text(file: &str, reader: &mut (impl Read + Seek), limits: Limits, path: &str) -> Result<String> {
    reader.rewind().map_err(|error| broken(file, &error))?;
    let path = format!("{}/{path}", file.strip_suffix(".crate").unwrap_or(file));
    let mut members = Members::new(file, limits);
    let mut found = None;
    Tar::new(file, reader, limits).walk(|entry, content| {
        let member = members.path(&entry.path)?;
        match entry.kind {
            Kind::File if member == path => {
                found = Some(members.slurp(content)?);
                members.add(member, Mode::of(entry.mode), &[]);
                Ok(())
            }
            Kind::File => members.read(member, Mode::of(entry.mode), content),
            _ => {
                members.add_folder(member);
                Ok(())
            }
        }
    })?;
    let found = found.ok_or_else(|| Error::invalid(file, format!("it has no `{path}`")))?;
    String::from_utf8(found).map_err(|_| Error::invalid(file, format!("`{path}` in it is no UTF-8")))
}
