//! Prereleases: a labelled version counts on within its line, until it is asked to become final.

use releasekit_core::VersionScheme;
use releasekit_core::model::{Bump, Prerelease, RepoPath, Version};

use super::{Asked, Reason, State};
use crate::discover::Discovery;
use crate::error::{Error, Result, Uncountable};

/// The number that a raised line begins at.
const START: u64 = 1;

/// The line of prereleases that a package is in.
#[derive(Debug)]
pub(super) struct Line {
    /// Where it stands, which is a prerelease and no development version.
    at: Version,
    /// The last final version, and what all commits since then ask for.
    since: Option<(Version, Bump)>,
    /// Whether it is asked to become final.
    pub(super) graduates: bool,
}

impl Line {
    pub(super) fn new(at: Version) -> Self {
        Self { at, since: None, graduates: false }
    }

    pub(super) fn since(&mut self, last: Version, bump: Bump) {
        self.since = Some((last, bump));
    }

    /// Sets what is asked for since the last final version, where there is one.
    pub(super) fn ask(&mut self, bump: Bump) {
        if let Some((_, asked)) = &mut self.since {
            *asked = bump;
        }
    }

    /// What all commits since the last final version ask for.
    pub(super) fn asked(&self) -> Bump {
        self.since.as_ref().map_or(Bump::None, |(_, bump)| *bump)
    }

    /// The last final version that its line goes on from.
    pub(super) fn last_final(&self) -> Option<&Version> {
        self.since.as_ref().map(|(last, _)| last)
    }

    /// The next version: the next of the line, or where it stands if nobody has released that. The base is raised where the
    /// last final version asks for more than it holds.
    pub(super) fn next(&self, scheme: &dyn VersionScheme, bump: Bump, as_it_stands: bool) -> Result<Version> {
        if self.graduates {
            return self.finished(scheme, bump);
        }
        let counts = bump > Bump::None && !as_it_stands && !self.is_date(scheme);
        let next = if counts { scheme.bump(&self.at, Bump::Prerelease, None)? } else { self.at.clone() };
        Ok(self.raised(scheme, bump, &next)?.unwrap_or(next))
    }

    /// The final version of the line, whatever its label is.
    fn finished(&self, scheme: &dyn VersionScheme, bump: Bump) -> Result<Version> {
        let at = scheme.finalize(&self.at);
        let Some((last, since)) = &self.since else { return Ok(at) };
        let bump = bump.max(*since);
        if bump == Bump::None {
            return Ok(at);
        }
        let raised = scheme.bump(last, bump, None)?;
        Ok(if scheme.compare(&raised, &at).is_gt() { raised } else { at })
    }

    fn raised(&self, scheme: &dyn VersionScheme, bump: Bump, next: &Version) -> Result<Option<Version>> {
        let Some((last, since)) = &self.since else { return Ok(None) };
        let bump = bump.max(*since);
        let label = scheme.neutral(&self.at).and_then(|neutral| neutral.pre).map(|(label, _)| label);
        let Some(label) = label.filter(|_| bump > Bump::None) else { return Ok(None) };
        if scheme.compare(&scheme.bump(last, bump, None)?, &scheme.finalize(next)).is_le() {
            return Ok(None);
        }
        Ok(Some(scheme.bump(last, bump, Some(&Prerelease { label, start: START }))?))
    }

    /// Whether its number reads as a date, which no counting makes.
    fn is_date(&self, scheme: &dyn VersionScheme) -> bool {
        let number = scheme.neutral(&self.at).and_then(|neutral| neutral.pre).map(|(_, number)| number);
        number.is_some_and(|number| {
            let (month, day) = (number / 100 % 100, number % 100);
            let has_year = (100_000..1_000_000).contains(&number) || (19_000_000..21_000_000).contains(&number);
            has_year && (1..=12).contains(&month) && (1..=31).contains(&day)
        })
    }
}

/// Lets the packages that are asked to become final do so.
pub(super) fn graduate(states: &mut [State<'_>], discovery: &Discovery, asked: &Asked) -> Result<()> {
    let Some(names) = &asked.graduate else { return Ok(()) };
    let named: Result<Vec<usize>> = names.iter().map(|name| discovery.find(name)).collect();
    let named = named?;
    for (index, state) in states.iter_mut().enumerate() {
        let is_named = named.contains(&index);
        match &mut state.line {
            Some(line) if is_named || names.is_empty() => {
                line.graduates = true;
                state.reasons.push(Reason::Set);
            }
            None if is_named => {
                let (package, version) = (state.id.clone(), state.current.clone());
                return Err(Error::Unlabelled { package, version });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Lets all packages become final, because a file says that there are to be no more prereleases.
pub(super) fn graduate_all(states: &mut [State<'_>], file: &RepoPath) {
    for state in states {
        let Some(line) = state.line.as_mut().filter(|line| !line.graduates) else { continue };
        line.graduates = true;
        state.reasons.push(Reason::ChangeFile { file: file.clone(), summary: String::new() });
    }
}

/// Whether a package's next version is counted on from its present one.
fn is_counted(state: &State<'_>) -> bool {
    state.floor.is_none() && state.fixed.is_none() && state.asked.is_none()
}

/// The packages that would have to count dates, by their index: only whoever makes these versions knows the next one.
pub(super) fn uncountable(states: &[State<'_>]) -> Result<Vec<(usize, Error)>> {
    let mut problems = Vec::new();
    for (index, state) in states.iter().enumerate().filter(|(_, state)| state.moves() && is_counted(state)) {
        let Some(line) = state.line.as_ref().filter(|line| line.is_date(state.scheme)) else { continue };
        if state.next()?.as_ref() == Some(&line.at) {
            let one = Uncountable { package: state.id.clone(), version: line.at.clone() };
            problems.push((index, Error::Uncountable { packages: vec![one] }));
        }
    }
    Ok(problems)
}
