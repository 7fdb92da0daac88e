//! A release of two leaflets, from commits to the shelf, by the binary itself.

use std::fs;
use std::process::Command;

use custom_ecosystem::SHELF;
use releasekit_testkit::{Ran, Sandbox, run};

const BASE: &str = "name: base\nversion: 1.0.0\n";
const TOP: &str = "name: top\nversion: 1.0.0\nneeds: base ~ 1.0.0\n";

/// A repository of leaflets, and an empty shelf.
fn begin() -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path().join("shelf")).expect("the sandbox is writable");
    sandbox.write("leaflets.txt", "").write("base/leaflet.txt", BASE).write("top/leaflet.txt", TOP);
    sandbox.commit("feat: begin");
    sandbox.push();
    sandbox
}

/// The binary, and the variable that says where the shelf is.
fn command(sandbox: &Sandbox, args: &[&str]) -> Command {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_custom-binary"));
    command.args(args).env(SHELF, sandbox.path().join("shelf"));
    command
}

fn releasekit(sandbox: &Sandbox, args: &[&str]) -> Ran {
    let ran = run(&mut command(sandbox, args));
    assert!(ran.success(), "{ran}");
    ran
}

/// Proposes a release, and merges it.
fn merged(sandbox: &Sandbox) {
    releasekit(sandbox, &["prepare"]);
    sandbox.git(["fetch", "--quiet", "origin"]);
    sandbox.git(["merge", "--quiet", "--ff-only", "origin/releasekit--release--main"]);
    sandbox.push();
}

fn stored(sandbox: &Sandbox) -> Vec<String> {
    let files = fs::read_dir(sandbox.path().join("shelf")).expect("it is there").flatten();
    let mut names: Vec<String> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn leaflets_are_released_as_packages_of_every_ecosystem_are() {
    let sandbox = begin();
    let plan = releasekit(&sandbox, &["plan"]).stdout;
    assert!(plan.contains("\nbase ") && plan.contains("\ntop "), "both are new: {plan}");

    merged(&sandbox);
    releasekit(&sandbox, &["release"]);
    releasekit(&sandbox, &["publish"]);

    assert_eq!(stored(&sandbox), ["base-1.0.0.leaflet", "top-1.0.0.leaflet"]);
    let top = fs::read_to_string(sandbox.path().join("shelf/top-1.0.0.leaflet")).expect("it is there");
    assert!(top.contains("needs: base = 1.0.0"), "what is published needs exactly what was built beside it: {top}");
}

#[test]
fn its_failures_are_told_as_those_of_the_built_in_backends_are() {
    let sandbox = begin();
    merged(&sandbox);
    let ran = run(command(&sandbox, &["release"]).env_remove(SHELF));
    assert!(!ran.success() && ran.stderr.contains("RK-LEAFLET-SHELF") && ran.stderr.contains(SHELF), "{ran}");
    assert_eq!(sandbox.git(["tag"]), "", "nothing was tagged");
    let explained = releasekit(&sandbox, &["explain", "RK-LEAFLET-SHELF"]).stdout;
    assert!(explained.contains("the shelf cannot be used"), "{explained}");
}
