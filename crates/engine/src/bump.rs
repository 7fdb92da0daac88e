//! How far each package moves, and why. Pure.

mod asked;
mod by_hand;
mod chosen;
mod held;
mod labelled;
mod reach;
mod refused;
mod taken;
mod together;

use std::collections::VecDeque;

use releasekit_core::VersionScheme;
use releasekit_core::model::{Bump, CommitId, Neutral, PackageId, RepoPath, Version};
use releasekit_core::policy::{Participation, Policy};
use serde::{Deserialize, Serialize};

use crate::change_files::ChangeFile;
use crate::discover::{Discovery, Member};
use crate::error::{Behind, Error, Result};
use crate::graph::PackageGraph;
use crate::history::{Change, Changes, MemberChanges};
use asked::AskedFor;
pub(crate) use asked::{STEPS, leads, step};
pub use chosen::LeftOut;
pub(crate) use chosen::runs;
pub use held::Held;
use labelled::Line;
use reach::{narrowed, reaches};
pub use refused::Refusal;

/// Why a package moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Reason {
    /// A commit touched it.
    Commit {
        /// Which.
        commit: CommitId,
        /// The first line of its message.
        summary: String,
    },
    /// A package that it needs moves.
    Dependency {
        /// Which, as `label:name`.
        package: PackageId,
    },
    /// It was never released.
    FirstRelease,
    /// Its package file is already ahead of its last tag.
    VersionAhead,
    /// It publishes other requirements than its last release did, whatever the commits say.
    Requirement,
    /// A trailer of a commit says how far it moves, or to which version.
    Trailer {
        /// The commit.
        commit: CommitId,
        /// The line, as it was written.
        text: String,
    },
    /// A change file says how far it moves.
    ChangeFile {
        /// Which.
        file: RepoPath,
        /// The first line of what it says.
        summary: String,
    },
    /// The command line asked for this version, or for a move.
    Set,
    /// The packages of its group have one version, which it would not have by itself.
    Group {
        /// The group's name; `None` for the group of all packages, which `synchronize` makes.
        group: Option<String>,
    },
}

/// What a command asks of a plan, beside what commits and files say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Packages whose labelled versions become final; an empty list names all.
    pub graduate: Option<Vec<String>>,
    /// How far packages move that do, whatever their commits ask for.
    pub bump: Option<Bump>,
    /// Whether packages that nothing moves do so too: a patch, or as far as `bump` says.
    pub force_unchanged: bool,
    /// The groups whose packages alone move, with whoever cannot move apart from them; none for all packages.
    pub group: Vec<String>,
    /// Whether the packages that are in no group alone move.
    pub ungrouped: bool,
}

/// What was decided for one package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// How far it moves.
    pub bump: Bump,
    /// Its version to come; `None` where it does not move.
    pub next: Option<Version>,
    /// Why it moves.
    pub reasons: Vec<Reason>,
    /// The version that it would have, had not a tag that was never released used it up.
    pub passed_over: Option<Version>,
    /// Why it waits although it would move.
    pub held: Option<Held>,
    /// What it would do in a run that did not leave it out; `None` where it was not.
    pub left_out: Option<LeftOut>,
}

/// What was decided for every package, by its index in the discovery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bumps(pub Vec<Decision>);

/// Whether a package with these reasons moves by itself, and not only because its group does.
pub fn is_by_itself(reasons: &[Reason]) -> bool {
    reasons.iter().any(|reason| !matches!(reason, Reason::Group { .. }))
}

/// Decides for all packages. What is wrong with one holds it back, and those that need it; where nothing is left to be planned
/// it is the error. Independent faults are reported together.
pub fn decide(
    discovery: &Discovery,
    graph: &PackageGraph,
    changes: &Changes,
    policy: &Policy,
    asked: &Asked,
) -> Result<Bumps> {
    let mut states = Vec::new();
    let mut problems = Vec::new();
    let chosen = chosen::chosen(discovery, policy, asked)?;
    let members = discovery.members.iter().zip(&changes.members).zip(chosen);
    for (index, ((member, history), is_chosen)) in members.enumerate() {
        let scheme = discovery.scheme(member);
        let mut state = match State::new(scheme, member, history, policy) {
            Ok(state) => state,
            Err(error) if is_chosen => {
                problems.push((index, error));
                State::unplanned(scheme, member, Participation::None)?
            }
            // What is wrong with a package that is left out stops nobody.
            Err(_) => State::unplanned(scheme, member, member.release)?,
        };
        state.left_out = (!is_chosen).then(LeftOut::default);
        states.push(state);
    }
    let mut causes = hold(&mut states, problems);
    by_hand::apply(&mut states, asked);
    labelled::graduate(&mut states, discovery, asked)?;
    if let Some(file) = &changes.leaves_prereleases {
        labelled::graduate_all(&mut states, file);
    }
    asked::spread(&mut states, &discovery.groups)?;
    chosen::follow(&mut states, discovery, graph, changes, policy);
    // A group that moves reaches dependents outside of it, and whoever they pull along may be in another group. Moves,
    // bumps and shared versions only rise, so there is an end.
    together::apply(&mut states, &discovery.groups)?;
    loop {
        propagate(&mut states, discovery, graph, policy)?;
        if !together::apply(&mut states, &discovery.groups)? {
            break;
        }
    }
    asked::refuse_behind(&states)?;
    let uncountable = labelled::uncountable(&states)?;
    causes.extend(hold(&mut states, uncountable));
    let held = held::held(&states, discovery, graph)?;
    let decisions: Result<Vec<Decision>> =
        states.into_iter().zip(held).map(|(state, held)| state.decide(held)).collect();
    let bumps = Bumps(decisions?);
    // Where nothing else is left of a plan, what is wrong is all that it says.
    if !bumps.0.iter().any(|decision| decision.next.is_some()) {
        Error::raise(causes)?;
    }
    taken::refuse(discovery, changes, &bumps)?;
    Ok(bumps)
}

/// A package while it is being decided.
#[derive(Debug)]
struct State<'a> {
    id: &'a PackageId,
    scheme: &'a dyn VersionScheme,
    release: Participation,
    /// The version in the files, or of the last tag.
    current: Version,
    /// What is bumped.
    base: Version,
    /// The line of prereleases that it is in, which a bump counts on.
    line: Option<Line>,
    /// The version that is reached without any bump: a first release, or a package file that is ahead.
    floor: Option<Version>,
    /// Whether the floor is reached even if nothing else moves the package.
    moves_to_floor: bool,
    bump: Bump,
    reasons: Vec<Reason>,
    /// The version that a commit asks for.
    asked: Option<AskedFor>,
    /// The version that its group shares.
    fixed: Option<Version>,
    /// Whether it moves because its group does, even without a bump.
    is_pulled: bool,
    /// Versions of tags that were never released, which are passed over.
    spent: Vec<Version>,
    /// What is known of it where the run leaves it out, so that it moves nowhere.
    left_out: Option<LeftOut>,
    /// Why no version can be planned for it.
    refused: Option<Refusal>,
}

impl<'a> State<'a> {
    fn new(
        scheme: &'a dyn VersionScheme,
        member: &'a Member,
        history: &MemberChanges,
        policy: &Policy,
    ) -> Result<Self> {
        let mut state = Self::unplanned(scheme, member, member.release)?;
        state.spent =
            history.tagged.iter().filter(|(_, tag)| history.ignored.contains(tag)).map(|it| it.0.clone()).collect();
        if member.release != Participation::None {
            if let Some(unread) = &member.package.unread {
                return Err(Error::VersionUnread { packages: vec![(member.id.clone(), unread.clone())] });
            }
            state.start(member, history)?;
            state.apply_asked(history);
            state.apply_changes(history, policy);
            state.apply_final(history, policy);
            state.apply_requirements(!history.requires_otherwise.is_empty());
        }
        Ok(state)
    }

    /// A package of which nothing is known yet but what it takes part in.
    fn unplanned(scheme: &'a dyn VersionScheme, member: &'a Member, release: Participation) -> Result<Self> {
        Ok(Self {
            id: &member.id,
            scheme,
            release,
            current: scheme.spell(&ZERO)?,
            base: scheme.spell(&ZERO)?,
            line: None,
            floor: None,
            moves_to_floor: false,
            bump: Bump::None,
            reasons: Vec::new(),
            asked: None,
            fixed: None,
            is_pulled: false,
            spent: Vec::new(),
            left_out: None,
            refused: None,
        })
    }

    /// Finds what is bumped, and what is reached without a bump.
    fn start(&mut self, member: &Member, history: &MemberChanges) -> Result<()> {
        let current = match (&member.package.version, &history.last, &member.package.version_file) {
            (Some(version), ..) => version.clone(),
            (None, Some(last), None) => last.version.clone(),
            (None, None, None) => self.scheme.spell(&ZERO)?,
            (None, _, Some(_)) => return Err(missing(member)),
        };
        self.current = current.clone();
        self.base = history.last.as_ref().map_or(&current, |last| &last.version).clone();
        let without = self.scheme.without_dev(&current);
        let is_dev = without != current;
        if self.scheme.is_prerelease(&without) {
            self.line = Some(Line::new(without.clone()));
        }
        match &history.last {
            None if !history.has_range => return self.first_release(without, history.bump_by_files()),
            Some(last) if self.scheme.compare(&current, &last.version).is_lt() => {
                let (package, tag) = (member.id.clone(), last.tag.clone());
                return Err(Error::BehindTag { packages: vec![Behind { package, current, file: file(member), tag }] });
            }
            Some(last) if self.scheme.compare(&current, &last.version).is_gt() && !is_dev => self.ahead(without),
            _ if is_dev => self.floor = Some(without),
            _ => {}
        }
        Ok(())
    }

    /// A version that somebody wrote is released as it stands, unless a change file counts from it.
    fn first_release(&mut self, current: Version, asked: Bump) -> Result<()> {
        let is_written = self.scheme.neutral(&current) != Some(ZERO);
        self.floor = Some(match asked {
            asked if asked > Bump::None && self.line.is_none() => self.scheme.bump(&current, asked, None)?,
            _ if is_written => current,
            _ => self.scheme.spell(&FIRST)?,
        });
        self.moves_to_floor = true;
        self.reasons.push(Reason::FirstRelease);
        Ok(())
    }

    /// A version that somebody chose and nobody has released moves by itself, as it stands.
    fn ahead(&mut self, current: Version) {
        self.floor = Some(current);
        self.moves_to_floor = true;
        self.reasons.push(Reason::VersionAhead);
    }

    /// Takes the newest version that a commit asks for.
    fn apply_asked(&mut self, history: &MemberChanges) {
        let Some(asked) = history.asked.first() else { return };
        let (version, commit) = (asked.version.clone(), asked.commit.clone());
        self.asked = Some(AskedFor { version, commit, is_own: true });
        self.reasons.push(Reason::Trailer { commit: asked.commit.clone(), text: asked.line.clone() });
    }

    /// The reasons begin with what moves it farthest, which is what a reader of a plan looks for.
    fn apply_changes(&mut self, history: &MemberChanges, policy: &Policy) {
        let commits = history.commits.iter().chain(&history.addressed);
        let commits = commits.map(|change| (self.bump_of(change, policy), reason_of(change)));
        let files = history.by_files.iter().map(|asked| (asked.bump, Reason::of_file(&asked.file)));
        let mut moving: Vec<(Bump, Reason)> = commits.chain(files).filter(|(bump, _)| *bump > Bump::None).collect();
        moving.sort_by_key(|(bump, _)| std::cmp::Reverse(*bump));
        self.bump = moving.first().map_or(self.bump, |(bump, _)| self.bump.max(*bump));
        self.reasons.extend(moving.into_iter().map(|(_, reason)| reason));
    }

    fn bump_of(&self, change: &Change, policy: &Policy) -> Bump {
        bump_of(self.scheme, &self.base, change, policy)
    }

    /// What the last final version and the commits since then ask of a line of prereleases.
    fn apply_final(&mut self, history: &MemberChanges, policy: &Policy) {
        let (last, commits, addressed) = match (&history.since_final, &history.last) {
            (Some(since), _) => (&since.version, &since.commits, &since.addressed),
            (None, Some(last)) if !self.scheme.is_prerelease(&last.version) => {
                (&last.version, &history.commits, &history.addressed)
            }
            _ => return,
        };
        let bumps = commits.iter().chain(addressed).map(|change| bump_of(self.scheme, last, change, policy));
        let bump = bumps.max().unwrap_or_default().max(history.bump_by_files());
        if let Some(line) = &mut self.line {
            line.since(last.clone(), bump);
        }
    }

    fn apply_requirements(&mut self, requires_otherwise: bool) {
        if requires_otherwise {
            self.bump = self.bump.max(Bump::Patch);
            self.reasons.push(Reason::Requirement);
        }
    }

    fn moves(&self) -> bool {
        self.left_out.is_none() && self.would_move()
    }

    /// Whether it would move in a run that leaves nobody out.
    fn would_move(&self) -> bool {
        let graduates = self.line.as_ref().is_some_and(|line| line.graduates);
        let is_asked = self.asked.as_ref().is_some_and(|asked| asked.is_own);
        let moves = self.bump > Bump::None || self.moves_to_floor || self.is_pulled || graduates || is_asked;
        self.release != Participation::None && moves
    }

    fn is_first(&self) -> bool {
        self.reasons.contains(&Reason::FirstRelease)
    }

    /// The version it would move to now: the first above what it asks for that no tag of the past has used up.
    fn next(&self) -> Result<Option<Version>> {
        self.wanted()?.map(|wanted| self.unspent(wanted)).transpose()
    }

    fn unspent(&self, wanted: Version) -> Result<Version> {
        let mut next = wanted;
        while self.fixed.is_none() && self.asked.is_none() && self.is_spent(&next) {
            next = self.scheme.bump(&next, Bump::Patch, None)?;
        }
        Ok(next)
    }

    fn is_spent(&self, version: &Version) -> bool {
        self.spent.iter().any(|spent| self.scheme.compare(spent, version).is_eq())
    }

    /// The version that its bump and its files ask for.
    fn wanted(&self) -> Result<Option<Version>> {
        if let Some(fixed) = &self.fixed {
            return Ok(Some(fixed.clone()));
        }
        if !self.moves() {
            return Ok(None);
        }
        self.with_bump(self.bump).map(Some)
    }

    /// The version that it would have with a bump.
    fn with_bump(&self, bump: Bump) -> Result<Version> {
        if let Some(asked) = &self.asked {
            return Ok(asked.version.clone());
        }
        if let Some(line) = &self.line {
            return line.next(self.scheme, bump, self.floor.is_some());
        }
        let floor = self.floor.clone();
        if let Some(floor) = floor.clone().filter(|_| self.is_first()) {
            return Ok(floor);
        }
        let bumped = match bump {
            Bump::None => None,
            bump => Some(self.scheme.bump(&self.base, bump, None)?),
        };
        let higher = |a: Version, b: Version| if self.scheme.compare(&a, &b).is_lt() { b } else { a };
        Ok(match (bumped, floor) {
            (Some(bumped), Some(floor)) => higher(bumped, floor),
            (bumped, floor) => bumped.or(floor).unwrap_or_else(|| self.base.clone()),
        })
    }

    /// The version that the package has, where one that is asked for is not above it.
    fn passed(&self, asked: &Version) -> Option<&Version> {
        let is_below = |version: &&Version| self.scheme.compare(asked, version).is_lt();
        let is_released = self.scheme.compare(asked, &self.base).is_eq() && !self.moves_to_floor;
        if is_released { Some(&self.base) } else { [&self.base, &self.current].into_iter().find(is_below) }
    }

    fn decide(self, held: Option<Held>) -> Result<Decision> {
        let stays = |reasons| Decision { reasons, held: held.clone(), ..Decision::default() };
        if let Some(left_out) = &self.left_out {
            let left_out = Some(LeftOut { would_move: self.would_move(), ..left_out.clone() });
            return Ok(Decision { left_out, ..stays(Vec::new()) });
        }
        if held.is_some() {
            return Ok(stays(self.reasons));
        }
        let wanted = self.wanted()?;
        let next = wanted.clone().map(|wanted| self.unspent(wanted)).transpose()?;
        let passed_over = wanted.filter(|wanted| next.as_ref() != Some(wanted));
        let bump = next.as_ref().map_or(Bump::None, |next| self.distance(next));
        Ok(Decision { bump, next, reasons: self.reasons, passed_over, held, left_out: None })
    }

    /// How far a version is from the present one: what asked for it, unless it is there already, or only a label moves.
    fn distance(&self, next: &Version) -> Bump {
        let present = self.scheme.without_dev(&self.current);
        let is_labelled = self.scheme.is_prerelease(&present);
        if self.is_first() && self.fixed.is_none() || *next == self.current {
            Bump::None
        } else if is_labelled && self.scheme.finalize(&present) == self.scheme.finalize(next) {
            Bump::Prerelease
        } else if self.asked.is_some() {
            step(self.scheme, &self.base, &self.scheme.finalize(next))
        } else {
            self.line.as_ref().map_or(self.bump, |line| line.asked().max(self.bump))
        }
    }
}

fn reason_of(change: &Change) -> Reason {
    match &change.level {
        Some(level) => Reason::Trailer { commit: change.commit.clone(), text: level.line.clone() },
        None => Reason::Commit { commit: change.commit.clone(), summary: change.summary().to_owned() },
    }
}

impl Reason {
    fn of_file(file: &ChangeFile) -> Self {
        Self::ChangeFile { file: file.path.clone(), summary: file.summary().to_owned() }
    }
}

/// How far a change moves a package that was released as `base`. A trailer names the step itself.
fn bump_of(scheme: &dyn VersionScheme, base: &Version, change: &Change, policy: &Policy) -> Bump {
    match &change.level {
        Some(level) => level.bump,
        None => tame(scheme, base, change.bump(policy), policy),
    }
}

/// Below 1.0 a break and a feature are what the configuration says.
fn tame(scheme: &dyn VersionScheme, base: &Version, bump: Bump, policy: &Policy) -> Bump {
    match bump {
        Bump::Major if is_below_one(scheme, base) => policy.breaking_below_one,
        Bump::Minor if is_below_one(scheme, base) => policy.features_below_one,
        other => other,
    }
}

/// Whether a version comes before 1.0, whatever else it says besides its numbers; a prerelease of 1.0 does not.
pub(crate) fn is_below_one(scheme: &dyn VersionScheme, version: &Version) -> bool {
    let is_before = |one: Version| scheme.compare(&scheme.finalize(version), &one).is_lt();
    scheme.spell(&ONE).is_ok_and(is_before)
}

const ZERO: Neutral = Neutral { major: 0, minor: 0, patch: 0, pre: None };
const ONE: Neutral = Neutral { major: 1, minor: 0, patch: 0, pre: None };
const FIRST: Neutral = Neutral { major: 0, minor: 1, patch: 0, pre: None };

fn file(member: &Member) -> RepoPath {
    member.package.version_file.clone().unwrap_or_else(|| member.package.manifest.clone())
}

fn missing(member: &Member) -> Error {
    Error::VersionMissing { package: member.id.clone(), file: file(member) }
}

/// Gives the dependents of what moves at least a patch, breadth first; stops at packages that take no part.
fn propagate(states: &mut [State<'_>], discovery: &Discovery, graph: &PackageGraph, policy: &Policy) -> Result<()> {
    let moving = (0..states.len()).filter(|index| states[*index].moves());
    let mut waiting: VecDeque<usize> = moving.collect();
    let mut seen: Vec<bool> = states.iter().map(State::moves).collect();
    while let Some(moved) = waiting.pop_front() {
        for (dependent, propagates) in graph.moving_dependents(moved) {
            // Packages of one group move with each other, which says more than who needs whom.
            if states[dependent].release == Participation::None || discovery.groups.move_together(moved, dependent) {
                continue;
            }
            let reach = narrowed(policy.propagate, propagates);
            if !reaches(discovery, (moved, dependent), reach, || states[moved].next())? {
                continue;
            }
            if let Some(left_out) = &mut states[dependent].left_out {
                left_out.leave(&discovery.members[moved].id);
                continue;
            }
            states[dependent].follow(&discovery.members[moved].id);
            if !std::mem::replace(&mut seen[dependent], true) {
                waiting.push_back(dependent);
            }
        }
    }
    Ok(())
}

/// Holds packages back that something is wrong with, and says what.
fn hold(states: &mut [State<'_>], problems: Vec<(usize, Error)>) -> Vec<Error> {
    let told = |(packages, error): (Vec<usize>, Error)| {
        packages.into_iter().for_each(|index| states[index].refused = Some(Refusal::of(&error)));
        error
    };
    refused::of_one_cause(problems).into_iter().map(told).collect()
}
