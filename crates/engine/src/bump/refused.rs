//! Packages for which no version can be planned. The others are, and where none is left, what is wrong is all there is to say.

use releasekit_core::{Code, Diagnostic};

use super::{Bumps, State};
use crate::discover::Discovery;
use crate::error::{Error, Result, Taken};
use crate::history::Changes;

/// What is wrong with one package, or with several of one cause, that keeps nobody else from being released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its code.
    pub code: Code,
    /// What is the matter; lowercase, without a full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Refusal {
    pub(crate) fn of(error: &Error) -> Self {
        Self { code: error.code(), message: error.to_string(), help: error.help() }
    }
}

/// Holds packages back that something is wrong with, and says what.
pub(super) fn hold(states: &mut [State<'_>], problems: Vec<(usize, Error)>) -> Vec<Error> {
    let told = |(packages, error): (Vec<usize>, Error)| {
        packages.into_iter().for_each(|index| states[index].refused = Some(Refusal::of(&error)));
        error
    };
    of_one_cause(problems).into_iter().map(told).collect()
}

/// Refuses versions that have a tag in any spelling and format, wherever it is: registries take a version once.
pub(super) fn refuse_taken(discovery: &Discovery, changes: &Changes, bumps: &Bumps) -> Result<()> {
    let mut packages = Vec::new();
    for (index, decision) in bumps.0.iter().enumerate() {
        let Some(next) = &decision.next else { continue };
        let member = &discovery.members[index];
        let scheme = discovery.scheme(member);
        let own = changes.naming.tag(discovery, index, next);
        let tagged = changes.members[index].tagged.iter();
        let taken = tagged.filter(|(version, _)| scheme.compare(version, next).is_eq()).map(|(_, tag)| tag);
        let same = changes.tags.get_key_value(&own).map(|(tag, _)| tag);
        if let Some(tag) = taken.chain(same).next() {
            packages.push(Taken { package: member.id.clone(), next: next.clone(), tag: tag.clone() });
        }
    }
    if packages.is_empty() { Ok(()) } else { Err(Error::TagExists { packages, is_behind: false }) }
}

/// What is wrong, each with the packages that it is wrong with. What helps one helps all that lie below their tags, that
/// count dates, or whose versions cannot be read for a reason of one code.
fn of_one_cause(problems: Vec<(usize, Error)>) -> Vec<(Vec<usize>, Error)> {
    let mut causes: Vec<(Vec<usize>, Error)> = Vec::new();
    for (index, problem) in problems {
        let same = causes.iter_mut().find(|(_, cause)| cause.code() == problem.code());
        let rest = match same {
            Some((packages, cause)) => {
                let rest = join(cause, problem);
                packages.extend(rest.is_none().then_some(index));
                rest
            }
            None => Some(problem),
        };
        causes.extend(rest.map(|problem| (vec![index], problem)));
    }
    causes
}

/// Takes another problem of the same cause in; gives back one that is told by itself.
fn join(cause: &mut Error, problem: Error) -> Option<Error> {
    match (cause, problem) {
        (Error::BehindTag { packages }, Error::BehindTag { packages: more }) => packages.extend(more),
        (Error::VersionUnread { packages }, Error::VersionUnread { packages: more }) => packages.extend(more),
        (Error::Uncountable { packages }, Error::Uncountable { packages: more }) => packages.extend(more),
        (_, problem) => return Some(problem),
    }
    None
}
