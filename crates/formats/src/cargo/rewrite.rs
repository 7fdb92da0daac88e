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

/// The requirement, changed as little as admits the version. A comparator that admits it stays as it is;
///
/// - a bare version, `^`, `~`, `=` and `x.*` take it with as many numbers as they had, all three where that is needed;
/// - `>=` and `<=` take it, `>` becomes `>=`;
/// - `<` moves to the next bound of the same width: `<0.6` to `<0.7`, `<1.0.0` to `<2.0.0`;
/// - a prerelease is named in full by the first comparator that is no upper bound, for cargo asks for that.
pub(super) fn rewrite(requirement: &str, version: &Version) -> Result<String, Error> {
    let whole = parse(requirement)?;
    if whole.matches(version) {
        return Ok(requirement.to_owned());
    }
    if whole.comparators.is_empty() {
        return Ok(format!(">={version}"));
    }
    let clauses = clauses(requirement)?;
    let mut patch = Patch::new(requirement);
    let mut named = version.pre.is_empty();
    for clause in &clauses {
        let outside = !admits(&clause.comparator, version);
        if !outside && (named || is_upper(clause)) {
            continue;
        }
        let text = moved(clause, version, requirement).ok_or_else(|| overflow(requirement))?;
        named |= !is_upper(clause);
        patch.replace(clause.span.clone(), text);
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
        Op::Greater => format!(">={spaces}{version}"),
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
