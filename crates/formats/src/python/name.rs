//! Names of packages and of the files they are published in; reads no file.

use std::str::FromStr;

use pep440_rs::Version as Pep440Version;
use releasekit_core::model::Version;

use crate::{Error, Result};

/// What source archives may be called; the first is what is built today.
const SDIST_ENDINGS: &[&str] = &[".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz"];

/// A name in the form in which two spellings of it are equal (PEP 503): lowercase, one `-` for any run of `-`, `_`, `.`.
pub fn normalize(name: &str) -> String {
    collapsed(name, '-')
}

/// A name as file names write it (PEP 427, PEP 625): normalised, with `_` for `-`.
pub fn escape(name: &str) -> String {
    collapsed(name, '_')
}

/// Whether a text is a legal name: letters and digits, with `.`, `-` and `_` between them.
pub fn is_legal(name: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    edge(name.chars().next()) && edge(name.chars().next_back()) && name.chars().all(legal)
}

fn collapsed(name: &str, separator: char) -> String {
    let mut result = String::with_capacity(name.len());
    let mut pending = false;
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            pending = true;
            continue;
        }
        if std::mem::take(&mut pending) {
            result.push(separator);
        }
        result.push(c.to_ascii_lowercase());
    }
    if pending {
        result.push(separator);
    }
    result
}

/// What the file name of a wheel says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WheelName {
    /// The package's name in normal form.
    pub name: String,
    /// The version.
    pub version: Version,
    /// The build tag, `1` or `2local`.
    pub build: Option<String>,
    /// The Python tag, several joined by `.`.
    pub python: String,
    /// The ABI tag, several joined by `.`.
    pub abi: String,
    /// The platform tag, several joined by `.`; `any` where it runs anywhere.
    pub platform: String,
}

impl WheelName {
    /// Reads `name-version(-build)-python-abi-platform.whl`. Fails with `Invalid`.
    pub fn parse(file_name: &str) -> Result<Self> {
        let invalid = |reason: &str| Error::file_name(file_name, reason);
        let stem = file_name.strip_suffix(".whl").ok_or_else(|| invalid("it does not end in `.whl`"))?;
        let parts: Vec<&str> = stem.split('-').collect();
        let (name, version, build, [python, abi, platform]) = match parts[..] {
            [name, version, python, abi, platform] => (name, version, None, [python, abi, platform]),
            [name, version, build, python, abi, platform] => (name, version, Some(build), [python, abi, platform]),
            _ => return Err(invalid("it has not five or six parts between dashes")),
        };
        if !is_legal(name) {
            return Err(invalid("it begins with no package name"));
        }
        if build.is_some_and(|build| !build.starts_with(|c: char| c.is_ascii_digit())) {
            return Err(invalid("its build tag begins with no digit"));
        }
        let legal =
            |tag: &&str| !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
        if ![python, abi, platform].iter().all(legal) {
            return Err(invalid("one of its tags is empty or has an illegal character"));
        }
        let version = version_of(version).ok_or_else(|| invalid("its version is not a PEP 440 one"))?;
        Ok(Self {
            name: normalize(name),
            version,
            build: build.map(str::to_owned),
            python: python.to_owned(),
            abi: abi.to_owned(),
            platform: platform.to_owned(),
        })
    }
}

/// What the file name of an sdist says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SdistName {
    /// The package's name in normal form.
    pub name: String,
    /// The version.
    pub version: Version,
    /// The file name without its ending: the folder that its members lie in.
    pub stem: String,
}

impl SdistName {
    /// Reads `name-version.tar.gz`, and what older tools wrote, whose names and versions hold dashes of their own: where
    /// the package is known, its name says where the version begins. Fails with `Invalid`.
    pub fn parse(file_name: &str, expected: Option<&str>) -> Result<Self> {
        let stem = SDIST_ENDINGS.iter().find_map(|ending| file_name.strip_suffix(ending));
        let stem = stem.ok_or_else(|| Error::file_name(file_name, "it does not end in `.tar.gz`"))?;
        let expected = expected.map(normalize);
        let found = stem.rmatch_indices('-').find_map(|(at, _)| {
            let (name, version) = (&stem[..at], &stem[at + 1..]);
            let known = expected.as_ref().is_none_or(|expected| *expected == normalize(name));
            (known && is_legal(name)).then(|| version_of(version).map(|version| (name, version)))?
        });
        match (found, expected) {
            (Some((name, version)), _) => Ok(Self { name: normalize(name), version, stem: stem.to_owned() }),
            (None, Some(expected)) => {
                Err(Error::file_name(file_name, format!("it is not `{expected}`, a dash and a version")))
            }
            (None, None) => Err(Error::file_name(file_name, "it is not a name, a dash and a version")),
        }
    }
}

/// The file name of either kind of artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileName {
    /// A wheel.
    Wheel(WheelName),
    /// An sdist.
    Sdist(SdistName),
}

impl FileName {
    /// Reads a file name; `None` where its ending is none of an artifact. Fails with `Invalid` where the rest does not
    /// follow the ending.
    pub fn parse(file_name: &str, expected: Option<&str>) -> Result<Option<Self>> {
        if file_name.ends_with(".whl") {
            return WheelName::parse(file_name).map(|name| Some(Self::Wheel(name)));
        }
        if SDIST_ENDINGS.iter().any(|ending| file_name.ends_with(ending)) {
            return SdistName::parse(file_name, expected).map(|name| Some(Self::Sdist(name)));
        }
        Ok(None)
    }

    /// The package's name in normal form.
    pub fn name(&self) -> &str {
        match self {
            Self::Wheel(wheel) => &wheel.name,
            Self::Sdist(sdist) => &sdist.name,
        }
    }

    /// The version.
    pub fn version(&self) -> &Version {
        match self {
            Self::Wheel(wheel) => &wheel.version,
            Self::Sdist(sdist) => &sdist.version,
        }
    }
}

fn version_of(text: &str) -> Option<Version> {
    let exact = text.trim().len() == text.len();
    Pep440Version::from_str(text).ok().filter(|_| exact).map(|version| Version::from_canonical(version.to_string()))
}
