//! What the commands answer for the sample, and that a dry run changes nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use releasekit_e2e::{Journey, Login, Merge, Rehearsal, Role, Sample, Scene};
use releasekit_testkit::{Ran, Snapshot};
use serde_json::{Value, json};

/// Six packages that were released once, with a feature in one and a fix in another.
#[track_caller]
fn begin(scene: &Scene) -> Journey {
    let journey = Journey::released_once(scene, Sample::Six, scene.world().rehearsal());
    journey.change(Role::Core, "feat(core): greet twice");
    journey.change(Role::Stamp, "fix(stamp): write the version down");
    journey.sandbox().push();
    journey
}

fn rows<'a>(document: &'a Value, key: &str) -> Vec<(&'a str, &'a Value)> {
    let rows = document["packages"].as_array().expect("there are packages");
    rows.iter().map(|row| (row["name"].as_str().expect("a name"), &row[key])).collect()
}

pub(crate) fn discover_knows_every_member(scene: &Scene) {
    let journey = begin(scene);
    let found = journey.json(["discover", "--format", "json"]);
    assert_eq!(found["schema"], 1);
    let names = scene.world().names();
    let row = |role: Role| {
        let package = journey.package(role);
        let mut dependencies: Vec<_> = role.needs().iter().map(|need| journey.name(*need)).collect();
        dependencies.sort_unstable();
        json!({"name": package.name, "ecosystem": names.ecosystem, "tool": names.tool, "label": names.label,
            "path": package.folder, "version": role.version(), "private": role.is_private(), "dependencies": dependencies})
    };
    let order = [Role::App, Role::Bench, Role::Core, Role::Legacy, Role::Speed, Role::Stamp];
    assert_eq!(found["packages"], json!(order.map(row)));
    assert!(journey.releasekit(["discover"]).ok().contains(journey.name(Role::Legacy)));
}

pub(crate) fn graph_has_three_levels_and_every_form(scene: &Scene) {
    let journey = begin(scene);
    let ascii = journey.releasekit(["graph"]).ok();
    let levels = journey.releasekit(["graph", "--format", "levels"]).ok();
    let names: Vec<_> = Sample::Six.roles().iter().map(|role| journey.name(*role)).collect();
    let with_names = levels.lines().filter(|line| names.iter().any(|name| line.contains(name)));
    assert_eq!(with_names.count(), 3, "{levels}");
    for (format, start) in [("mermaid", "graph "), ("dot", "digraph ")] {
        let text = journey.releasekit(["graph", "--format", format]).ok();
        assert!(text.starts_with(start), "{text}");
    }
    let json = journey.json(["graph", "--format", "json"]);
    assert_eq!(json["schema"], 1);
    for name in names {
        assert!(ascii.contains(name) && levels.contains(name), "{name}\n{ascii}\n{levels}");
    }
    let [core, stamp, app] = [Role::Core, Role::Stamp, Role::App].map(|role| journey.name(role));
    let legacy = journey.package(Role::Legacy).published;
    let needed = journey.releasekit(["graph", "--deps", legacy, "--format", "levels"]).ok();
    assert!(needed.contains(stamp) && !needed.contains(core), "{needed}");
    let needing = journey.releasekit(["graph", "--rdeps", stamp, "--format", "levels"]).ok();
    assert!(needing.contains(app) && !needing.contains(core), "{needing}");
}

pub(crate) fn plan_says_what_moves_in_which_order_and_why(scene: &Scene) {
    let journey = begin(scene);
    let plan = journey.json(["plan", "--format", "json"]);
    assert_eq!((&plan["schema"], &plan["commit"]), (&json!(1), &json!(journey.sandbox().head())));
    let expected = [
        (Role::Speed, "skipped"),
        (Role::Stamp, "included"),
        (Role::Core, "included"),
        (Role::Legacy, "included"),
        (Role::App, "included"),
        (Role::Bench, "excluded"),
    ];
    let found = rows(&plan, "status").into_iter().map(|(name, status)| (name, status.as_str().unwrap_or_default()));
    assert_eq!(found.collect::<Vec<_>>(), expected.map(|(role, status)| (journey.name(role), status)));
    let levels: Vec<_> = rows(&plan, "level").into_iter().map(|(_, level)| level.clone()).collect();
    assert_eq!(levels, [0, 0, 1, 1, 2, 2]);
    let app = &plan["packages"][4];
    assert_eq!(
        (&app["bump"], &app["next"], &app["tag"]),
        (&json!("patch"), &json!("0.5.1"), &json!(journey.tag(Role::App, "0.5.1")))
    );
    let label = scene.world().names().label;
    let dependency = |role| json!({"kind": "dependency", "package": format!("{label}:{}", journey.name(role))});
    assert_eq!(app["reasons"], json!([Role::Core, Role::Legacy].map(dependency)));
    let core = &plan["packages"][2];
    assert_eq!((&core["bump"], &core["reasons"][0]["summary"]), (&json!("minor"), &json!("feat(core): greet twice")));
    let again = journey.releasekit(["plan", "--format", "json"]).ok();
    let offline = journey.releasekit(["plan", "--format", "json", "--offline"]).ok();
    assert_eq!(again, offline, "the same inputs give the same bytes");

    let table = journey.releasekit(["plan"]).ok();
    let [core, legacy, bench] = [Role::Core, Role::Legacy, Role::Bench].map(|role| journey.name(role));
    assert!(table.contains(core) && table.contains("0.4.0") && !table.contains(bench), "{table}");
    let full = journey.releasekit(["plan", "--format", "full"]).ok();
    let is_edit = |line: &str| line.trim_start().starts_with('+') && line.contains("0.4.0");
    assert!(full.lines().any(is_edit), "it shows the edits\n{full}");
    let versions = journey.releasekit(["version"]).ok();
    assert!(versions.contains(legacy) && versions.contains("1.4.3"), "{versions}");
}

pub(crate) fn explain_shows_the_chain_and_the_codes(scene: &Scene) {
    let journey = begin(scene);
    let [app, legacy, stamp] = [Role::App, Role::Legacy, Role::Stamp].map(|role| journey.name(role));
    let chain = journey.releasekit(["explain", app]).ok();
    for part in [app, "0.5.1", legacy, stamp, "fix(stamp): write the version down"] {
        assert!(chain.contains(part), "{part} is missing\n{chain}");
    }
    assert!(journey.releasekit(["explain", "RK-RELEASE-STALE"]).ok().contains("--supersede"));
    let ran = journey.releasekit(["explain", &app[..app.len() - 1]]).code(2);
    assert!(ran.stderr.contains("RK-PACKAGE-UNKNOWN") && ran.stderr.contains(app), "{ran}");
}

pub(crate) fn exit_codes_answer(scene: &Scene) {
    let journey = Journey::released_once(scene, Sample::Pair, scene.world().rehearsal());
    journey.releasekit(["should-release"]).code(4);
    journey.releasekit(["plan"]).code(0);
    journey.releasekit(["plan", "--exit-code"]).code(4);
    journey.releasekit(["prepare"]).code(0);
    journey.releasekit(["prepare", "--exit-code"]).code(4);
    assert_eq!(journey.branch_tip(), None, "with nothing to release there is no branch");
    journey.releasekit(["publish", "--yes"]).code(5);
    journey.releasekit(["plan", "--no-such-option"]).code(2);
    journey.sandbox().write("releasekit.toml", "tag_fromat = \"x\"\n");
    let ran = journey.releasekit(["plan"]).code(3);
    assert!(ran.stderr.contains("tag_format"), "{ran}");
    journey.configure("");
    journey.change(Role::Base, "fix(base): count from zero");
    journey.releasekit(["should-release"]).code(0);
    assert!(journey.releasekit([]).ok().contains("releasekit prepare"), "it names the next command");
}

pub(crate) fn progress_is_one_json_object_per_line_for_programs(scene: &Scene) {
    let (journey, _) = Journey::with_fix(scene);
    journey.released();
    let ran = journey.releasekit(["publish", "--yes", "--log-format", "json", "--format", "json"]).code(0);
    let events: Vec<Value> =
        ran.stderr.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    assert!(events.iter().any(|event| event["event"] == "step" && event["step"] == "verify"), "{ran}");
    let answer: Value = serde_json::from_str(&ran.stdout).expect("the answer is JSON");
    assert_eq!((&answer["complete"], rows(&answer, "outcome").len()), (&json!(true), 2), "{ran}");
    let ran = journey.releasekit(["release", "--release", "no-such-commit", "--log-format", "json"]);
    let error: Value = serde_json::from_str(ran.stderr.lines().last().expect("it says why")).expect("errors are JSON");
    assert!(error["code"].as_str().is_some_and(|code| code.starts_with("RK-")), "{ran}");
}

pub(crate) fn plumbing_and_configuration_answer(scene: &Scene) {
    let journey = Journey::released_once(scene, Sample::Pair, scene.world().rehearsal());
    let next = ["version", "next", "--scheme", scene.world().names().scheme, "--current", "0.9.1", "--bump", "minor"];
    assert_eq!(journey.releasekit(next).ok(), "0.10.0");
    let shown = journey.releasekit(["config", "show", "--origin"]).ok();
    assert!(shown.contains("poll_timeout") && shown.contains("releasekit.toml"), "{shown}");
    assert!(journey.releasekit(["completion", "bash"]).ok().contains("releasekit"));
}

/// Everything that a dry run must leave alone.
#[derive(Debug)]
struct Surroundings {
    work: Snapshot,
    remote: Snapshot,
    home: Snapshot,
    writes: usize,
}

impl Surroundings {
    fn of(journey: &Journey, server: &dyn Rehearsal) -> Self {
        let sandbox = journey.sandbox();
        Self {
            work: Snapshot::with_times(&sandbox.work()),
            remote: Snapshot::with_times(&sandbox.remote()),
            home: Snapshot::with_times(&sandbox.path().join("home")).only(|path| !path.starts_with(".cache")),
            writes: server.writes().len(),
        }
    }

    #[track_caller]
    fn is_the_same(&self, later: &Self) {
        self.work.assert_same(&later.work);
        self.remote.assert_same(&later.remote);
        self.home.assert_same(&later.home);
        assert_eq!(self.writes, later.writes);
    }
}

/// Runs a command dry, which changes nothing and says what it would do, then for real.
#[track_caller]
fn dry_then_wet(journey: &Journey, server: &dyn Rehearsal, args: &[&str], says: &[&str]) {
    let before = Surroundings::of(journey, server);
    let run = |more: &[&str]| -> Ran { releasekit_testkit::run(&mut journey.command(args.iter().chain(more))) };
    let ran = run(&["--dry-run"]).code(0);
    before.is_the_same(&Surroundings::of(journey, server));
    let text = format!("{}{}", ran.stdout, ran.stderr);
    for part in says.iter().chain(&["dry run"]) {
        assert!(text.contains(part), "`{part}` is missing\n{ran}");
    }
    run(&[]).ok();
}

pub(crate) fn a_dry_run_changes_nothing_and_says_what_would_happen(scene: &Scene) {
    let (journey, server) = Journey::with_fix(scene);
    journey.sandbox().push();
    dry_then_wet(&journey, server.as_ref(), &["prepare"], &["releasekit--release--main", "0.1.1"]);
    journey.merge(Merge::Commit);
    let tags = [Role::Base, Role::Top].map(|role| journey.tag(role, "0.1.1"));
    dry_then_wet(&journey, server.as_ref(), &["release", "--yes"], &tags.each_ref().map(String::as_str));
    let files = journey.pair("0.1.1");
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    dry_then_wet(&journey, server.as_ref(), &["publish", "--yes"], &names);
    journey.stores(&[journey.pair("0.1.0"), files]);
}

/// Has everything signed, by a program that says that it ran and fails. Gives where it says so.
fn sign_in_vain(journey: &Journey) -> PathBuf {
    let sandbox = journey.sandbox();
    let (program, ran) = (sandbox.path().join("home/sign"), sandbox.path().join("signed"));
    let script = format!("#!/bin/sh\necho \"$@\" >> '{}'\nexit 1\n", ran.display());
    fs::write(&program, script).expect("the sandbox is writable");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let program = program.to_string_lossy().into_owned();
    for (key, value) in [("gpg.program", &*program), ("commit.gpgSign", "true"), ("tag.gpgSign", "true")] {
        sandbox.git(["config", "--global", key, value]);
    }
    ran
}

pub(crate) fn a_dry_run_signs_nothing_whatever_is_set_up(scene: &Scene) {
    let (journey, server) = Journey::with_fix(scene);
    journey.sandbox().push();
    let ran = sign_in_vain(&journey);
    journey.releasekit(["prepare", "--dry-run"]).code(0);
    journey.sandbox().git(["config", "--global", "commit.gpgSign", "false"]);
    journey.releasekit(["prepare"]).code(0);
    journey.merge(Merge::Commit);
    let before = Surroundings::of(&journey, server.as_ref());
    journey.releasekit(["release", "--yes", "--dry-run"]).code(0);
    before.is_the_same(&Surroundings::of(&journey, server.as_ref()));
    assert!(!ran.exists(), "{}", fs::read_to_string(ran).unwrap_or_default());
    let wet = journey.releasekit(["release", "--yes"]);
    assert!(ran.exists() && wet.stderr.contains("RK-GIT-UNSIGNED"), "{wet}");
}

pub(crate) fn artifacts_that_were_built_elsewhere_are_what_is_published(scene: &Scene) {
    let (journey, server) = Journey::with_fix(scene);
    journey.prepared().merge(Merge::Squash);
    let out = journey.sandbox().path().join("out");
    let folder = out.to_string_lossy();
    let no_secrets = scene.world().login(Login::None);
    journey.releasekit_with(&no_secrets, ["build", "--out", &folder]).ok();
    let second = journey.clone("second", &[]);
    journey.releasekit_in(&second, ["release", "--yes", "--artifacts", &folder]).ok();
    let last = journey.files(Role::Top, "0.1.1").pop().expect("a release has files");
    let built = out.join(scene.world().names().label).join(journey.name(Role::Top)).join(last.name);
    std::fs::remove_file(built).expect("it was built");
    let ran = journey.releasekit(["publish", "--yes", "--artifacts", &folder]).code(1);
    assert!(ran.stderr.contains("RK-BUILD-INCOMPLETE") && ran.stderr.contains(journey.name(Role::Top)), "{ran}");
    assert_eq!(server.writes(), [], "an incomplete set is refused before the first upload");
    // Whoever names the release needs no remote, as where a machine has no login for it.
    journey.sandbox().git_in(&second, ["remote", "set-url", "origin", "file:///nowhere/at/all"]);
    journey.releasekit_in(&second, ["build", "--release", "HEAD", "--out", &folder]).ok();
    journey.releasekit(["publish", "--yes", "--artifacts", &folder]).ok();
    journey.stores(&[journey.pair("0.1.0"), journey.pair("0.1.1")]);
}
