//! Whom the trailers of commits address, and what they ask of each package.

use std::collections::BTreeMap;

use releasekit_core::model::{Bump, CommitId};
use releasekit_core::policy::Participation;

use super::change::{AskedVersion, Level};
use crate::commit::{Asks, Trailer};
use crate::discover::Discovery;
use crate::error::{Error, TrailerFault, Unfollowed};

/// A commit, and the packages that it can speak of, by their indices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach<'a> {
    pub(super) commit: &'a CommitId,
    /// Those that it touches.
    pub(super) touched: &'a [usize],
    /// Those in whose range it lies.
    pub(super) in_range: &'a [usize],
}

/// What trailers ask.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// How far each package is moved.
    pub(super) levels: BTreeMap<usize, Level>,
    /// The packages that a version is asked for.
    pub(super) versions: Vec<(usize, AskedVersion)>,
    pub(super) faults: Vec<TrailerFault>,
}

/// Reads trailers for the packages of a repository.
#[derive(Debug)]
pub(super) struct Addressees<'a> {
    discovery: &'a Discovery,
    /// The packages that are released, where they are one, or always have one version.
    as_one: Vec<usize>,
}

impl<'a> Addressees<'a> {
    pub(super) fn new(discovery: &'a Discovery) -> Self {
        let released = discovery.members.iter().enumerate().filter(|(_, it)| it.release != Participation::None);
        let released: Vec<usize> = released.map(|(index, _)| index).collect();
        let as_one = if is_one(discovery, &released) { released } else { Vec::new() };
        Self { discovery, as_one }
    }

    /// What the trailers of one message ask. Of those that concern a package the farthest level counts; one that names it says
    /// more than one that does not.
    pub(super) fn asked(&self, trailers: &[Trailer], reach: Reach<'_>) -> Asked {
        let mut asked = Asked::default();
        let mut ranked: BTreeMap<usize, (bool, Bump)> = BTreeMap::new();
        for trailer in trailers {
            match &trailer.asks {
                Asks::Level { bump, names } => {
                    for (index, is_named) in self.targets(names, trailer, reach, &mut asked.faults) {
                        let rank = (is_named, *bump);
                        if ranked.get(&index).is_none_or(|known| *known < rank) {
                            ranked.insert(index, rank);
                            asked.levels.insert(index, Level { bump: *bump, line: trailer.line.clone() });
                        }
                    }
                }
                Asks::Version { name, version } => {
                    let found = match name {
                        Some(name) => self.named(name),
                        None => self.unnamed(reach),
                    };
                    match found.and_then(|found| self.versions(found, version, trailer, reach)) {
                        Ok(versions) => asked.versions.extend(versions),
                        Err(why) => asked.faults.push(fault(reach, trailer, why)),
                    }
                }
                Asks::Malformed => asked.faults.push(fault(reach, trailer, Unfollowed::Malformed)),
            }
        }
        asked
    }

    /// The packages that a level is for, each with whether it is named.
    fn targets(
        &self,
        names: &[String],
        trailer: &Trailer,
        reach: Reach<'_>,
        faults: &mut Vec<TrailerFault>,
    ) -> Vec<(usize, bool)> {
        let mut targets = Vec::new();
        for name in names {
            match self.named(name) {
                Ok(found) => targets.extend(found.into_iter().map(|index| (index, true))),
                Err(why) => faults.push(fault(reach, trailer, why)),
            }
        }
        if names.is_empty() {
            let touched = if reach.touched.is_empty() { self.as_one.as_slice() } else { reach.touched };
            targets.extend(touched.iter().map(|index| (*index, false)));
        }
        targets.retain(|(index, _)| reach.in_range.contains(index));
        targets
    }

    /// The package of a name, of before too.
    fn named(&self, name: &str) -> Result<Vec<usize>, Unfollowed> {
        let members = &self.discovery.members;
        match self.discovery.find(name) {
            Ok(index) => Ok(vec![index]),
            Err(Error::PackageAmbiguous { name, candidates }) => Err(Unfollowed::Ambiguous { name, candidates }),
            Err(error) => {
                let had = |index: &usize| {
                    let files = self.discovery.files(&members[*index]);
                    members[*index].names().any(|had| files.normalize(had) == files.normalize(name))
                };
                let nearest = if let Error::PackageUnknown { nearest, .. } = error { nearest } else { None };
                let unknown = || Unfollowed::Unknown { name: name.to_owned(), nearest };
                let found: Vec<usize> = (0..members.len()).filter(had).collect();
                if found.is_empty() { Err(unknown()) } else { Ok(found) }
            }
        }
    }

    /// The packages of a version without a name: the one that is touched, or several that always have one version.
    fn unnamed(&self, reach: Reach<'_>) -> Result<Vec<usize>, Unfollowed> {
        let touched = if reach.touched.is_empty() { self.as_one.as_slice() } else { reach.touched };
        if is_one(self.discovery, touched) {
            return Ok(touched.to_vec());
        }
        let touched = touched.iter().map(|index| self.discovery.members[*index].id.clone()).collect();
        Err(Unfollowed::Unnamed { touched })
    }

    fn versions(
        &self,
        mut found: Vec<usize>,
        version: &str,
        trailer: &Trailer,
        reach: Reach<'_>,
    ) -> Result<Vec<(usize, AskedVersion)>, Unfollowed> {
        found.retain(|index| reach.in_range.contains(index));
        let mut versions = Vec::new();
        for index in found {
            let member = &self.discovery.members[index];
            let no_version = |_| Unfollowed::NoVersion { package: member.id.clone() };
            let version = self.discovery.scheme(member).parse(version).map_err(no_version)?;
            let line = trailer.line.clone();
            versions.push((index, AskedVersion { commit: reach.commit.clone(), line, version }));
        }
        Ok(versions)
    }
}

/// Whether packages are one, or always have one version.
fn is_one(discovery: &Discovery, packages: &[usize]) -> bool {
    packages
        .split_first()
        .is_some_and(|(first, others)| others.iter().all(|other| discovery.groups.move_together(*first, *other)))
}

fn fault(reach: Reach<'_>, trailer: &Trailer, why: Unfollowed) -> TrailerFault {
    TrailerFault { commit: reach.commit.clone(), line: trailer.line.clone(), why }
}
