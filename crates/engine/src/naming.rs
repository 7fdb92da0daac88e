//! Which tags are whose: the formats in force for each package, configured or detected.

use std::collections::BTreeMap;

use releasekit_core::model::{EcosystemLabel, PackageId, PackageName, RepoPath, TagName, Version};
use releasekit_core::policy::{Participation, Policy};

use crate::discover::{Discovery, Member};
use crate::error::{Error, Result};
use crate::tag_format::{self, Reader, TagFormat};

/// The tag formats of every package, by its index in the discovery.
#[derive(Debug, Clone)]
pub(crate) struct Naming {
    formats: Vec<Vec<TagFormat>>,
    /// The formats that were detected, by label.
    detected: BTreeMap<EcosystemLabel, TagFormat>,
}

impl Naming {
    /// Takes the configured formats and detects the rest from the tags that exist.
    pub(crate) fn resolve(discovery: &Discovery, policy: &Policy, tags: &[TagName]) -> Result<Self> {
        let mut detected = BTreeMap::new();
        let mut formats = Vec::new();
        for member in &discovery.members {
            let configured = configured(discovery, policy, member);
            formats.push(match configured {
                [] => {
                    let label = &member.id.label;
                    let found = detected.entry(label.clone()).or_insert_with(|| detect(discovery, policy, label, tags));
                    vec![found.clone()]
                }
                texts => texts.iter().map(TagFormat::new).collect(),
            });
        }
        let naming = Self { formats, detected };
        naming.check(discovery)?;
        Ok(naming)
    }

    /// The format that a package's new tags follow.
    pub(crate) fn format(&self, member: usize) -> &TagFormat {
        &self.formats[member][0]
    }

    /// The tag of a package's version.
    pub(crate) fn tag(&self, discovery: &Discovery, index: usize, version: &Version) -> TagName {
        let member = &discovery.members[index];
        self.format(index).render(&member.id, &member.package.path, version)
    }

    /// All versions that tags give to a package, under its present name and its former ones.
    pub(crate) fn versions(&self, discovery: &Discovery, index: usize, tags: &TagIndex<'_>) -> Vec<(Version, TagName)> {
        let member = &discovery.members[index];
        let scheme = discovery.scheme(member);
        let mut found = Vec::new();
        for reader in self.readers(index, member) {
            let own = tags.with_prefix(reader.prefix());
            found.extend(own.filter_map(|tag| Some((reader.read(tag, scheme)?, tag.clone()))));
        }
        found
    }

    /// Whether a tag that exists may be the tag of a package's version. Where the format in force was detected, that is
    /// from the tags of today; those of yesterday may have shown another one.
    pub(crate) fn may_have_given(&self, discovery: &Discovery, index: usize, tag: &TagName, version: &Version) -> bool {
        let member = &discovery.members[index];
        let is_detected = self.detected.get(&member.id.label) == Some(self.format(index));
        let scheme = discovery.scheme(member);
        let reads = |format: TagFormat| format.read(&member.id, &member.package.path, tag, scheme);
        is_detected && tag_format::known().any(|format| reads(format).as_ref() == Some(version))
    }

    fn readers(&self, index: usize, member: &Member) -> Vec<Reader> {
        let names = std::iter::once(member.id.name.clone()).chain(member.policy.formerly.iter().map(PackageName::new));
        let ids: Vec<PackageId> = names.map(|name| PackageId::new(member.id.label.clone(), name)).collect();
        let formats = &self.formats[index];
        let read = |id| formats.iter().map(move |format| Reader::new(format, id, &member.package.path));
        ids.iter().flat_map(read).collect()
    }

    /// Refuses formats that give two packages the same tag.
    fn check(&self, discovery: &Discovery) -> Result<()> {
        let example = Version::from_canonical("1.0.0");
        let mut owners: BTreeMap<TagName, usize> = BTreeMap::new();
        let released = discovery.members.iter().enumerate().filter(|(_, member)| member.release != Participation::None);
        for (index, member) in released {
            let tag = self.format(index).render(&member.id, &member.package.path, &example);
            if let Some(first) = owners.insert(tag.clone(), index) {
                // Packages that always have one version may have one tag.
                if self.format(index).is_shared() && discovery.groups.move_together(first, index) {
                    continue;
                }
                let first = discovery.members[first].id.clone();
                return Err(Error::TagAmbiguous { first, second: member.id.clone(), tag });
            }
        }
        Ok(())
    }
}

/// The formats that rule a package: what its ecosystem dictates, else what is configured closest to it.
fn configured<'a>(discovery: &'a Discovery, policy: &'a Policy, member: &'a Member) -> &'a [String] {
    if let Some(dictated) = &member.package.tag_format {
        return std::slice::from_ref(dictated);
    }
    let group = member.policy.group.as_ref().and_then(|name| policy.groups.get(name)).map(|group| &group.tag_format);
    let workspace = &discovery.workspace(member).policy.tag_format;
    let candidates = [Some(&member.policy.tag_format), group, Some(workspace), Some(&policy.tag_format)];
    candidates.into_iter().flatten().find(|formats| !formats.is_empty()).map_or(&[], Vec::as_slice)
}

fn detect(discovery: &Discovery, policy: &Policy, label: &EcosystemLabel, tags: &[TagName]) -> TagFormat {
    let of_label = discovery.members.iter().filter(|member| member.id.label == *label);
    let members: Vec<&Member> = of_label.collect();
    let packages: Vec<(&PackageId, &RepoPath)> = members
        .iter()
        .filter(|member| member.release != Participation::None)
        .map(|m| (&m.id, &m.package.path))
        .collect();
    match members.first() {
        Some(first) => tag_format::detect(tags, &packages, discovery.scheme(first), policy.synchronize),
        None => TagFormat::new(tag_format::DEFAULT),
    }
}

/// Tags in order of name, so that those of one package are found without reading all.
#[derive(Debug)]
pub(crate) struct TagIndex<'a>(Vec<&'a TagName>);

impl<'a> TagIndex<'a> {
    /// Orders tags.
    pub(crate) fn new(tags: impl IntoIterator<Item = &'a TagName>) -> Self {
        let mut sorted: Vec<&TagName> = tags.into_iter().collect();
        sorted.sort();
        Self(sorted)
    }

    /// The tags that start with a text.
    pub(crate) fn with_prefix<'b>(&'b self, prefix: &'b str) -> impl Iterator<Item = &'a TagName> + 'b {
        let start = self.0.partition_point(|tag| tag.as_str() < prefix);
        self.0[start..].iter().copied().take_while(move |tag| tag.as_str().starts_with(prefix))
    }
}
