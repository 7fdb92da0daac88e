//! SIGKILL before and after every effect on a forge, requests of it that fail, and replies that are lost.

use releasekit_e2e::worlds::uv::Uv;
use releasekit_e2e::{Hub, Sample, Scene, World};

use crate::journeys::kill::Setup;

/// Drafts wait for `publish`, as in workflows.
const KEYS: &str = "publish_from = \"ci\"\n\n";

/// Everything that a forge can be asked for.
const TABLES: &str = "\n[pull_request]\nlabels = [\"release\"]\nreviewers = [\"bob\"]\nassignees = [\"bob\"]\n\
                      auto_merge = \"squash\"\n\n[dispatch]\nrepositories = [\"ada/docs\"]\n";

/// A forge whose `main` asks for checks, and where somebody can review.
fn setup() -> Option<Setup> {
    let scene = Scene::new(&Uv, &super::tools()?, crate::faulty());
    let hub = Hub::start();
    hub.repository().invite("bob");
    hub.repository().allow_auto_merge(true);
    hub.repository().require_checks(true);
    hub.server().create("ada/docs").expect("git makes a repository");
    Some(Setup::on_forge(&scene, hub, (KEYS, TABLES)))
}

/// The same once the request is merged.
fn merged() -> Option<Setup> {
    let setup = setup()?;
    setup.journey.prepared();
    setup.hub().repository().pass_checks(1).expect("the checks can be passed");
    setup.hub().pull_into(setup.journey.sandbox());
    Some(setup)
}

/// The same once it is released.
fn released() -> Option<Setup> {
    let setup = merged()?;
    setup.journey.releasekit(["release", "--yes"]).ok();
    Some(setup)
}

const IN_GIT: [&str; 5] = ["export", "check", "lock", "commit", "push"];
const REQUEST: [&str; 4] = ["set the change request", "set labels", "ask people", "set auto-merge"];
const TAGS: [&str; 3] = ["tag", "push", "set local refs"];
const RELEASES: [&str; 7] = [
    "set the release of duo-base-v0.1.1",
    "upload the asset duo_base-0.1.1-py3-none-any.whl",
    "upload the asset duo_base-0.1.1.tar.gz",
    "set the release of duo-top-v0.1.1",
    "upload the asset duo_top-0.1.1-py3-none-any.whl",
    "upload the asset duo_top-0.1.1.tar.gz",
    "set labels",
];
const PUBLIC: [&str; 6] = [
    "upload the asset releasekit-receipts.json",
    "publish the release of duo-base-v0.1.1",
    "upload the asset releasekit-receipts.json",
    "publish the release of duo-top-v0.1.1",
    "dispatch to ada/docs",
    "set labels",
];

fn texts(effects: &[&str]) -> Vec<String> {
    effects.iter().map(|effect| (*effect).to_owned()).collect()
}

#[test]
fn prepare_survives() {
    let Some(setup) = setup() else { return };
    setup.survives_after(IN_GIT.len(), &["prepare"], &texts(&[&IN_GIT[..], &REQUEST].concat()));
}

#[test]
fn release_survives() {
    let Some(setup) = merged() else { return };
    let before = [texts(&["export"]), Uv.builds(Sample::Pair.roles()), texts(&TAGS)].concat();
    setup.survives_after(before.len(), &["release", "--yes"], &[&before[..], &texts(&RELEASES)].concat());
}

/// A workflow that receives a word may receive it twice, and receives it.
#[test]
fn publish_survives() {
    let Some(setup) = released() else { return };
    let uploads: Vec<_> = setup.journey.pair("0.1.1").iter().map(|file| format!("upload {}", file.name)).collect();
    setup.survives_after(uploads.len(), &["publish", "--yes"], &[&uploads[..], &texts(&PUBLIC)].concat());
    let told = setup.hub().server().repository("ada/docs").expect("it is there").dispatches();
    assert_eq!(told.len(), 1, "{told:?}");
}

/// The effects on the forge but for those of the second package.
fn first(effect: &str) -> bool {
    let all = REQUEST.iter().chain(&RELEASES).chain(&PUBLIC);
    !effect.contains("top") && all.copied().any(|own| own == effect)
}

/// What a run that failed so ends with: before the effect, and after it where its reply was lost.
#[track_caller]
fn ends_with(found: &[(String, [Option<i32>; 2])], expected: &[(&str, [i32; 2])]) {
    let found: Vec<_> =
        found.iter().map(|(effect, codes)| (effect.as_str(), codes.map(|code| code.unwrap_or(-1)))).collect();
    assert_eq!(found, expected);
}

/// A reply that is lost is looked after at once, for the request is known by its branches, as releases are by their tags.
#[test]
fn a_request_that_failed_is_opened_by_the_next_run() {
    let Some(setup) = setup() else { return };
    ends_with(&setup.repeats(first, &["prepare"]), &REQUEST.map(|effect| (effect, [7, 0])));
}

/// Labels are for people, so that they could not be set is a warning.
#[test]
fn a_release_that_failed_is_made_by_the_next_run() {
    let Some(setup) = merged() else { return };
    let found = setup.repeats(first, &["release", "--yes"]);
    let [release, wheel, sdist, .., labels] = RELEASES;
    ends_with(&found, &[(release, [7, 0]), (wheel, [7, 0]), (sdist, [7, 0]), (labels, [0, 0])]);
}

/// A word to another repository cannot be looked for, so it is owed until its reply is heard.
#[test]
fn a_draft_that_stayed_one_is_published_by_the_next_run() {
    let Some(setup) = released() else { return };
    let found = setup.repeats(first, &["publish", "--yes"]);
    let [receipts, public, .., told, labels] = PUBLIC;
    ends_with(&found, &[(receipts, [7, 0]), (public, [7, 0]), (receipts, [7, 0]), (told, [7, 7]), (labels, [0, 0])]);
}
