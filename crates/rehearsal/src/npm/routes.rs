//! The protocol: its routes, and its server by the names that npm uses.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, put};
use releasekit_formats::npm::name::is_legal;

use super::options::Own;
use super::registry::{Meta, Registry};
use super::{answer, points, publish, read, tags, tarball};
use crate::fault::Fault;
use crate::protocol::{Protocol, Served};

/// A running registry, on a thread of its own. It ends when dropped.
pub type Server = crate::Server<Registry>;

impl Protocol for Registry {
    type Own = Own;
    type Meta = Meta;

    const NAME: &'static str = "npm";
    const READS: &'static str = "/";
    const UPLOADS: &'static str = "/";

    fn routes() -> Router<Arc<Served<Self>>> {
        Router::new()
            .route("/-/ping", get(read::ping))
            .route("/-/whoami", get(read::whoami))
            .route("/-/package/{name}/dist-tags", get(tags::list))
            .route("/-/package/{name}/dist-tags/{tag}", put(tags::put).delete(tags::delete))
            .route("/{*path}", get(read::read).put(publish::put))
    }

    /// What was put there, or lay in the folder at the start, is known by its package file alone, and `latest` is the highest of it.
    /// Its version is that of its file's name, under which a registry may have anything.
    fn describe(file_name: &str, bytes: &[u8]) -> Option<(String, Meta)> {
        let manifest = tarball::manifest(file_name, bytes).ok()?;
        let (name, _) = tarball::identity(&manifest)?;
        let stem = releasekit_formats::npm::name::file_name(name, "");
        let version = file_name.strip_prefix(stem.strip_suffix(".tgz")?)?.strip_suffix(".tgz")?.to_owned();
        is_legal(name).then(|| (name.to_owned(), Meta::new(version, manifest.clone())))
    }

    fn refusal(fault: &Fault, _now: SystemTime) -> Response {
        answer::fault(fault)
    }
}

impl Server {
    /// The registry, as `registry` of npm's settings names it.
    pub fn registry_url(&self) -> String {
        self.read_url()
    }

    /// Where the names of a package point, listed or not.
    pub fn tags(&self, name: &str) -> BTreeMap<String, String> {
        points::points(self.store().all(name))
    }
}
