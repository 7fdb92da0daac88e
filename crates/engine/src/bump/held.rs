//! Packages that would move and wait all the same, because of what they need. The others go on without them.

use releasekit_core::codes::REQUIREMENT_AHEAD;
use releasekit_core::model::{Dependency, PackageId, Published, Version};
use releasekit_core::policy::Participation;
use releasekit_core::requirements::Pin;
use releasekit_core::{Code, Diagnostic};

use super::{Refusal, State};
use crate::codes;
use crate::discover::{Discovery, Member};
use crate::error::Result;
use crate::graph::PackageGraph;

/// Why a package waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// No version can be planned for it.
    Refused(Refusal),
    /// It requires a later version of another package than is planned.
    Ahead {
        /// What it requires.
        requirement: String,
        /// Of which package.
        package: PackageId,
        /// The version that is planned for that.
        planned: Version,
    },
    /// It is final, and what it would publish is met by a prerelease of another package alone.
    Prerelease {
        /// Of which package.
        package: PackageId,
        /// The prerelease.
        planned: Version,
    },
    /// It needs a package that waits, or shares a version with one.
    With {
        /// Which package.
        package: PackageId,
    },
}

impl Held {
    /// The code of the cause; `None` where another package has it.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            Self::Ahead { .. } => Some(REQUIREMENT_AHEAD),
            Self::Prerelease { .. } => Some(codes::VERSION_NEEDS_PRERELEASE),
            Self::With { .. } => None,
        }
    }
}

/// Why each package waits, by its index. A state that is refused moves nobody.
pub(super) fn held(states: &[State<'_>], discovery: &Discovery, graph: &PackageGraph) -> Result<Vec<Option<Held>>> {
    let mut held = Vec::new();
    for (state, member) in states.iter().zip(&discovery.members) {
        held.push(match &state.refused {
            Some(refusal) => Some(Held::Refused(refusal.clone())),
            None if state.moves() => cause(states, state, discovery, member)?,
            None => None,
        });
    }
    let mut waiting: Vec<usize> = (0..held.len()).filter(|index| held[*index].is_some()).collect();
    while let Some(index) = waiting.pop() {
        let dependents = graph.moving_dependents(index).into_iter().map(|(dependent, _)| dependent);
        let together = (0..held.len()).filter(|other| discovery.groups.move_together(index, *other));
        for other in dependents.chain(together).collect::<Vec<_>>() {
            if held[other].is_none() && states[other].moves() {
                held[other] = Some(Held::With { package: discovery.members[index].id.clone() });
                waiting.push(other);
            }
        }
    }
    Ok(held)
}

/// What one of a package's own requirements keeps it from being released.
fn cause(states: &[State<'_>], state: &State<'_>, discovery: &Discovery, member: &Member) -> Result<Option<Held>> {
    let published = member.package.dependencies.iter().filter(|dependency| dependency.published != Published::No);
    for dependency in published {
        let id = PackageId::new(member.id.label.clone(), dependency.name.clone());
        let needed = discovery.index_of(&id).filter(|_| id != member.id);
        // Who needs what is refused waits with it.
        let is_planned = |index: &usize| {
            discovery.members[*index].release != Participation::None && states[*index].refused.is_none()
        };
        let Some(needed) = needed.filter(is_planned) else { continue };
        let planned = states[needed].next()?.unwrap_or_else(|| states[needed].current.clone());
        let package = || discovery.members[needed].id.clone();
        if is_ahead(discovery, member, dependency, &planned)? {
            let requirement = dependency.requirement.clone();
            return Ok(Some(Held::Ahead { requirement, package: package(), planned }));
        }
        let is_final = |version: &Version| !state.scheme.is_prerelease(version);
        if dependency.published == Published::Required
            && states[needed].line.is_some()
            && states[needed].scheme.is_prerelease(&planned)
            && state.next()?.as_ref().is_some_and(is_final)
            && !keeps_final(states, discovery, member, dependency, needed)?
        {
            return Ok(Some(Held::Prerelease { package: package(), planned }));
        }
    }
    Ok(None)
}

/// Whether a requirement lies above what is planned. What cannot be asked is no reason to wait: the edits will say why.
fn is_ahead(discovery: &Discovery, member: &Member, dependency: &Dependency, planned: &Version) -> Result<bool> {
    let requirements = discovery.requirements(member);
    let Ok(false) = requirements.satisfies(&dependency.requirement, planned) else { return Ok(false) };
    let moved = requirements.rewrite(&dependency.requirement, planned);
    Ok(moved.is_err_and(|error| error.code() == REQUIREMENT_AHEAD))
}

/// Whether the requirement is published as it is written and lets the last final version in.
fn keeps_final(
    states: &[State<'_>],
    discovery: &Discovery,
    member: &Member,
    dependency: &Dependency,
    needed: usize,
) -> Result<bool> {
    if discovery.workspace(member).pin() != Pin::Keep {
        return Ok(false);
    }
    let Some(last) = states[needed].line.as_ref().and_then(|line| line.last_final()) else { return Ok(false) };
    Ok(discovery.requirements(member).satisfies(&dependency.requirement, last)?)
}
