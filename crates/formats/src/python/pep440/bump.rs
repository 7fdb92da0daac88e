//! Steps from one PEP 440 version to the next; never down.

use pep440_rs::{Prerelease as Pre, PrereleaseKind, Version};
use releasekit_core::model::{Bump, Prerelease};

use super::stage::Stage;
use crate::Error;
use crate::step::{self, Step};

/// The version after `from`.
pub(super) fn bump(from: &Version, bump: Bump, pre: Option<&Prerelease>) -> Result<Version, Error> {
    let refused = |reason| Error::Bump { version: from.to_string(), reason };
    let pre = pre.map(|pre| Ok((Stage::of(&pre.label)?, pre.start))).transpose()?;
    if dev_of_post(from) && bump == Bump::Prerelease && pre.is_none_or(|(stage, _)| stage == Stage::Dev) {
        return counted(from).ok_or_else(|| refused(OVERFLOW));
    }
    let is_prerelease = from.any_prerelease() && !dev_of_post(from);
    let step = step::decide(from.release(), is_prerelease, bump, pre)
        .ok_or_else(|| refused("it is final, and a prerelease bump moves a label"))?;
    let next = match step {
        Step::Stay => Some(from.clone()),
        Step::Finish => Some(numbered(from, step::padded(from.release()))),
        Step::Count => counted(from),
        Step::Stage((stage, start)) => staged_from(from, stage, start),
        Step::Advance(bump, pre) => step::advance(from.release(), bump).map(|numbers| {
            let next = numbered(from, numbers);
            pre.map_or_else(|| next.clone(), |(stage, start)| staged(next.clone(), stage, start))
        }),
    };
    next.ok_or_else(|| refused(OVERFLOW))
}

const OVERFLOW: &str = "one of its numbers is the largest there is";

/// The final version that a prerelease leads to; a final one gives itself.
pub(super) fn finalize(version: Version) -> Version {
    if !version.any_prerelease() {
        return version;
    }
    let version = version.without_local().with_dev(None);
    if version.is_pre() { version.with_pre(None).with_post(None) } else { version }
}

/// Puts a stage on a version that has none.
pub(super) fn staged(version: Version, stage: Stage, number: u64) -> Version {
    let kind = match stage {
        Stage::Dev => return version.with_dev(Some(number)),
        Stage::Alpha => PrereleaseKind::Alpha,
        Stage::Beta => PrereleaseKind::Beta,
        Stage::Rc => PrereleaseKind::Rc,
    };
    version.with_pre(Some(Pre { kind, number }))
}

/// Whether it is a development release of a post release, whose numbers lead nowhere.
fn dev_of_post(version: &Version) -> bool {
    version.is_dev() && version.is_post() && !version.is_pre()
}

/// These numbers in the epoch of `from`, and nothing else.
fn numbered(from: &Version, numbers: Vec<u64>) -> Version {
    Version::new(numbers).with_epoch(from.epoch())
}

/// The same stage with its number up by one.
fn counted(from: &Version) -> Option<Version> {
    let next = from.clone().without_local().with_release(step::padded(from.release()));
    if let Some(dev) = from.dev() {
        return Some(next.with_dev(Some(dev.checked_add(1)?)));
    }
    let Pre { kind, number } = from.pre()?;
    Some(next.with_post(None).with_pre(Some(Pre { kind, number: number.checked_add(1)? })))
}

/// The same numbers at a stage, or one further at the present stage where that is later.
fn staged_from(from: &Version, stage: Stage, start: u64) -> Option<Version> {
    let fresh = || staged(numbered(from, step::padded(from.release())), stage, start);
    match from.pre() {
        None if stage == Stage::Dev => counted(from),
        None => Some(fresh()),
        Some(present) if stage > present.kind.into() => Some(fresh()),
        // A development release of a stage: more of it, or the stage it leads to.
        Some(_) if from.is_dev() && stage == Stage::Dev => counted(from),
        Some(_) if from.is_dev() && !from.is_post() => {
            Some(from.clone().without_local().with_dev(None).with_release(step::padded(from.release())))
        }
        Some(_) => counted(&from.clone().with_dev(None)),
    }
}
