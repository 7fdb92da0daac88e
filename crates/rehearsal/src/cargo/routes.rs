//! The protocol: its routes, and its server by the names that cargo uses.

use std::io::Cursor;
use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::response::Response;
use axum::routing::{delete, get, put};
use releasekit_formats::archive::Limits;
use releasekit_formats::cargo::name::file_name;
use releasekit_formats::cargo::{CRATES_IO, description};
use serde_json::Value;

use super::options::Own;
use super::registry::{Meta, Registry};
use super::{answer, api, index, publish};
use crate::fault::Fault;
use crate::protocol::{Protocol, Served};

/// A running registry, on a thread of its own. It ends when dropped.
pub type Server = crate::Server<Registry>;

impl Protocol for Registry {
    type Own = Own;
    type Meta = Meta;

    const NAME: &'static str = "cargo";
    const READS: &'static str = "/index/";
    const UPLOADS: &'static str = "/api/v1/crates/new";

    fn routes() -> Router<Arc<Served<Self>>> {
        Router::new()
            .route("/index/config.json", get(index::config))
            .route("/index/{folder}/{name}", get(index::short))
            .route("/index/{folder}/{inner}/{name}", get(index::long))
            .route(Self::UPLOADS, put(publish::publish))
            .route("/api/v1/crates/{name}", get(api::package))
            .route("/api/v1/crates/{name}/owners", get(api::owners))
            .route("/api/v1/crates/{name}/{version}", get(api::version))
            .route("/api/v1/crates/{name}/{version}/download", get(api::download))
            .route("/api/v1/crates/{name}/{version}/yank", delete(api::yank))
            .route("/api/v1/crates/{name}/{version}/unyank", put(api::unyank))
    }

    /// What was put there, or lay in the folder at the start, is known by its package file alone; its version is that of its file's
    /// name, under which a registry may have anything.
    fn describe(file_name: &str, bytes: &[u8]) -> Option<(String, Meta)> {
        let limits = Limits::for_size(bytes.len() as u64);
        let description = description::read(file_name, Cursor::new(bytes), limits, CRATES_IO).ok()?;
        let name = description.name.clone();
        let version = file_name.strip_prefix(&name)?.strip_prefix('-')?.strip_suffix(".crate")?.to_owned();
        let description = serde_json::to_value(description).ok()?;
        Some((name.to_ascii_lowercase(), Meta { name, version, description, owner: None }))
    }

    fn refusal(fault: &Fault, now: SystemTime) -> Response {
        answer::fault(fault, now)
    }
}

impl Server {
    /// The index, as `[registries.NAME]` of cargo's configuration names it.
    pub fn index_url(&self) -> String {
        format!("sparse+{}", self.read_url())
    }

    /// What the registry was told of a version when it was published; `None` where it has no such version.
    pub fn description(&self, name: &str, version: &str) -> Option<Value> {
        let store = self.store();
        let stored = store.file(&name.to_ascii_lowercase(), &file_name(name, version))?;
        Some(stored.meta.description.clone())
    }
}
