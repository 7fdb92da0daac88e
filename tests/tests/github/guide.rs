//! The guide on GitHub, carried out word for word against the one in this process.

use releasekit_e2e::Hub;
use releasekit_testkit::Sandbox;

/// The repository that the guide speaks of.
const SHOWN: &str = "https://github.com/acme/shop";

#[test]
fn every_command_of_the_guide_works() {
    let Some(tools) = super::tools() else { return };
    let hub = Hub::start();
    let sandbox = hub.known_to(Sandbox::new().with_tools(&tools));
    let url = hub.repository().clone_url();
    let commands = crate::guided::carry_out("github.md", sandbox, (SHOWN, url.trim_end_matches(".git")));
    assert_eq!(commands, 7, "the guide has lost its commands");
    let pull = hub.repository().pull(1).expect("a pull request is open");
    assert_eq!(pull["head"]["ref"], "releasekit--release--main");
}
