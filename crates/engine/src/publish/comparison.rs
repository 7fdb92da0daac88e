//! Whether two builds of one artifact hold the same, archive metadata aside.

use std::collections::BTreeMap;
use std::fmt;

use releasekit_core::model::{Identity, Member};

/// One thing in which two artifacts differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Difference {
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
pub(super) enum Verdict {
    /// The same members, modes and contents.
    Same,
    /// They differ, and another build backend, or another version of it, made the other one: nothing is proven.
    OtherBackend,
    /// They differ.
    Different,
}

/// Two artifacts side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison {
    /// In what they differ, by path.
    pub(super) differences: Vec<Difference>,
    /// Our backend and theirs, where both are known and not the same.
    pub(super) generators: Option<(String, String)>,
}

impl Comparison {
    /// What the differences mean.
    pub(super) fn verdict(&self) -> Verdict {
        match (self.differences.is_empty(), &self.generators) {
            (true, _) => Verdict::Same,
            (false, Some(_)) => Verdict::OtherBackend,
            (false, None) => Verdict::Different,
        }
    }
}

/// Compares what was built here with what is live: members, modes and contents, as [`Identity::members`] holds them.
pub(super) fn compare(ours: &Identity, theirs: &Identity) -> Comparison {
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

#[cfg(test)]
mod tests {
    use releasekit_core::model::{PackageName, Version};

    use super::*;

    fn member(path: &str, digest: &str, executable: bool) -> Member {
        Member { path: path.to_owned(), executable, digest: digest.to_owned() }
    }

    fn made_by(generator: &str, members: Vec<Member>) -> Identity {
        let mut identity = Identity::new(PackageName::new("a"), Version::from_canonical("1.0"));
        (identity.generator, identity.members) = (Some(generator.to_owned()), members);
        identity
    }

    #[test]
    fn order_and_generator_do_not_count() {
        let (one, two) = (member("one", "1", false), member("two", "2", true));
        let ours = made_by("maker 1.2", vec![one.clone(), two.clone()]);
        let comparison = compare(&ours, &made_by("maker 1.3", vec![two, one]));
        assert_eq!((comparison.verdict(), comparison.differences.len()), (Verdict::Same, 0));
        assert_eq!(comparison.generators, Some(("maker 1.2".to_owned(), "maker 1.3".to_owned())));
    }

    #[test]
    fn every_difference_is_named() {
        let ours = [member("__init__.py", "1", false), member("ours.py", "2", false), member("run.sh", "3", true)];
        let theirs = [member("__init__.py", "4", false), member("run.sh", "3", false), member("theirs.py", "2", false)];
        let comparison = compare(&made_by("maker 1.2", ours.into()), &made_by("maker 1.2", theirs.into()));
        assert_eq!(comparison.verdict(), Verdict::Different);
        let expected = [
            Difference::Content("__init__.py".to_owned()),
            Difference::OnlyOurs("ours.py".to_owned()),
            Difference::Mode("run.sh".to_owned()),
            Difference::OnlyTheirs("theirs.py".to_owned()),
        ];
        assert_eq!(comparison.differences, expected);
        assert_eq!(comparison.differences[0].to_string(), "`__init__.py` has other content");
    }

    #[test]
    fn another_backend_version_is_told_from_a_real_difference() {
        let ours = made_by("maker 1.2", vec![member("METADATA", "1", false)]);
        let theirs = vec![member("METADATA", "2", false)];
        assert_eq!(compare(&ours, &made_by("maker 1.2", theirs.clone())).verdict(), Verdict::Different);
        assert_eq!(compare(&ours, &made_by("maker 1.3", theirs)).verdict(), Verdict::OtherBackend);
    }
}
