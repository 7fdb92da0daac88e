//! Tag formats: how a package and a version become a tag, how a tag is read back, and which format existing tags follow.
//!
//! Reading is anchored at both ends for one package at a time, so that `core-extra-v1.0.0` is never a tag of `core`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use releasekit_core::VersionScheme;
use releasekit_core::model::{PackageId, RepoPath, TagName, Version};

/// The format of repositories that have no tags yet.
pub(crate) const DEFAULT: &str = "{name}-v{version}";

/// Formats that other tools write, tried when none is configured.
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
    "v{version}",
    "{version}",
];

/// The formats that can be detected.
pub(crate) fn known() -> impl Iterator<Item = TagFormat> {
    KNOWN.iter().map(|text| TagFormat::new(*text))
}

/// A tag format with placeholders `{name}`, `{version}`, `{label}` and `{path}`.
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
        !self.0.contains("{name}") && !self.0.contains("{path}")
    }

    /// The text before and after the version, for one package.
    fn affixes(&self, id: &PackageId, path: &RepoPath) -> (String, String) {
        let fill = |text: &str| {
            let path = if path.is_root() { id.name.as_str() } else { path.as_str() };
            text.replace("{label}", id.label.as_str()).replace("{path}", path).replace("{name}", id.name.as_str())
        };
        let (before, after) = self.0.split_once("{version}").unwrap_or((&self.0, ""));
        (fill(before), fill(after))
    }

    /// The tag of a package's version.
    pub(crate) fn render(&self, id: &PackageId, path: &RepoPath, version: &Version) -> TagName {
        let (before, after) = self.affixes(id, path);
        TagName::new(format!("{before}{version}{after}"))
    }

    /// The version that a tag gives to a package; `None` where it is no tag of that package.
    pub(crate) fn read(
        &self,
        id: &PackageId,
        path: &RepoPath,
        tag: &TagName,
        scheme: &dyn VersionScheme,
    ) -> Option<Version> {
        Reader::new(self, id, path).read(tag, scheme)
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

/// A format filled in for one package, to read many tags with.
#[derive(Debug)]
pub(crate) struct Reader {
    before: String,
    after: String,
}

impl Reader {
    /// Fills in a package.
    pub(crate) fn new(format: &TagFormat, id: &PackageId, path: &RepoPath) -> Self {
        let (before, after) = format.affixes(id, path);
        Self { before, after }
    }

    /// The text that every tag of the package starts with.
    pub(crate) fn prefix(&self) -> &str {
        &self.before
    }

    /// The version that a tag gives to the package.
    pub(crate) fn read(&self, tag: &TagName, scheme: &dyn VersionScheme) -> Option<Version> {
        let text = tag.as_str().strip_prefix(&self.before)?.strip_suffix(&self.after)?;
        let version = scheme.parse(text).ok()?;
        // PEP 440 reads `v1.0` too, where the `v` belongs to the format; Go's own spelling begins with it.
        let begins = |first: char| first.is_ascii_digit() || version.as_str().starts_with(first);
        if !text.starts_with(begins) {
            return None;
        }
        (version.as_str() == text || scheme.parse(version.as_str()).is_ok()).then_some(version)
    }
}

/// The formats of one ecosystem's packages: the first is written, all are read.
///
/// Among the known formats, the one whose tags are found for most packages; the order of [`KNOWN`] decides a tie. A
/// format without `{name}` and `{path}` counts only where packages share their versions or there is but one.
pub(crate) fn detect(
    tags: &[TagName],
    packages: &[(&PackageId, &RepoPath)],
    scheme: &dyn VersionScheme,
    shared: bool,
) -> TagFormat {
    let index: BTreeSet<&str> = tags.iter().map(TagName::as_str).collect();
    let usable = |format: &&TagFormat| shared || packages.len() == 1 || !format.is_shared();
    let count = |format: &TagFormat| {
        let owned = packages.iter().filter(|(id, path)| has_tag(&index, &Reader::new(format, id, path), scheme));
        owned.count()
    };
    let formats: Vec<TagFormat> = known().collect();
    let mut best = (0, TagFormat::new(DEFAULT));
    for format in formats.iter().filter(usable) {
        let found = count(format);
        if found > best.0 {
            best = (found, format.clone());
        }
    }
    best.1
}

fn has_tag(index: &BTreeSet<&str>, reader: &Reader, scheme: &dyn VersionScheme) -> bool {
    index
        .range(reader.prefix()..)
        .take_while(|tag| tag.starts_with(reader.prefix()))
        .any(|tag| reader.read(&TagName::new(*tag), scheme).is_some())
}

/// Version-like tags that belong to no package, counted by shape: digits at the end as `N`.
pub(crate) fn foreign(tags: &[TagName], is_ours: impl Fn(&TagName) -> bool) -> BTreeMap<String, usize> {
    let mut shapes = BTreeMap::new();
    for tag in tags.iter().filter(|tag| !is_ours(tag)) {
        if let Some(shape) = shape(tag.as_str()) {
            *shapes.entry(shape).or_insert(0) += 1;
        }
    }
    shapes
}

/// `genkit-v1.2.3` has the shape `genkit-v{version}`; a tag that does not end in a version has none.
fn shape(tag: &str) -> Option<String> {
    let start = tag
        .char_indices()
        .filter(|(at, c)| c.is_ascii_digit() && !tag[..*at].ends_with(|before: char| before.is_ascii_digit()))
        .map(|(at, _)| at)
        .find(|at| looks_like_version(&tag[*at..]))?;
    Some(format!("{}{{version}}", &tag[..start]))
}

fn looks_like_version(text: &str) -> bool {
    let mut numbers = text.splitn(3, '.');
    let numeric =
        |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    numeric(numbers.next())
        && numeric(numbers.next())
        && numbers.next().is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
