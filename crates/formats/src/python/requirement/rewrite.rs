//! Requirements moved to admit a version, by the least change of their text.

use std::ops::Range;

use pep440_rs::{Operator, Version};

use super::pep508::admits;
use super::{Clause, Parts};
use crate::Error;
use crate::patch::Patch;
use crate::step;

/// The requirement, changed as little as admits the version. A clause that admits it stays as it is;
///
/// - `==`, `===` take the version;
/// - `~=` and `==X.*` take it with as many numbers as they had;
/// - a range, `>=0.1,<0.2`, moves as a whole, at its width and with as many numbers as its bounds had: `>=0.2,<0.3`;
/// - `<` alone moves to the next bound of the same width: `<0.6` to `<0.7`, `<1.0.0` to `<2.0.0`; `<=` alone takes the version;
/// - `!=` goes.
///
/// What lies above the version is never lowered: that is [`Error::RequirementAhead`].
pub(super) fn rewrite(requirement: &str, version: &Version) -> Result<String, Error> {
    let parts = Parts::parse(requirement)?;
    let clauses = parts.clauses_or_refuse()?;
    let mut patch = Patch::new(requirement);
    let mut dropped = vec![false; clauses.len()];
    let lower = lower_bound(clauses);
    let mut range = None;
    for (index, clause) in clauses.iter().enumerate() {
        if admits(&clause.specifier, version) {
            continue;
        }
        if is_above(clause, version) {
            return Err(Error::ahead(requirement, version));
        }
        if let Some((numbers, upper)) = lower.and_then(|lower| moved_range(&clauses[lower], clause, version)) {
            range = range.max(Some(numbers));
            patch.replace(clause.version.clone(), upper.to_string());
            continue;
        }
        match moved(clause, version).ok_or_else(|| overflow(requirement))? {
            Moved::To(span, text) => patch.replace(span, text),
            Moved::Dropped => dropped[index] = true,
        }
    }
    if let (Some(lower), Some(numbers)) = (lower, range) {
        patch.replace(clauses[lower].span.clone(), raised(requirement, &clauses[lower], version, numbers));
    }
    for span in gaps(&parts, clauses, &dropped) {
        patch.replace(span, String::new());
    }
    Ok(patch.apply())
}

fn overflow(requirement: &str) -> Error {
    Error::requirement(requirement, "its bound cannot move any further")
}

/// The highest clause that only says from where on versions are admitted.
fn lower_bound(clauses: &[Clause]) -> Option<usize> {
    let is_lower =
        |clause: &Clause| matches!(clause.specifier.operator(), Operator::GreaterThan | Operator::GreaterThanEqual);
    let lower = clauses.iter().enumerate().filter(|(_, clause)| is_lower(clause));
    lower.max_by_key(|(_, clause)| clause.specifier.version()).map(|(index, _)| index)
}

/// Whether a clause that does not admit a version asks for something later.
fn is_above(clause: &Clause, version: &Version) -> bool {
    let bound = clause.specifier.version();
    match clause.specifier.operator() {
        Operator::GreaterThan | Operator::GreaterThanEqual => true,
        Operator::Equal | Operator::ExactEqual | Operator::TildeEqual => bound > version,
        Operator::EqualStar => *bound > shortened(version, bound.release().len()),
        _ => false,
    }
}

/// An upper bound that moves with the lower one, and how many numbers that needs then.
fn moved_range(lower: &Clause, upper: &Clause, version: &Version) -> Option<(usize, Version)> {
    if !matches!(upper.specifier.operator(), Operator::LessThan | Operator::LessThanEqual) {
        return None;
    }
    let [lower, upper] = [lower, upper].map(|clause| clause.specifier.version());
    let is_one_epoch = lower.epoch() == upper.epoch() && upper.epoch() == version.epoch();
    let (numbers, moved) = step::moved_range(lower.release(), upper.release(), version.release())?;
    is_one_epoch.then(|| (numbers, Version::new(moved).with_epoch(version.epoch())))
}

/// A lower bound at a version, with that many of its numbers where they say enough.
fn raised(requirement: &str, clause: &Clause, version: &Version, numbers: usize) -> String {
    let operator = requirement[clause.span.start..clause.version.start].replace('>', ">=").replace("==", "=");
    let public = version.clone().without_local();
    let short = shortened(&public, numbers);
    let enough = short <= public && short > *clause.specifier.version();
    format!("{operator}{}", if enough { short } else { public })
}

/// What becomes of a clause that does not admit the version.
enum Moved {
    /// These bytes become this text.
    To(Range<usize>, String),
    /// It goes.
    Dropped,
}

/// Moves a clause that does not admit the version; `None` where a bound would overflow.
fn moved(clause: &Clause, version: &Version) -> Option<Moved> {
    // Only equality may name a local version.
    let public = || version.clone().without_local();
    let bound = clause.specifier.version();
    let text = match clause.specifier.operator() {
        Operator::NotEqual | Operator::NotEqualStar => return Some(Moved::Dropped),
        Operator::LessThan => {
            let numbers = step::next_bound(bound.release(), version.release())?;
            Version::new(numbers).with_epoch(version.epoch()).to_string()
        }
        Operator::EqualStar => format!("{}.*", shortened(version, bound.release().len())),
        Operator::TildeEqual => compatible(&public(), bound.release().len()).to_string(),
        Operator::LessThanEqual => public().to_string(),
        _ => version.to_string(),
    };
    Some(Moved::To(clause.version.clone(), text))
}

/// The version for `~=` with that many numbers; a stage is kept where it is needed to admit the version itself.
fn compatible(version: &Version, numbers: usize) -> Version {
    let short = shortened(version, numbers);
    if *version >= short { short } else { version.clone().with_release(short.release().to_vec()) }
}

/// The first numbers of a version, with its epoch.
fn shortened(version: &Version, numbers: usize) -> Version {
    let mut release = version.release().to_vec();
    release.resize(numbers, 0);
    Version::new(release).with_epoch(version.epoch())
}

/// The bytes to remove so that dropped clauses go with their commas.
fn gaps(parts: &Parts<'_>, clauses: &[Clause], dropped: &[bool]) -> Vec<Range<usize>> {
    let Some(first_kept) = dropped.iter().position(|dropped| !dropped) else {
        return parts.specifier_span().filter(|_| !clauses.is_empty()).into_iter().collect();
    };
    let leading = (first_kept > 0).then(|| clauses[0].span.start..clauses[first_kept].span.start);
    let later = (first_kept + 1..clauses.len()).filter(|&index| dropped[index]);
    leading.into_iter().chain(later.map(|index| clauses[index - 1].span.end..clauses[index].span.end)).collect()
}
