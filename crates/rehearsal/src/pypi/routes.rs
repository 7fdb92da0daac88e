//! The protocol: its routes, and its server by the names that PyPI uses.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::index::Index;
use super::meta::Meta;
use super::options::Own;
use super::{api, meta, simple, upload};
use crate::files;
use crate::protocol::{Protocol, Served};

/// A running index, on a thread of its own. It ends when dropped.
pub type Server = crate::Server<Index>;

impl Protocol for Index {
    type Own = Own;
    type Meta = Meta;

    const NAME: &'static str = "pypi";
    const READS: &'static str = "/simple/";
    const UPLOADS: &'static str = "/legacy/";

    fn routes() -> Router<Arc<Served<Self>>> {
        Router::new()
            .route(Self::UPLOADS, post(upload::upload))
            .route("/simple/", get(simple::projects))
            .route("/simple/{project}", get(simple::unslashed))
            .route("/simple/{project}/", get(simple::project))
            .route("/files/{project}/{file}", get(files::file))
            .route("/pypi/{project}/json", get(api::project))
            .route("/pypi/{project}/{version}/json", get(api::release))
    }

    fn describe(file_name: &str, bytes: &[u8]) -> Option<(String, Meta)> {
        meta::describe(file_name, bytes)
    }
}

impl Server {
    /// The simple index, which is where clients read.
    pub fn simple_url(&self) -> String {
        self.read_url()
    }

    /// What is stored, listed or not: the sha256 of each file's bytes, by its name, which is nobody else's on an index.
    pub fn stored(&self) -> BTreeMap<String, String> {
        self.files().into_iter().map(|(file, digest)| (file.name, digest)).collect()
    }
}
