//! Versions that commits ask for by `Release-As`. Such a version is taken as it stands, whatever else moves the package.

use releasekit_core::VersionScheme;
use releasekit_core::model::{Bump, CommitId, Neutral, Version};

use super::State;
use crate::discover::{Group, Groups};
use crate::error::{AskedBehind, Error, Result};

/// A version that a commit asks for.
#[derive(Debug, Clone)]
pub(super) struct AskedFor {
    pub(super) version: Version,
    pub(super) commit: CommitId,
    /// Whether it is asked of the package itself, and not of another one that shares its version.
    pub(super) is_own: bool,
}

/// Gives a version that is asked for one package to those that share a version with it: the highest, where several are.
pub(super) fn spread(states: &mut [State<'_>], groups: &Groups) -> Result<()> {
    for group in groups.shared() {
        let Some((highest, commit)) = highest(states, group)? else { continue };
        for index in &group.members {
            let state = &mut states[*index];
            let refused = |source| Error::GroupVersion { package: state.id.clone(), source };
            let version = state.scheme.spell(&highest).map_err(refused)?;
            let is_own = state.asked.as_ref().is_some_and(|asked| asked.is_own);
            state.asked = Some(AskedFor { version, commit: commit.clone(), is_own });
        }
    }
    Ok(())
}

fn highest(states: &[State<'_>], group: &Group) -> Result<Option<(Neutral, CommitId)>> {
    let mut highest: Option<(Neutral, CommitId)> = None;
    for state in group.members.iter().map(|index| &states[*index]) {
        let Some(asked) = &state.asked else { continue };
        let neutral = state.scheme.neutral(&asked.version).ok_or_else(|| Error::VersionNotShared {
            package: state.id.clone(),
            version: asked.version.clone(),
            group: group.name.clone(),
        })?;
        if highest.as_ref().is_none_or(|(known, _)| *known < neutral) {
            highest = Some((neutral, asked.commit.clone()));
        }
    }
    Ok(highest)
}

/// Refuses versions that are not above those that packages have.
pub(super) fn refuse_behind(states: &[State<'_>]) -> Result<()> {
    let mut packages = Vec::new();
    for state in states.iter().filter(|state| state.moves()) {
        let Some(AskedFor { version, commit, .. }) = state.asked.clone() else { continue };
        if let Some(present) = state.passed(&version) {
            let (package, present) = (state.id.clone(), present.clone());
            packages.push(AskedBehind { package, asked: version, present, commit });
        }
    }
    if packages.is_empty() { Ok(()) } else { Err(Error::AskedBehind { packages }) }
}

/// How far one version is from another.
pub(crate) fn step(scheme: &dyn VersionScheme, from: &Version, to: &Version) -> Bump {
    if scheme.is_prerelease(to) {
        return Bump::Prerelease;
    }
    if let Some(bump) = STEPS.into_iter().find(|bump| leads(scheme, from, *bump, to)) {
        return bump;
    }
    match (scheme.neutral(from), scheme.neutral(to)) {
        (Some(from), Some(to)) if from.major == to.major && from.minor == to.minor => Bump::Patch,
        (Some(from), Some(to)) if from.major == to.major => Bump::Minor,
        _ => Bump::Major,
    }
}

/// How far a final version may move, the shortest way first.
pub(crate) const STEPS: [Bump; 3] = [Bump::Patch, Bump::Minor, Bump::Major];

/// Whether a bump of one version gives another.
pub(crate) fn leads(scheme: &dyn VersionScheme, from: &Version, bump: Bump, to: &Version) -> bool {
    scheme.bump(from, bump, None).is_ok_and(|it| scheme.compare(&it, to).is_eq())
}
