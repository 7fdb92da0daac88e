//! A run that is restricted to groups of packages, and what it leaves out. Pure.

use releasekit_core::model::PackageId;
use releasekit_core::policy::{Participation, Policy};

use super::{Reach, State, carry, is_exact, narrowed};
use crate::discover::Discovery;
use crate::error::{Error, Result};
use crate::graph::PackageGraph;
use crate::history::Changes;

/// What a package that a run leaves out would have to do with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// The packages that move and would have moved it.
    pub behind: Vec<PackageId>,
    /// Whether it has something to release by itself.
    pub would_move: bool,
}

impl LeftOut {
    /// Remembers a package that moves and would have moved it.
    pub(super) fn leave(&mut self, moved: &PackageId) {
        if !self.behind.contains(moved) {
            self.behind.push(moved.clone());
        }
    }
}

/// Whether a run takes each package: all where no group is named, else those of the groups that are, with whoever cannot
/// move apart from them.
pub(super) fn chosen(discovery: &Discovery, policy: &Policy, names: &[String]) -> Result<Vec<bool>> {
    let mut chosen = vec![names.is_empty(); discovery.members.len()];
    for name in names {
        let mut members = discovery.groups.named(name).peekable();
        if members.peek().is_none() && !policy.groups.contains_key(name) {
            let known = discovery.groups.names().chain(policy.groups.keys().map(String::as_str));
            let known = known.map(str::to_owned).collect();
            return Err(Error::GroupUnknown { name: name.clone(), known });
        }
        members.for_each(|member| chosen[member] = true);
    }
    let fixed = || discovery.groups.shared().iter().filter(|group| group.is_fixed);
    let is_split = |chosen: &[bool], members: &[usize]| {
        members.iter().any(|member| chosen[*member]) && !members.iter().all(|member| chosen[*member])
    };
    while let Some(group) = fixed().find(|group| is_split(&chosen, &group.members)) {
        group.members.iter().for_each(|member| chosen[*member] = true);
    }
    Ok(chosen)
}

/// Moves the dependents that earlier runs left behind: what they need was released without them.
pub(super) fn follow(
    states: &mut [State<'_>],
    discovery: &Discovery,
    graph: &PackageGraph,
    changes: &Changes,
    policy: &Policy,
) {
    for (dependent, history) in changes.members.iter().enumerate() {
        let edges = if history.outrun_by.is_empty() { Vec::new() } else { graph.moving_dependencies(dependent) };
        for (needed, propagates) in edges {
            if states[dependent].release == Participation::None || !history.outrun_by.contains(&needed) {
                continue;
            }
            // A requirement that the release left was moved with it, and tells of itself.
            let reaches = match narrowed(policy.propagate, propagates) {
                Reach::Always => true,
                Reach::OutOfPublishedRange => is_exact(discovery, needed, &discovery.members[dependent]),
                Reach::Never | Reach::OutOfRange => false,
            };
            if reaches {
                carry(&mut states[dependent], &discovery.members[needed].id);
            }
        }
    }
}
