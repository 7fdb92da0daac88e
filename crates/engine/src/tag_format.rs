//! Tag formats: how a package and a version become a tag, how a tag is read back, and which format existing tags follow.
//!
//! Reading is anchored at both ends for one package at a time, so that `core-extra-v1.0.0` is never a tag of `core`.

mod foreign;
mod reader;
mod umbrella;

use std::fmt;

use releasekit_core::model::{PackageId, RepoPath, TagName, Version};

pub(crate) use self::foreign::foreign;
pub(crate) use self::reader::{Reader, loose};
pub(crate) use self::umbrella::is_umbrella;

/// Formats that other tools write, tried when none is configured. The first is that of repositories without any tag.
const KNOWN: &[&str] = &[
    "{name}-v{version}",
    "{name}@{version}",
    "{name}@v{version}",
    "{name}/v{version}",
    "{name}/{version}",
    "{name}-{version}",
    "{name}_v{version}",
    "{name}=={version}",
    "{label}/{name}-v{version}",
    "{label}/{name}@{version}",
    "{label}/{name}/v{version}",
    "{label}-{name}-v{version}",
    "{path}/v{version}",
    "{path}-v{version}",
    "{path}@{version}",
    "{folder}-v{version}",
    "{folder}@{version}",
    "{folder}/v{version}",
    "{folder}-{version}",
    "{folder}=={version}",
    "v{version}",
    "{version}",
];

const FOLDER: &str = "{folder}";

/// The last part of a path.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The formats that can be detected.
pub(crate) fn known() -> impl Iterator<Item = TagFormat> {
    KNOWN.iter().map(|text| TagFormat::new(*text))
}

/// A tag format with placeholders `{name}`, `{version}`, `{label}`, `{path}` and `{folder}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TagFormat(String);

impl TagFormat {
    /// Takes a format that the configuration has checked: `{version}` stands in it exactly once.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The format as written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether all packages share one tag.
    pub(crate) fn is_shared(&self) -> bool {
        !self.0.contains("{name}") && !self.0.contains("{path}") && !self.is_by_folder()
    }

    /// Whether packages are called by the last part of their path, which others may have too.
    pub(crate) fn is_by_folder(&self) -> bool {
        self.0.contains(FOLDER)
    }

    /// The format with a package's folder written as its tags spell it.
    pub(crate) fn with_folder(&self, spelling: &str) -> Self {
        Self(self.0.replace(FOLDER, spelling))
    }

    /// The text before and after the version, for one package.
    fn affixes(&self, id: &PackageId, path: &RepoPath) -> (String, String) {
        let fill = |text: &str| {
            let path = if path.is_root() { id.name.as_str() } else { path.as_str() };
            let text = text.replace("{label}", id.label.as_str()).replace("{path}", path).replace(FOLDER, folder(path));
            text.replace("{name}", id.name.as_str())
        };
        let (before, after) = self.0.split_once("{version}").unwrap_or((&self.0, ""));
        (fill(before), fill(after))
    }

    /// Whether another format is this one [with a folder](Self::with_folder) in it.
    pub(crate) fn spells(&self, other: &Self) -> bool {
        let is_filled = other.0.matches('{').count() == 1;
        let parts = self.0.split_once(FOLDER).filter(|_| is_filled);
        parts.is_some_and(|(before, after)| other.0.starts_with(before) && other.0.ends_with(after))
    }

    /// The format with everything filled in but the version.
    pub(crate) fn of(&self, id: &PackageId, path: &RepoPath) -> Self {
        let (before, after) = self.affixes(id, path);
        Self(format!("{before}{{version}}{after}"))
    }

    /// The tag of a package's version.
    pub(crate) fn render(&self, id: &PackageId, path: &RepoPath, version: &Version) -> TagName {
        let (before, after) = self.affixes(id, path);
        TagName::new(format!("{before}{version}{after}"))
    }
}

impl fmt::Debug for TagFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for TagFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
