//! A run that is restricted to groups of packages, and what it leaves out. Pure.

use std::collections::BTreeSet;

use releasekit_core::model::{Bump, PackageId};
use releasekit_core::policy::{Participation, Policy};

use super::reach::{Reach, is_exact, narrowed};
use super::{Asked, Reason, State};
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

/// Whether a run takes each package: all where nothing is asked, else those of the groups that are named, or those that are in
/// none, with whoever cannot move apart from them.
pub(super) fn chosen(discovery: &Discovery, policy: &Policy, asked: &Asked) -> Result<Vec<bool>> {
    let is_of_none = |index: usize| discovery.groups.name(index).is_none();
    let takes = |index| asked.group.is_empty() && (!asked.ungrouped || is_of_none(index));
    let mut chosen: Vec<bool> = (0..discovery.members.len()).map(takes).collect();
    for name in &asked.group {
        let mut members = discovery.groups.named(name).peekable();
        if members.peek().is_none() && !policy.groups.contains_key(name) {
            let known = discovery.groups.names().chain(policy.groups.keys().map(String::as_str));
            let known = known.map(str::to_owned).collect();
            return Err(Error::GroupUnknown { name: name.clone(), known });
        }
        members.for_each(|member| chosen[member] = true);
    }
    complete(discovery, &mut chosen);
    Ok(chosen)
}

/// Takes in whoever cannot move apart from what is taken.
fn complete(discovery: &Discovery, chosen: &mut [bool]) {
    let fixed = || discovery.groups.shared().iter().filter(|group| group.is_fixed);
    let is_split = |chosen: &[bool], members: &[usize]| {
        members.iter().any(|member| chosen[*member]) && !members.iter().all(|member| chosen[*member])
    };
    while let Some(group) = fixed().find(|group| is_split(chosen, &group.members)) {
        group.members.iter().for_each(|member| chosen[*member] = true);
    }
}

/// The runs that together take every package once: the groups of each, and none for the packages that are in no group. Groups
/// that cannot move apart are in one.
pub(crate) fn runs(discovery: &Discovery) -> Vec<Vec<String>> {
    let takes_part = |index: &usize| discovery.members[*index].release != Participation::None;
    let names: BTreeSet<Option<&str>> =
        (0..discovery.members.len()).filter(takes_part).map(|index| discovery.groups.name(index)).collect();
    let mut runs: Vec<(Vec<String>, Vec<bool>)> = Vec::new();
    for name in names {
        let mut taken: Vec<bool> =
            (0..discovery.members.len()).map(|index| discovery.groups.name(index) == name).collect();
        complete(discovery, &mut taken);
        let meets =
            |(_, others): &(Vec<String>, Vec<bool>)| others.iter().zip(&taken).any(|(one, other)| *one && *other);
        match runs.iter_mut().find(|run| meets(run)) {
            Some((names, others)) => {
                names.extend(name.map(str::to_owned));
                others.iter_mut().zip(taken).for_each(|(one, other)| *one |= other);
            }
            None => runs.push((name.map(str::to_owned).into_iter().collect(), taken)),
        }
    }
    runs.into_iter().map(|(names, _)| names).collect()
}

impl State<'_> {
    /// Moves at least by a patch, for what it needs has moved.
    pub(super) fn follow(&mut self, moved: &PackageId) {
        let reason = Reason::Dependency { package: moved.clone() };
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
        self.bump = self.bump.max(Bump::Patch);
    }
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
                states[dependent].follow(&discovery.members[needed].id);
            }
        }
    }
}
