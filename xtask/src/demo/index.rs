//! The package index of the demo.

use crate::failure::{Failure, Result};
use crate::repository::tools;
use releasekit_testkit::Tools;
use releasekit_testkit::servers::PypiServer;

pub(super) use releasekit_testkit::servers::{PASSWORD, USERNAME};

/// An index on loopback that is gone when the demo ends.
#[derive(Debug)]
pub(super) struct Index {
    server: PypiServer,
}

impl Index {
    /// Starts an empty one.
    pub(super) fn start() -> Result<Self> {
        let missing = || Failure::new(format!("the tools in {} are not complete", tools().display()));
        let tools = Tools::find().ok_or_else(missing)?;
        Ok(Self { server: PypiServer::start(&tools) })
    }

    /// Where uploads go.
    pub(super) fn upload_url(&self) -> String {
        self.server.upload_url()
    }

    /// The simple index.
    pub(super) fn simple_url(&self) -> String {
        self.server.simple_url()
    }

    /// The sha256 of each file that is served, by its name.
    pub(super) fn served(&self) -> Vec<(String, String)> {
        self.server.stored().into_iter().collect()
    }
}
