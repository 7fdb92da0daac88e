//! ferro-cargo-registry-server: the sparse index, publishing, downloads and yanking. It asks for no token and knows no owners, and of the
//! API it has no more.

use std::path::Path;

use tempfile::TempDir;

use super::process::{Kind, Server};
use crate::Tools;

const KIND: Kind = Kind { main: "program", ready: "/healthz" };

/// A running ferro-cargo-registry-server with a folder of its own.
#[derive(Debug)]
pub struct Ferro {
    server: Server,
    _folder: TempDir,
}

impl Ferro {
    /// Starts an empty one; `program` is where it lies.
    #[track_caller]
    pub fn start(tools: &Tools, program: &Path) -> Self {
        let folder = TempDir::with_prefix("releasekit-ferro-").expect("the temporary folder is writable");
        let data = folder.path().join("data");
        let server = Server::start(tools, &KIND, folder.path(), |port| {
            // Left to itself it listens on every address that the machine has.
            let listen = format!("FERRO_CARGO_REGISTRY_LISTEN=127.0.0.1:{port}");
            let api = format!("FERRO_CARGO_REGISTRY_API=http://127.0.0.1:{port}");
            let data = format!("FERRO_CARGO_REGISTRY_DATA={}", data.display());
            vec![listen, api, data, program.display().to_string()]
        });
        Self { server, _folder: folder }
    }

    /// Where it listens, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.server.url
    }

    /// The index, as `[registries.NAME]` of cargo's configuration names it.
    pub fn index_url(&self) -> String {
        format!("sparse+{}/", self.server.url)
    }
}
