//! The guide on change files, carried out word for word.

use releasekit_testkit::{Sandbox, Tools};

#[test]
fn every_command_of_the_guide_on_change_files_works() {
    let Some(tools) = Tools::require() else { return };
    let sandbox = Sandbox::new().with_tools(&tools);
    let commands = crate::guided::carry_out("change-files.md", sandbox, ("-", "-"));
    assert!(commands >= 30, "the guide has lost its commands");
}
