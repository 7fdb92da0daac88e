//! Changelogs: which commits are listed where, and how the file is kept.
//!
//! No commit name stands in them, for merge, squash and rebase histories of the same work must read the same.

mod apart;
mod changelog;
mod collect;
mod document;
mod heading;
mod input;
mod place;
mod render;

pub use apart::serve;
pub use changelog::{Changelog, Remark, Written, folded};
pub use collect::{Notes, Section, for_member, is_listed};
pub(crate) use input::read_text;
pub use input::{date_of, template};
pub use render::to_markdown;
