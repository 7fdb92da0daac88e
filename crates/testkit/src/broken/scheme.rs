//! A scheme in memory that breaks a promise.

use std::cmp::Ordering;

use releasekit_core::model::{Bump, Neutral, Prerelease, Version};
use releasekit_core::{ErrorKind, Result, VersionScheme};

use crate::memory::{MemoryScheme, fault};
use crate::suite::Caught;

/// What it does other than it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// It has no name.
    Nameless,
    /// A version keeps the spelling that it was given.
    Spellings,
    /// It reads everything.
    Reads,
    /// It orders two versions as texts.
    Texts,
    /// A major bump of a release candidate stays.
    Stays,
    /// The largest number is followed by itself.
    Sticks,
    /// Something moves where nothing is asked for.
    Moves,
    /// A prerelease is beyond what it leads to.
    Beyond,
    /// A major bump of a prerelease leads to the end of that, whatever step it has made.
    Narrow,
    /// A line of prereleases begins at one, wherever it is to begin.
    Recounts,
    /// A line of alphas begins anew.
    Restarts,
    /// It takes a label that comes before the present one.
    Returns,
    /// It refuses a label that comes before the present one.
    Refuses,
    /// A final version has a next prerelease.
    Relabels,
    /// A prerelease ends in the version after its final one.
    Overshoots,
    /// It leaves development versions as they are.
    Develops,
    /// It takes a prerelease for final.
    Blind,
    /// It forgets the third number.
    Forgets,
    /// Shared numbers are those of another order.
    Swaps,
    /// It spells every label.
    Spells,
}

/// The scheme of this lie.
#[derive(Debug, Clone, Copy)]
pub struct Broken(pub Lie);

impl Lie {
    /// Each with the cases of [the suite](crate::suite::scheme) that catch it.
    pub const CAUGHT: &[Caught<Self>] = &[
        (Self::Nameless, &["the_scheme_has_a_name"]),
        (Self::Spellings, &["a_version_has_one_spelling"]),
        (Self::Reads, &["what_is_no_version_is_invalid"]),
        (Self::Texts, &["versions_are_ordered"]),
        (Self::Stays, &["a_bump_leads_upwards"]),
        (Self::Sticks, &["numbers_that_end_have_no_next_one"]),
        (Self::Moves, &["no_bump_changes_nothing"]),
        (Self::Beyond, &["a_prerelease_comes_before_what_it_leads_to"]),
        (Self::Narrow, &["a_prerelease_has_made_its_step"]),
        (Self::Recounts, &["a_line_is_counted_from_its_start"]),
        (Self::Restarts, &["prereleases_of_a_line_follow_each_other"]),
        (Self::Returns, &["an_earlier_label_goes_on_with_the_line"]),
        (Self::Refuses, &["an_earlier_label_goes_on_with_the_line"]),
        (Self::Relabels, &["a_final_version_has_no_next_prerelease"]),
        (Self::Overshoots, &["a_prerelease_ends_in_its_final_version"]),
        (Self::Develops, &["what_marks_development_is_left_out"]),
        (Self::Blind, &["prereleases_are_told_apart"]),
        (Self::Forgets, &["shared_numbers_are_spelled_and_read_back"]),
        (Self::Swaps, &["shared_numbers_are_ordered_alike"]),
        (Self::Spells, &["a_label_that_cannot_be_spelled_is_invalid"]),
    ];
}

/// Whether a label comes before that of a version.
fn is_earlier(pre: &Prerelease, than: &Version) -> bool {
    MemoryScheme.neutral(than).and_then(|neutral| neutral.pre).is_some_and(|(label, _)| pre.label < label)
}

#[deny(clippy::missing_trait_methods)]
impl VersionScheme for Broken {
    fn id(&self) -> &'static str {
        if self.0 == Lie::Nameless { "" } else { MemoryScheme.id() }
    }

    fn parse(&self, text: &str) -> Result<Version> {
        let read = MemoryScheme.parse(text);
        match self.0 {
            Lie::Spellings => read.map(|_| Version::from_canonical(text)),
            Lie::Reads => Ok(read.unwrap_or_else(|_| Version::from_canonical("0.0.0"))),
            _ => read,
        }
    }

    fn compare(&self, a: &Version, b: &Version) -> Ordering {
        match self.0 {
            Lie::Texts if [a, b].iter().all(|it| ["1.2.3", "1.10.0"].contains(&it.as_str())) => {
                a.as_str().cmp(b.as_str())
            }
            _ => MemoryScheme.compare(a, b),
        }
    }

    fn bump(&self, from: &Version, bump: Bump, pre: Option<&Prerelease>) -> Result<Version> {
        let next = MemoryScheme.bump(from, bump, pre);
        let is_final = !MemoryScheme.is_prerelease(from);
        match (self.0, bump, pre) {
            (Lie::Stays, Bump::Major, None) if from.as_str() == "1.0.0-rc.1" => Ok(from.clone()),
            (Lie::Sticks, ..) if from.as_str().contains(&u64::MAX.to_string()) => Ok(from.clone()),
            (Lie::Narrow, Bump::Major, None) if !is_final => Ok(MemoryScheme.finalize(from)),
            (Lie::Recounts, _, Some(pre)) => {
                MemoryScheme.bump(from, bump, Some(&Prerelease { start: 1, ..pre.clone() }))
            }
            (Lie::Moves, Bump::None, _) => MemoryScheme.bump(from, Bump::Patch, None),
            (Lie::Beyond, Bump::Minor, Some(_)) if is_final => MemoryScheme.bump(&next?, Bump::Major, pre),
            (Lie::Restarts, Bump::Prerelease, None) if from.as_str().contains("alpha") => Ok(from.clone()),
            (Lie::Returns, _, Some(pre)) if is_earlier(pre, from) => {
                let neutral =
                    MemoryScheme.neutral(from).map(|it| Neutral { pre: Some((pre.label.clone(), pre.start)), ..it });
                neutral.map_or(next, |neutral| MemoryScheme.spell(&neutral))
            }
            (Lie::Refuses, _, Some(pre)) if is_earlier(pre, from) => Err(fault(ErrorKind::Invalid)),
            (Lie::Relabels, Bump::Prerelease, None) if is_final => MemoryScheme.bump(from, Bump::Patch, None),
            (Lie::Spells, _, Some(pre)) => {
                Ok(next.unwrap_or_else(|_| Version::from_canonical(format!("1.0.0-{}.1", pre.label))))
            }
            _ => next,
        }
    }

    fn finalize(&self, version: &Version) -> Version {
        let last = MemoryScheme.finalize(version);
        match self.0 {
            Lie::Overshoots if last != *version => MemoryScheme.bump(&last, Bump::Patch, None).unwrap_or(last),
            _ => last,
        }
    }

    fn without_dev(&self, version: &Version) -> Version {
        let without = MemoryScheme.without_dev(version);
        if self.0 == Lie::Develops { version.clone() } else { without }
    }

    fn is_prerelease(&self, version: &Version) -> bool {
        !(self.0 == Lie::Blind && version.as_str() == "1.0.0-alpha.2") && MemoryScheme.is_prerelease(version)
    }

    fn neutral(&self, version: &Version) -> Option<Neutral> {
        let neutral = MemoryScheme.neutral(version)?;
        Some(match self.0 {
            Lie::Swaps => Neutral { major: neutral.minor, minor: neutral.major, ..neutral },
            _ => neutral,
        })
    }

    fn spell(&self, neutral: &Neutral) -> Result<Version> {
        let neutral = match self.0 {
            Lie::Forgets => Neutral { patch: 0, ..neutral.clone() },
            Lie::Swaps => Neutral { major: neutral.minor, minor: neutral.major, ..neutral.clone() },
            _ => neutral.clone(),
        };
        MemoryScheme.spell(&neutral)
    }
}
