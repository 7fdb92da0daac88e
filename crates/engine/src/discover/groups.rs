//! Which packages are versioned together, and what becomes of their versions. Pure.
//!
//! There are three sources and one mechanism: `synchronize` makes a group of all packages, `[groups.<name>]` one of those
//! that join it, and a version that stands in one place for several packages one of those, whatever the configuration says.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::policy::{Participation, Policy, Versioning};

use super::Member;

/// Packages with one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The name, as configured or as the shared place is called; `None` for the group of all packages.
    pub name: Option<String>,
    /// Whether all of them move when one does; else only those that move get the shared version.
    pub is_fixed: bool,
    /// The packages that take part in releases, by their index in the discovery, ascending.
    pub members: Vec<usize>,
}

impl Group {
    /// Whether a package is in it.
    pub fn holds(&self, member: usize) -> bool {
        self.members.binary_search(&member).is_ok()
    }
}

/// The groups of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    shared: Vec<Group>,
    /// The group that each package shows, also of packages that are only called a group and are numbered by themselves.
    names: Vec<Option<String>>,
}

impl Groups {
    /// Finds the groups among packages. A package may be in several: where its version stands, as configured, and of all.
    pub(crate) fn resolve(members: &[Member], policy: &Policy) -> Self {
        let by_place = shared_places(members);
        let mut names: Vec<Option<String>> = members.iter().map(|member| member.policy.group.clone()).collect();
        for group in &by_place {
            for index in &group.members {
                names[*index] = names[*index].take().or_else(|| group.name.clone());
            }
        }
        let all = policy.synchronize.then(|| fixed(None, taking_part(members).map(|(index, _)| index).collect()));
        let shared = all.into_iter().chain(configured(members, policy)).chain(by_place).collect();
        Self { shared, names }
    }

    /// The groups whose packages have one version.
    pub fn shared(&self) -> &[Group] {
        &self.shared
    }

    /// The name of a package's group.
    pub fn name(&self, member: usize) -> Option<&str> {
        self.names.get(member)?.as_deref()
    }

    /// The packages of a group by its name, as it is shown or shared.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = usize> {
        let shows = (0..self.names.len()).filter(|index| self.name(*index) == Some(name));
        let shared = self.shared.iter().filter(|group| group.name.as_deref() == Some(name));
        shows.chain(shared.flat_map(|group| group.members.iter().copied())).collect::<BTreeSet<_>>().into_iter()
    }

    /// The names of all groups that have packages.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().flatten().map(String::as_str)
    }

    /// Whether two packages cannot move apart.
    pub(crate) fn move_together(&self, one: usize, other: usize) -> bool {
        self.shared.iter().any(|group| group.is_fixed && group.holds(one) && group.holds(other))
    }
}

fn fixed(name: Option<String>, members: Vec<usize>) -> Group {
    Group { name, is_fixed: true, members }
}

fn taking_part(members: &[Member]) -> impl Iterator<Item = (usize, &Member)> {
    members.iter().enumerate().filter(|(_, member)| member.release != Participation::None)
}

fn configured(members: &[Member], policy: &Policy) -> Vec<Group> {
    let shared = policy.groups.iter().filter(|(_, group)| group.versioning != Versioning::Independent);
    let group = |(name, group): (&String, &releasekit_core::policy::GroupPolicy)| {
        let own = taking_part(members).filter(|(_, member)| member.policy.group.as_ref() == Some(name));
        Group {
            name: Some(name.clone()),
            is_fixed: group.versioning == Versioning::Fixed,
            members: own.map(|(index, _)| index).collect(),
        }
    };
    shared.map(group).collect()
}

/// The packages of one workspace whose version stands in one place. One package alone shares it with nobody.
fn shared_places(members: &[Member]) -> Vec<Group> {
    let mut places: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
    for (index, member) in taking_part(members) {
        if let Some(place) = &member.package.version_group {
            places.entry((member.workspace, place)).or_default().push(index);
        }
    }
    let several = places.into_iter().filter(|(_, members)| members.len() > 1);
    several.map(|((_, place), members)| fixed(Some(place.to_owned()), members)).collect()
}
