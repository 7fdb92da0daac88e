//! What only an index can be told.

use releasekit_core::Secret;

/// In which forms the pages of the simple index come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Pages {
    /// JSON or HTML, as the client asks, with everything that PyPI says.
    #[default]
    Full,
    /// HTML only, with digests.
    Html,
    /// HTML only, without digests.
    HtmlWithoutDigests,
}

/// What only an index can be told.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Own {
    /// The form of the pages.
    pub pages: Pages,
    /// Whether what has arrived of an upload that breaks off is stored and listed, as pypiserver does.
    pub keeps_partial_uploads: bool,
}

/// What an index is started with. The default is an empty one in memory that anybody may upload to.
pub type Options = crate::Options<Own>;

impl Options {
    /// Lets whoever has this token upload, as user `__token__`.
    #[must_use]
    pub fn with_token(self, token: Secret) -> Self {
        self.with_login("__token__", token)
    }

    /// Chooses the form of the pages.
    #[must_use]
    pub fn with_pages(mut self, pages: Pages) -> Self {
        self.own.pages = pages;
        self
    }

    /// Keeps what has arrived of uploads that break off.
    #[must_use]
    pub fn with_partial_uploads(mut self) -> Self {
        self.own.keeps_partial_uploads = true;
        self
    }
}
