//! A `.crate`: what it holds, and what it says of itself.
//!
//! What counts is the `Cargo.toml` that cargo wrote into it, in which all that was inherited is written out. The file beside
//! it that ends in `.orig` is the author's, and nobody reads it.

use std::fs::File;
use std::path::Path;

use releasekit_core::model::{Artifact, ArtifactKind, DigestAlgorithm, Identity, PackageName, Requirement};
use releasekit_core::{Result, VersionScheme};
use releasekit_formats::Error as FormatError;
use releasekit_formats::archive::tarball::Tarball;
use releasekit_formats::archive::{Limits, digest, tarball};
use releasekit_formats::cargo::name::canonical as normalize;
use releasekit_formats::semver::SemVer;
use semver::VersionReq;
use serde::Deserialize;
use toml_edit::{Document, Item, TableLike};

use crate::config::{LOCKFILE, MANIFEST, VCS_INFO};

/// How its name ends.
const ENDING: &str = ".crate";

/// The tables of requirements that are published. Those of developers move nobody.
const PUBLISHED: &[&str] = &["dependencies", "build-dependencies"];

/// A crate that was read.
#[derive(Debug)]
pub(crate) struct CrateFile {
    pub(crate) identity: Identity,
    /// Whether cargo wrote into it that files of it were in no commit.
    pub(crate) is_dirty: bool,
}

/// What cargo writes about the commit.
#[derive(Debug, Default, Deserialize)]
struct VcsInfo {
    git: Git,
}

#[derive(Debug, Default, Deserialize)]
struct Git {
    #[serde(default)]
    dirty: bool,
}

/// Describes a file; `None` where its name is not one of a crate.
pub(crate) fn artifact(file: &Path) -> Result<Option<Artifact>> {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else { return Ok(None) };
    if !name.strip_suffix(ENDING).is_some_and(is_stem) {
        return Ok(None);
    }
    let hashed = digest::file(file, &[DigestAlgorithm::Sha256])?;
    Ok(Some(Artifact::new(file.to_owned(), name.to_owned(), ArtifactKind::Source, hashed.size, hashed.digests)))
}

/// Whether a text is a name and a version, with `-` between them; names have such signs too.
fn is_stem(text: &str) -> bool {
    let cuts = text.match_indices('-').map(|(at, _)| at);
    cuts.filter(|at| *at > 0).any(|at| SemVer.parse(&text[at + 1..]).is_ok())
}

/// Reads a crate. Fails with `Invalid` where it is none inside, is broken or unsafe, or where name and version inside are
/// not those of its file name.
pub(crate) fn read(path: &Path) -> Result<CrateFile> {
    let shown = path.display().to_string();
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(&shown).to_owned();
    let stem = name.strip_suffix(ENDING).ok_or_else(|| invalid(&name, "its name does not end in `.crate`"))?;
    let unreadable = |source| FormatError::Unreadable { file: shown.clone(), source };
    let file = File::open(path).map_err(unreadable)?;
    let limits = Limits::for_size(file.metadata().map_err(unreadable)?.len());
    let read = tarball::read(&name, stem, file, limits, &[MANIFEST, LOCKFILE, VCS_INFO])?;
    Inside { file: &name, stem, read: &read }.described()
}

fn invalid(file: &str, reason: impl Into<String>) -> FormatError {
    FormatError::ArtifactInvalid { file: file.to_owned(), reason: reason.into() }
}

/// What was found in an archive, and how it is called.
struct Inside<'a> {
    file: &'a str,
    stem: &'a str,
    read: &'a Tarball,
}

impl Inside<'_> {
    fn described(&self) -> Result<CrateFile> {
        let manifest = self.table(MANIFEST)?.ok_or_else(|| invalid(self.file, "it has no `Cargo.toml`"))?;
        let package = |key: &str| manifest.get("package").and_then(|package| package.get(key)).and_then(Item::as_str);
        let missing = |what: &str| invalid(self.file, format!("its `Cargo.toml` says no {what}"));
        let name = package("name").ok_or_else(|| missing("name"))?;
        let version = package("version").ok_or_else(|| missing("version"))?;
        let inside = format!("{name}-{version}");
        if inside != self.stem {
            return Err(FormatError::ArtifactMismatch { file: self.file.to_owned(), field: "package", inside }.into());
        }
        self.check_lock(name, version, manifest.contains_key("bin"))?;
        let mut identity = Identity::new(PackageName::new(name), SemVer.parse(version)?);
        identity.requirements = requirements(manifest.as_table());
        identity.members = self.read.members.clone();
        // Two builds of the same files are the same crate, whichever commit they were read from.
        let vcs_info = format!("{}/{VCS_INFO}", self.stem);
        identity.members.retain(|member| member.path != vcs_info);
        Ok(CrateFile { identity, is_dirty: self.is_dirty()? })
    }

    /// The lockfile by which programs are installed has to be the one of this version.
    fn check_lock(&self, name: &str, version: &str, has_program: bool) -> Result<(), FormatError> {
        let Some(lock) = self.table(LOCKFILE)? else {
            let lacks = || invalid(self.file, "it has a program to install, and no `Cargo.lock`");
            return if has_program { Err(lacks()) } else { Ok(()) };
        };
        let packages = lock.get("package").and_then(Item::as_array_of_tables);
        let says = |key: &str, package: &toml_edit::Table| package.get(key).and_then(Item::as_str).map(str::to_owned);
        let is_own = |package: &toml_edit::Table| {
            says("name", package).as_deref() == Some(name) && !package.contains_key("source")
        };
        let own = packages.into_iter().flatten().find(|package| is_own(package)).and_then(|own| says("version", own));
        match own {
            Some(own) if own == version => Ok(()),
            Some(own) => Err(invalid(self.file, format!("its `Cargo.lock` says that it is {own}"))),
            None => Err(invalid(self.file, "its `Cargo.lock` does not name it")),
        }
    }

    fn is_dirty(&self) -> Result<bool, FormatError> {
        let Some(text) = self.read.texts.get(VCS_INFO) else { return Ok(false) };
        let broken = |error: serde_json::Error| invalid(self.file, format!("its `{VCS_INFO}` is broken: {error}"));
        serde_json::from_slice(text).map(|info: VcsInfo| info.git.dirty).map_err(broken)
    }

    fn table(&self, path: &str) -> Result<Option<Document<String>>, FormatError> {
        let Some(bytes) = self.read.texts.get(path) else { return Ok(None) };
        let text =
            String::from_utf8(bytes.clone()).map_err(|_| invalid(self.file, format!("its `{path}` is no text")))?;
        let broken = |error: toml_edit::TomlError| invalid(self.file, format!("its `{path}` is broken: {error}"));
        Document::parse(text).map(Some).map_err(broken)
    }
}

/// The requirements that are published, sorted, each once.
fn requirements(manifest: &dyn TableLike) -> Vec<Requirement> {
    let targets = manifest.get("target").and_then(Item::as_table_like);
    let of_targets =
        targets.into_iter().flat_map(|targets| targets.iter()).filter_map(|(_, item)| item.as_table_like());
    let places = std::iter::once(manifest).chain(of_targets);
    let tables = places.flat_map(|place| PUBLISHED.iter().filter_map(|key| place.get(key)?.as_table_like()));
    let mut found: Vec<Requirement> = tables.flat_map(|table| table.iter()).map(requirement).collect();
    found.sort();
    found.dedup();
    found
}

fn requirement((key, item): (&str, &Item)) -> Requirement {
    let says = |key: &str| item.get(key).and_then(Item::as_str);
    let text = item.as_str().or_else(|| says("version")).unwrap_or("*");
    let text = VersionReq::parse(text).map_or_else(|_| text.to_owned(), |parsed| parsed.to_string());
    Requirement { name: normalize(says("package").unwrap_or(key)), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_named_by_name_and_version() {
        for (text, expected) in [
            ("base-1.0.0", true),
            ("base-kit-2-1.0.0-rc.1+build.5", true),
            ("base", false),
            ("base-1.0", false),
            ("-1.0.0", false),
        ] {
            assert_eq!(is_stem(text), expected, "{text}");
        }
    }

    #[test]
    fn requirements_are_read_wherever_they_stand() {
        let text = r#"
            [dependencies]
            plain = "1.2"
            [dependencies.renamed]
            package = "Re_al"
            version = "=1.0.0"
            [build-dependencies.made]
            version = ">=1, <3"
            [dev-dependencies.tried]
            version = "1"
            [target."cfg(unix)".dependencies.unixes]
            version = "~0.3"
            [target."cfg(unix)".dev-dependencies.tried]
            version = "2"
        "#;
        let manifest = Document::parse(text).expect("TOML");
        let found = requirements(manifest.as_table());
        let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.text.as_str())).collect();
        let expected = [("made", ">=1, <3"), ("plain", "^1.2"), ("re-al", "=1.0.0"), ("unixes", "~0.3")];
        assert_eq!(found, expected);
    }
}
