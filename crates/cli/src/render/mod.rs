//! The only place where values become text for people. Pure: values in, styled text out; nothing here prints.

pub(crate) mod absence;
pub(crate) mod announced;
pub(crate) mod diagnostic;
pub(crate) mod diff;
pub(crate) mod event;
pub(crate) mod excerpt;
pub(crate) mod graph;
pub(crate) mod json;
pub(crate) mod names;
pub(crate) mod overview;
pub(crate) mod plan;
pub(crate) mod remark;
pub(crate) mod replay;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod wrap;
