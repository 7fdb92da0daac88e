//! Steps from one SemVer version to the next; never down.

use releasekit_core::model::{Bump, Prerelease, PrereleaseLabel};
use semver::{Prerelease as Stage, Version};

use super::word;
use crate::Error;
use crate::step::{self, Step};

/// The version after `from`.
pub(super) fn bump(from: &Version, bump: Bump, pre: Option<&Prerelease>) -> Result<Version, Error> {
    let refused = |reason| Error::Bump { version: from.to_string(), reason };
    let numbers = [from.major, from.minor, from.patch];
    let step = step::decide(&numbers, !from.pre.is_empty(), bump, pre)
        .ok_or_else(|| refused("it is final, and a prerelease bump moves a label"))?;
    let next = match step {
        Step::Stay => Some(from.clone()),
        Step::Finish => Some(Version::new(from.major, from.minor, from.patch)),
        Step::Count => counted(from),
        Step::Stage(pre) => moved(from, &pre),
        Step::Advance(bump, pre) => step::advance(&numbers, bump).map(|numbers| {
            let next = Version::new(numbers[0], numbers[1], numbers[2]);
            pre.map_or_else(|| next.clone(), |pre| staged(next.clone(), pre.label, pre.start))
        }),
    };
    next.ok_or_else(|| refused("one of its numbers is the largest there is"))
}

/// Puts a stage on a version that has none.
pub(super) fn staged(version: Version, label: PrereleaseLabel, number: u64) -> Version {
    let pre = Stage::new(&format!("{}.{number}", word(label))).expect("a word and a number make a legal prerelease");
    Version { pre, ..version }
}

/// One of our stages, spelled as we spell it.
pub(super) fn stage(pre: &Stage) -> Option<(PrereleaseLabel, u64)> {
    let (word, number) = pre.split_once('.')?;
    Some((label(word)?, number.parse().ok()?))
}

fn label(text: &str) -> Option<PrereleaseLabel> {
    use PrereleaseLabel::{Alpha, Beta, Dev, Rc};
    [Dev, Alpha, Beta, Rc].into_iter().find(|&label| word(label) == text)
}

/// The same numbers at a stage, or one further at the present stage where that is later by its meaning or its order.
fn moved(from: &Version, pre: &Prerelease) -> Option<Version> {
    let present = label(from.pre.split(['.', '-']).next().unwrap_or_default());
    let fresh = staged(Version::new(from.major, from.minor, from.patch), pre.label, pre.start);
    let later = present.is_none_or(|present| pre.label > present) && fresh.cmp_precedence(from).is_gt();
    if later { Some(fresh) } else { counted(from) }
}

/// The same stage with its last number up by one, or with a first number where it has none.
fn counted(from: &Version) -> Option<Version> {
    let mut parts: Vec<String> = from.pre.split('.').map(str::to_owned).collect();
    match parts.iter().rposition(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(index) => parts[index] = parts[index].parse::<u64>().ok()?.checked_add(1)?.to_string(),
        None => parts.push("1".to_owned()),
    }
    let pre = Stage::new(&parts.join(".")).expect("a legal prerelease with another number is legal");
    Some(Version { pre, ..Version::new(from.major, from.minor, from.patch) })
}
