//! A dialect of requirements: a name, and at most one version with what it says of others.

use std::cmp::Ordering;

use releasekit_core::codes::REQUIREMENT_AHEAD;
use releasekit_core::model::Version;
use releasekit_core::requirements::Pin;
use releasekit_core::{BackendError, Requirements, Result, VersionScheme};

use super::error::invalid;
use super::lines;
use super::scheme::MemoryScheme;

/// `name` admits every version; `name==V` that one, `name>=V` it and what is later, `name~V` what is later below the next
/// major version. Spaces around the sign are kept.
#[derive(Debug, Clone, Copy)]
pub struct MemoryRequirements;

/// A requirement, taken apart so that it can be put together again.
struct Parts<'a> {
    name: &'a str,
    /// The sign, with the spaces around it.
    sign: &'a str,
    version: Option<Version>,
}

impl MemoryRequirements {
    fn read(text: &str) -> Result<Parts<'_>> {
        let refuse = || invalid(format!("`{text}` is no requirement"));
        let name = lines::name(text);
        let is_legal = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        if name.is_empty() || !is_legal {
            return Err(refuse());
        }
        let rest = &text[name.len()..];
        let at = rest.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (sign, version) = rest.split_at(at);
        match (sign.trim(), version) {
            ("", "") => Ok(Parts { name, sign, version: None }),
            ("==" | ">=" | "~", version) => Ok(Parts { name, sign, version: Some(MemoryScheme.parse(version)?) }),
            _ => Err(refuse()),
        }
    }
}

impl Parts<'_> {
    fn admits(&self, version: &Version) -> bool {
        let Some(named) = &self.version else { return true };
        let order = MemoryScheme.compare(version, named);
        match self.sign.trim() {
            "==" => order == Ordering::Equal,
            ">=" => order != Ordering::Less,
            _ => order != Ordering::Less && major(version) == major(named),
        }
    }
}

fn major(version: &Version) -> Option<u64> {
    MemoryScheme.neutral(version).map(|neutral| neutral.major)
}

impl Requirements for MemoryRequirements {
    fn satisfies(&self, requirement: &str, version: &Version) -> Result<bool> {
        Ok(Self::read(requirement)?.admits(version))
    }

    fn rewrite(&self, requirement: &str, version: &Version) -> Result<String> {
        let parts = Self::read(requirement)?;
        if parts.version.as_ref().is_some_and(|named| MemoryScheme.compare(named, version).is_gt()) {
            return Err(BackendError::new(REQUIREMENT_AHEAD, format!("`{requirement}` asks for more than {version}")));
        }
        Ok(if parts.admits(version) {
            requirement.to_owned()
        } else {
            format!("{}{}{version}", parts.name, parts.sign)
        })
    }

    fn pin(&self, requirement: &str, version: &Version, pin: Pin) -> Result<String> {
        let name = Self::read(requirement)?.name;
        Ok(match pin {
            Pin::Exact => format!("{name}=={version}"),
            Pin::Compatible => format!("{name}~{version}"),
            Pin::Minimum => format!("{name}>={version}"),
            Pin::Keep => requirement.to_owned(),
        })
    }
}
