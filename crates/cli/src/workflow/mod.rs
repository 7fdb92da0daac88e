//! Workflows that CI systems run: texts, made from what a repository has. Pure.
//!
//! A workflow is its maintainers' to change. What was made is kept beside it as it was made, so that a newer one can be merged
//! in by lines: what people changed stays, and what they did not touch follows.

mod github;
mod merge;
mod set_up;
mod template;
pub(crate) mod update;

use std::collections::BTreeSet;

use clap::ValueEnum;
use releasekit_core::model::RepoPath;

/// The folder of what was made as it was made, by the path that it is used at.
const GENERATED: &str = ".releasekit/generated";

/// A CI system that a workflow can be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ci {
    /// GitHub Actions
    Github,
}

/// What a workflow is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The version of releasekit that it installs.
    pub(crate) version: String,
    /// The branches that releases are made from, or globs of them.
    pub(crate) branches: Vec<String>,
    /// The tools of the repository's workspaces.
    pub(crate) tools: BTreeSet<&'static str>,
}

impl Ci {
    /// Where the workflow lies.
    pub(crate) fn path(self) -> RepoPath {
        RepoPath::new(match self {
            Self::Github => ".github/workflows/releasekit.yml",
        })
        .expect("a path of ours is one")
    }

    /// Where the workflow lies as it was made.
    pub(crate) fn generated(self) -> RepoPath {
        RepoPath::new(format!("{GENERATED}/{}", self.path())).expect("a path of ours is one")
    }

    /// Makes the workflow.
    pub(crate) fn make(self, subject: &Subject) -> String {
        match self {
            Self::Github => github::make(subject),
        }
    }
}

/// The version and the branches that a text says it was made for, in its first line.
pub(crate) fn made_for(text: &str) -> Option<(String, Vec<String>)> {
    let line = text.lines().next()?.strip_prefix("# Made by releasekit ")?;
    let (version, branches) = line.split_once(" for pushes to: ")?;
    Some((version.to_owned(), branches.split_whitespace().map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_says_what_it_was_made_for() {
        let branches = vec!["main".to_owned(), "release/*".to_owned()];
        let subject = Subject { version: "1.2.3".to_owned(), branches: branches.clone(), tools: BTreeSet::new() };
        assert_eq!(made_for(&Ci::Github.make(&subject)), Some(("1.2.3".to_owned(), branches)));
        assert_eq!(made_for("name: releasekit\n"), None);
    }
}
