//! A way to number versions: three numbers, and for a prerelease a label with a number of its own.

use std::cmp::Ordering;

use releasekit_core::model::{Bump, Neutral, Prerelease, PrereleaseLabel, Version};
use releasekit_core::{Result, VersionScheme};

use super::error::invalid;

/// Versions as `1.2.3` and `1.2.3-rc.1`; `1.2` and `1` are read too. It spells the four labels that everybody shares.
#[derive(Debug, Clone, Copy)]
pub struct MemoryScheme;

impl VersionScheme for MemoryScheme {
    fn id(&self) -> &'static str {
        "memory"
    }

    fn parse(&self, text: &str) -> Result<Version> {
        self.spell(&read(text).ok_or_else(|| invalid(format!("`{text}` is no version")))?)
    }

    fn compare(&self, a: &Version, b: &Version) -> Ordering {
        read(a.as_str()).cmp(&read(b.as_str()))
    }

    fn bump(&self, from: &Version, bump: Bump, pre: Option<&Prerelease>) -> Result<Version> {
        let from = read(from.as_str()).ok_or_else(|| invalid(format!("`{from}` is no version")))?;
        let next = next(&from, bump, pre).ok_or_else(|| invalid("there is no version after it"))?;
        self.spell(&next)
    }

    fn finalize(&self, version: &Version) -> Version {
        let last = read(version.as_str()).map(|version| Neutral { pre: None, ..version });
        last.and_then(|last| self.spell(&last).ok()).unwrap_or_else(|| version.clone())
    }

    fn without_dev(&self, version: &Version) -> Version {
        let is_dev = |version: Neutral| version.pre.is_some_and(|(label, _)| label == PrereleaseLabel::DEV);
        if read(version.as_str()).is_some_and(is_dev) { self.finalize(version) } else { version.clone() }
    }

    fn is_prerelease(&self, version: &Version) -> bool {
        read(version.as_str()).is_some_and(|version| version.pre.is_some())
    }

    fn neutral(&self, version: &Version) -> Option<Neutral> {
        read(version.as_str())
    }

    fn spell(&self, neutral: &Neutral) -> Result<Version> {
        let Neutral { major, minor, patch, pre } = neutral;
        Ok(Version::from_canonical(match pre {
            None => format!("{major}.{minor}.{patch}"),
            Some((label, number)) if label.stage().is_some() => format!("{major}.{minor}.{patch}-{label}.{number}"),
            Some((label, _)) => return Err(invalid(format!("`{label}` cannot be spelled"))),
        }))
    }
}

fn read(text: &str) -> Option<Neutral> {
    let (numbers, pre) = match text.split_once('-') {
        Some((numbers, pre)) => (numbers, Some(label(pre)?)),
        None => (text, None),
    };
    let numbers: Option<Vec<u64>> = numbers.split('.').map(number).collect();
    match numbers?.as_slice() {
        [major] => Some(Neutral { major: *major, minor: 0, patch: 0, pre }),
        [major, minor] => Some(Neutral { major: *major, minor: *minor, patch: 0, pre }),
        [major, minor, patch] => Some(Neutral { major: *major, minor: *minor, patch: *patch, pre }),
        _ => None,
    }
}

fn label(text: &str) -> Option<(PrereleaseLabel, u64)> {
    let (label, count) = text.split_once('.')?;
    let label = PrereleaseLabel::new(label).ok()?;
    Some((label.stage().map(|_| label)?, number(count)?))
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn next(from: &Neutral, bump: Bump, pre: Option<&Prerelease>) -> Option<Neutral> {
    let Neutral { major, minor, patch, .. } = *from;
    if bump == Bump::None {
        return Some(from.clone());
    }
    if bump == Bump::Prerelease {
        return relabelled(from, pre);
    }
    // A prerelease leads to a final version already, which is far enough where the numbers below the bump are zero.
    let leads = from.pre.is_some();
    let advanced = match bump {
        Bump::Major if leads && (minor, patch) == (0, 0) => (major, 0, 0),
        Bump::Major => (major.checked_add(1)?, 0, 0),
        Bump::Minor if leads && patch == 0 => (major, minor, 0),
        Bump::Minor => (major, minor.checked_add(1)?, 0),
        _ if leads => (major, minor, patch),
        _ => (major, minor, patch.checked_add(1)?),
    };
    let (major, minor, patch) = advanced;
    let stays = (from.major, from.minor, from.patch) == advanced;
    match pre {
        Some(_) if stays => relabelled(from, pre),
        _ => Some(Neutral { major, minor, patch, pre: pre.map(|pre| (pre.label.clone(), pre.start)) }),
    }
}

/// The next prerelease to the same numbers: one more of the line, or the beginning of a later one. No label leads back.
fn relabelled(from: &Neutral, pre: Option<&Prerelease>) -> Option<Neutral> {
    let (label, number) = from.pre.clone()?;
    let pre = match pre {
        Some(pre) if pre.label > label => (pre.label.clone(), pre.start),
        _ => (label, number.checked_add(1)?),
    };
    Some(Neutral { pre: Some(pre), ..from.clone() })
}
