//! What the commands answer for the sample, and that a dry run changes nothing.

use std::sync::Arc;

use releasekit_e2e::{Journey, Merge, acme, duo};
use releasekit_rehearsal::pypi::{Options, Server};
use releasekit_testkit::{Ran, Snapshot, Tools};
use serde_json::{Value, json};

fn server() -> Arc<Server> {
    Arc::new(Server::start(Options::default()).expect("loopback has a free port"))
}

/// Six packages that were released once, with a feature in one and a fix in another.
#[track_caller]
fn begin(tools: &Tools) -> Journey {
    let journey = Journey::released_once(tools, crate::binary(), acme(), server());
    journey.change("acme-core", "feat(core): greet twice");
    journey.change("acme-stamp", "fix(stamp): write the version down");
    journey.sandbox().push();
    journey
}

fn rows<'a>(document: &'a Value, key: &str) -> Vec<(&'a str, &'a Value)> {
    let rows = document["packages"].as_array().expect("there are packages");
    rows.iter().map(|row| (row["name"].as_str().expect("a name"), &row[key])).collect()
}

#[test]
fn discover_knows_every_member() {
    let Some(tools) = Tools::require() else { return };
    let journey = begin(&tools);
    let found = journey.json(["discover", "--format", "json"]);
    assert_eq!(found["schema"], 1);
    let row = |name: &str, path: &str, version: &str, private: bool, dependencies: &[&str]| {
        json!({"name": name, "ecosystem": "python", "tool": "uv", "label": "py", "path": path, "version": version,
            "private": private, "dependencies": dependencies})
    };
    let expected = json!([
        row("acme-app", "packages/app", "0.5.0", false, &["acme-core", "acme_legacy"]),
        row("acme-bench", "packages/bench", "0.0.1", true, &["acme-core"]),
        row("acme-core", "packages/core", "0.3.1", false, &["acme-speed"]),
        row("acme_legacy", "packages/legacy", "1.4.2", false, &["acme-stamp"]),
        row("acme-speed", "packages/speed", "0.2.0", false, &[]),
        row("acme-stamp", "packages/stamp", "0.1.0", false, &[]),
    ]);
    assert_eq!(found["packages"], expected);
    assert!(journey.releasekit(["discover"]).ok().contains("acme_legacy"));
}

#[test]
fn graph_has_three_levels_and_every_form() {
    let Some(tools) = Tools::require() else { return };
    let journey = begin(&tools);
    let ascii = journey.releasekit(["graph"]).ok();
    let levels = journey.releasekit(["graph", "--format", "levels"]).ok();
    assert_eq!(levels.lines().filter(|line| line.contains("acme")).count(), 3, "{levels}");
    for (format, start) in [("mermaid", "graph "), ("dot", "digraph ")] {
        let text = journey.releasekit(["graph", "--format", format]).ok();
        assert!(text.starts_with(start), "{text}");
    }
    let json = journey.json(["graph", "--format", "json"]);
    assert_eq!(json["schema"], 1);
    for name in ["acme-app", "acme-bench", "acme-core", "acme_legacy", "acme-speed", "acme-stamp"] {
        assert!(ascii.contains(name) && levels.contains(name), "{name}\n{ascii}\n{levels}");
    }
    let needed = journey.releasekit(["graph", "--deps", "acme-legacy", "--format", "levels"]).ok();
    assert!(needed.contains("acme-stamp") && !needed.contains("acme-core"), "{needed}");
    let needing = journey.releasekit(["graph", "--rdeps", "acme-stamp", "--format", "levels"]).ok();
    assert!(needing.contains("acme-app") && !needing.contains("acme-core"), "{needing}");
}

#[test]
fn plan_says_what_moves_in_which_order_and_why() {
    let Some(tools) = Tools::require() else { return };
    let journey = begin(&tools);
    let plan = journey.json(["plan", "--format", "json"]);
    assert_eq!((&plan["schema"], &plan["commit"]), (&json!(1), &json!(journey.sandbox().head())));
    let names = [
        ("acme-speed", json!("skipped")),
        ("acme-stamp", json!("included")),
        ("acme-core", json!("included")),
        ("acme_legacy", json!("included")),
        ("acme-app", json!("included")),
        ("acme-bench", json!("excluded")),
    ];
    assert_eq!(rows(&plan, "status"), names.iter().map(|(name, status)| (*name, status)).collect::<Vec<_>>());
    let levels: Vec<_> = rows(&plan, "level").into_iter().map(|(_, level)| level.clone()).collect();
    assert_eq!(levels, [0, 0, 1, 1, 2, 2]);
    let app = &plan["packages"][4];
    assert_eq!(
        (&app["bump"], &app["next"], &app["tag"]),
        (&json!("patch"), &json!("0.5.1"), &json!("acme-app-v0.5.1"))
    );
    let dependency = |name: &str| json!({"kind": "dependency", "package": format!("py:{name}")});
    assert_eq!(app["reasons"], json!([dependency("acme-core"), dependency("acme_legacy")]));
    let core = &plan["packages"][2];
    assert_eq!((&core["bump"], &core["reasons"][0]["summary"]), (&json!("minor"), &json!("feat(core): greet twice")));
    let again = journey.releasekit(["plan", "--format", "json"]).ok();
    let offline = journey.releasekit(["plan", "--format", "json", "--offline"]).ok();
    assert_eq!(again, offline, "the same inputs give the same bytes");

    let table = journey.releasekit(["plan"]).ok();
    assert!(table.contains("acme-core") && table.contains("0.4.0") && !table.contains("acme-bench"), "{table}");
    let full = journey.releasekit(["plan", "--format", "full"]).ok();
    assert!(full.contains("+version = \"0.4.0\""), "it shows the edits\n{full}");
    let versions = journey.releasekit(["version"]).ok();
    assert!(versions.contains("acme_legacy") && versions.contains("1.4.3"), "{versions}");
}

#[test]
fn explain_shows_the_chain_and_the_codes() {
    let Some(tools) = Tools::require() else { return };
    let journey = begin(&tools);
    let chain = journey.releasekit(["explain", "acme-app"]).ok();
    for part in ["acme-app", "0.5.1", "acme_legacy", "acme-stamp", "fix(stamp): write the version down"] {
        assert!(chain.contains(part), "{part} is missing\n{chain}");
    }
    assert!(journey.releasekit(["explain", "RK-RELEASE-STALE"]).ok().contains("--supersede"));
    let ran = journey.releasekit(["explain", "acme-ap"]).code(2);
    assert!(ran.stderr.contains("RK-PACKAGE-UNKNOWN") && ran.stderr.contains("acme-app"), "{ran}");
}

#[test]
fn exit_codes_answer() {
    let Some(tools) = Tools::require() else { return };
    let journey = Journey::released_once(&tools, crate::binary(), duo(), server());
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
    journey.change("duo-base", "fix(base): count from zero");
    journey.releasekit(["should-release"]).code(0);
    assert!(journey.releasekit([]).ok().contains("releasekit prepare"), "it names the next command");
}

#[test]
fn progress_is_one_json_object_per_line_for_programs() {
    let Some(tools) = Tools::require() else { return };
    let journey = Journey::released_once(&tools, crate::binary(), duo(), server());
    journey.change("duo-base", "fix(base): count from zero");
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

#[test]
fn plumbing_and_configuration_answer() {
    let Some(tools) = Tools::require() else { return };
    let journey = Journey::released_once(&tools, crate::binary(), duo(), server());
    let next = ["version", "next", "--scheme", "pep440", "--current", "0.9.1", "--bump", "minor"];
    assert_eq!(journey.releasekit(next).ok(), "0.10.0");
    let shown = journey.releasekit(["config", "show", "--origin"]).ok();
    assert!(shown.contains("poll_timeout") && shown.contains("releasekit.toml"), "{shown}");
    assert!(journey.releasekit(["completion", "bash"]).ok().contains("releasekit"));
}

/// Everything that a dry run must leave alone.
#[derive(Debug)]
struct World {
    work: Snapshot,
    remote: Snapshot,
    home: Snapshot,
    writes: usize,
}

impl World {
    fn of(journey: &Journey, server: &Server) -> Self {
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
fn dry_then_wet(journey: &Journey, server: &Server, args: &[&str], says: &[&str]) {
    let before = World::of(journey, server);
    let run = |more: &[&str]| -> Ran { releasekit_testkit::run(&mut journey.command(args.iter().chain(more))) };
    let ran = run(&["--dry-run"]).code(0);
    before.is_the_same(&World::of(journey, server));
    let text = format!("{}{}", ran.stdout, ran.stderr);
    for part in says.iter().chain(&["dry run"]) {
        assert!(text.contains(part), "`{part}` is missing\n{ran}");
    }
    run(&[]).ok();
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_would_happen() {
    let Some(tools) = Tools::require() else { return };
    let server = server();
    let journey = Journey::released_once(&tools, crate::binary(), duo(), server.clone());
    journey.change("duo-base", "fix(base): count from zero");
    journey.sandbox().push();
    dry_then_wet(&journey, &server, &["prepare"], &["releasekit--release--main", "0.1.1"]);
    journey.merge(Merge::Commit);
    dry_then_wet(&journey, &server, &["release", "--yes"], &["duo-base-v0.1.1", "duo-top-v0.1.1"]);
    let files = ["duo_base-0.1.1-py3-none-any.whl", "duo_base-0.1.1.tar.gz", "duo_top-0.1.1.tar.gz"];
    dry_then_wet(&journey, &server, &["publish", "--yes"], &files);
    assert_eq!(server.stored().len(), 8);
}

#[test]
fn artifacts_that_were_built_elsewhere_are_what_is_published() {
    let Some(tools) = Tools::require() else { return };
    let server = server();
    let journey = Journey::released_once(&tools, crate::binary(), duo(), server.clone());
    journey.change("duo-base", "fix(base): count from zero");
    journey.prepared().merge(Merge::Squash);
    let out = journey.sandbox().path().join("out");
    let folder = out.to_string_lossy();
    let no_secrets = [("UV_PUBLISH_USERNAME", ""), ("UV_PUBLISH_PASSWORD", "")];
    journey.releasekit_with(&no_secrets, ["build", "--out", &folder]).ok();
    let second = journey.clone("second", &[]);
    journey.releasekit_in(&second, ["release", "--yes", "--artifacts", &folder]).ok();
    std::fs::remove_file(out.join("py/duo-top/duo_top-0.1.1.tar.gz")).expect("it was built");
    let ran = journey.releasekit(["publish", "--yes", "--artifacts", &folder]).code(1);
    assert!(ran.stderr.contains("RK-BUILD-INCOMPLETE") && ran.stderr.contains("duo-top"), "{ran}");
    assert_eq!(server.writes(), [], "an incomplete set is refused before the first upload");
    journey.releasekit_with(&no_secrets, ["build", "--out", &folder]).ok();
    journey.releasekit(["publish", "--yes", "--artifacts", &folder]).ok();
    assert_eq!(server.stored().len(), 8);
}
