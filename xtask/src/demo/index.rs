//! The registries and the forge of the demo: in this process, on loopback.

use std::collections::BTreeMap;

use releasekit_core::Secret;
use releasekit_core::forge::MergeMethod;
use releasekit_rehearsal::{cargo, github, npm, pypi};
use sha2::{Digest, Sha512};

use crate::failure::{Failure, Result};

/// The user that may upload.
pub(super) const USERNAME: &str = "demo";
/// The password of that user and their token, worth nothing beyond the demo.
pub(super) const PASSWORD: &str = "demo-only";

/// Where the sample is developed.
const REPOSITORY: &str = "acme/tools";

/// A forge with the repository of the sample, that is gone when the demo ends.
#[derive(Debug)]
pub(super) struct Forge {
    server: github::Server,
    repository: github::Repository,
    token: String,
}

impl Forge {
    /// Starts one whose repository is still empty.
    pub(super) fn start() -> Result<Self> {
        let server = github::Server::start(github::Options::default());
        let server = server.map_err(|error| Failure::new(error.to_string()))?;
        let repository = server.create(REPOSITORY).map_err(|error| Failure::new(error.to_string()))?;
        let token = server.grant(github::Grant::maintainer("acme"));
        Ok(Self { server, repository, token })
    }

    /// Its root.
    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    /// Where git clones the repository from and pushes to.
    pub(super) fn clone_url(&self) -> String {
        self.repository.clone_url()
    }

    /// The token of its owner, worth nothing beyond the demo.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Merges a pull request, as a maintainer does by its button.
    pub(super) fn merge(&self, number: u64, how: MergeMethod) -> Result<()> {
        self.repository.merge(number, how).map(drop).map_err(|error| Failure::new(error.to_string()))
    }

    /// The body of a pull request, and how it is labelled.
    pub(super) fn request(&self, number: u64) -> Option<(String, String)> {
        let pull = self.repository.pull(number)?;
        Some((pull["body"].as_str()?.to_owned(), self.repository.labels(number).join(", ")))
    }

    /// Its releases: what each is called, and its files.
    pub(super) fn releases(&self) -> Vec<(String, Vec<String>)> {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let assets = |release: &serde_json::Value| {
            let assets = release["assets"].as_array().cloned().unwrap_or_default();
            assets.iter().map(|asset| text(&asset["name"])).collect()
        };
        self.repository.releases().iter().map(|release| (text(&release["name"]), assets(release))).collect()
    }
}

/// An index for each ecosystem, on loopback, that is gone when the demo ends.
#[derive(Debug)]
pub(super) struct Registries {
    python: pypi::Server,
    rust: cargo::Server,
    javascript: npm::Server,
}

impl Registries {
    /// Starts empty ones.
    pub(super) fn start() -> Result<Self> {
        let failed = |error: releasekit_rehearsal::Error| Failure::new(error.to_string());
        let python = pypi::Options::default().with_login(USERNAME, Secret::new(PASSWORD));
        let rust = cargo::Options::default().with_owner(USERNAME, Secret::new(PASSWORD));
        let javascript = npm::Options::default().with_publisher(USERNAME, Secret::new(PASSWORD));
        Ok(Self {
            python: pypi::Server::start(python).map_err(failed)?,
            rust: cargo::Server::start(rust).map_err(failed)?,
            javascript: npm::Server::start(javascript).map_err(failed)?,
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

    /// The registry of JavaScript packages.
    pub(super) fn npm_url(&self) -> String {
        self.javascript.registry_url()
    }

    /// The digest of each file that is served, by its name, in the algorithm of its registry.
    pub(super) fn served(&self) -> BTreeMap<String, String> {
        let crates = self.rust.files().into_iter().map(|(file, digest)| (file.name, digest));
        let tarballs = self.javascript.files().into_keys().filter_map(|file| {
            let digest = Sha512::digest(self.javascript.bytes(&file)?);
            Some((file.name, digest.iter().map(|byte| format!("{byte:02x}")).collect()))
        });
        self.python.stored().into_iter().chain(crates).chain(tarballs).collect()
    }
}
