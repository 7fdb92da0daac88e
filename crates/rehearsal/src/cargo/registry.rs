//! The registry as its handlers see it.

use std::sync::Arc;

use serde_json::Value;

use crate::protocol::Served;
use crate::store;

/// The protocol of crates.io.
#[derive(Debug)]
pub struct Registry;

/// What every handler knows.
pub(super) type State = axum::extract::State<Arc<Served<Registry>>>;

/// A version of a crate.
pub(super) type Stored = store::Stored<Meta>;

/// What a registry knows of a version.
#[derive(Debug, Clone)]
pub struct Meta {
    /// The name, as its first version wrote it.
    pub(super) name: String,
    pub(super) version: String,
    /// What it was told of the version.
    pub(super) description: Value,
    /// Who published it; nobody in particular where it was put there.
    pub(super) owner: Option<String>,
}
