//! What only a registry for npm can be told.

use releasekit_core::Secret;

/// What only a registry for npm can be told.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Own {
    /// The one-time password that every write needs.
    pub one_time: Option<String>,
    /// Whether nobody pays for packages that not everybody may read.
    pub unpaid: bool,
    /// Whether it says that there is nothing where it would have to say that somebody may not.
    pub masks: bool,
    /// The owners whose tokens may publish and nothing else, as those of trusted publishing may.
    pub publish_only: Vec<String>,
}

/// What a registry is started with. The default is an empty one in memory that anybody may publish to and read.
pub type Options = crate::Options<Own>;

impl Options {
    /// Lets the owner of this token publish, among others. A package belongs to whoever published it first.
    #[must_use]
    pub fn with_publisher(self, owner: impl Into<String>, token: Secret) -> Self {
        self.with_login(owner, token)
    }

    /// Lets the owner of this token publish, and neither deprecate nor move names of versions.
    #[must_use]
    pub fn with_publish_only(mut self, owner: impl Into<String>, token: Secret) -> Self {
        let owner = owner.into();
        self.own.publish_only.push(owner.clone());
        self.with_login(owner, token)
    }

    /// Takes writes with this one-time password alone.
    #[must_use]
    pub fn with_one_time_password(mut self, password: impl Into<String>) -> Self {
        self.own.one_time = Some(password.into());
        self
    }

    /// Refuses packages that not everybody may read.
    #[must_use]
    pub fn without_private_packages(mut self) -> Self {
        self.own.unpaid = true;
        self
    }

    /// Answers 404 to whoever may not, as the public registry does where a token is unknown or somebody else's.
    #[must_use]
    pub fn with_masked_refusals(mut self) -> Self {
        self.own.masks = true;
        self
    }
}
