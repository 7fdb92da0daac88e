//! Ranges moved to admit a version, by the least change of their text.

use semver::{Comparator, Op, Version, VersionReq};

use super::range::{Admits, Alternative, Clause, Range};
use crate::Error;
use crate::patch::Patch;
use crate::step;

/// A range that does not admit the version, changed as little as admits it. Of a clause of the alternative that moves,
///
/// - a bare version, `^`, `~` and what is left open take it with as many numbers as they had, all three where that is needed;
/// - a range, `>=1 <2` or `1.2 - 1.4`, moves as a whole, at its width: `>=2 <3`, `2.0 - 2.2`;
/// - `<` alone moves to the next bound of the same width, `<=` alone takes it;
/// - a prerelease is named in full by the first that is no upper bound, for node asks for that.
///
/// What lies above the version is never lowered: that is [`Error::RequirementAhead`] of the `requirement`.
pub(super) fn rewrite(requirement: &str, text: &str, range: &Range, version: &Version) -> Result<String, Error> {
    let below = |alternative: &&Alternative| !alternative.clauses.iter().any(|clause| is_above(clause, version));
    let Some(last) = range.0.iter().filter(below).max_by_key(|alternative| begin(alternative)) else {
        return Err(Error::ahead(requirement, version));
    };
    let stuck = || Error::requirement(requirement, "it cannot move any further");
    let moved = Moving { text, version }.moved(last).ok_or_else(stuck)?;
    let mut patch = Patch::new(text);
    patch.replace(last.span.clone(), moved);
    for (alternative, next) in followers(text, range, last) {
        patch.replace(alternative.span.clone(), text[next.span.clone()].to_owned());
    }
    Ok(patch.apply())
}

/// The numbers that an alternative begins at.
fn begin(alternative: &Alternative) -> Vec<u64> {
    let lower = |clause: &Clause| clause.comparator().filter(|it| !is_upper(it)).map(numbers);
    alternative.clauses.iter().filter_map(lower).max().unwrap_or_default()
}

/// Which alternatives take the place of which, where the one that moves is the last of several that are written alike.
fn followers<'r>(text: &str, range: &'r Range, last: &Alternative) -> Vec<(&'r Alternative, &'r Alternative)> {
    let shape = |alternative: &Alternative| {
        let [clause] = alternative.clauses.as_slice() else { return None };
        let comparator = clause.comparator().filter(|comparator| comparator.pre.is_empty())?;
        Some((text[clause.span.start..clause.version.start].to_owned(), numbers(comparator).len()))
    };
    let shapes: Vec<_> = range.0.iter().map(shape).collect();
    let is_alike = shapes[0].is_some() && shapes.iter().all(|other| *other == shapes[0]);
    let rises = range.0.windows(2).all(|pair| begin(&pair[0]) < begin(&pair[1]));
    let is_last = range.0.last().is_some_and(|end| end.span == last.span);
    match is_alike && rises && is_last {
        true => range.0.windows(2).map(|pair| (&pair[0], &pair[1])).collect(),
        false => Vec::new(),
    }
}

fn is_upper(comparator: &Comparator) -> bool {
    matches!(comparator.op, Op::Less | Op::LessEq)
}

fn is_lower(comparator: &Comparator) -> bool {
    matches!(comparator.op, Op::Greater | Op::GreaterEq)
}

/// The numbers that are written.
fn numbers(comparator: &Comparator) -> Vec<u64> {
    [Some(comparator.major), comparator.minor, comparator.patch].into_iter().flatten().collect()
}

/// Whether a clause that does not admit a version asks for something later.
fn is_above(clause: &Clause, version: &Version) -> bool {
    let Some(comparator) = clause.comparator() else { return matches!(clause.admits, Admits::Nothing) };
    let Comparator { op, major, minor, patch, ref pre } = *comparator;
    // Whoever asks for `0.6` asks for its prereleases too, where these are what is released.
    let order = (major, minor.unwrap_or(0), patch.unwrap_or(0)).cmp(&(version.major, version.minor, version.patch));
    let is_later = op == Op::Greater || order.is_gt() || (order.is_eq() && *pre > version.pre && !pre.is_empty());
    !is_upper(comparator) && is_later && !admits(comparator, version)
}

/// Whether a comparator admits a version by order alone, prereleases included; an upper bound admits none of its own.
fn admits(comparator: &Comparator, version: &Version) -> bool {
    let own = [Some(comparator.major), comparator.minor, comparator.patch]
        == [Some(version.major), Some(version.minor), Some(version.patch)];
    if comparator.op == Op::Less && own && comparator.pre.is_empty() {
        return false;
    }
    // A second comparator that names the version in full lifts the rule against prereleases, and nothing else.
    let named = Comparator {
        op: Op::GreaterEq,
        major: version.major,
        minor: Some(version.minor),
        patch: Some(version.patch),
        pre: version.pre.clone(),
    };
    VersionReq { comparators: vec![comparator.clone(), named] }.matches(version)
}

/// What a text moves to.
struct Moving<'t> {
    text: &'t str,
    version: &'t Version,
}

impl Moving<'_> {
    /// The text of an alternative that admits the version; `None` where a bound would overflow.
    fn moved(&self, alternative: &Alternative) -> Option<String> {
        let comparators = || alternative.clauses.iter().filter_map(Clause::comparator);
        if comparators().next().is_none() {
            return Some(format!(">={}", self.version));
        }
        let lower = comparators().find(|comparator| is_lower(comparator));
        // Only a clause that is no upper bound can name a prerelease.
        let naming = alternative.clauses.iter().find(|clause| clause.comparator().is_some_and(|it| !is_upper(it)));
        let naming = naming.filter(|_| !self.version.pre.is_empty());
        let moves_range = lower.is_some() && comparators().any(|it| is_upper(it) && !admits(it, self.version));
        let mut patch = Patch::new(self.text);
        for clause in &alternative.clauses {
            let Some(comparator) = clause.comparator() else { continue };
            let is_naming = naming.is_some_and(|naming| naming.span == clause.span);
            let moves = !admits(comparator, self.version) || is_naming || (is_lower(comparator) && moves_range);
            if moves {
                patch.replace(clause.span.clone(), self.clause(clause, comparator, lower)?);
            }
        }
        let whole = patch.apply();
        let (before, behind) = (alternative.span.start, self.text.len() - alternative.span.end);
        let moved = whole[before..whole.len() - behind].to_owned();
        let is_named = self.version.pre.is_empty() || naming.is_some();
        Some(if is_named { moved } else { format!(">={} {moved}", self.version) })
    }

    fn clause(&self, clause: &Clause, comparator: &Comparator, lower: Option<&Comparator>) -> Option<String> {
        let (own, version) = (numbers(comparator), self.version);
        let new = [version.major, version.minor, version.patch];
        let before = &self.text[clause.span.start..clause.version.start];
        match comparator.op {
            Op::Less | Op::LessEq => {
                let range = lower.and_then(|lower| step::moved_range(&numbers(lower), &own, &new));
                let bound = match range {
                    Some((_, upper)) => upper,
                    None if comparator.op == Op::Less => step::next_bound(&own, &new)?,
                    None => new[..own.len()].to_vec(),
                };
                let zero = if comparator.pre.as_str() == "0" { "-0" } else { "" };
                let full = comparator.op == Op::LessEq && !version.pre.is_empty() && bound == new;
                Some(if full { format!("{before}{version}") } else { format!("{}{zero}", self.with(clause, &bound)) })
            }
            Op::Greater | Op::GreaterEq => {
                let raised = before.replacen(">=", ">", 1).replacen('>', ">=", 1);
                let numbers = &new[..own.len()];
                let text = if version.pre.is_empty() { dotted(numbers) } else { version.to_string() };
                Some(format!("{raised}{text}"))
            }
            Op::Wildcard if !version.pre.is_empty() => {
                Some(format!("{}{version}", if own.len() == 1 { "^" } else { "~" }))
            }
            _ => {
                let short = Comparator {
                    op: comparator.op,
                    major: new[0],
                    minor: comparator.minor.map(|_| new[1]),
                    patch: comparator.patch.map(|_| new[2]),
                    pre: semver::Prerelease::EMPTY,
                };
                let is_enough = version.pre.is_empty() && admits(&short, version);
                Some(if is_enough { self.with(clause, &new[..own.len()]) } else { format!("{before}{version}") })
            }
        }
    }

    /// The text of a clause with other numbers, in which what is left open stays so.
    fn with(&self, clause: &Clause, numbers: &[u64]) -> String {
        let before = &self.text[clause.span.start..clause.version.start];
        let version = &self.text[clause.version.clone()];
        let start = version.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        let open = version[start..].split(['-', '+']).next().unwrap_or_default().split('.').skip(numbers.len());
        let parts: Vec<String> = numbers.iter().map(u64::to_string).chain(open.map(str::to_owned)).collect();
        format!("{before}{}{}", &version[..start], parts.join("."))
    }
}

fn dotted(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}
