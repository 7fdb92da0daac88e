//! Which root a workspace, or a package of its own, belongs to.

use std::collections::BTreeSet;

use releasekit_core::model::RepoPath;

/// A workspace, or a package that no workspace takes in.
pub trait Unit {
    /// Where it lies.
    fn folder(&self) -> &RepoPath;

    /// Whether it has packages besides its root.
    fn is_workspace(&self) -> bool;

    /// Whether it lies where demos, tests and the like do.
    fn is_demo(&self) -> bool;

    /// Whether its packages are listed wherever those of the root are, and not merely counted.
    fn is_listed(&self, root: &RepoPath) -> bool {
        self.folder() == root || (self.is_workspace() && !self.is_demo())
    }
}

/// The root that each unit belongs to: the innermost real workspace or named folder around it, else the only one, else all of
/// them share the folder that they have in common.
pub fn owners(units: &[impl Unit], named: &[RepoPath]) -> Vec<RepoPath> {
    let real = units.iter().filter(|unit| unit.is_workspace() && !unit.is_demo()).map(Unit::folder);
    let roots: BTreeSet<&RepoPath> = real.chain(named).collect();
    let around = |unit: &_| {
        let above = std::iter::successors(Some(Unit::folder(unit).clone()), RepoPath::parent);
        above.into_iter().find(|folder| roots.contains(folder))
    };
    let found: Vec<Option<RepoPath>> = units.iter().map(around).collect();
    let used: BTreeSet<&RepoPath> = found.iter().flatten().collect();
    let lone = || units.iter().zip(&found).filter(|(_, root)| root.is_none()).map(|(unit, _)| unit);
    let shared = match used.first() {
        Some(first) if used.len() == 1 || lone().all(Unit::is_demo) => (*first).clone(),
        _ if lone().any(|unit| !unit.is_demo()) => common(lone().filter(|unit| !unit.is_demo())),
        _ => common(lone()),
    };
    found.iter().map(|root| root.clone().unwrap_or_else(|| shared.clone())).collect()
}

/// The innermost folder around all of these.
fn common<'a, U: Unit + 'a>(mut units: impl Iterator<Item = &'a U>) -> RepoPath {
    let first = units.next().map(|unit| unit.folder().clone()).unwrap_or_default();
    units.fold(first, |common, unit| common.around(unit.folder()))
}
