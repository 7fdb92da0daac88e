//! How leaflets are numbered: three numbers, and for a prerelease a label and its number, `1.2.0-rc.1`.

use std::cmp::Ordering;

use releasekit_core::model::{Bump, Neutral, Prerelease, PrereleaseLabel, Version};
use releasekit_core::{Result, VersionScheme};

use crate::error::invalid;

/// The scheme. What it says is what all schemes share, so [`Neutral`] holds all of it and orders it.
#[derive(Debug, Clone, Copy)]
pub struct Numbers;

impl VersionScheme for Numbers {
    fn id(&self) -> &'static str {
        crate::ID
    }

    fn parse(&self, text: &str) -> Result<Version> {
        self.spell(&read(text).ok_or_else(|| invalid(format!("`{text}` is no version")))?)
    }

    fn compare(&self, a: &Version, b: &Version) -> Ordering {
        read(a.as_str()).cmp(&read(b.as_str()))
    }

    fn bump(&self, from: &Version, bump: Bump, pre: Option<&Prerelease>) -> Result<Version> {
        let from = read(from.as_str()).ok_or_else(|| invalid(format!("`{from}` is no version")))?;
        let next = match bump {
            Bump::None => Some(from),
            Bump::Prerelease => of_line(&from, pre),
            bump => next(&from, bump, pre),
        };
        self.spell(&next.ok_or_else(|| invalid("no version of this line comes after it"))?)
    }

    fn finalize(&self, version: &Version) -> Version {
        Version::from_canonical(version.as_str().split('-').next().unwrap_or_default())
    }

    fn without_dev(&self, version: &Version) -> Version {
        if version.as_str().contains("-dev") { self.finalize(version) } else { version.clone() }
    }

    fn is_prerelease(&self, version: &Version) -> bool {
        version.as_str().contains('-')
    }

    fn neutral(&self, version: &Version) -> Option<Neutral> {
        read(version.as_str())
    }

    fn spell(&self, neutral: &Neutral) -> Result<Version> {
        let Neutral { major, minor, patch, pre } = neutral;
        match pre {
            None => Ok(Version::from_canonical(format!("{major}.{minor}.{patch}"))),
            // Labels that have no place among the others could not be ordered.
            Some((label, number)) if label.stage().is_some() => {
                Ok(Version::from_canonical(format!("{major}.{minor}.{patch}-{label}.{number}")))
            }
            Some((label, _)) => Err(invalid(format!("`{label}` is no label of leaflets"))),
        }
    }
}

fn read(text: &str) -> Option<Neutral> {
    let (numbers, pre) = match text.split_once('-') {
        None => (text, None),
        Some((numbers, pre)) => {
            let (label, count) = pre.split_once('.')?;
            let label = PrereleaseLabel::new(label).ok().filter(|label| label.stage().is_some())?;
            (numbers, Some((label, number(count)?)))
        }
    };
    let numbers: Vec<u64> = numbers.split('.').map(number).collect::<Option<_>>()?;
    let [major, minor, patch] = numbers[..] else { return None };
    Some(Neutral { major, minor, patch, pre })
}

/// Small enough that one more is a number too.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse::<u32>().ok()).flatten().map(u64::from)
}

/// A prerelease has made its step already, unless the bump is wider than that.
fn next(from: &Neutral, bump: Bump, pre: Option<&Prerelease>) -> Option<Neutral> {
    let (major, minor, patch) = (from.major, from.minor, from.patch);
    let is_far_enough = match bump {
        Bump::Major => (minor, patch) == (0, 0),
        Bump::Minor => patch == 0,
        _ => true,
    };
    if from.pre.is_some() && is_far_enough {
        return match pre {
            Some(_) => of_line(from, pre),
            None => Some(Neutral { pre: None, ..from.clone() }),
        };
    }
    let (major, minor, patch) = match bump {
        Bump::Major => (major + 1, 0, 0),
        Bump::Minor => (major, minor + 1, 0),
        _ => (major, minor, patch + 1),
    };
    Some(Neutral { major, minor, patch, pre: pre.map(|pre| (pre.label.clone(), pre.start)) })
}

/// The next prerelease to the same numbers: one more of its line, or the first of a later one. No label leads back.
fn of_line(from: &Neutral, pre: Option<&Prerelease>) -> Option<Neutral> {
    let (label, number) = from.pre.clone()?;
    let pre = match pre {
        Some(pre) if pre.label > label => (pre.label.clone(), pre.start),
        _ => (label, number + 1),
    };
    Some(Neutral { pre: Some(pre), ..from.clone() })
}
