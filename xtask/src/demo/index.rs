//! The package index of the demo: in this process, on loopback.

use releasekit_core::Secret;
use releasekit_rehearsal::pypi::{Options, Server};

use crate::failure::{Failure, Result};

/// The user that may upload.
pub(super) const USERNAME: &str = "demo";
/// The password of that user, worth nothing beyond the demo.
pub(super) const PASSWORD: &str = "demo-only";

/// An index on loopback that is gone when the demo ends.
#[derive(Debug)]
pub(super) struct Index(Server);

impl Index {
    /// Starts an empty one.
    pub(super) fn start() -> Result<Self> {
        let options = Options::default().with_login(USERNAME, Secret::new(PASSWORD));
        Server::start(options).map(Self).map_err(|error| Failure::new(error.to_string()))
    }

    /// Where uploads go.
    pub(super) fn upload_url(&self) -> String {
        self.0.upload_url()
    }

    /// The simple index.
    pub(super) fn simple_url(&self) -> String {
        self.0.simple_url()
    }

    /// The sha256 of each file that is served, by its name.
    pub(super) fn served(&self) -> Vec<(String, String)> {
        self.0.stored().into_iter().collect()
    }
}
