//! emulate: a GitHub that keeps state, by others. It has no git over HTTP, no GraphQL, and no rules; a second opinion.

use std::fs;

use tempfile::TempDir;

use super::process::{Kind, Server};
use crate::{Node, Tools};

const KIND: Kind = Kind { main: "program", ready: ("/rate_limit", 200) };

/// A running emulate.
#[derive(Debug)]
pub struct Emulate {
    server: Server,
    _folder: TempDir,
}

impl Emulate {
    /// Starts one with what a seed, its own configuration in YAML, says; half a second.
    #[track_caller]
    pub fn start(tools: &Tools, node: &Node, seed: &str) -> Self {
        let folder = TempDir::with_prefix("releasekit-emulate-").expect("the temporary folder is writable");
        let file = folder.path().join("seed.yaml");
        fs::write(&file, seed).expect("the temporary folder is writable");
        let (home, file) = (format!("HOME={}", folder.path().display()), file.display().to_string());
        let words =
            [node.program(), node.modules().join("emulate/dist/index.js")].map(|path| path.display().to_string());
        let server = Server::start(tools, &KIND, folder.path(), |port| {
            let line =
                format!("start --service github --host 127.0.0.1 --port {port} --base-url http://127.0.0.1:{port}");
            let line = line.split(' ').map(str::to_owned);
            [home.clone()]
                .into_iter()
                .chain(words.clone())
                .chain(line)
                .chain(["--seed".to_owned(), file.clone()])
                .collect()
        });
        Self { server, _folder: folder }
    }

    /// Where it listens, `http://127.0.0.1:PORT`; the API is at its root.
    pub fn url(&self) -> &str {
        &self.server.url
    }
}
