//! The registry as its handlers see it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::protocol::Served;
use crate::store;

/// The protocol of npm's public registry.
#[derive(Debug)]
pub struct Registry;

/// What every handler knows.
pub(super) type State = axum::extract::State<Arc<Served<Registry>>>;

/// A version of a package.
pub(super) type Stored = store::Stored<Meta>;

/// All versions of all packages.
pub(super) type Store = store::Store<Meta>;

/// What a registry knows of a version.
#[derive(Debug, Clone)]
pub struct Meta {
    pub(super) version: String,
    /// The package file inside, with what the publisher's client added to it.
    pub(super) manifest: Value,
    /// The names that were pointed to it, each with the time at which that happened, counted in moves of names of the package.
    /// A name points to where it was pointed to last; what a listing does not show yet leaves it where it was.
    pub(super) tags: BTreeMap<String, usize>,
    /// Why one had better not install it.
    pub(super) deprecated: Option<String>,
    /// Whether only its owner may read it.
    pub(super) restricted: bool,
    /// Who published it; nobody in particular where it was put there.
    pub(super) owner: Option<String>,
}

impl Meta {
    /// A version that nobody in particular published.
    pub(super) fn new(version: String, manifest: Value) -> Self {
        Self { version, manifest, tags: BTreeMap::new(), deprecated: None, restricted: false, owner: None }
    }
}
