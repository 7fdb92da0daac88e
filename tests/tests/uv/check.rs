//! What stands in the way of a release is found before anything is written, all of it at once, and mended where that is safe.

use releasekit_e2e::{Journey, Role, Sample, Scene};

const BASE: &str = "packages/base/pyproject.toml";

fn begin(scene: &Scene) -> Journey {
    Journey::released_once(scene, Sample::Pair, scene.world().rehearsal())
}

/// Edits a file of the work tree, and commits nothing.
#[track_caller]
fn edit(journey: &Journey, file: &str, from: &str, to: &str) {
    let text = journey.sandbox().read(file);
    assert!(text.contains(from), "{text}");
    journey.sandbox().write(file, text.replacen(from, to, 1));
}

/// Gives the base another requirement, of which the lockfile knows nothing.
#[track_caller]
fn make_stale(journey: &Journey) {
    edit(journey, BASE, "dependencies = []", "dependencies = [\"packaging\"]");
}

#[test]
fn a_stale_lockfile_is_found_in_the_work_tree_and_mended_there_alone() {
    let Some(scene) = super::scene() else { return };
    let journey = begin(&scene);
    let ran = journey.releasekit(["check"]).code(0);
    assert!(ran.stdout.contains("nothing stands in the way of a release"), "{ran}");
    make_stale(&journey);
    let before = journey.checkout();
    let ran = journey.releasekit(["check"]).code(5);
    assert!(ran.stdout.contains("error[RK-UV-LOCK-STALE]: `uv.lock` does not fit the package files"), "{ran}");
    assert!(ran.stdout.contains("needs to be updated"), "uv's words: {ran}");
    assert!(ran.stdout.contains("1 problem found; `releasekit check --fix` mends 1 of them"), "{ran}");
    let ran = journey.releasekit(["check", "--fix", "--dry-run"]).code(0);
    assert!(ran.stdout.contains("uv.lock would be made anew"), "{ran}");
    assert!(ran.stderr.contains("write `uv.lock` in the work tree"), "{ran}");
    before.assert_same(&journey.checkout());
    assert!(!journey.sandbox().work().join(".git/releasekit").exists(), "it keeps no state");

    let ran = journey.releasekit(["check", "--fix"]).code(0);
    assert!(ran.stdout.contains("uv.lock made anew; commit it"), "{ran}");
    assert!(journey.sandbox().read("uv.lock").contains("name = \"packaging\""));
    let but_the_lockfile = |snapshot: releasekit_testkit::Snapshot| snapshot.only(|path| !path.ends_with("uv.lock"));
    but_the_lockfile(before).assert_same(&but_the_lockfile(journey.checkout()));
    journey.releasekit(["check"]).code(0);
}

#[test]
fn everything_is_told_at_once_to_people_and_to_programs() {
    let Some(scene) = super::scene() else { return };
    let journey = begin(&scene);
    make_stale(&journey);
    edit(&journey, BASE, "requires-python", "readme = \"README.md\"\nrequires-python");
    journey.configure_urls("https://pypi.org/simple/", "https://upload.pypi.org/legacy/", "");
    edit(&journey, BASE, "requires-python", "classifiers = [\"Colour :: Red\"]\nrequires-python");
    let ran = journey.releasekit(["check", "--format", "json"]).code(5);
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let rows = found["findings"].as_array().expect("a list");
    let codes: Vec<&str> = rows.iter().filter_map(|row| row["code"].as_str()).collect();
    assert_eq!(codes, ["RK-UV-CLASSIFIER-UNKNOWN", "RK-UV-FILE-MISSING", "RK-UV-LOCK-STALE"]);
    let places: Vec<_> =
        rows.iter().map(|row| (row["path"].as_str(), row["line"].as_u64(), row["fixable"].as_bool())).collect();
    assert_eq!(places[0].0, Some(BASE));
    assert!(places[0].1.is_some_and(|line| line > 1) && places[2] == (Some("uv.lock"), None, Some(true)), "{places:?}");
    assert_eq!((&found["schema"], &found["dry_run"]), (&1.into(), &false.into()));
    let ran = journey.releasekit(["check", "--fix"]).code(5);
    assert!(ran.stdout.contains("2 problems found\n") && ran.stdout.contains("uv.lock made anew"), "{ran}");
    assert!(ran.stdout.contains(&format!("{BASE}:")), "{ran}");
}

#[test]
fn prepare_stops_at_what_it_finds_of_the_packages_that_move_and_writes_nothing() {
    let Some(scene) = super::scene() else { return };
    let journey = begin(&scene);
    make_stale(&journey);
    edit(&journey, BASE, "requires-python", "readme = \"README.md\"\nrequires-python");
    let refs = journey.local_refs();
    // What is not committed is no part of the release.
    journey.sandbox().git(["stash", "--quiet"]);
    journey.change(Role::Top, "fix(top): count from zero");
    journey.sandbox().push();
    journey.releasekit(["prepare", "--dry-run"]).code(0);
    journey.sandbox().git(["stash", "pop", "--quiet"]);
    journey.sandbox().commit("fix(base): say more");
    journey.sandbox().push();
    for dry_run in [true, false] {
        let mut command = journey.command(["prepare"]);
        let ran = releasekit_testkit::run(if dry_run { command.arg("--dry-run") } else { &mut command }).code(5);
        for code in ["RK-UV-FILE-MISSING", "RK-UV-LOCK-STALE"] {
            assert!(ran.stderr.contains(&format!("error[{code}]")), "{ran}");
        }
        assert!(ran.stderr.contains("2 errors"), "{ran}");
    }
    assert_eq!(journey.branch_tip(), None, "nothing was pushed");
    assert_eq!(journey.local_refs().len(), refs.len());

    journey.sandbox().write("packages/base/README.md", "Base.\n");
    journey.releasekit(["check", "--fix"]).code(0);
    journey.sandbox().commit("docs: say what it is");
    journey.sandbox().push();
    journey.releasekit(["prepare"]).code(0);
    assert!(journey.branch_tip().is_some());
}

#[test]
fn a_fault_of_a_package_that_does_not_move_stops_no_other() {
    let Some(scene) = super::scene() else { return };
    let journey = begin(&scene);
    // The top moves alone; what is wrong with the base is the base's.
    edit(&journey, BASE, "requires-python", "readme = \"README.md\"\nrequires-python");
    journey.sandbox().commit("chore: name a readme");
    journey.change(Role::Top, "fix(top): count from zero");
    journey.sandbox().push();
    journey.releasekit(["check"]).code(5);
    assert_eq!(journey.planned().keys().collect::<Vec<_>>(), ["duo-top"]);
    journey.releasekit(["prepare"]).code(0);
}

#[test]
fn a_repository_that_cannot_be_asked_about_is_not_called_stale() {
    let Some(scene) = super::scene() else { return };
    let journey = begin(&scene);
    edit(&journey, BASE, "dependencies = []", "dependencies = [\"nobody-has-this\"]");
    let dead = [("UV_DEFAULT_INDEX", "http://127.0.0.1:1/simple/"), ("UV_HTTP_RETRIES", "0"), ("UV_FIND_LINKS", "")];
    let ran = journey.releasekit_with(&dead, ["check"]).code(7);
    assert!(ran.stderr.contains("error[RK-UV-LOCK-FAILED]") && !ran.stdout.contains("STALE"), "{ran}");
    let ran = journey.releasekit(["check", "--offline"]).code(5);
    assert!(ran.stderr.contains("error[RK-UV-LOCK-FAILED]") && ran.stderr.contains("without `--offline`"), "{ran}");
}
