//! How a registry is set up, whichever protocol it speaks.

use std::path::PathBuf;
use std::time::SystemTime;

use releasekit_core::{Environment, Secret};

/// What a registry is started with. The default is an empty one in memory that anybody may upload to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options<Own> {
    /// The folder that keeps the files, and is read at the start; without it they live in memory.
    pub folder: Option<PathBuf>,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// Who may upload; empty lets everybody.
    pub logins: Vec<(String, Secret)>,
    /// Where clients read the registry behind, from which packages come that this one does not have, and the environment
    /// whose proxies and certificates lead there.
    pub upstream: Option<(String, Environment)>,
    /// Says when a file arrives.
    pub clock: fn() -> SystemTime,
    /// What only this protocol knows.
    pub own: Own,
}

impl<Own: Default> Default for Options<Own> {
    #[expect(clippy::disallowed_methods, reason = "a registry stands for the outside world, whose clock it has")]
    fn default() -> Self {
        Self { folder: None, port: 0, logins: Vec::new(), upstream: None, clock: SystemTime::now, own: Own::default() }
    }
}

impl<Own> Options<Own> {
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

    /// Passes requests for unknown packages through to another registry.
    #[must_use]
    pub fn with_upstream(mut self, read_url: impl Into<String>, environment: Environment) -> Self {
        self.upstream = Some((read_url.into(), environment));
        self
    }
}
