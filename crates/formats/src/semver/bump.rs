//! Steps from one SemVer version to the next; never down.

use releasekit_core::model::{Bump, Prerelease, PrereleaseLabel};
use semver::{Prerelease as Identifiers, Version};

use crate::Error;
use crate::step::{self, Step};

/// The version after `from`.
pub(super) fn bump(from: &Version, bump: Bump, pre: Option<&Prerelease>) -> Result<Version, Error> {
    let refused = |reason| Error::Bump { version: from.to_string(), reason };
    let numbers = [from.major, from.minor, from.patch];
    let pre = pre.map(|pre| Ok((&pre.label, identifiers(&pre.label, pre.start)?))).transpose()?;
    let step = step::decide(&numbers, !from.pre.is_empty(), bump, pre)
        .ok_or_else(|| refused("it is final, and a prerelease bump moves a label"))?;
    let next = match step {
        Step::Stay => Some(from.clone()),
        Step::Finish => Some(Version::new(from.major, from.minor, from.patch)),
        Step::Count => counted(from),
        Step::Stage((label, pre)) => moved(from, label, pre),
        Step::Advance(bump, pre) => step::advance(&numbers, bump).map(|numbers| Version {
            pre: pre.map_or(Identifiers::EMPTY, |(_, pre)| pre),
            ..Version::new(numbers[0], numbers[1], numbers[2])
        }),
    };
    let next = next.ok_or_else(|| refused("one of its numbers is the largest there is"))?;
    Ok(with_build(next, from))
}

/// A version with the build metadata of the one that it comes from: crates say there which library of another language they
/// bring along, and a step of ours does not change that.
pub(super) fn with_build(version: Version, from: &Version) -> Version {
    Version { build: from.build.clone(), ..version }
}

/// Puts a label and its number on a version that has none.
pub(super) fn with_label(version: Version, label: &PrereleaseLabel, number: u64) -> Result<Version, Error> {
    Ok(Version { pre: identifiers(label, number)?, ..version })
}

/// The label and the number of a prerelease that is no more than these.
pub(super) fn labelled(pre: &Identifiers) -> Option<(PrereleaseLabel, u64)> {
    let (label, number) = pre.split_once('.')?;
    Some((label.parse().ok()?, number.parse().ok()?))
}

/// How a label and its number are spelled. Fails on a label in digits that begins with a zero, which is no identifier.
fn identifiers(label: &PrereleaseLabel, number: u64) -> Result<Identifiers, Error> {
    Identifiers::new(&format!("{label}.{number}")).map_err(|_| Error::VersionLabel {
        label: label.to_string(),
        scheme: "SemVer",
        legal: "letters, digits and `-`, or a number without a zero in front",
    })
}

/// The same numbers at a label, or one further at the present one where that is later by its meaning or its order.
fn moved(from: &Version, label: &PrereleaseLabel, pre: Identifiers) -> Option<Version> {
    let fresh = Version { pre, ..Version::new(from.major, from.minor, from.patch) };
    if fresh.cmp_precedence(from).is_gt() && !stays(from, label) { Some(fresh) } else { counted(from) }
}

/// Whether the present label is the one that is asked for, or a later one of those that have an order by their meaning.
fn stays(from: &Version, label: &PrereleaseLabel) -> bool {
    let present = from.pre.split('.').next().unwrap_or_default();
    let stage = present.split('-').next().and_then(|word| word.parse::<PrereleaseLabel>().ok()?.stage());
    present == label.as_str() || stage.zip(label.stage()).is_some_and(|(present, asked)| asked <= present)
}

/// The same label with its last number up by one, or with a first number where it has none.
fn counted(from: &Version) -> Option<Version> {
    let mut parts: Vec<String> = from.pre.split('.').map(str::to_owned).collect();
    match parts.iter().rposition(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(index) => parts[index] = parts[index].parse::<u64>().ok()?.checked_add(1)?.to_string(),
        None => parts.push("1".to_owned()),
    }
    let pre = Identifiers::new(&parts.join(".")).expect("a legal prerelease with another number is legal");
    Some(Version { pre, ..Version::new(from.major, from.minor, from.patch) })
}
