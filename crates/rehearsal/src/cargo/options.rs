//! What only a registry for cargo can be told.

use releasekit_core::Secret;

/// What only a registry for cargo can be told.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Own {
    /// Whether reading needs a token too.
    pub auth_required: bool,
    /// What it warns of with every yes.
    pub warnings: Vec<String>,
}

/// What a registry is started with. The default is an empty one in memory that anybody may publish to and read.
pub type Options = crate::Options<Own>;

impl Options {
    /// Lets the owner of this token publish, among others. A crate belongs to whoever published it first.
    #[must_use]
    pub fn with_owner(self, owner: impl Into<String>, token: Secret) -> Self {
        self.with_login(owner, token)
    }

    /// Lets nobody read without a token.
    #[must_use]
    pub fn with_auth_required(mut self) -> Self {
        self.own.auth_required = true;
        self
    }

    /// Warns of this whenever it takes a crate.
    #[must_use]
    pub fn with_warning(mut self, warning: impl Into<String>) -> Self {
        self.own.warnings.push(warning.into());
        self
    }
}
