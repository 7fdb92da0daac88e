//! What ways to number versions promise.

use std::cmp::Ordering;

use releasekit_core::model::{Bump, Prerelease, PrereleaseLabel, Version};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, VersionScheme};

use super::{Case, Kept, held};
use crate::cases;

/// How far a version can be asked to move.
const STEPS: [Bump; 3] = [Bump::Patch, Bump::Minor, Bump::Major];

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
    a_version_has_one_spelling,
    what_is_no_version_is_invalid,
    versions_are_ordered,
    a_bump_leads_upwards,
    no_bump_changes_nothing,
    a_prerelease_comes_before_what_it_leads_to,
    prereleases_of_a_line_follow_each_other,
    an_earlier_label_goes_on_with_the_line,
    a_final_version_has_no_next_prerelease,
    a_prerelease_ends_in_its_final_version,
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

fn is_invalid<T>(result: &Result<T, BackendError>) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Invalid)
}

async fn a_version_has_one_spelling(world: &World) -> Kept {
    for text in world.ascending {
        let read = world.scheme.parse(text).map(|version| version.to_string());
        held(read.as_deref().ok() == Some(text), format!("`{text}` is canonical and stays: {read:?}"))?;
    }
    for text in world.spellings {
        let read = world.scheme.parse(text).map(|version| version.to_string());
        held(read.as_deref().ok() == Some(world.spellings[0]), format!("`{text}` is spelled canonically: {read:?}"))?;
    }
    Ok(())
}

async fn what_is_no_version_is_invalid(world: &World) -> Kept {
    let taken = world.no_versions.iter().find(|text| !is_invalid(&world.scheme.parse(text)));
    held(taken.is_none(), format!("it is no version: {taken:?}"))
}

async fn versions_are_ordered(world: &World) -> Kept {
    let versions = world.versions();
    for (i, one) in versions.iter().enumerate() {
        for (j, other) in versions.iter().enumerate() {
            held(world.scheme.compare(one, other) == i.cmp(&j), format!("{one} is to {other} as {i} is to {j}"))?;
        }
    }
    Ok(())
}

async fn a_bump_leads_upwards(world: &World) -> Kept {
    let bumped = world.bumped(world.versions(), None);
    held(!bumped.is_empty(), "versions can be bumped")?;
    let wrong = bumped.iter().find(|(from, _, to)| !world.is_later(to, from) || world.scheme.is_prerelease(to));
    held(wrong.is_none(), format!("a bump leads to a later final version: {wrong:?}"))
}

async fn no_bump_changes_nothing(world: &World) -> Kept {
    let stays = |version: &Version| world.scheme.bump(version, Bump::None, None).is_ok_and(|next| next == *version);
    let moved = world.versions().into_iter().find(|version| !stays(version));
    held(moved.is_none(), format!("no bump stays: {moved:?}"))
}

async fn a_prerelease_comes_before_what_it_leads_to(world: &World) -> Kept {
    let pre = world.labels().remove(0);
    let finals = world.bumped(world.finals(), None);
    for (from, bump, next) in world.bumped(world.finals(), Some(&pre)) {
        let leads = finals.iter().any(|(of, by, to)| (of, by) == (&from, &bump) && world.is_later(to, &next));
        let is_between = world.is_later(&next, &from) && world.scheme.is_prerelease(&next) && leads;
        held(is_between, format!("{bump} of {from} towards a prerelease: {next}"))?;
    }
    Ok(())
}

async fn prereleases_of_a_line_follow_each_other(world: &World) -> Kept {
    let labels = world.labels();
    let first = world.scheme.bump(&world.versions()[0], Bump::Minor, Some(&labels[0]));
    let mut last = first.map_err(|error| error.to_string())?;
    let of_line = labels.iter().flat_map(|label| [None, Some(label)]).skip(2);
    for pre in [None, None].into_iter().chain(of_line) {
        let next = world.scheme.bump(&last, Bump::Prerelease, pre).map_err(|error| error.to_string())?;
        let follows = world.is_later(&next, &last) && world.scheme.is_prerelease(&next);
        let same_end = world.scheme.finalize(&next) == world.scheme.finalize(&last);
        held(follows && same_end, format!("{next} follows {last}"))?;
        last = next;
    }
    Ok(())
}

async fn an_earlier_label_goes_on_with_the_line(world: &World) -> Kept {
    let (labels, first) = (world.labels(), &world.versions()[0]);
    for (at, later) in labels.iter().enumerate() {
        let from = world.scheme.bump(first, Bump::Minor, Some(later)).map_err(|error| error.to_string())?;
        let expected = world.scheme.bump(&from, Bump::Prerelease, None).map_err(|error| error.to_string())?;
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
    let finals = world.finals();
    let wrong = finals.iter().find(|version| !is_invalid(&world.scheme.bump(version, Bump::Prerelease, None)));
    held(wrong.is_none(), format!("a label moves only where there is one: {wrong:?}"))
}

async fn a_prerelease_ends_in_its_final_version(world: &World) -> Kept {
    let finals = world.finals();
    for version in world.versions() {
        let last = world.scheme.finalize(&version);
        let is_first = !finals.iter().any(|other| world.is_later(other, &version) && world.is_later(&last, other));
        let is_after = if finals.contains(&version) { last == version } else { world.is_later(&last, &version) };
        let is_final = !world.scheme.is_prerelease(&last) && world.scheme.finalize(&last) == last;
        held(is_final && is_after && is_first, format!("{version} ends in {last}"))?;
    }
    Ok(())
}

async fn prereleases_are_told_apart(world: &World) -> Kept {
    let mut found = world.versions();
    found.retain(|version| world.scheme.is_prerelease(version));
    let found: Vec<_> = found.iter().map(Version::as_str).collect();
    held(found == world.prereleases, format!("these are prereleases: {found:?}"))
}

async fn shared_numbers_are_spelled_and_read_back(world: &World) -> Kept {
    let mut shared = 0;
    for version in world.versions() {
        let Some(neutral) = world.scheme.neutral(&version) else { continue };
        let spelled = world.scheme.spell(&neutral).map_err(|error| error.to_string())?;
        let is_same = world.scheme.compare(&spelled, &version) == Ordering::Equal;
        held(is_same && world.scheme.neutral(&spelled) == Some(neutral), format!("{version} comes back as {spelled}"))?;
        shared += 1;
    }
    held(shared > 0, "some versions are shared numbers")
}

async fn shared_numbers_are_ordered_alike(world: &World) -> Kept {
    let shared: Vec<_> = world.versions().iter().filter_map(|version| world.scheme.neutral(version)).collect();
    held(shared.is_sorted(), format!("shared numbers are ordered as their versions are: {shared:?}"))
}

async fn a_label_that_cannot_be_spelled_is_invalid(world: &World) -> Kept {
    let Some(label) = world.no_label else { return Ok(()) };
    let bumped = world.scheme.bump(&world.versions()[0], Bump::Minor, Some(&prerelease(label)));
    held(is_invalid(&bumped), format!("`{label}` cannot be spelled: {bumped:?}"))
}
