//! Which tags are whose: the formats in force for each package, configured or detected.

mod detect;
mod lines;
mod presume;

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::{EcosystemLabel, PackageId, PackageName, TagName, Version};
use releasekit_core::policy::{Participation, Policy};

use self::detect::Released;
pub(crate) use self::presume::Known;
pub use self::presume::PresumedTags;
use crate::discover::{Discovery, Member};
use crate::error::{Error, Result};
use crate::tag_format::{self, Reader, TagFormat, loose};

/// The tag formats of every package, by its index in the discovery.
#[derive(Debug, Clone)]
pub(crate) struct Naming {
    formats: Vec<Vec<TagFormat>>,
    /// Whether nobody has configured them.
    is_detected: Vec<bool>,
}

impl Naming {
    /// Takes the configured formats and detects the rest from the tags that exist. Fails where two packages would be tagged
    /// alike.
    pub(crate) fn resolve(discovery: &Discovery, policy: &Policy, tags: &TagIndex<'_>) -> Result<Self> {
        let naming = Self::unchecked(discovery, policy, tags);
        naming.check(discovery)?;
        Ok(naming)
    }

    /// The same, whether two packages would be tagged alike or not.
    pub(crate) fn unchecked(discovery: &Discovery, policy: &Policy, tags: &TagIndex<'_>) -> Self {
        let mut detected: BTreeMap<EcosystemLabel, Vec<TagFormat>> = BTreeMap::new();
        let (mut formats, mut is_detected) = (Vec::new(), Vec::new());
        for member in &discovery.members {
            let configured = configured(discovery, policy, member);
            is_detected.push(configured.is_empty());
            formats.push(match configured {
                [] => {
                    let label = &member.id.label;
                    let found = || released(discovery, policy, label).formats(tags);
                    detected.entry(label.clone()).or_insert_with(found).clone()
                }
                texts => texts.iter().map(TagFormat::new).collect(),
            });
            spell_folder(&mut formats[is_detected.len() - 1], discovery, member, tags);
        }
        let mut naming = Self { formats, is_detected };
        naming.forget_ambiguous(discovery);
        naming
    }

    /// The format that a package's new tags follow.
    pub(crate) fn format(&self, member: usize) -> &TagFormat {
        &self.formats[member][0]
    }

    /// The same as others may have it: a folder that is spelled out for one package is a placeholder again.
    pub(crate) fn general_format(&self, member: usize) -> &TagFormat {
        let formats = &self.formats[member];
        formats.get(1).filter(|format| format.spells(&formats[0])).unwrap_or(&formats[0])
    }

    /// The tag of a package's version.
    pub(crate) fn tag(&self, discovery: &Discovery, index: usize, version: &Version) -> TagName {
        let member = &discovery.members[index];
        let version = self.spelling_for_all(discovery, index, version).unwrap_or_else(|| version.clone());
        self.format(index).render(&member.id, &member.package.path, &version)
    }

    /// How a tag says a version that packages of several schemes share: in the first of their spellings that all of them
    /// read. `None` where a package shares no tag with another scheme.
    fn spelling_for_all(&self, discovery: &Discovery, index: usize, version: &Version) -> Option<Version> {
        let own = discovery.scheme(&discovery.members[index]);
        let others: Vec<_> = self.sharing(discovery, index, self.format(index)).collect();
        let neutral = own.neutral(version).filter(|_| !others.is_empty())?;
        let schemes = || others.iter().map(|member| discovery.scheme(member)).chain([own]);
        let is_read = |spelled: &Version| {
            schemes()
                .all(|it| it.parse(spelled.as_str()).is_ok_and(|read| it.neutral(&read).as_ref() == Some(&neutral)))
        };
        let mut spellings: Vec<Version> = schemes().filter_map(|scheme| scheme.spell(&neutral).ok()).collect();
        spellings.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        spellings.into_iter().find(is_read)
    }

    /// The packages with another scheme that move with a package and have its tags by a format.
    fn sharing<'a>(
        &'a self,
        discovery: &'a Discovery,
        index: usize,
        format: &'a TagFormat,
    ) -> impl Iterator<Item = &'a Member> {
        let member = &discovery.members[index];
        let of = |member: &Member| format.of(&member.id, &member.package.path);
        let shares = move |other: usize, it: &Member| {
            discovery.scheme(it).id() != discovery.scheme(member).id()
                && discovery.groups.move_together(index, other)
                && self.formats[other].contains(format)
                && of(it) == of(member)
        };
        let members = discovery.members.iter().enumerate().filter(|_| format.is_shared());
        members.filter(move |(other, it)| shares(*other, it)).map(|(_, it)| it)
    }

    /// All versions that tags give to a package, under its present name and its former ones.
    pub(crate) fn versions(&self, discovery: &Discovery, index: usize, tags: &TagIndex<'_>) -> Vec<(Version, TagName)> {
        let member = &discovery.members[index];
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for name in member.names() {
            let id = PackageId::new(member.id.label.clone(), PackageName::new(name));
            for format in &self.formats[index] {
                let read = tags.read(&Reader::new(format, &id, &member.package.path, discovery.files(member)));
                found.extend(read.into_iter().filter(|(_, tag)| seen.insert(tag.clone())));
            }
        }
        for format in &self.formats[index] {
            let read = self.versions_of_others(discovery, index, format, tags);
            found.extend(read.into_iter().filter(|(_, tag)| seen.insert(tag.clone())));
        }
        found
    }

    /// What tags say that a package shares with those of other schemes, as these spell it.
    fn versions_of_others(
        &self,
        discovery: &Discovery,
        index: usize,
        format: &TagFormat,
        tags: &TagIndex<'_>,
    ) -> Vec<(Version, TagName)> {
        let own = discovery.scheme(&discovery.members[index]);
        let read = |other: &Member| {
            let scheme = discovery.scheme(other);
            let read = tags.read(&Reader::new(format, &other.id, &other.package.path, discovery.files(other)));
            read.into_iter().filter_map(|(version, tag)| Some((own.spell(&scheme.neutral(&version)?).ok()?, tag)))
        };
        let mut schemes = BTreeSet::new();
        let others = self.sharing(discovery, index, format);
        others.filter(|other| schemes.insert(discovery.scheme(other).id())).flat_map(read).collect()
    }

    /// Whether a tag that exists may be the tag of a package's version. Where the format in force was detected, that is
    /// from the tags of today; those of yesterday may have shown another one.
    pub(crate) fn may_have_given(&self, discovery: &Discovery, index: usize, tag: &TagName, version: &Version) -> bool {
        let member = &discovery.members[index];
        let (id, path, files) = (&member.id, &member.package.path, discovery.files(member));
        let reads = |format: TagFormat| Reader::new(&format, id, path, files).read(tag);
        self.has_detected_format(discovery, index)
            && tag_format::known().any(|format| reads(format).as_ref() == Some(version))
    }

    /// Whether the format of a package's new tags is the one that was detected for its label.
    fn has_detected_format(&self, discovery: &Discovery, index: usize) -> bool {
        let label = &discovery.members[index].id.label;
        let alike = |other: &usize| self.is_detected[*other] && discovery.members[*other].id.label == *label;
        (0..self.formats.len()).filter(alike).any(|other| self.format(other) == self.format(index))
    }

    /// Drops formats that are only read, and by which a tag would be that of several packages.
    fn forget_ambiguous(&mut self, discovery: &Discovery) {
        let example = Version::from_canonical("1.0.0");
        let mut owners: BTreeMap<TagName, BTreeSet<usize>> = BTreeMap::new();
        let of = |index: usize, format: &TagFormat| {
            let member = &discovery.members[index];
            let name = PackageName::new(discovery.files(member).normalize(member.id.name.as_str()));
            format.render(&PackageId::new(member.id.label.clone(), name), &member.package.path, &example)
        };
        for (index, formats) in self.formats.iter().enumerate() {
            for format in formats {
                owners.entry(of(index, format)).or_default().insert(index);
            }
        }
        let is_clear = |index: usize, format: &TagFormat| {
            owners[&of(index, format)]
                .iter()
                .all(|other| *other == index || discovery.groups.move_together(*other, index))
        };
        // What a list of the configuration reads, it reads: packages that were tagged together once may go on apart.
        let detected =
            self.formats.iter_mut().enumerate().zip(&self.is_detected).filter(|(_, is_detected)| **is_detected);
        for ((index, formats), _) in detected {
            let written = formats.remove(0);
            formats.retain(|format| is_clear(index, format));
            formats.insert(0, written);
        }
    }

    /// Refuses formats that give two packages the same tag.
    pub(crate) fn check(&self, discovery: &Discovery) -> Result<()> {
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
                let packages = Box::new([discovery.members[first].id.clone(), member.id.clone()]);
                return Err(Error::TagAmbiguous { packages, tag, lines: Vec::new() });
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

fn released<'a>(discovery: &'a Discovery, policy: &Policy, label: &EcosystemLabel) -> Released<'a> {
    let all = discovery.members.iter().filter(|member| member.release != Participation::None);
    // A tag that is an umbrella's is no package's.
    let may_share = policy.umbrella_tag.is_none() && (policy.synchronize || all.clone().count() == 1);
    let mut folders = BTreeSet::new();
    let has_own_folders = all.clone().all(|it| folders.insert(loose(tag_format::folder(it.package.path.as_str()))));
    let members = all.filter(|member| member.id.label == *label).collect();
    Released { discovery, members, may_share, has_own_folders }
}

/// New tags call a package's folder as its newest tag does: `checkpointpostgres` for `checkpoint-postgres`.
fn spell_folder(formats: &mut Vec<TagFormat>, discovery: &Discovery, member: &Member, tags: &TagIndex<'_>) {
    let Some(written) = formats.first().filter(|format| format.is_by_folder()) else { return };
    let reader = Reader::new(written, &member.id, &member.package.path, discovery.files(member));
    let scheme = discovery.scheme(member);
    let newest = tags.read(&reader).into_iter().max_by(|a, b| scheme.compare(&a.0, &b.0));
    if let Some(spelling) = newest.as_ref().and_then(|(_, tag)| reader.folder(tag)) {
        let spelled = written.with_folder(spelling);
        formats.insert(0, spelled);
    }
}

/// Tags in order of what they [loosely](loose) are, so that those of one package are found without reading all.
#[derive(Debug)]
pub(crate) struct TagIndex<'a>(Vec<(String, &'a TagName)>);

impl<'a> TagIndex<'a> {
    /// Orders tags.
    pub(crate) fn new(tags: impl IntoIterator<Item = &'a TagName>) -> Self {
        let mut sorted: Vec<(String, &TagName)> = tags.into_iter().map(|tag| (loose(tag.as_str()), tag)).collect();
        sorted.sort();
        Self(sorted)
    }

    /// Whether there is no tag.
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The versions that a reader finds in them.
    fn read(&self, reader: &Reader<'_>) -> Vec<(Version, TagName)> {
        let start = self.0.partition_point(|(tag, _)| tag.as_str() < reader.prefix());
        let near = self.0[start..].iter().take_while(|(tag, _)| tag.starts_with(reader.prefix()));
        near.filter_map(|(_, tag)| Some((reader.read(tag)?, (*tag).clone()))).collect()
    }
}
