//! Changelogs: which commits are listed where, and how the file is kept.
//!
//! No commit name stands in them, for merge, squash and rebase histories of the same work must read the same.

mod apart;
mod changelog;
mod collect;
mod document;
mod heading;
mod input;
mod linked;
mod place;
mod render;
mod spelling;

pub use apart::serve;
pub use changelog::{Changelog, Remark, Written};
pub(crate) use collect::line_of;
pub use collect::{Entry, MovedDependency, Notes, Section, for_member};
pub(crate) use heading::{below_heading, folded};
pub(crate) use input::{date_of, read_text, template};
pub(crate) use linked::{linked, request_of};
pub use render::to_markdown;
