//! The registries of the demo: in this process, on loopback.

use std::collections::BTreeMap;

use releasekit_core::Secret;
use releasekit_rehearsal::{cargo, pypi};

use crate::failure::{Failure, Result};

/// The user that may upload.
pub(super) const USERNAME: &str = "demo";
/// The password of that user and their token, worth nothing beyond the demo.
pub(super) const PASSWORD: &str = "demo-only";

/// An index for each ecosystem, on loopback, that is gone when the demo ends.
#[derive(Debug)]
pub(super) struct Registries {
    python: pypi::Server,
    rust: cargo::Server,
}

impl Registries {
    /// Starts empty ones.
    pub(super) fn start() -> Result<Self> {
        let failed = |error: releasekit_rehearsal::Error| Failure::new(error.to_string());
        let python = pypi::Options::default().with_login(USERNAME, Secret::new(PASSWORD));
        let rust = cargo::Options::default().with_owner(USERNAME, Secret::new(PASSWORD));
        Ok(Self {
            python: pypi::Server::start(python).map_err(failed)?,
            rust: cargo::Server::start(rust).map_err(failed)?,
        })
    }

    /// Where Python packages are uploaded to.
    pub(super) fn upload_url(&self) -> String {
        self.python.upload_url()
    }

    /// The simple index of Python packages.
    pub(super) fn simple_url(&self) -> String {
        self.python.simple_url()
    }

    /// The sparse index of crates.
    pub(super) fn sparse_url(&self) -> String {
        self.rust.index_url()
    }

    /// The sha256 of each file that is served, by its name.
    pub(super) fn served(&self) -> BTreeMap<String, String> {
        let crates = self.rust.files().into_iter().map(|(file, digest)| (file.name, digest));
        self.python.stored().into_iter().chain(crates).collect()
    }
}
