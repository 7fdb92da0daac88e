//! Prism: a proxy that holds what it passes on against a description of an API.

use std::fs;

use tempfile::TempDir;

use super::process::{Kind, LOG, Server};
use crate::{Node, Tools};

/// It answers what the description lacks with 404, and asks nobody.
const KIND: Kind = Kind { main: "program", ready: ("/is-it-ready", 404) };

/// A running Prism in front of a server.
#[derive(Debug)]
pub struct Prism {
    server: Server,
    folder: TempDir,
}

impl Prism {
    /// Starts one with the description of GitHub, in front of the URL of an API; about three seconds.
    #[track_caller]
    pub fn start(tools: &Tools, node: &Node, upstream: &str) -> Self {
        let folder = TempDir::with_prefix("releasekit-prism-").expect("the temporary folder is writable");
        let home = format!("HOME={}", folder.path().display());
        let server = Server::start(tools, &KIND, folder.path(), |port| {
            let path = |path: std::path::PathBuf| path.display().to_string();
            let words =
                [home.clone(), path(node.program()), path(node.modules().join("@stoplight/prism-cli/dist/index.js"))];
            let line = format!("proxy --host 127.0.0.1 --port {port}");
            let line = line.split(' ').map(str::to_owned);
            words.into_iter().chain(line).chain([path(node.description()), upstream.to_owned()]).collect()
        });
        Self { server, folder }
    }

    /// Where it listens, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.server.url
    }

    /// What did not fit so far, a line for each field, behind the request that was asked; statuses that the description
    /// does not list are among them. Requests that overlap are not told apart.
    ///
    /// It could answer what does not fit with an error (`--errors`), but then the field is named in that answer alone.
    pub fn violations(&self) -> Vec<String> {
        let (mut asked, mut found) = (String::new(), Vec::new());
        for line in self.log().lines() {
            if let Some((_, request)) = line.split_once("[HTTP SERVER] ") {
                asked = request.split(' ').take(2).collect::<Vec<_>>().join(" ");
            }
            let violation = line.split_once("Violation: ").filter(|_| !asked.ends_with(KIND.ready.0));
            found.extend(violation.map(|(_, what)| format!("{asked}: {what}")));
        }
        found
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join(LOG)).expect("it writes a log")
    }
}
