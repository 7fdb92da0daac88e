//! The line that says what comes next: whoever does what it says, and nothing else, arrives.

use releasekit_e2e::{Journey, Merge, Role, Sample, Scene, commands, next_step};

use super::faults::others;

pub(crate) fn the_next_line_leads_from_a_commit_to_what_is_live(scene: &Scene) {
    let (journey, _) = Journey::with_fix(scene);
    journey.sandbox().push();
    let mut said = Vec::new();
    let mut ran = journey.releasekit([]).code(0);
    while let Some(step) = next_step(&ran).map(str::to_owned) {
        if step.starts_with("merge ") {
            journey.merge(Merge::Squash);
            assert_eq!(
                next_step(&journey.releasekit([]).code(0)),
                Some("releasekit release"),
                "the overview knows it too"
            );
        }
        let line = commands(&step).pop().expect("a step names a command");
        let dry = journey.typed(line, &["--dry-run"]).code(0);
        assert_eq!(next_step(&dry), Some(line), "a dry run leads to the real one\n{dry}");
        ran = journey.typed(line, &[]).code(0);
        said.push(step);
        assert!(said.len() < 5, "{said:?}");
    }
    let merge = "merge `releasekit--release--main`, then run `releasekit release`";
    assert_eq!(said, ["releasekit prepare", merge, "releasekit publish"]);
    journey.stores(&[journey.pair("0.1.0"), journey.pair("0.1.1")]);
    assert_eq!(next_step(&journey.releasekit([]).code(0)), None);
    let status = journey.releasekit(["status"]).code(0);
    assert!(status.stdout.ends_with("everything is live\n"), "{status}");
}

pub(crate) fn a_release_that_needs_an_unpublished_one_leads_there_first(scene: &Scene) {
    let journey = Journey::released_once(scene, Sample::Pair, scene.world().rehearsal());
    // The lower package moves, and with it the other one: both are tagged, and nobody publishes them.
    journey.change(Role::Base, "fix(base): count from zero");
    journey.released();
    journey.change(Role::Top, "feat(top): more");
    journey.prepared().merge(Merge::Commit);
    let ran = journey.releasekit(["release", "--yes"]).code(0);
    assert!(ran.stderr.contains("warning[RK-PUBLISH-DEPENDENCY-NOT-LIVE]"), "{ran}");
    let step = next_step(&ran).expect("it goes on").to_owned();
    assert!(
        step.starts_with("`releasekit publish --release ") && step.ends_with("`, then `releasekit publish`"),
        "{step}"
    );
    let early = journey.releasekit(["publish", "--yes"]).code(5);
    assert!(
        early.stderr.contains("RK-PUBLISH-DEPENDENCY-NOT-LIVE") && early.stderr.contains(commands(&step)[0]),
        "{early}"
    );
    let status = journey.releasekit(["status"]).code(0);
    let said = status.stdout.lines().find(|line| line.contains("--release "));
    assert!(
        status.stdout.contains("in the way: ") && said.is_some_and(|it| it.contains(commands(&step)[0])),
        "{status}"
    );
    journey.follow(&step).code(0);
    assert_eq!(journey.planned().len(), 0);
}

pub(crate) fn what_was_published_by_hand_is_adopted_where_it_is_the_same(scene: &Scene) {
    let (journey, server) = Journey::with_fix(scene);
    journey.released().releasekit(["publish", "--yes"]).ok();
    // Somebody else published just this, and no tag tells of it.
    for role in [Role::Base, Role::Top] {
        let tag = journey.tag(role, "0.1.1");
        journey.sandbox().git(["push", "--quiet", "origin", &format!(":refs/tags/{tag}")]);
        journey.sandbox().git(["tag", "-d", &tag]);
    }
    std::fs::remove_dir_all(journey.sandbox().work().join(".git/releasekit")).expect("the sandbox is writable");
    let sent = server.writes().len();
    journey.releasekit(["release", "--yes"]).code(1);
    let ran = journey.releasekit(["release", "--yes", "--adopt"]).code(0);
    journey.follow(next_step(&ran).expect("it goes on")).code(0);
    assert_eq!(server.writes().len(), sent, "nothing is sent");

    // The same version, built by somebody else from other files.
    let (journey, server) = Journey::with_fix(scene);
    journey.prepared().merge(Merge::Commit);
    let (file, bytes) = others(scene);
    server.put(&file, bytes);
    let ran = journey.releasekit(["release", "--yes", "--adopt"]).code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-CONTENT-CONFLICT") && ran.stderr.contains("nothing was tagged"), "{ran}");
    assert_eq!(journey.remote_tag(&journey.tag(Role::Base, "0.1.1")), None);
    assert_eq!(server.writes(), []);
}
