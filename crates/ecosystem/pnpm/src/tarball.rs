//! A `.tgz`: what it holds, and what it says of itself.
//!
//! pnpm writes the `package.json` that counts: what the workspace resolves is written out in it, and what `publishConfig`
//! changes is changed. What it promises has to be there, for pnpm packs a package without its built files as readily as with
//! them.

use std::fs::File;
use std::path::Path;

use releasekit_core::model::{Artifact, ArtifactKind, DigestAlgorithm, Identity, Member, PackageName, Requirement};
use releasekit_core::{Result, VersionScheme};
use releasekit_formats::Error as FormatError;
use releasekit_formats::archive::{Limits, digest, tarball};
use releasekit_formats::npm::specifier::Specifier;
use releasekit_formats::semver::SemVer;
use serde_json::Value;

use crate::config::MANIFEST;
use crate::entries::Contents;
use crate::error::Error;

/// How its name ends.
const ENDING: &str = ".tgz";

/// The folder in it in which everything lies.
const STEM: &str = "package";

/// The tables of requirements that are published. Those of developers move nobody.
const PUBLISHED: &[&str] = &["dependencies", "optionalDependencies", "peerDependencies"];

/// How requirements begin that mean nothing outside of a workspace.
const OF_A_WORKSPACE: &[&str] = &["workspace:", "catalog:", "link:"];

/// A tarball that was read.
#[derive(Debug)]
pub(crate) struct Inside {
    pub(crate) identity: Identity,
    /// What is promised and not there, and stops nobody.
    pub(crate) doubts: Vec<String>,
    /// Whether it asks for a statement of where it was built.
    pub(crate) provenance: bool,
    /// Whether it says that its owners alone may read it.
    pub(crate) is_restricted: bool,
}

/// Describes a file; `None` where its name is not one of a packed package.
pub(crate) fn artifact(file: &Path) -> Result<Option<Artifact>> {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else { return Ok(None) };
    if !name.strip_suffix(ENDING).is_some_and(is_stem) {
        return Ok(None);
    }
    let hashed = digest::file(file, &[DigestAlgorithm::Sha256, DigestAlgorithm::Sha512])?;
    Ok(Some(Artifact::new(file.to_owned(), name.to_owned(), ArtifactKind::Source, hashed.size, hashed.digests)))
}

/// Whether a text is a name and a version, with `-` between them; names have such signs too.
fn is_stem(text: &str) -> bool {
    let cuts = text.match_indices('-').map(|(at, _)| at);
    cuts.filter(|at| *at > 0).any(|at| SemVer.parse(&text[at + 1..]).is_ok())
}

/// Reads a tarball. Fails with `Invalid` where it is none inside, is broken or unsafe, or lacks what it promises.
pub(crate) fn read(path: &Path) -> Result<Inside> {
    let shown = path.display().to_string();
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(&shown).to_owned();
    let unreadable = |source| FormatError::Unreadable { file: shown.clone(), source };
    let file = File::open(path).map_err(unreadable)?;
    let limits = Limits::for_size(file.metadata().map_err(unreadable)?.len());
    let read = tarball::read(&name, STEM, file, limits, &[MANIFEST])?;
    let invalid = |reason: String| FormatError::ArtifactInvalid { file: name.clone(), reason };
    let text = read.texts.get(MANIFEST).ok_or_else(|| invalid(format!("it has no `{MANIFEST}`")))?;
    let manifest: Value =
        serde_json::from_slice(text).map_err(|error| invalid(format!("its `{MANIFEST}` is broken: {error}")))?;
    let says = |key: &str| {
        let text = manifest.get(key).and_then(Value::as_str);
        text.ok_or_else(|| invalid(format!("its `{MANIFEST}` says no {key}")))
    };
    let mut identity = Identity::new(PackageName::new(says("name")?), SemVer.parse(says("version")?)?);
    identity.requirements = requirements(&manifest);
    if let Some(left) = identity.requirements.iter().find(|one| is_of_a_workspace(&one.text)) {
        return Err(Error::ProtocolLeft { file: name, requirement: left.clone() }.into());
    }
    let doubts = promised(&name, &manifest, &Contents::new(read.members.iter().filter_map(below)))?;
    identity.members = read.members;
    let publishing = |key: &str| manifest.get("publishConfig").and_then(|config| config.get(key));
    let provenance = publishing("provenance").and_then(Value::as_bool).unwrap_or_default();
    let is_restricted = publishing("access").and_then(Value::as_str) == Some("restricted");
    Ok(Inside { identity, doubts, provenance, is_restricted })
}

/// The path of a member in the package.
fn below(member: &Member) -> Option<&str> {
    member.path.strip_prefix(STEM)?.strip_prefix('/')
}

/// Looks for what is promised; gives what is doubtful.
fn promised(file: &str, manifest: &Value, contents: &Contents<'_>) -> Result<Vec<String>, Error> {
    if contents.lacks_everything(manifest) {
        return Err(Error::NothingInside { file: file.to_owned() });
    }
    let (missing, doubtful): (Vec<_>, Vec<_>) = contents.missing(manifest).into_iter().partition(|one| one.stops);
    if missing.is_empty() {
        return Ok(doubtful.into_iter().map(|one| one.text).collect());
    }
    Err(Error::EntryMissing { file: file.to_owned(), entries: missing.into_iter().map(|one| one.text).collect() })
}

pub(crate) fn is_of_a_workspace(requirement: &str) -> bool {
    OF_A_WORKSPACE.iter().any(|protocol| requirement.starts_with(protocol))
}

/// The requirements that are published, sorted, each once: of an alias that on the package that it stands for.
fn requirements(manifest: &Value) -> Vec<Requirement> {
    let tables = PUBLISHED.iter().filter_map(|key| manifest.get(key)?.as_object());
    let entries = tables.flatten().filter_map(|(name, text)| Some((name, text.as_str()?)));
    let mut found: Vec<Requirement> = entries.map(|(name, text)| requirement(name, text)).collect();
    found.sort();
    found.dedup();
    found
}

fn requirement(key: &str, text: &str) -> Requirement {
    let (name, text) = match Specifier::parse(text) {
        Specifier::Versions { name: Some(own), range, .. } if own == key => (own, range),
        Specifier::Versions { name: Some(own), .. } => (own, text),
        Specifier::Versions { range, .. } => (key, range),
        _ => (key, text),
    };
    Requirement { name: name.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tarball_is_named_by_name_and_version() {
        for (text, expected) in [
            ("base-1.0.0", true),
            ("scope-base-kit-2-1.0.0-rc.1", true),
            ("base", false),
            ("base-1.0", false),
            ("-1.0.0", false),
        ] {
            assert_eq!(is_stem(text), expected, "{text}");
        }
    }

    #[test]
    fn requirements_are_read_wherever_they_stand() {
        let manifest = serde_json::json!({
            "dependencies": { "plain": " ^1.2 ", "alias": "npm:@s/real@~0.3", "own": "npm:own@1", "git": "user/repo" },
            "optionalDependencies": { "plain": "^1.2" },
            "peerDependencies": { "peer": ">=1 || 3.x" },
            "devDependencies": { "tried": "1" },
        });
        let found = requirements(&manifest);
        let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.text.as_str())).collect();
        let expected = [
            ("@s/real", "npm:@s/real@~0.3"),
            ("git", "user/repo"),
            ("own", "1"),
            ("peer", ">=1 || 3.x"),
            ("plain", "^1.2"),
        ];
        assert_eq!(found, expected);
    }
}
