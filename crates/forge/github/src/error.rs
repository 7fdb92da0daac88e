//! What can go wrong with GitHub, and what a caller can do about it.

use std::sync::Arc;
use std::time::Duration;

use releasekit_core::forge::codes;
use releasekit_core::{BackendError, Code, Diagnostic};
use thiserror::Error;

use crate::refusal::{Refusal, remedy};

/// The result of what is asked of GitHub.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why GitHub did not do what it was asked, or was not asked.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum Error {
    /// A host that only the configuration names.
    #[error("`{host}` gets no token, for only the repository says that it is GitHub's")]
    HostUnknown {
        /// Which host.
        host: String,
    },
    /// A URL without encryption.
    #[error("`{url}` would show the token to everybody on the way")]
    Insecure {
        /// Which one.
        url: String,
    },
    /// Nobody has a token.
    #[error("no token for `{host}`")]
    TokenMissing {
        /// Which host.
        host: String,
        /// What gives one.
        help: String,
    },
    /// What is called a token cannot be one.
    #[error("the token for `{host}` holds a character that no token has")]
    TokenUnusable {
        /// Which host.
        host: String,
    },
    /// No path of a repository.
    #[error("`{path}` is no owner and name of a repository")]
    RepositoryPath {
        /// The path.
        path: String,
    },
    /// The repository is not shown.
    #[error("`{host}` shows no repository `{repository}`")]
    Unseen {
        /// Which host.
        host: String,
        /// Which repository.
        repository: String,
    },
    /// A complete no.
    #[error("{refusal}")]
    Refused {
        /// What it was asked, and what it said.
        refusal: Box<Refusal>,
    },
    /// Too many requests.
    #[error("`{host}` takes no more requests for {} s", .wait.as_secs())]
    RateLimited {
        /// Which host.
        host: String,
        /// For how long.
        wait: Duration,
    },
    /// It fails, whatever it is asked.
    #[error("`{host}` answers `{operation}` with {status}, also after several tries")]
    Unavailable {
        /// Which host.
        host: String,
        /// The operation.
        operation: &'static str,
        /// The status.
        status: u16,
    },
    /// Neither yes nor no.
    #[error("`{host}` does not say what became of `{operation}`: {reason}")]
    Unclear {
        /// Which host.
        host: String,
        /// The operation.
        operation: &'static str,
        /// What came instead of an answer.
        reason: String,
    },
    /// Another origin.
    #[error("`{from}` leads to `{to}`, which is another host")]
    Redirected {
        /// Who says so.
        from: String,
        /// Where to.
        to: String,
    },
    /// An answer that is none.
    #[error("`{host}` answers `{operation}` with what GitHub does not answer: {reason}")]
    Answer {
        /// Which host.
        host: String,
        /// The operation.
        operation: &'static str,
        /// What is the matter with it.
        reason: String,
    },
    /// Too much text.
    #[error("{what} has {length} characters, and GitHub takes {most}")]
    TooLong {
        /// Of what.
        what: &'static str,
        /// How long it is.
        length: usize,
        /// How long it may be.
        most: usize,
    },
    /// Input that can never work.
    #[error("{reason}")]
    Invalid {
        /// Why not.
        reason: String,
    },
    /// Nothing of this name.
    #[error("there is no {what}")]
    NotFound {
        /// What was asked for.
        what: String,
    },
    /// A branch that is not there.
    #[error("GitHub has no branch `{head}` or no branch `{base}`")]
    BranchMissing {
        /// Where the changes are.
        head: String,
        /// Where they go.
        base: String,
    },
    /// No commit to merge.
    #[error("`{head}` has no commit that `{base}` lacks")]
    NothingToMerge {
        /// Where the changes are.
        head: String,
        /// Where they go.
        base: String,
    },
    /// A request that is merged or closed.
    #[error("pull request {number} is {state}")]
    NotOpen {
        /// Which one.
        number: u64,
        /// What it is.
        state: &'static str,
    },
    /// People who cannot be asked.
    #[error("{names} cannot be {how}", names = quoted(.names))]
    PersonUnknown {
        /// Who.
        names: Vec<String>,
        /// Asked or assigned.
        how: &'static str,
    },
    /// It does not merge by itself.
    #[error("pull request {number} is not told to merge by itself: {reason}")]
    MergeRefused {
        /// Which one.
        number: u64,
        /// Why not.
        reason: String,
    },
    /// A tag that is not there.
    #[error("GitHub has no tag `{tag}`")]
    TagMissing {
        /// Which one.
        tag: String,
    },
    /// Two drafts.
    #[error("{count} drafts of a release belong to the tag `{tag}`")]
    SeveralDrafts {
        /// Whose.
        tag: String,
        /// How many.
        count: usize,
    },
    /// Other bytes.
    #[error("the release of `{tag}` has a file `{name}` with other bytes")]
    AssetDiffers {
        /// Whose release.
        tag: String,
        /// The file.
        name: String,
    },
    /// A file that cannot be added, or a release that cannot be published for one.
    #[error("{reason}")]
    AssetRefused {
        /// Why not.
        reason: String,
    },
    /// A prerelease for everybody.
    #[error("the release of `{tag}` is a prerelease, and cannot be the latest")]
    LatestPrerelease {
        /// Whose.
        tag: String,
    },
    /// No commit.
    #[error("GitHub makes no commit on `{branch}`: {reason}")]
    CommitRefused {
        /// Where.
        branch: String,
        /// Why not.
        reason: String,
    },
    /// A request that came to nothing.
    #[error(transparent)]
    Http(Arc<releasekit_http::Error>),
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Error {
    /// Whether nobody knows what was changed.
    pub(crate) fn is_unclear(&self) -> bool {
        matches!(self, Self::Unclear { .. })
    }

    /// Whether it is a complete no with this status.
    pub(crate) fn is_status(&self, status: u16) -> bool {
        self.refusal().is_some_and(|refusal| refusal.status() == status)
    }

    /// Whether a field is refused with this code.
    pub(crate) fn refuses(&self, field: &str, code: &str) -> bool {
        self.refusal().is_some_and(|refusal| refusal.refuses(field, code))
    }

    /// A complete no, where it was one.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { refusal } => Some(refusal),
            _ => None,
        }
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::HostUnknown { .. } => codes::HOST_UNKNOWN,
            Self::Insecure { .. } => codes::INSECURE,
            Self::TokenMissing { .. } => codes::TOKEN_MISSING,
            Self::TokenUnusable { .. } => codes::TOKEN_UNUSABLE,
            Self::RepositoryPath { .. } => codes::REPOSITORY_PATH,
            Self::Unseen { .. } => codes::REPOSITORY_UNSEEN,
            Self::Refused { refusal } => refusal.code(),
            Self::RateLimited { .. } => codes::RATE_LIMITED,
            Self::Unavailable { .. } => codes::UNAVAILABLE,
            Self::Unclear { .. } => codes::UNCLEAR,
            Self::Redirected { .. } => codes::REDIRECTED,
            Self::Answer { .. } => codes::ANSWER,
            Self::TooLong { .. } => codes::TEXT_TOO_LONG,
            Self::Invalid { .. } => codes::REFUSED,
            Self::NotFound { .. } => codes::NOT_FOUND,
            Self::BranchMissing { .. } => codes::BRANCH_MISSING,
            Self::NothingToMerge { .. } => codes::NOTHING_TO_MERGE,
            Self::NotOpen { .. } => codes::NOT_OPEN,
            Self::PersonUnknown { .. } => codes::PERSON_UNKNOWN,
            Self::MergeRefused { .. } => codes::MERGE_REFUSED,
            Self::TagMissing { .. } => codes::TAG_MISSING,
            Self::SeveralDrafts { .. } => codes::SEVERAL_DRAFTS,
            Self::AssetDiffers { .. } => codes::ASSET_DIFFERS,
            Self::AssetRefused { .. } => codes::ASSET_REFUSED,
            Self::LatestPrerelease { .. } => codes::LATEST_PRERELEASE,
            Self::CommitRefused { .. } => codes::COMMIT_REFUSED,
            Self::Http(error) => error.code(),
        }
    }

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::Http(error) => Some(&**error),
            _ => None,
        }
    }

    fn specific_help(&self) -> Option<String> {
        match self {
            Self::HostUnknown { host } => {
                Some(format!("set `GH_HOST` to `{host}`, or run `gh auth login --hostname {host}`"))
            }
            Self::TokenMissing { help, .. } => Some(help.clone()),
            Self::Refused { refusal } => refusal.help(),
            Self::MergeRefused { reason, .. } | Self::CommitRefused { reason, .. } => remedy(reason),
            _ => None,
        }
    }

    fn output(&self) -> Option<String> {
        match self {
            Self::Refused { refusal } => refusal.output(),
            other => other.inner().and_then(Diagnostic::output),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { wait, .. } => Some(*wait),
            other => other.inner().and_then(Diagnostic::retry_after),
        }
    }
}

impl From<releasekit_http::Error> for Error {
    fn from(error: releasekit_http::Error) -> Self {
        Self::Http(Arc::new(error))
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        Self::from_diagnostic(error)
    }
}
