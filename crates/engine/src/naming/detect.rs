//! Which formats the tags of a repository follow that nobody has described.

use releasekit_core::model::Version;

use super::TagIndex;
use crate::discover::{Discovery, Member};
use crate::tag_format::{self, Reader, TagFormat};

/// The packages of one label that take part in releases.
pub(super) struct Released<'a> {
    pub(super) discovery: &'a Discovery,
    pub(super) members: Vec<&'a Member>,
    /// Whether a tag may be that of all packages: they have one version, or there is but one.
    pub(super) may_share: bool,
    /// Whether the last part of a package's path tells it from all others.
    pub(super) has_own_folders: bool,
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
        let fits = |format: &TagFormat| {
            (self.may_share || !format.is_shared()) && (self.has_own_folders || !format.is_by_folder())
        };
        let formats: Vec<TagFormat> = tag_format::known().filter(fits).collect();
        let read: Vec<Vec<Vec<Version>>> = formats.iter().map(|format| self.read(format, index)).collect();
        let highest = self.highest(&read);
        let fits: Vec<Fit> = read.iter().map(|versions| self.fit(versions, &highest)).collect();
        let places = 0..formats.len();
        // What most packages have their present version's tag in is alive. A format with a tag here and there is not:
        // packages of other ecosystems have these names and versions of their own, and more so these folders.
        let is_alive = |at: &usize| 2 * fits[*at].0 > self.members.len();
        let written = places.clone().filter(|at| !formats[*at].is_by_folder() || is_alive(at));
        let written = written.max_by_key(|at| (fits[*at], std::cmp::Reverse(*at))).unwrap_or_default();
        let read = places.filter(|at| *at != written && is_alive(at));
        std::iter::once(written).chain(read).map(|at| formats[at].clone()).collect()
    }

    /// The versions that tags of a format give to each package.
    fn read(&self, format: &TagFormat, index: &TagIndex<'_>) -> Vec<Vec<Version>> {
        self.members.iter().map(|member| versions(self.discovery, member, format, index)).collect()
    }

    /// The highest version of each package by any of the formats.
    fn highest<'v>(&self, all: &'v [Vec<Vec<Version>>]) -> Vec<Option<&'v Version>> {
        let highest = |(at, member): (usize, &&Member)| {
            let scheme = self.discovery.scheme(member);
            all.iter().flat_map(|read| &read[at]).max_by(|a, b| scheme.compare(a, b))
        };
        self.members.iter().enumerate().map(highest).collect()
    }

    fn fit(&self, versions: &[Vec<Version>], highest: &[Option<&Version>]) -> Fit {
        let mut fit = (0, 0, 0);
        for (at, member) in self.members.iter().enumerate() {
            let scheme = self.discovery.scheme(member);
            let has = |wanted: &Version| versions[at].iter().any(|version| scheme.compare(version, wanted).is_eq());
            fit.0 += usize::from(member.package.version.as_ref().is_some_and(has));
            fit.1 += usize::from(highest[at].is_some_and(has));
            fit.2 += usize::from(!versions[at].is_empty());
        }
        fit
    }
}

fn versions(discovery: &Discovery, member: &Member, format: &TagFormat, index: &TagIndex<'_>) -> Vec<Version> {
    if index.is_empty() {
        return Vec::new();
    }
    let reader = Reader::new(format, &member.id, &member.package.path, discovery.files(member));
    index.read(&reader).into_iter().map(|(version, _)| version).collect()
}
