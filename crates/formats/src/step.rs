//! The arithmetic that all schemes share: which numbers move, and whether a prerelease already stands for a bump.
//!
//! Knows numbers only; spelling, stages and order belong to the schemes.

use releasekit_core::model::Bump;

/// What a bump does to a version; `P` is how the scheme writes down which prerelease is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<P> {
    /// Nothing.
    Stay,
    /// The prerelease becomes the final version it leads to.
    Finish,
    /// The number of the present stage goes up by one.
    Count,
    /// The numbers stay; the stage becomes this one, unless the present one is later.
    Stage(P),
    /// The numbers move; with a stage, they begin at it.
    Advance(Bump, Option<P>),
}

/// Decides what a bump means for a version with these numbers; `None` where there is no stage to move.
///
/// A prerelease already stands for the bump that its numbers show: `1.1.0a1` is on its way to a minor release, so only a
/// major one moves its numbers.
pub(crate) fn decide<P>(numbers: &[u64], is_prerelease: bool, bump: Bump, pre: Option<P>) -> Option<Step<P>> {
    if bump == Bump::None {
        return Some(Step::Stay);
    }
    if !is_prerelease {
        return match bump {
            Bump::Prerelease => pre.map(|pre| Step::Advance(Bump::Patch, Some(pre))),
            _ => Some(Step::Advance(bump, pre)),
        };
    }
    if bump > stands_for(numbers) {
        return Some(Step::Advance(bump, pre));
    }
    Some(match pre {
        Some(pre) => Step::Stage(pre),
        None if bump == Bump::Prerelease => Step::Count,
        None => Step::Finish,
    })
}

/// The bump that leads to these numbers from whatever came before them.
fn stands_for(numbers: &[u64]) -> Bump {
    match numbers.iter().rposition(|&number| number != 0) {
        None | Some(0) => Bump::Major,
        Some(1) => Bump::Minor,
        Some(2) => Bump::Patch,
        Some(_) => Bump::Prerelease,
    }
}

/// The numbers after a bump: at least three, and never fewer than there were. `None` where one would overflow.
pub(crate) fn advance(numbers: &[u64], bump: Bump) -> Option<Vec<u64>> {
    let mut numbers = padded(numbers);
    let index = match bump {
        Bump::None | Bump::Prerelease => return Some(numbers),
        Bump::Patch => 2,
        Bump::Minor => 1,
        Bump::Major => 0,
    };
    numbers[index] = numbers[index].checked_add(1)?;
    numbers[index + 1..].fill(0);
    Some(numbers)
}

/// The numbers with zeros up to three.
pub(crate) fn padded(numbers: &[u64]) -> Vec<u64> {
    let mut numbers = numbers.to_vec();
    numbers.resize(numbers.len().max(3), 0);
    numbers
}

/// The next upper bound of the same width above a version: `0.6` moves to `0.7`, `1.0.0` to `2.0.0`.
///
/// The width of a bound is the place of its last number that is not zero; zeros after it are spelling.
#[cfg(any(feature = "requirements", feature = "semver"))]
pub(crate) fn next_bound(bound: &[u64], version: &[u64]) -> Option<Vec<u64>> {
    let place = bound.iter().rposition(|&number| number != 0).unwrap_or(0);
    let at = |index: usize| version.get(index).copied().unwrap_or(0);
    let mut next: Vec<u64> = (0..bound.len()).map(|index| if index <= place { at(index) } else { 0 }).collect();
    next[place] = next[place].checked_add(1)?;
    Some(next)
}

/// A range from `lower` to `upper` moved to begin at a version: how many numbers its lower bound then needs, and the upper
/// bound at the same distance. The distance is that of the first numbers that differ; what follows them is zero. `None`
/// where there is none, or a number would overflow.
#[cfg(any(feature = "requirements", feature = "semver"))]
pub(crate) fn moved_range(lower: &[u64], upper: &[u64], version: &[u64]) -> Option<(usize, Vec<u64>)> {
    let at = |numbers: &[u64], index: usize| numbers.get(index).copied().unwrap_or(0);
    let place = (0..upper.len()).find(|&index| at(lower, index) != at(upper, index))?;
    let distance = at(upper, place).checked_sub(at(lower, place))?;
    let mut moved: Vec<u64> =
        (0..upper.len()).map(|index| if index <= place { at(version, index) } else { 0 }).collect();
    moved[place] = moved[place].checked_add(distance)?;
    Some((lower.len().max(place + 1), moved))
}
