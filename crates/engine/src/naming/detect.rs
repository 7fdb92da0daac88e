//! Which formats the tags of a repository follow that nobody has described.

use std::collections::BTreeMap;

use releasekit_core::model::{TagName, Version};
use releasekit_core::policy::Participation;

use super::TagIndex;
use crate::discover::{Discovery, Member};
use crate::tag_format::{self, Reader, TagFormat};

/// The packages of one label that take part in releases.
pub(super) struct Released<'a> {
    pub(super) discovery: &'a Discovery,
    pub(super) members: Vec<&'a Member>,
    /// Whether a tag may be that of all packages: they have one version, or there is but one.
    pub(super) may_share: bool,
}

/// How well a format fits, the best first: packages of whose present version it has the tag, of whose highest version, and
/// of whose any.
type Fit = (usize, usize, usize);

impl Released<'_> {
    /// The formats that are theirs: the first is written, all are read.
    ///
    /// Which one is alive, the tags of the versions say that the files have now, else those of the highest versions; how many
    /// old tags follow a format does not count before that. The order of the known formats decides a tie.
    pub(super) fn formats(&self, index: &TagIndex<'_>) -> Vec<TagFormat> {
        let formats: Vec<TagFormat> =
            tag_format::known().filter(|format| self.may_share || !format.is_shared()).collect();
        let read: Vec<Vec<Vec<Version>>> = formats.iter().map(|format| self.read(format, index)).collect();
        let fits: Vec<Fit> = read.iter().map(|versions| self.fit(versions, &read)).collect();
        let places = 0..formats.len();
        let written = places.clone().max_by_key(|at| (fits[*at], std::cmp::Reverse(*at))).unwrap_or_default();
        // What else most packages have their present version's tag in is alive too. A format with a tag here and there is not:
        // packages of other ecosystems have these names and versions of their own.
        let is_alive = |at: &usize| *at != written && 2 * fits[*at].0 > self.members.len();
        std::iter::once(written).chain(places.filter(is_alive)).map(|at| formats[at].clone()).collect()
    }

    /// The versions that tags of a format give to each package.
    fn read(&self, format: &TagFormat, index: &TagIndex<'_>) -> Vec<Vec<Version>> {
        self.members.iter().map(|member| versions(self.discovery, member, format, index)).collect()
    }

    fn fit(&self, versions: &[Vec<Version>], all: &[Vec<Vec<Version>>]) -> Fit {
        let mut fit = (0, 0, 0);
        for (at, member) in self.members.iter().enumerate() {
            let scheme = self.discovery.scheme(member);
            let has = |wanted: &Version| versions[at].iter().any(|version| scheme.compare(version, wanted).is_eq());
            fit.0 += usize::from(member.package.version.as_ref().is_some_and(has));
            let highest = all.iter().flat_map(|read| &read[at]).max_by(|a, b| scheme.compare(a, b));
            fit.1 += usize::from(highest.is_some_and(has));
            fit.2 += usize::from(!versions[at].is_empty());
        }
        fit
    }
}

/// A tag that several packages seem to have been released under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedTag {
    /// How such tags read.
    pub format: String,
    /// The newest of them.
    pub tag: TagName,
    /// The packages that have its version, by their index.
    pub members: Vec<usize>,
}

/// The newest tag of a format without a name whose version several packages have, where the format is none of theirs.
pub(crate) fn shared_tag(discovery: &Discovery, index: &TagIndex<'_>) -> Option<SharedTag> {
    let of = |format: TagFormat| {
        // A format without a name reads alike for all packages of a workspace, and there may be thousands of tags.
        let mut newest: BTreeMap<usize, Option<(Version, TagName)>> = BTreeMap::new();
        let (mut shared, mut members) = (None, Vec::new());
        for (at, member) in discovery.members.iter().enumerate().filter(|(_, it)| it.release != Participation::None) {
            let scheme = discovery.scheme(member);
            let read =
                || tagged(discovery, member, &format, index).into_iter().max_by(|a, b| scheme.compare(&a.0, &b.0));
            let Some((version, tag)) = newest.entry(member.workspace).or_insert_with(read) else { continue };
            if member.package.version.as_ref().is_some_and(|present| scheme.compare(present, version).is_eq()) {
                shared = Some(tag.clone());
                members.push(at);
            }
        }
        Some(SharedTag { format: format.as_str().to_owned(), tag: shared?, members })
    };
    let found = tag_format::known().filter(TagFormat::is_shared).filter_map(of);
    found.filter(|shared| shared.members.len() > 1).max_by_key(|shared| shared.members.len())
}

fn versions(discovery: &Discovery, member: &Member, format: &TagFormat, index: &TagIndex<'_>) -> Vec<Version> {
    tagged(discovery, member, format, index).into_iter().map(|(version, _)| version).collect()
}

fn tagged(discovery: &Discovery, member: &Member, format: &TagFormat, index: &TagIndex<'_>) -> Vec<(Version, TagName)> {
    index.read(&Reader::new(format, &member.id, &member.package.path, discovery.files(member)))
}
