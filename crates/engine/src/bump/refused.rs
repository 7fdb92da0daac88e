//! Packages for which no version can be planned. The others are, and where none is left, what is wrong is all there is to say.

use releasekit_core::{Code, Diagnostic};

use crate::error::Error;

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

/// What is wrong, each with the packages that it is wrong with. What helps one helps all that lie below their tags, that
/// count dates, or whose versions cannot be read for a reason of one code.
pub(super) fn of_one_cause(problems: Vec<(usize, Error)>) -> Vec<(Vec<usize>, Error)> {
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
