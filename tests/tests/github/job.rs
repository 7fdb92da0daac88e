//! What a job of the generated workflow sets around releasekit, against a forge that wants a token of git too.

use releasekit_e2e::worlds::uv::Uv;
use releasekit_e2e::{Hub, Journey, Scene};
use releasekit_testkit::run;

/// The helper of the workflow, word for word.
fn helper() -> String {
    let workflow = include_str!("../../../.github/workflows/releasekit.yml");
    let line = workflow.lines().find_map(|line| line.trim().strip_prefix("GIT_CONFIG_VALUE_0: "));
    line.expect("a step gives git a helper").trim_matches('\'').to_owned()
}

#[test]
fn git_pushes_with_the_token_that_the_environment_has() {
    let Some(tools) = super::tools() else { return };
    let scene = Scene::new(&Uv, &tools, crate::binary());
    let (journey, _registry) = Journey::with_fix(&scene);
    let hub = Hub::start();
    let journey = journey.on_forge(&hub);
    journey.sandbox().git(["push", "--quiet", "origin", "main"]);
    journey.sandbox().git(["config", "--global", "--remove-section", &format!("http.{}/", hub.server().url())]);
    let pushes = |helper: &str| {
        let key = format!("credential.{}.helper", hub.server().url());
        let mut command = journey.command(["prepare"]);
        command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", key).env("GIT_CONFIG_VALUE_0", helper);
        run(&mut command)
    };
    assert_eq!(pushes("").code, Some(6), "nobody tells git");
    pushes(&helper()).ok();
    assert_eq!(hub.repository().pulls(), 1);
}
