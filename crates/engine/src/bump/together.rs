//! One version for the packages of a group, in each one's own spelling.

use releasekit_core::model::{Bump, Neutral, Version};

use super::{Reason, State};
use crate::discover::{Group, Groups};
use crate::error::{Error, Result};

/// Lets the packages of every group move together. Gives whether that changed anything.
pub(super) fn apply(states: &mut [State<'_>], groups: &Groups) -> Result<bool> {
    let mut changed = false;
    for group in groups.shared() {
        changed |= Together { group, states }.apply()?;
    }
    Ok(changed)
}

/// A group and the states of all packages.
struct Together<'g, 's, 'a> {
    group: &'g Group,
    states: &'s mut [State<'a>],
}

impl<'a> Together<'_, '_, 'a> {
    fn apply(&mut self) -> Result<bool> {
        if !self.members().any(State::moves) {
            return Ok(false);
        }
        let highest = self.members().map(|state| state.bump).max().unwrap_or_default();
        let bump = if self.adds_to_released() { highest.max(Bump::Patch) } else { highest };
        let Some(shared) = self.shared_version(bump)? else { return Ok(false) };
        self.settle(bump, &shared)
    }

    fn members(&self) -> impl Iterator<Item = &State<'a>> {
        self.group.members.iter().map(|index| &self.states[*index])
    }

    /// The highest version that any of them reaches, or would reach with the bump of the group. Both are needed: a floor
    /// may lie above every bump, and the highest base may belong to a package that has not moved yet. A first release is
    /// not bumped from where it stands, for nothing was released there.
    fn shared_version(&self, bump: Bump) -> Result<Option<Neutral>> {
        let mut highest: Option<Neutral> = None;
        for state in self.members() {
            let mut versions: Vec<Version> = state.next()?.into_iter().collect();
            if bump > Bump::None && !state.is_first() {
                versions.push(state.with_bump(bump)?);
            }
            for version in versions {
                let neutral = state.scheme.neutral(&version).ok_or_else(|| self.not_shared(state, &version))?;
                highest = highest.max(Some(neutral));
            }
        }
        Ok(highest)
    }

    /// Whether packages that were released have to follow one that never was, or that is ahead: their version is spent.
    fn adds_to_released(&self) -> bool {
        let floors = self.members().filter(|state| state.moves_to_floor);
        let floors = floors.filter_map(|state| state.scheme.neutral(state.floor.as_ref()?));
        let Some(highest) = floors.max() else { return false };
        let released = self.members().filter(|state| !state.moves_to_floor);
        let mut spent = released.filter_map(|state| state.scheme.neutral(&state.base));
        spent.any(|spent| spent >= highest)
    }

    /// Gives the version to those that move, and moves the others of a fixed group. Whoever would not have that version
    /// by itself has the group as a reason.
    fn settle(&mut self, bump: Bump, shared: &Neutral) -> Result<bool> {
        let mut changed = false;
        for index in &self.group.members {
            let state = &self.states[*index];
            if !state.moves() && !self.group.is_fixed {
                continue;
            }
            let version = self.spelled(state, shared)?;
            let is_asked_of_others = state.asked.as_ref().is_some_and(|asked| !asked.is_own);
            let is_lifted = is_asked_of_others || state.next()?.as_ref() != Some(&version);
            let state = &mut self.states[*index];
            state.is_pulled |= !state.moves();
            let reason = Reason::Group { group: self.group.name.clone() };
            if is_lifted && !state.reasons.contains(&reason) {
                state.reasons.push(reason);
            }
            changed |= state.bump != bump || state.fixed.as_ref() != Some(&version);
            state.bump = bump;
            state.fixed = Some(version);
        }
        Ok(changed)
    }

    /// The shared version as a package spells it. Its own scheme has the last word on whether that would be a step back:
    /// labels have one order where schemes meet and may have another in a scheme, and a base may say more than numbers.
    fn spelled(&self, state: &State<'_>, shared: &Neutral) -> Result<Version> {
        let refused = |source| Error::GroupVersion { package: state.id.clone(), source };
        let version = state.scheme.spell(shared).map_err(refused)?;
        let own = state.next()?.unwrap_or_else(|| state.base.clone());
        if state.scheme.compare(&version, &own).is_lt() {
            return Err(self.not_shared(state, &own));
        }
        Ok(version)
    }

    fn not_shared(&self, state: &State<'_>, version: &Version) -> Error {
        Error::VersionNotShared { package: state.id.clone(), version: version.clone(), group: self.group.name.clone() }
    }
}
