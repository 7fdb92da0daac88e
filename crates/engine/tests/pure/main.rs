//! The stages that need no files: values in, values out.

mod changelogs;
mod notes;
mod plan;
mod support;
mod tags;
