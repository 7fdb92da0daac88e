//! How an index is set up.

use std::path::PathBuf;
use std::time::SystemTime;

use releasekit_core::{Environment, Secret};

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

/// What an index is started with. The default is an empty one in memory that anybody may upload to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The folder that keeps the files, and is read at the start; without it they live in memory.
    pub folder: Option<PathBuf>,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// Who may upload; empty lets everybody.
    pub logins: Vec<(String, Secret)>,
    /// The form of the pages.
    pub pages: Pages,
    /// Whether what has arrived of an upload that breaks off is stored and listed, as pypiserver does.
    pub keeps_partial_uploads: bool,
    /// The simple index that projects come from which this one does not have, and the environment whose proxies and
    /// certificates lead there.
    pub upstream: Option<(String, Environment)>,
    /// Says when a file arrives.
    pub clock: fn() -> SystemTime,
}

impl Default for Options {
    #[expect(clippy::disallowed_methods, reason = "a registry stands for the outside world, whose clock it has")]
    fn default() -> Self {
        Self {
            folder: None,
            port: 0,
            logins: Vec::new(),
            pages: Pages::default(),
            keeps_partial_uploads: false,
            upstream: None,
            clock: SystemTime::now,
        }
    }
}

impl Options {
    /// Keeps the files in a folder, which is made where it is missing.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Listens on this port.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Lets this user upload, among others.
    #[must_use]
    pub fn with_login(mut self, user: impl Into<String>, password: Secret) -> Self {
        self.logins.push((user.into(), password));
        self
    }

    /// Lets whoever has this token upload, as user `__token__`.
    #[must_use]
    pub fn with_token(self, token: Secret) -> Self {
        self.with_login("__token__", token)
    }

    /// Chooses the form of the pages.
    #[must_use]
    pub fn with_pages(mut self, pages: Pages) -> Self {
        self.pages = pages;
        self
    }

    /// Keeps what has arrived of uploads that break off.
    #[must_use]
    pub fn with_partial_uploads(mut self) -> Self {
        self.keeps_partial_uploads = true;
        self
    }

    /// Passes requests for unknown projects through to another simple index.
    #[must_use]
    pub fn with_upstream(mut self, simple_url: impl Into<String>, environment: Environment) -> Self {
        self.upstream = Some((simple_url.into(), environment));
        self
    }
}
