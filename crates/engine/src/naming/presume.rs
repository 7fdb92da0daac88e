//! Tags that are nobody's, or another package's, and under which packages seem to have been released all the same. Nothing is
//! concluded from them: they are what a maintainer may say with a line of configuration.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use releasekit_core::model::{TagName, Version};
use releasekit_core::policy::Participation;

use super::{Naming, TagIndex};
use crate::discover::{Discovery, Member};
use crate::tag_format::{Reader, TagFormat, folder, loose};

/// Tags that packages seem to have been released under, without these being theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresumedTags {
    /// How such tags read: text around `{version}`.
    pub format: String,
    /// The newest of them.
    pub tag: TagName,
    /// The packages, by their index. Several have one version and one tag; a single one may have them for itself.
    pub members: Vec<usize>,
}

/// What is known of the tags of a repository.
pub(crate) struct Known<'a> {
    discovery: &'a Discovery,
    naming: &'a Naming,
    /// The tags of each package.
    own: &'a [Vec<(Version, TagName)>],
    /// The tags that are nobody's.
    others: TagIndex<'a>,
    /// By package, whether it has no tag of the version that its file says, or none at all where the file says none.
    is_untagged: Vec<bool>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(
        discovery: &'a Discovery,
        naming: &'a Naming,
        own: &'a [Vec<(Version, TagName)>],
        others: TagIndex<'a>,
    ) -> Self {
        let is_untagged = |(member, own): (&Member, &Vec<(Version, TagName)>)| match &member.package.version {
            Some(present) => {
                let scheme = discovery.scheme(member);
                !own.iter().any(|(version, _)| scheme.compare(version, present).is_eq())
            }
            None => own.is_empty(),
        };
        let is_untagged = discovery.members.iter().zip(own).map(is_untagged).collect();
        Self { discovery, naming, own, others, is_untagged }
    }

    /// What seems to be so, the most packages first. `shapes` are those of the tags that are nobody's; a package is in the
    /// first that fits.
    pub(crate) fn presumed<'s>(&self, shapes: impl Iterator<Item = &'s String>) -> Vec<PresumedTags> {
        // Who has tags needs no others, and most repositories are done here.
        if self.released().all(|(index, _)| !self.own[index].is_empty()) {
            return Vec::new();
        }
        let shapes = shapes.filter(|shape| shape.matches('{').count() == 1);
        let (bare, worded): (Vec<&String>, Vec<&String>) = shapes.partition(|shape| word(shape).is_empty());
        let by_shape = |shape: &&String| self.by_shape(shape);
        let bare = bare.iter().filter_map(by_shape).max_by(|a, b| self.compare_newest(a, b));
        let is_practice = |presumed: &PresumedTags| bare.is_none() || self.is_practice(presumed);
        let worded = worded.iter().filter_map(by_shape).filter(is_practice).collect::<Vec<_>>();
        let mut found: Vec<PresumedTags> = bare.into_iter().chain(worded).collect();
        found.extend(self.by_one());
        found.sort_by_key(|it| std::cmp::Reverse(it.members.len()));
        let mut taken = Vec::new();
        for presumed in &mut found {
            presumed.members.retain(|member| !taken.contains(member));
            taken.extend(&presumed.members);
        }
        found.retain(|presumed| !presumed.members.is_empty());
        found
    }

    /// The packages that have the version of the newest tag of a shape; or most of all packages, that have the version of
    /// another, where a tag that stands above all others by mistake hides it.
    fn by_shape(&self, shape: &str) -> Option<PresumedTags> {
        let (format, word) = (TagFormat::new(shape), word(shape));
        // A shape reads alike for all packages of a workspace, and there may be thousands of tags.
        let mut read: BTreeMap<usize, Vec<(Version, TagName)>> = BTreeMap::new();
        for (_, member) in self.released() {
            read.entry(member.workspace).or_insert_with(|| self.read(member, &format));
        }
        let newest = self.followers(&word, |member| read[&member.workspace].last());
        let nearest = self.followers(&word, |member| {
            let is_behind = |tag: &&(Version, TagName)| self.compare(member, &tag.0).is_some_and(Ordering::is_ge);
            read[&member.workspace].iter().rev().find(is_behind)
        });
        let nearest = nearest.filter(|(_, members)| 2 * members.len() > self.released().count().max(2));
        let (tag, mut members) = [newest, nearest].into_iter().flatten().max_by_key(|(_, members)| members.len())?;
        let named: Vec<usize> = members.iter().copied().filter(|index| self.is_called(*index, &word)).collect();
        if !named.is_empty() {
            members = named;
        } else if !word.is_empty() && members.len() == 1 {
            return None;
        }
        Some(PresumedTags { format: shape.to_owned(), tag, members })
    }

    /// The tag that most packages follow, of those that are chosen for each, and these packages.
    fn followers<'t>(
        &self,
        word: &str,
        chosen: impl Fn(&Member) -> Option<&'t (Version, TagName)>,
    ) -> Option<(TagName, Vec<usize>)> {
        let mut found: BTreeMap<&TagName, Vec<usize>> = BTreeMap::new();
        for (index, member) in self.released() {
            let Some((version, tag)) = chosen(member) else { continue };
            // A word that calls the package speaks for it; where no file says a version, nothing else would.
            let is_named = word.is_empty() || self.is_called(index, word);
            let may_be = is_named || member.package.version.is_some();
            if may_be && self.follows(index, version, is_named) {
                found.entry(tag).or_default().push(index);
            }
        }
        let most = found.into_iter().max_by_key(|(_, members)| members.len())?;
        Some((most.0.clone(), most.1))
    }

    /// Whether tags with a word are more than the one that a package which is gone may have left: they call one of today, or there
    /// are several.
    fn is_practice(&self, presumed: &PresumedTags) -> bool {
        let (word, format) = (word(&presumed.format), TagFormat::new(&presumed.format));
        let of = |index: &usize| &self.discovery.members[*index];
        let is_called = presumed.members.iter().any(|index| self.is_called(*index, &word));
        is_called || presumed.members.first().is_some_and(|first| self.read(of(first), &format).len() > 1)
    }

    /// Of two ways to tag without a word the one with the higher version is alive.
    fn compare_newest(&self, a: &PresumedTags, b: &PresumedTags) -> Ordering {
        let member = &self.discovery.members[a.members[0]];
        let version = |presumed: &PresumedTags| {
            let read = self.read(member, &TagFormat::new(&presumed.format));
            read.into_iter().find(|(_, tag)| *tag == presumed.tag).map(|(version, _)| version)
        };
        match (version(a), version(b)) {
            (Some(a), Some(b)) => self.discovery.scheme(member).compare(&a, &b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    }

    /// The tags of a format with the versions they have by a package's rules, ascending.
    fn read(&self, member: &Member, format: &TagFormat) -> Vec<(Version, TagName)> {
        let (scheme, files) = (self.discovery.scheme(member), self.discovery.files(member));
        let mut read = self.others.read(&Reader::new(format, &member.id, &member.package.path, files));
        read.sort_by(|a, b| scheme.compare(&a.0, &b.0));
        read
    }

    /// One package is tagged, and most others have its version without a tag of their own.
    fn by_one(&self) -> Option<PresumedTags> {
        let leads = |(index, member): &(usize, &Member)| {
            let present = member.package.version.as_ref()?;
            let scheme = self.discovery.scheme(member);
            let (_, tag) = self.own[*index].iter().find(|(version, _)| scheme.compare(version, present).is_eq())?;
            let alike = |(other, it): &(usize, &Member)| {
                it.workspace == member.workspace
                    && self.is_untagged[*other]
                    && self.compare(it, present).is_some_and(Ordering::is_eq)
            };
            let mut members: Vec<usize> = self.released().filter(alike).map(|(index, _)| index).collect();
            members.push(*index);
            members.sort_unstable();
            let format = self.naming.format(*index).of(&member.id, &member.package.path);
            Some(PresumedTags { format: format.as_str().to_owned(), tag: tag.clone(), members })
        };
        let found = self.released().filter(|one| self.own[one.0].len() > 1).filter_map(|one| leads(&one));
        let found = found.max_by_key(|presumed| presumed.members.len())?;
        (found.members.len() > 2 && 2 * found.members.len() > self.released().count()).then_some(found)
    }

    fn released(&self) -> impl Iterator<Item = (usize, &Member)> {
        self.discovery.members.iter().enumerate().filter(|(_, member)| member.release != Participation::None)
    }

    /// Whether a package that has no tag of its own may have been released at a version: its file says it, or a prerelease
    /// on the way to the next one, or says none because tags do. A tag with a word about something else is not on anybody's way.
    fn follows(&self, index: usize, version: &Version, is_named: bool) -> bool {
        let member = &self.discovery.members[index];
        let Some(present) = &member.package.version else { return self.own[index].is_empty() };
        let first = |version: &Version| version.as_str().split('.').next().map(str::to_owned);
        let is_next = || self.discovery.scheme(member).is_prerelease(present) && first(present) == first(version);
        self.is_untagged[index]
            && match self.compare(member, version) {
                Some(Ordering::Equal) => true,
                Some(Ordering::Greater) => is_named && is_next(),
                _ => false,
            }
    }

    fn compare(&self, member: &Member, version: &Version) -> Option<Ordering> {
        Some(self.discovery.scheme(member).compare(member.package.version.as_ref()?, version))
    }

    fn is_called(&self, index: usize, word: &str) -> bool {
        let member = &self.discovery.members[index];
        let words = [member.id.name.as_str(), folder(member.package.path.as_str())];
        !word.is_empty() && words.iter().any(|it| loose(it).contains(word))
    }
}

/// What a shape says besides the version.
fn word(shape: &str) -> String {
    let word = loose(&shape.replace("{version}", ""));
    word.strip_suffix('v').map_or(word.clone(), str::to_owned)
}
