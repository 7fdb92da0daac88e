//! A token that cargo alone is given, by a program that the user's own settings name.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use releasekit_e2e::{Login, Role, Running};
use releasekit_rehearsal::{Fault, On};
use rustix::process::Signal;

use crate::journeys::faults::{QUICK, Setup};

/// Writes a program that gives this token, and says where it is.
fn program(setup: &Setup, token: &str) -> PathBuf {
    let sandbox = setup.journey.sandbox();
    let text = format!(
        "#!/bin/sh\necho '{{\"v\":[1]}}'\nwhile read -r line; do\n  \
         echo '{{\"Ok\":{{\"kind\":\"get\",\"token\":\"{token}\",\"cache\":\"never\",\"operation_independent\":false}}}}'\ndone\n"
    );
    sandbox.write("../cargo-home/tokens", text);
    let path = sandbox.path().join("cargo-home/tokens");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    path
}

/// Names the registry, and a program that gives this token, in the user's own settings.
fn keep(setup: &Setup, token: &str) {
    let (sandbox, index) = (setup.journey.sandbox(), setup.journey.registry().read_url());
    let program = program(setup, token);
    let settings = sandbox.read("../cargo-home/config.toml");
    let house =
        format!("[registries.house]\nindex = \"sparse+{index}\"\ncredential-provider = \"{}\"\n", program.display());
    sandbox.write("../cargo-home/config.toml", format!("{settings}\n{house}"));
}

/// One reply is lost, and then the run is killed while cargo sends: each crate is sent once, with the bytes that were built.
#[test]
fn what_cargo_sends_is_sent_once_though_replies_are_lost_and_runs_are_killed() {
    let Some(scene) = super::scene() else { return };
    let [(_, token)] = scene.world().login(Login::Right)[..] else { unreachable!("a token is all it takes") };
    let setup = Setup::new(&scene, "poll_interval = 1\npoll_timeout = 30\n");
    keep(&setup, token);
    let [base, top] = [Role::Base, Role::Top].map(|role| setup.first(role).name);
    setup.server.faults().once(On::File(base), Fault::LoseReply);
    setup.server.faults().once(On::File(top), Fault::Delay(Duration::from_secs(4)));
    let before = setup.server.writes().len();
    let mut command = setup.journey.command(["publish", "--yes"]);
    command.env_remove("CARGO_REGISTRY_TOKEN");
    let mut running = Running::start(&mut command, setup.journey.sandbox().path().join("killed"));
    running.until("the second upload", |_| setup.server.writes().len() - before == 2);
    running.signal(Signal::KILL);
    running.wait();
    let ran = setup.journey.releasekit_with(&[("CARGO_REGISTRY_TOKEN", "")], ["publish", "--yes"]).code(0);
    assert!(!ran.to_string().contains(token), "{ran}");
    assert_eq!(setup.server.writes().len() - before, 2, "each is sent once\n{ran}");
    setup.all_is_stored();
}

/// The registry's no is one of a credential, whoever keeps it.
#[test]
fn a_token_that_is_none_of_the_registrys_ends_with_6() {
    let Some(scene) = super::scene() else { return };
    let [(_, token)] = scene.world().login(Login::Right)[..] else { unreachable!("a token is all it takes") };
    let setup = Setup::new(&scene, QUICK);
    keep(&setup, "not-the-token");
    let ran = setup.journey.releasekit_with(&[("CARGO_REGISTRY_TOKEN", "")], ["publish", "--yes"]).code(6);
    assert!(
        ran.stderr.contains("RK-PUBLISH-CREDENTIALS-REFUSED") && ran.stderr.contains("credential-provider"),
        "{ran}"
    );
    program(&setup, token);
    setup.heals(&ran);
}
