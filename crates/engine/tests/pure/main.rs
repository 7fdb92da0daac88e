//! The stages that need no files: values in, values out.

mod by_hand;
mod change_files;
mod changelogs;
mod chosen;
mod discovery;
mod edges;
mod groups;
mod labels;
mod manifest;
mod notes;
mod plan;
mod replay;
mod reverts;
mod squash;
mod support;
mod tags;
mod tools;
mod trailers;
