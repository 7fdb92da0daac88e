//! Requirements moved to admit a version, by the least change of their text.

use std::ops::Range;

use semver::{Comparator, Op, Version, VersionReq};

use super::parse;
use crate::Error;
use crate::patch::Patch;
use crate::step;

/// One comparator and where it stands.
struct Clause {
    operator: Range<usize>,
    /// From operator to version.
    span: Range<usize>,
    comparator: Comparator,
}

impl Clause {
    /// The numbers that are written.
    fn numbers(&self) -> Vec<u64> {
        let Comparator { major, minor, patch, .. } = self.comparator;
        [Some(major), minor, patch].into_iter().flatten().collect()
    }

    /// The operator and the spaces behind it.
    fn prefix<'a>(&self, requirement: &'a str) -> &'a str {
        let spaced = &requirement[self.operator.end..self.span.end];
        &requirement[self.operator.start..self.span.end - spaced.trim_start().len()]
    }
}

/// The requirement, changed as little as admits the version. A comparator that admits it stays as it is;
///
/// - a bare version, `^`, `~`, `=` and `x.*` take it with as many numbers as they had, all three where that is needed;
/// - a range, `>=0.3, <0.5`, moves as a whole, at its width and with as many numbers as its bounds had: `>=0.5, <0.7`;
/// - `<` alone moves to the next bound of the same width: `<0.6` to `<0.7`, `<1.0.0` to `<2.0.0`; `<=` alone takes it;
/// - a prerelease is named in full by the first comparator that is no upper bound, for cargo asks for that.
///
/// What lies above the version is never lowered: that is [`Error::RequirementAhead`].
pub(super) fn rewrite(requirement: &str, version: &Version) -> Result<String, Error> {
    let whole = parse(requirement)?;
    if whole.matches(version) {
        return Ok(requirement.to_owned());
    }
    if whole.comparators.is_empty() {
        return Ok(format!(">={version}"));
    }
    let clauses = clauses(requirement)?;
    if clauses.iter().any(|clause| is_above(clause, version)) {
        return Err(Error::ahead(requirement, version));
    }
    let mut patch = Patch::new(requirement);
    let mut named = version.pre.is_empty();
    let is_lower = |clause: &&Clause| matches!(clause.comparator.op, Op::Greater | Op::GreaterEq);
    let lower = clauses.iter().find(is_lower);
    let (mut range, mut raise) = (None, false);
    for clause in &clauses {
        let outside = !admits(&clause.comparator, version);
        // It is changed once, when it is known how the range moves: the version alone may ask for it, and so may the range.
        if lower.is_some_and(|lower| lower.span == clause.span) {
            raise = outside;
            continue;
        }
        let moved_range = || moved_range(lower?, clause, version);
        if let Some((numbers, upper)) = outside.then(moved_range).flatten() {
            range = range.max(Some(numbers));
            patch.replace(clause.span.clone(), format!("{}{}", clause.prefix(requirement), dotted(&upper)));
            continue;
        }
        // A lower bound that admits the version moves with its range alone.
        if !outside && (named || is_upper(clause) || is_lower(&clause)) {
            continue;
        }
        let text = moved(clause, version, requirement).ok_or_else(|| overflow(requirement))?;
        named |= !is_upper(clause);
        patch.replace(clause.span.clone(), text);
    }
    if let Some(clause) = lower.filter(|_| raise || range.is_some() || !named) {
        named = true;
        patch.replace(clause.span.clone(), raised(clause, version, requirement, range.unwrap_or_default()));
    }
    let rewritten = patch.apply();
    Ok(if named { rewritten } else { format!(">={version}, {rewritten}") })
}

fn overflow(requirement: &str) -> Error {
    Error::requirement(requirement, "its bound cannot move any further")
}

fn is_upper(clause: &Clause) -> bool {
    matches!(clause.comparator.op, Op::Less | Op::LessEq)
}

/// Whether a clause that does not admit a version asks for something later.
fn is_above(clause: &Clause, version: &Version) -> bool {
    let Comparator { op, major, minor, patch, ref pre } = clause.comparator;
    let numbers = (major, minor.unwrap_or(0), patch.unwrap_or(0));
    // Whoever asks for `0.6` asks for its prereleases too, where these are what is released.
    let order = numbers.cmp(&(version.major, version.minor, version.patch));
    let is_later = op == Op::Greater || order.is_gt() || (order.is_eq() && *pre > version.pre && !pre.is_empty());
    let is_upper = matches!(op, Op::Less | Op::LessEq);
    !is_upper && is_later && !admits(&clause.comparator, version)
}

/// An upper bound that moves with the lower one, and how many numbers that needs then.
fn moved_range(lower: &Clause, upper: &Clause, version: &Version) -> Option<(usize, Vec<u64>)> {
    let numbers = [version.major, version.minor, version.patch];
    is_upper(upper).then(|| step::moved_range(&lower.numbers(), &upper.numbers(), &numbers)).flatten()
}

/// A lower bound at a version, with that many of its numbers where they say enough.
fn raised(clause: &Clause, version: &Version, requirement: &str, numbers: usize) -> String {
    let prefix = clause.prefix(requirement).replace(">=", ">").replace('>', ">=");
    let short = version.pre.is_empty() && numbers > 0;
    format!("{prefix}{}", if short { shortened(version, numbers.min(3)) } else { version.to_string() })
}

/// Whether a comparator admits a version by order alone, prereleases included; an upper bound admits none of its own.
fn admits(comparator: &Comparator, version: &Version) -> bool {
    let numbers = [Some(version.major), Some(version.minor), Some(version.patch)];
    let own = [Some(comparator.major), comparator.minor, comparator.patch] == numbers;
    if comparator.op == Op::Less && own && comparator.pre.is_empty() {
        return false;
    }
    // A second comparator that names the version in full lifts the rule against prereleases, and nothing else.
    let exactly = Comparator { op: Op::GreaterEq, ..in_full(version) };
    VersionReq { comparators: vec![comparator.clone(), exactly] }.matches(version)
}

fn in_full(version: &Version) -> Comparator {
    Comparator {
        op: Op::Exact,
        major: version.major,
        minor: Some(version.minor),
        patch: Some(version.patch),
        pre: version.pre.clone(),
    }
}

/// The text that stands for a comparator that does not admit the version; `None` where a bound would overflow.
fn moved(clause: &Clause, version: &Version, requirement: &str) -> Option<String> {
    let comparator = &clause.comparator;
    let operator = &requirement[clause.operator.clone()];
    let numbers = 1 + usize::from(comparator.minor.is_some()) + usize::from(comparator.patch.is_some());
    let spaced = &requirement[clause.operator.end..clause.span.end];
    let spaces = &spaced[..spaced.len() - spaced.trim_start().len()];
    Some(match comparator.op {
        Op::Less => {
            let bound = [comparator.major, comparator.minor.unwrap_or(0), comparator.patch.unwrap_or(0)];
            let next = step::next_bound(&bound[..numbers], &[version.major, version.minor, version.patch])?;
            format!("{operator}{spaces}{}", dotted(&next))
        }
        Op::Wildcard if version.pre.is_empty() => format!("{}.*", shortened(version, numbers)),
        Op::Wildcard => format!("{}{version}", if numbers == 1 { "^" } else { "~" }),
        op => {
            let short = Comparator::parse(&format!("{operator}{}", shortened(version, numbers))).ok();
            let enough = short.is_some_and(|short| short.op == op && short.matches(version));
            let text = if enough { shortened(version, numbers) } else { version.to_string() };
            format!("{operator}{spaces}{text}")
        }
    })
}

fn shortened(version: &Version, numbers: usize) -> String {
    dotted(&[version.major, version.minor, version.patch][..numbers])
}

fn dotted(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

/// The comparators of a requirement that has been read.
fn clauses(requirement: &str) -> Result<Vec<Clause>, Error> {
    let mut start = 0;
    let mut clauses = Vec::new();
    for piece in requirement.split(',') {
        let text = piece.trim();
        let at = start + piece.len() - piece.trim_start().len();
        start += piece.len() + 1;
        let operator = text.len() - text.trim_start_matches(['=', '<', '>', '~', '^']).len();
        let comparator = Comparator::parse(text).map_err(|error| Error::requirement(requirement, error.to_string()))?;
        clauses.push(Clause { operator: at..at + operator, span: at..at + text.len(), comparator });
    }
    Ok(clauses)
}
