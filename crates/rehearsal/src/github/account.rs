//! Who asks, by which token, and what that token may do.

use std::collections::BTreeMap;

/// How much a token may do with one kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// Look at it.
    Read,
    /// Change it.
    Write,
}

impl Level {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// A token to be made: whose it is, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// Who it belongs to.
    pub login: String,
    /// What it may do, by the names that GitHub has for kinds of permission.
    pub permissions: BTreeMap<String, Level>,
    /// The repositories that it is for, `owner/name`; empty for all.
    pub repositories: Vec<String>,
    /// After how many requests it has expired; `None` for never.
    pub requests: Option<usize>,
}

impl Grant {
    /// A token that may look at public things alone.
    pub fn new(login: impl Into<String>) -> Self {
        Self { login: login.into(), permissions: BTreeMap::new(), repositories: Vec::new(), requests: None }
    }

    /// A token that may do everything that a release needs: contents, pull requests and issues, and workflow files.
    pub fn maintainer(login: impl Into<String>) -> Self {
        let all = ["contents", "pull_requests", "issues", "workflows"];
        all.into_iter().fold(Self::new(login), |grant, name| grant.with(name, Level::Write))
    }

    /// May do so much with a kind of thing.
    #[must_use]
    pub fn with(mut self, permission: impl Into<String>, level: Level) -> Self {
        self.permissions.insert(permission.into(), level);
        self
    }

    /// May do nothing with a kind of thing.
    #[must_use]
    pub fn without(mut self, permission: &str) -> Self {
        self.permissions.remove(permission);
        self
    }

    /// Is for this repository, among others that are named so.
    #[must_use]
    pub fn with_repository(mut self, full_name: impl Into<String>) -> Self {
        self.repositories.push(full_name.into());
        self
    }

    /// Expires after so many requests.
    #[must_use]
    pub fn with_requests(mut self, requests: usize) -> Self {
        self.requests = Some(requests);
        self
    }

    /// Whether it allows any of what is needed; nothing is needed of whoever looks at public things.
    pub(super) fn allows(&self, needs: &[Need]) -> bool {
        let allows = |(name, level): &Need| self.permissions.get(*name).is_some_and(|has| has >= level);
        needs.is_empty() || needs.iter().any(allows)
    }

    /// Whether it is for a repository.
    pub(super) fn reaches(&self, full_name: &str) -> bool {
        self.repositories.is_empty() || self.repositories.iter().any(|name| name.eq_ignore_ascii_case(full_name))
    }
}

/// A permission, and how much of it.
pub(super) type Need = (&'static str, Level);

/// A token that was made.
#[derive(Debug, Clone)]
pub(super) struct Issued {
    pub(super) token: String,
    pub(super) grant: Grant,
}
