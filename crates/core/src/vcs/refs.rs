//! Refs of a clone and of remotes, and what becomes of them.

use std::fmt;

use super::history::Tag;
use crate::error::BackendError;
use crate::model::{BranchName, CommitId, ObjectId, TagName};

/// A ref, by kind. Shown to people as such; how a system spells it is the system's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefName {
    /// A branch.
    Branch(BranchName),
    /// A tag.
    Tag(TagName),
}

impl fmt::Display for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Branch(name) => write!(f, "branch `{name}`"),
            Self::Tag(name) => write!(f, "tag `{name}`"),
        }
    }
}

/// What a push expects to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// No such ref.
    Absent,
    /// The ref at exactly this object.
    At(ObjectId),
}

/// A ref to be set or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefUpdate {
    /// Which ref.
    pub name: RefName,
    /// What it shall point to; `None` deletes it.
    pub new: Option<ObjectId>,
    /// What is there now.
    pub expected: Expected,
}

impl RefUpdate {
    /// A ref to be set to an object, or to be deleted, from what is there.
    pub fn new(name: RefName, new: Option<ObjectId>, expected: Expected) -> Self {
        Self { name, new, expected }
    }

    /// Whether it may be made where the ref is at `found`: that is what is expected, or what is wanted.
    pub fn fits(&self, found: Option<&ObjectId>) -> bool {
        let is_expected = match (&self.expected, found) {
            (Expected::Absent, None) => true,
            (Expected::At(object), Some(found)) => object == found,
            _ => false,
        };
        is_expected || found == self.new.as_ref()
    }
}

/// A ref as a remote shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteRef {
    /// Which ref.
    pub name: RefName,
    /// What it points to.
    pub object: ObjectId,
    /// The commit it leads to.
    pub commit: CommitId,
}

impl RemoteRef {
    /// A ref at an object that leads to a commit.
    pub fn new(name: RefName, object: ObjectId, commit: CommitId) -> Self {
        Self { name, object, commit }
    }
}

/// The refs of a remote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RemoteRefs {
    /// The branch that a clone checks out.
    pub default_branch: Option<BranchName>,
    /// Branches and tags, ordered by name.
    pub refs: Vec<RemoteRef>,
    /// Branches that are another name of one: what is pushed to them goes there. Not every remote says so.
    pub aliases: Vec<BranchName>,
}

/// A branch and the commit that it is at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BranchTip {
    /// Which branch.
    pub name: BranchName,
    /// Where it is.
    pub commit: CommitId,
}

impl BranchTip {
    /// A branch that is at a commit.
    pub fn new(name: BranchName, commit: CommitId) -> Self {
        Self { name, commit }
    }
}

impl RemoteRefs {
    /// The refs of a remote, ordered by name, none of which is another name of one.
    pub fn new(default_branch: Option<BranchName>, refs: Vec<RemoteRef>) -> Self {
        Self { default_branch, refs, aliases: Vec::new() }
    }

    /// All tags, each with the commit that it leads to.
    pub fn tags(&self) -> Vec<Tag> {
        let tag = |found: &RemoteRef| match &found.name {
            RefName::Tag(name) => Some(Tag { name: name.clone(), commit: found.commit.clone() }),
            RefName::Branch(_) => None,
        };
        self.refs.iter().filter_map(tag).collect()
    }

    /// What a ref points to; `None` where there is no such ref.
    pub fn object(&self, name: &RefName) -> Option<&ObjectId> {
        self.refs.iter().find(|found| found.name == *name).map(|found| &found.object)
    }

    /// The tag of that name.
    pub fn tag(&self, name: &TagName) -> Option<&RemoteRef> {
        self.refs.iter().find(|found| matches!(&found.name, RefName::Tag(tag) if tag == name))
    }

    /// The branch of that name.
    pub fn branch(&self, name: &BranchName) -> Option<&RemoteRef> {
        self.refs.iter().find(|found| matches!(&found.name, RefName::Branch(branch) if branch == name))
    }
}

/// What a push did.
#[derive(Debug)]
pub enum Pushed {
    /// The remote has it all.
    Accepted,
    /// A ref was not as expected, or a rule forbids it. The remote has none of it, or where pushes are not atomic some.
    Refused(BackendError),
    /// Nobody knows; look before trying again.
    Unknown(BackendError),
}
