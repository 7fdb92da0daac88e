//! The guide on JavaScript, carried out word for word.

use releasekit_core::Secret;
use releasekit_rehearsal::npm::{Options, Server};
use releasekit_testkit::servers::TOKEN;
use releasekit_testkit::{Pnpm, Sandbox, Tools};

/// The registry that the guide speaks of.
const SHOWN: &str = "http://127.0.0.1:4873/";

#[test]
fn every_command_of_the_guide_works() {
    let Some((_, js)) = Tools::require_with_javascript() else { return };
    let server = Server::start(Options::default().with_publisher("me", Secret::new(TOKEN)));
    let server = server.expect("loopback has a free port");
    let sandbox = Sandbox::new().with_javascript(&js, Pnpm::V12);
    let settings = format!("{}:_authToken={TOKEN}\n", server.registry_url().replace("http:", ""));
    sandbox.write("../home/.npmrc", settings);
    let commands = crate::guided::carry_out("javascript.md", sandbox, (SHOWN, &server.registry_url()));
    assert!(commands >= 30, "the guide has lost its commands");
    let files = server.files();
    assert_eq!(files.len(), 4, "two releases of two packages are live: {files:?}");
    assert_eq!(server.tags("@shop/core"), [("latest".to_owned(), "0.2.0".to_owned())].into());
}
