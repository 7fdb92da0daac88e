//! The index as its handlers see it.

use std::sync::Arc;

use super::meta::Meta;
use crate::protocol::Served;
use crate::store;

/// The protocol of PyPI.
#[derive(Debug)]
pub struct Index;

/// What every handler knows.
pub(super) type State = axum::extract::State<Arc<Served<Index>>>;

/// A file of the index.
pub(super) type Stored = store::Stored<Meta>;
