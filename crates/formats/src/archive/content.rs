//! Whether two builds of one artifact hold the same, archive metadata aside.

use std::collections::BTreeMap;
use std::fmt;

use releasekit_core::model::{Identity, Member};

/// One thing in which two artifacts differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// A member that only ours has.
    OnlyOurs(String),
    /// A member that only theirs has.
    OnlyTheirs(String),
    /// A member with other bytes.
    Content(String),
    /// A member that is executable in one of them only.
    Mode(String),
    /// Theirs as a whole, which cannot be read in one way only, and why.
    Unreadable(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnlyOurs(path) => write!(f, "`{path}` is only in the one built here"),
            Self::OnlyTheirs(path) => write!(f, "`{path}` is only in the live one"),
            Self::Content(path) => write!(f, "`{path}` has other content"),
            Self::Mode(path) => write!(f, "`{path}` is executable in only one of them"),
            Self::Unreadable(why) => write!(f, "it cannot be compared: {why}"),
        }
    }
}

/// What the differences mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The same members, modes and contents.
    Same,
    /// They differ, and another build backend, or another version of it, made the other one: nothing is proven.
    OtherBackend,
    /// They differ.
    Different,
}

/// Two artifacts side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// In what they differ, by path.
    pub differences: Vec<Difference>,
    /// Our backend and theirs, where both are known and not the same.
    pub generators: Option<(String, String)>,
}

impl Comparison {
    /// What the differences mean.
    pub fn verdict(&self) -> Verdict {
        match (self.differences.is_empty(), &self.generators) {
            (true, _) => Verdict::Same,
            (false, Some(_)) => Verdict::OtherBackend,
            (false, None) => Verdict::Different,
        }
    }
}

/// Compares what was built here with what is live: members, modes and contents, as [`Identity::members`] holds them.
pub fn compare(ours: &Identity, theirs: &Identity) -> Comparison {
    let generators = ours.generator.clone().zip(theirs.generator.clone()).filter(|(ours, theirs)| ours != theirs);
    Comparison { differences: differences(&ours.members, &theirs.members), generators }
}

fn differences(ours: &[Member], theirs: &[Member]) -> Vec<Difference> {
    let mut pairs: BTreeMap<&str, (Option<&Member>, Option<&Member>)> = BTreeMap::new();
    for member in ours {
        pairs.entry(&member.path).or_default().0 = Some(member);
    }
    for member in theirs {
        pairs.entry(&member.path).or_default().1 = Some(member);
    }
    pairs.into_iter().filter_map(|(path, (ours, theirs))| difference(path, ours, theirs)).collect()
}

fn difference(path: &str, ours: Option<&Member>, theirs: Option<&Member>) -> Option<Difference> {
    let path = path.to_owned();
    match (ours, theirs) {
        (Some(_), None) => Some(Difference::OnlyOurs(path)),
        (None, _) => Some(Difference::OnlyTheirs(path)),
        (Some(ours), Some(theirs)) if ours.digest != theirs.digest => Some(Difference::Content(path)),
        (Some(ours), Some(theirs)) if ours.executable != theirs.executable => Some(Difference::Mode(path)),
        _ => None,
    }
}
