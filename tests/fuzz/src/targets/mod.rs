//! What is fed: one file for each reader of what others wrote.

mod archive;
mod changelog;
mod commit;
mod configuration;
mod files;
mod lockfile;
mod manifest;
mod node_package;
mod package;
mod page;
mod sdist;
mod wheel;
mod workspace;

use std::path::{Path, PathBuf};

use releasekit_core::Code;

use crate::answer::Answer;
use crate::literals;

/// A reader.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// Reads an input. What must hold of every answer is asserted in it.
    pub(crate) answer: fn(&[u8]) -> Answer,
    /// The inputs to begin with.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
    /// Words that mean something in its inputs.
    pub(crate) words: &'static [&'static str],
    /// The codes that it can raise.
    pub(crate) codes: &'static [Code],
}

/// Every target, in the order in which they run.
pub(crate) const ALL: &[Target] = &[
    configuration::TARGET,
    manifest::TARGET,
    package::TARGET,
    node_package::TARGET,
    lockfile::TARGET,
    page::TARGET,
    wheel::TARGET,
    sdist::TARGET,
    commit::TARGET,
    changelog::TARGET,
];

/// What the tests in these folders of the repository hold.
fn fixtures(folders: &[&str]) -> Vec<Vec<u8>> {
    folders.iter().flat_map(|folder| literals::below(&repository().join(folder))).collect()
}

/// The files of the repository with these paths.
fn documents(paths: &[&str]) -> Vec<Vec<u8>> {
    paths.iter().filter_map(|path| std::fs::read(repository().join(path)).ok()).collect()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The same thing very often, inside of something.
fn many(before: &str, part: impl Fn(usize) -> String, count: usize, after: &str) -> Vec<u8> {
    let parts: String = (0..count).map(part).collect();
    format!("{before}{parts}{after}").into_bytes()
}
