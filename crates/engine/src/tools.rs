//! Whether the programs are there that a command will need: said before anything is begun.

use std::collections::BTreeMap;

use futures::future::join_all;
use releasekit_core::PackageManager;

use crate::discover::Discovery;
use crate::error::{Error, Result};

/// Asks the tool of each of these members for its version, each tool once and all at the same time.
///
/// Fails with `ToolMissing` where one is absent or too old. Only commands ask that are sure to run it: a check of files, or a
/// plan's edits, may need none.
pub(crate) async fn require(discovery: &Discovery, members: impl IntoIterator<Item = usize>) -> Result<()> {
    let workspaces = members.into_iter().map(|index| discovery.workspace(&discovery.members[index]));
    let tools: BTreeMap<&str, &dyn PackageManager> =
        workspaces.map(|workspace| (workspace.ecosystem.id, workspace.package_manager())).collect();
    let asked = join_all(tools.values().map(|tool| tool.tool())).await;
    let mut missing = Vec::new();
    for answer in asked {
        match answer {
            Ok(info) => tracing::debug!("{} {}, {} or later is supported", info.name, info.version, info.least),
            Err(error) => missing.push(error.into()),
        }
    }
    Error::raise(missing)
}
