//! A release that is merged by a merge commit, to both servers that are not ours.

use releasekit_e2e::Merge;
use releasekit_testkit::Tools;
use releasekit_testkit::servers::{Devpi, PypiServer};

use crate::whole::whole;

#[test]
fn to_pypiserver() {
    let Some(tools) = Tools::require() else { return };
    whole(&tools, PypiServer::start(&tools), Merge::Commit);
}

#[test]
fn to_devpi() {
    let Some(tools) = Tools::require() else { return };
    whole(&tools, Devpi::shared(&tools).index("merge"), Merge::Commit);
}
