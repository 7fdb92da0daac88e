//! Names of commits, tags and branches.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::name::text_type;

/// The full name of a commit.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommitId(String);

/// The full name of any stored object: a commit, or an annotated tag that points to one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectId(String);

/// The name of a tag, without what a system puts before it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TagName(String);

/// The name of a branch, without what a system puts before it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BranchName(String);

text_type!(CommitId, ObjectId, TagName, BranchName);

impl CommitId {
    /// The first characters, for people.
    pub fn short(&self) -> &str {
        self.0.get(..9).unwrap_or(&self.0)
    }
}

impl From<CommitId> for ObjectId {
    fn from(commit: CommitId) -> Self {
        Self(commit.0)
    }
}
