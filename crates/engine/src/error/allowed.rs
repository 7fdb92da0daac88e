//! The branches that a commit was looked for on.

use releasekit_core::model::BranchName;

use super::text::list;

/// The branches that releases may be made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedBranches {
    /// What the configuration says, or the remote's default branch; empty where neither is known.
    pub patterns: Vec<String>,
    /// The branches of the remote that fit.
    pub found: Vec<BranchName>,
}

impl AllowedBranches {
    /// What to do about a commit that is on none of them.
    pub(super) fn help(&self, bring: &str) -> String {
        match (self.found.as_slice(), self.patterns.as_slice()) {
            ([], []) => "the remote does not say which branch is its default one: set `default_branch`".to_owned(),
            ([], patterns) => format!(
                "the remote has no branch {}: push it, or mend `default_branch` or `release_branches`",
                list(patterns)
            ),
            ([only], _) => format!("{bring} `{only}` of the remote"),
            (several, _) => format!("{bring} one of these branches of the remote: {}", list(several)),
        }
    }
}
