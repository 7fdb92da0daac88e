//! Where no forge can be asked: the commands do what they can without one, say why, and end well.

use releasekit_e2e::worlds::uv::Uv;
use releasekit_e2e::{Hub, Journey, Merge, Scene};
use releasekit_testkit::{Ran, run};

/// What keeps the forge from being asked: variables that are set, options, and what is said of it.
struct Case {
    variables: &'static [(&'static str, &'static str)],
    options: &'static [&'static str],
    says: &'static str,
}

fn goes_without(case: &Case) {
    let Some(tools) = super::tools() else { return };
    let scene = Scene::new(&Uv, &tools, crate::binary());
    let (journey, registry) = Journey::with_fix(&scene);
    let hub = Hub::start();
    let journey = journey.on_forge(&hub);
    let goes = |command: &str| {
        let args = [command].into_iter().chain(case.options.iter().copied());
        run(journey.command(args).envs(case.variables.iter().copied()))
    };
    says(&goes("prepare"), case.says);
    journey.merge(Merge::Commit);
    says(&goes("release"), case.says);
    says(&goes("publish"), case.says);
    assert_eq!(registry.stored().len(), 8);
    assert_eq!((hub.repository().pulls(), hub.repository().releases().len(), hub.server().changes()), (0, 0, 0));
}

#[track_caller]
fn says(ran: &Ran, what: &str) {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(ran.success() && said.contains(what), "{what}\n{ran}");
}

#[test]
fn without_a_token() {
    let case = Case { variables: &[("GITHUB_TOKEN", "")], options: &[], says: "RK-FORGE-TOKEN-MISSING" };
    goes_without(&case);
}

#[test]
fn at_a_host_that_nobody_knows() {
    let case = Case { variables: &[("GITHUB_SERVER_URL", "")], options: &[], says: "RK-FORGE-UNKNOWN" };
    goes_without(&case);
}

#[test]
fn where_nobody_wants_it() {
    let case = Case { variables: &[], options: &["--no-forge"], says: "--no-forge" };
    goes_without(&case);
}

/// Whoever can change the configuration must not learn the token, so that is no absence: nothing is pushed.
#[test]
fn at_a_host_that_only_the_configuration_names() {
    let Some(tools) = super::tools() else { return };
    let scene = Scene::new(&Uv, &tools, crate::binary());
    let (journey, _registry) = Journey::with_fix(&scene);
    let forge =
        "\n[forge]\nkind = \"github\"\nurl = \"https://git.example.invalid\"\nowner = \"ada\"\nname = \"tools\"\n";
    journey.configure_around("", forge);
    let hub = Hub::start();
    let journey = journey.on_forge(&hub);
    for command in ["prepare", "release"] {
        let ran = journey.releasekit([command]);
        assert!(ran.code == Some(6) && ran.stderr.contains("RK-FORGE-HOST-UNKNOWN"), "{ran}");
    }
    assert_eq!((journey.branch_tip(), hub.server().changes()), (None, 0));
}

#[test]
fn what_has_to_reach_the_remote_is_refused_offline() {
    let Some(tools) = super::tools() else { return };
    let (journey, _registry) = Journey::with_fix(&Scene::new(&Uv, &tools, crate::binary()));
    let hub = Hub::start();
    let journey = journey.on_forge(&hub);
    let asked = hub.server().requests().len();
    for command in ["prepare", "release", "publish"] {
        let ran = journey.releasekit([command, "--offline"]);
        assert!(ran.code == Some(5) && ran.stderr.contains("RK-GIT-OFFLINE"), "{ran}");
    }
    assert_eq!(hub.server().requests().len(), asked, "nobody is asked");
}
