//! What a version control system can do.

/// What a version control system can do. What it cannot, the engine does without, or makes up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct VcsCapabilities {
    /// A tag is itself a commit, on top of a branch and pushed with it. The clone then sees tags by the commits that it
    /// fetches.
    pub tag_is_commit: bool,
    /// Several refs are pushed all or none. Without, the remote is looked at after a push that failed.
    pub atomic_push: bool,
    /// A push can name what it expects the remote to hold. Without, the remote is looked at right before each push, and
    /// what moves in between is lost.
    pub leases: bool,
    /// The same repository can be had with new objects landing elsewhere: [`Vcs::scratch`](crate::Vcs::scratch). Without, a dry run shows what
    /// it reads and ends where something would be made.
    pub scratch: bool,
}

impl VcsCapabilities {
    /// A system that can do none of these.
    pub const NONE: Self = Self { tag_is_commit: false, atomic_push: false, leases: false, scratch: false };
}
