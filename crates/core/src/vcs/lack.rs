//! What a clone lacks, and what its user could do. The engine asks; how that is said and done is the system's own.
//!
//! Neither enum can grow without every system being asked: none has a sensible answer to what it does not know.

use crate::model::{CommitId, ObjectId, TagName};

/// What an answer needs and a clone does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// The history beyond this commit.
    History(CommitId),
    /// Tags that the remote has.
    Tags(Vec<TagName>),
    /// A commit.
    Commit {
        /// As it was named.
        name: String,
        /// The setting that names it; `None` where the user did.
        setting: Option<&'static str>,
    },
}

/// Something that users do themselves, for it is their clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// To bring the history that the clone was cut off from.
    History,
    /// To bring the branch that is checked out to where the remote has it.
    Pull,
    /// To set the tags of the clone to where the remote has them, whatever stands in their places.
    RemoteTags,
    /// To delete a tag of the clone.
    DeleteTag(TagName),
    /// To bring an object into the clone.
    Object {
        /// From where.
        remote: String,
        /// Which.
        object: ObjectId,
    },
}
