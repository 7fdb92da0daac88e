//! Whether the move of a package reaches one that needs it. Pure.

use releasekit_core::model::{Dependency, PackageId, Propagation, Published, Version};
use releasekit_core::policy::Propagate;
use releasekit_core::requirements::Pin;

use crate::discover::{Discovery, Member};
use crate::error::Result;

/// What reaches along an edge that carries so far.
pub(super) enum Reach {
    Always,
    Never,
    /// As the package file's requirement says.
    OutOfRange,
    /// As the published requirement says, which may be pinned.
    OutOfPublishedRange,
}

pub(super) fn narrowed(configured: Propagate, edge: Propagation) -> Reach {
    match (configured, edge) {
        (Propagate::Never, _) | (_, Propagation::Never) => Reach::Never,
        (_, Propagation::OutOfRange) => Reach::OutOfRange,
        (Propagate::Always, Propagation::Configured) => Reach::Always,
        (Propagate::OutOfRange, Propagation::Configured) => Reach::OutOfPublishedRange,
    }
}

/// Whether a move to a version reaches a dependent. A requirement that is published exactly is left by any move.
pub(super) fn reaches(
    discovery: &Discovery,
    (moved, dependent): (usize, usize),
    reach: Reach,
    next: impl FnOnce() -> Result<Option<Version>>,
) -> Result<bool> {
    let member = &discovery.members[dependent];
    match reach {
        Reach::Always => Ok(true),
        Reach::Never => Ok(false),
        Reach::OutOfPublishedRange if is_exact(discovery, moved, member) => Ok(true),
        Reach::OutOfRange | Reach::OutOfPublishedRange => {
            next()?.map_or(Ok(false), |next| leaves_range(discovery, moved, member, &next))
        }
    }
}

/// Whether what a dependent requires is published exactly; what only the configuration says of it is as others are. What moves
/// nobody, or only when it is left, pins nothing here.
pub(super) fn is_exact(discovery: &Discovery, moved: usize, dependent: &Member) -> bool {
    let workspace = discovery.workspace(dependent);
    let configured = |dependency: &&Dependency| dependency.propagates == Propagation::Configured;
    let mut needs = needs(dependent, &discovery.members[moved].id).filter(configured).peekable();
    if needs.peek().is_none() { workspace.pin() == Pin::Exact } else { needs.any(|it| workspace.pins_exactly(it)) }
}

/// Whether a move leaves what a dependent requires, in the dependent's own dialect.
fn leaves_range(discovery: &Discovery, moved: usize, dependent: &Member, next: &Version) -> Result<bool> {
    let moved = &discovery.members[moved].id;
    let requirements = discovery.requirements(dependent);
    let may_be_left = |it: &&Dependency| it.published != Published::No && it.propagates != Propagation::Never;
    for dependency in needs(dependent, moved).filter(may_be_left) {
        if !requirements.satisfies(&dependency.requirement, next)? {
            return Ok(true);
        }
    }
    Ok(dependent.depends_on.contains(moved))
}

/// What a package file requires of another package, each requirement by itself. It names packages of its own ecosystem; what
/// others are needed, the configuration says.
fn needs<'a>(dependent: &'a Member, needed: &'a PackageId) -> impl Iterator<Item = &'a Dependency> {
    let names = |it: &&Dependency| dependent.id.label == needed.label && it.name == needed.name;
    dependent.package.dependencies.iter().filter(names)
}
