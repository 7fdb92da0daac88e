//! What ways to number versions promise.

use std::cmp::Ordering;

use releasekit_core::model::{Bump, Neutral, Prerelease, PrereleaseLabel, Version};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, VersionScheme};

use super::{Case, Kept, held};
use crate::cases;

/// How far a version can be asked to move.
const STEPS: [Bump; 3] = [Bump::Patch, Bump::Minor, Bump::Major];

/// Where a line of prereleases begins that is told from one that begins anywhere.
const START: u64 = 3;

/// A scheme, and what its versions look like.
#[derive(Debug)]
pub struct World {
    /// The scheme.
    pub scheme: Box<dyn VersionScheme>,
    /// Versions in their canonical spelling, each later than the one before it; the first is a final one.
    pub ascending: &'static [&'static str],
    /// Those of them that are prereleases.
    pub prereleases: &'static [&'static str],
    /// Spellings of one version, with the canonical one first.
    pub spellings: &'static [&'static str],
    /// What is no version.
    pub no_versions: &'static [&'static str],
    /// Labels of prereleases, each later than the one before it.
    pub labels: &'static [&'static str],
    /// A label that it cannot spell; `None` where it spells every one.
    pub no_label: Option<&'static str>,
}

/// Every promise.
pub const CASES: &[Case<World>] = cases![
    the_scheme_has_a_name,
    a_version_has_one_spelling,
    what_is_no_version_is_invalid,
    versions_are_ordered,
    a_bump_leads_upwards,
    numbers_that_end_have_no_next_one,
    no_bump_changes_nothing,
    a_prerelease_comes_before_what_it_leads_to,
    a_prerelease_has_made_its_step,
    prereleases_of_a_line_follow_each_other,
    a_line_is_counted_from_its_start,
    an_earlier_label_goes_on_with_the_line,
    a_final_version_has_no_next_prerelease,
    a_prerelease_ends_in_its_final_version,
    what_marks_development_is_left_out,
    prereleases_are_told_apart,
    shared_numbers_are_spelled_and_read_back,
    shared_numbers_are_ordered_alike,
    a_label_that_cannot_be_spelled_is_invalid,
];

impl World {
    fn versions(&self) -> Vec<Version> {
        self.ascending.iter().map(|text| Version::from_canonical(*text)).collect()
    }

    fn is_later(&self, later: &Version, than: &Version) -> bool {
        self.scheme.compare(later, than) == Ordering::Greater
    }

    fn finals(&self) -> Vec<Version> {
        let mut versions = self.versions();
        versions.retain(|version| !self.prereleases.contains(&version.as_str()));
        versions
    }

    fn labels(&self) -> Vec<Prerelease> {
        self.labels.iter().map(|text| prerelease(text)).collect()
    }

    /// Versions with each step from them that there is.
    fn bumped(&self, versions: Vec<Version>, pre: Option<&Prerelease>) -> Vec<(Version, Bump, Version)> {
        let from = |version: Version| {
            STEPS
                .into_iter()
                .filter_map(move |bump| Some((version.clone(), bump, self.scheme.bump(&version, bump, pre).ok()?)))
        };
        versions.into_iter().flat_map(from).collect()
    }
}

fn prerelease(label: &str) -> Prerelease {
    Prerelease { label: PrereleaseLabel::new(label).expect("a label is letters, digits and dashes"), start: 1 }
}

/// The version with its numbers as large as 64 bits hold.
fn large(text: &str) -> String {
    let largest = u64::MAX.to_string();
    text.split('.').map(|part| if part.parse::<u64>().is_ok() { &largest } else { part }).collect::<Vec<_>>().join(".")
}

fn is_invalid<T>(result: &Result<T, BackendError>) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Invalid)
}

fn said(error: BackendError) -> String {
    format!("it fails, in place of a version: {error}")
}

async fn the_scheme_has_a_name(world: &World) -> Kept {
    let id = world.scheme.id();
    let is_name = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    held(is_name, format!("the name of the scheme: {id:?} in place of letters, digits and `-`"))
}

async fn a_version_has_one_spelling(world: &World) -> Kept {
    for text in world.ascending {
        let read = world.scheme.parse(text).map(|version| version.to_string());
        held(read.as_deref().ok() == Some(text), format!("`{text}` is canonical: {read:?} in place of itself"))?;
    }
    for text in world.spellings {
        let read = world.scheme.parse(text).map(|version| version.to_string());
        let expected = world.spellings[0];
        held(read.as_deref().ok() == Some(expected), format!("`{text}` is read: {read:?} in place of {expected}"))?;
    }
    Ok(())
}

async fn what_is_no_version_is_invalid(world: &World) -> Kept {
    for text in world.no_versions {
        let read = world.scheme.parse(text);
        held(is_invalid(&read), format!("`{text}` is no version: {read:?} in place of `Invalid`"))?;
    }
    Ok(())
}

async fn versions_are_ordered(world: &World) -> Kept {
    let versions = world.versions();
    for (i, one) in versions.iter().enumerate() {
        for (j, other) in versions.iter().enumerate() {
            let (found, expected) = (world.scheme.compare(one, other), i.cmp(&j));
            held(found == expected, format!("{one} compared to {other}: {found:?} in place of {expected:?}"))?;
        }
    }
    Ok(())
}

async fn a_bump_leads_upwards(world: &World) -> Kept {
    let bumped = world.bumped(world.versions(), None);
    held(!bumped.is_empty(), "no version has one after it, and every one has")?;
    for (from, bump, to) in bumped {
        let is_so = world.is_later(&to, &from) && !world.scheme.is_prerelease(&to);
        held(is_so, format!("{bump} of {from}: {to} in place of a later final version"))?;
    }
    Ok(())
}

async fn numbers_that_end_have_no_next_one(world: &World) -> Kept {
    let text = large(world.ascending[0]);
    let read = world.scheme.parse(&text);
    let Ok(from) = read else {
        return held(is_invalid(&read), format!("`{text}` is too large: {read:?} in place of `Invalid`"));
    };
    for bump in STEPS {
        let next = world.scheme.bump(&from, bump, None);
        let is_so = is_invalid(&next) || next.as_ref().is_ok_and(|next| world.is_later(next, &from));
        held(is_so, format!("{bump} of {from}: {next:?} in place of a later version or `Invalid`"))?;
    }
    Ok(())
}

async fn no_bump_changes_nothing(world: &World) -> Kept {
    for version in world.versions() {
        let next = world.scheme.bump(&version, Bump::None, None);
        let stays = next.as_ref().is_ok_and(|next| *next == version);
        held(stays, format!("{} of {version}: {next:?} in place of itself", Bump::None))?;
    }
    Ok(())
}

async fn a_prerelease_comes_before_what_it_leads_to(world: &World) -> Kept {
    let pre = world.labels().remove(0);
    let finals = world.bumped(world.finals(), None);
    for (from, bump, next) in world.bumped(world.finals(), Some(&pre)) {
        let leads = finals.iter().any(|(of, by, to)| (of, by) == (&from, &bump) && world.is_later(to, &next));
        let is_between = world.is_later(&next, &from) && world.scheme.is_prerelease(&next) && leads;
        let what = format!("{bump} of {from} with `{}`", pre.label);
        held(is_between, format!("{what}: {next} in place of a prerelease between it and the final version"))?;
    }
    Ok(())
}

async fn a_prerelease_has_made_its_step(world: &World) -> Kept {
    let pre = world.labels().remove(0);
    let ends = world.bumped(world.finals(), None);
    let is_on_its_way = |(of, made, from): &(Version, Bump, Version)| {
        ends.iter().any(|(it, bump, end)| (it, bump) == (of, made) && world.is_later(end, from))
    };
    for (of, made, from) in world.bumped(world.finals(), Some(&pre)).into_iter().filter(is_on_its_way) {
        for bump in STEPS {
            let expected = world.scheme.bump(&of, bump.max(made), None).map_err(said)?;
            let next = world.scheme.bump(&from, bump, None);
            let is_expected = next.as_ref().is_ok_and(|next| *next == expected);
            let what = format!("{bump} of {from}, which is a {made} of {of}");
            held(is_expected, format!("{what}: {next:?} in place of {expected}"))?;
        }
    }
    Ok(())
}

async fn prereleases_of_a_line_follow_each_other(world: &World) -> Kept {
    let labels = world.labels();
    let first = world.scheme.bump(&world.versions()[0], Bump::Minor, Some(&labels[0]));
    let mut last = first.map_err(said)?;
    let of_line = labels.iter().flat_map(|label| [None, Some(label)]).skip(2);
    for pre in [None, None].into_iter().chain(of_line) {
        let next = world.scheme.bump(&last, Bump::Prerelease, pre);
        let next = next.map_err(|error| format!("the next prerelease of {last}: {}", said(error)))?;
        let follows = world.is_later(&next, &last) && world.scheme.is_prerelease(&next);
        let same_end = world.scheme.finalize(&next) == world.scheme.finalize(&last);
        let label = pre.map_or("no label", |pre| pre.label.as_str());
        let expected = format!("a later prerelease of {}", world.scheme.finalize(&last));
        held(
            follows && same_end,
            format!("the next prerelease of {last} with {label}: {next} in place of {expected}"),
        )?;
        last = next;
    }
    Ok(())
}

async fn a_line_is_counted_from_its_start(world: &World) -> Kept {
    let counted = |from: &Version, bump: Bump, pre: &Prerelease, expected: u64| -> Result<Version, String> {
        let next = world.scheme.bump(from, bump, Some(pre)).map_err(said)?;
        let found = world.scheme.neutral(&next).and_then(|neutral| neutral.pre);
        let what = format!("{bump} of {from} with `{}` from {START} on is {next}", pre.label);
        let is_expected = found == Some((pre.label.clone(), expected));
        held(is_expected, format!("{what}: it is read as {found:?} in place of number {expected} of the line"))?;
        Ok(next)
    };
    let (mut from, mut bump) = (world.versions().remove(0), Bump::Minor);
    for pre in world.labels().into_iter().map(|pre| Prerelease { start: START, ..pre }) {
        from = counted(&from, bump, &pre, START)?;
        bump = Bump::Prerelease;
        from = counted(&from, bump, &pre, START + 1)?;
    }
    Ok(())
}

async fn an_earlier_label_goes_on_with_the_line(world: &World) -> Kept {
    let (labels, first) = (world.labels(), &world.versions()[0]);
    for (at, later) in labels.iter().enumerate() {
        let from = world.scheme.bump(first, Bump::Minor, Some(later)).map_err(said)?;
        let expected = world.scheme.bump(&from, Bump::Prerelease, None).map_err(said)?;
        for earlier in &labels[..at] {
            for bump in [Bump::Prerelease, Bump::Patch, Bump::Minor] {
                let next = world.scheme.bump(&from, bump, Some(earlier));
                let is_expected = next.as_ref().is_ok_and(|next| *next == expected);
                held(
                    is_expected,
                    format!("{bump} of {from} with `{}`: {next:?} in place of {expected}", earlier.label),
                )?;
            }
        }
    }
    Ok(())
}

async fn a_final_version_has_no_next_prerelease(world: &World) -> Kept {
    for version in world.finals() {
        let next = world.scheme.bump(&version, Bump::Prerelease, None);
        held(
            is_invalid(&next),
            format!("{version} is final, and a prerelease bump of it is {next:?} in place of `Invalid`"),
        )?;
    }
    Ok(())
}

async fn a_prerelease_ends_in_its_final_version(world: &World) -> Kept {
    let finals = world.finals();
    for version in world.versions() {
        let last = world.scheme.finalize(&version);
        let is_first = !finals.iter().any(|other| world.is_later(other, &version) && world.is_later(&last, other));
        let is_after = if finals.contains(&version) { last == version } else { world.is_later(&last, &version) };
        let is_final = !world.scheme.is_prerelease(&last) && world.scheme.finalize(&last) == last;
        let is_so = is_final && is_after && is_first;
        held(is_so, format!("{version} ends in {last} in place of the first final version that is not before it"))?;
    }
    Ok(())
}

async fn what_marks_development_is_left_out(world: &World) -> Kept {
    let dev = Neutral { major: 1, minor: 2, patch: 3, pre: Some((PrereleaseLabel::DEV, 4)) };
    let last = Neutral { pre: None, ..dev.clone() };
    if let (Ok(dev), Ok(last)) = (world.scheme.spell(&dev), world.scheme.spell(&last)) {
        let without = world.scheme.without_dev(&dev);
        held(without == last, format!("{dev} without what marks development is {without}"))?;
    }
    let wrong = world.versions().into_iter().find(|version| {
        let without = world.scheme.without_dev(version);
        world.is_later(version, &without) || world.scheme.without_dev(&without) != without
    });
    let moved = world.finals().into_iter().find(|version| world.scheme.without_dev(version) != *version);
    held(wrong.is_none() && moved.is_none(), format!("it is later or the same: {wrong:?} {moved:?}"))
}

async fn prereleases_are_told_apart(world: &World) -> Kept {
    let mut found = world.versions();
    found.retain(|version| world.scheme.is_prerelease(version));
    let found: Vec<_> = found.iter().map(Version::as_str).collect();
    held(found == world.prereleases, format!("the prereleases: {found:?} in place of {:?}", world.prereleases))
}

async fn shared_numbers_are_spelled_and_read_back(world: &World) -> Kept {
    let mut shared = 0;
    for version in world.versions() {
        let Some(neutral) = world.scheme.neutral(&version) else { continue };
        let spelled = world.scheme.spell(&neutral).map_err(said)?;
        let is_same = world.scheme.compare(&spelled, &version) == Ordering::Equal;
        let back = world.scheme.neutral(&spelled);
        let what = format!("{version} is {neutral:?}, which is spelled {spelled} and read as {back:?}");
        held(is_same && back.as_ref() == Some(&neutral), format!("{what} in place of the same"))?;
        shared += 1;
    }
    held(shared > 0, "no version is shared numbers, in place of some")
}

async fn shared_numbers_are_ordered_alike(world: &World) -> Kept {
    let shared: Vec<_> = world.versions().iter().filter_map(|version| world.scheme.neutral(version)).collect();
    let mut expected = shared.clone();
    expected.sort();
    held(
        shared == expected,
        format!("shared numbers in the order of their versions: {shared:?} in place of {expected:?}"),
    )
}

async fn a_label_that_cannot_be_spelled_is_invalid(world: &World) -> Kept {
    let Some(label) = world.no_label else { return Ok(()) };
    let bumped = world.scheme.bump(&world.versions()[0], Bump::Minor, Some(&prerelease(label)));
    held(is_invalid(&bumped), format!("`{label}` cannot be spelled: {bumped:?} in place of `Invalid`"))
}
