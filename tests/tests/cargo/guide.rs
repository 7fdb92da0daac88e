//! The guide on crates, carried out word for word.

use releasekit_core::Secret;
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_testkit::Sandbox;

/// The registry that the guide speaks of.
const SHOWN: &str = "http://127.0.0.1:8080/";

const TOKEN: &str = "rk-secret-token-1";

#[test]
fn every_command_of_the_guide_works() {
    let server =
        Server::start(Options::default().with_owner("me", Secret::new(TOKEN))).expect("loopback has a free port");
    let sandbox = Sandbox::new().with_cargo().with_env("CARGO_REGISTRIES_SHOP_TOKEN", TOKEN);
    let commands = crate::guided::carry_out("cargo.md", sandbox, (SHOWN, &server.read_url()));
    assert!(commands >= 35, "the guide has lost its commands");
    let files = server.files();
    assert_eq!(files.len(), 4, "two releases of two crates are live: {files:?}");
}
