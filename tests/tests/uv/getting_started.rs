//! The getting-started guide, carried out word for word.

use releasekit_testkit::servers::{PASSWORD, PypiServer, USERNAME};
use releasekit_testkit::{Sandbox, Tools};

/// The index that the guide speaks of.
const SHOWN: &str = "http://127.0.0.1:8080/";

#[test]
fn every_command_of_the_guide_works() {
    let Some(tools) = Tools::require() else { return };
    let server = PypiServer::start(&tools);
    let sandbox = Sandbox::new().with_tools(&tools);
    let sandbox = sandbox.with_env("UV_PUBLISH_USERNAME", USERNAME).with_env("UV_PUBLISH_PASSWORD", PASSWORD);
    let commands = crate::guided::carry_out("getting-started.md", sandbox, (SHOWN, &server.upload_url()));
    assert!(commands >= 30, "the guide has lost its commands");
    let stored = server.stored();
    assert_eq!(stored.len(), 8, "two releases of two packages are live: {stored:?}");
}
