//! This very workspace: its tracked files, committed to a repository of their own, are released by the releasekit that they are,
//! to a registry of this process that lies over crates.io. What is installed from there is the next version.
//!
//! Most is left out of the trial builds, since `cargo install` builds all of it.

mod overlay;

use std::fs;
use std::path::{Path, PathBuf};

use overlay::{Overlay, TOKEN};
use releasekit_testkit::{Ran, Sandbox, Tools, run};

/// What strangers may have, and nothing else.
const PUBLISHED: &[&str] = &[
    "releasekit",
    "releasekit-cargo",
    "releasekit-config",
    "releasekit-core",
    "releasekit-crates-io",
    "releasekit-engine",
    "releasekit-formats",
    "releasekit-git",
    "releasekit-github",
    "releasekit-http",
    "releasekit-npm",
    "releasekit-pnpm",
    "releasekit-process",
    "releasekit-pypi",
    "releasekit-rehearsal",
    "releasekit-testkit",
    "releasekit-uv",
];

/// What is built from its crate before anything is tagged: those that need the fewest crates of others.
const VERIFIED: &[&str] = &["releasekit-config", "releasekit-core", "releasekit-process"];

/// The branch that `prepare` pushes.
const BRANCH: &str = "origin/releasekit--release--main";

#[test]
fn this_workspace_is_released_by_itself_and_installed_from_the_registry() {
    let Some(tools) = Tools::require() else { return };
    let overlay = Overlay::over_crates_io(&root());
    let sandbox = Sandbox::new().with_tools(&tools);
    let sandbox = sandbox.with_env("CARGO_HOME", overlay.home()).with_env("CARGO_REGISTRY_TOKEN", TOKEN);
    begin(&sandbox, &overlay);
    let next = next();

    releasekit(&sandbox, &["prepare"]).ok();
    sandbox.git(["fetch", "--quiet", "origin"]);
    sandbox.git(["merge", "--quiet", "--ff-only", BRANCH]);
    sandbox.push();
    keeps_the_rules(&sandbox, &next);
    releasekit(&sandbox, &["release", "--yes"]).ok();
    releasekit(&sandbox, &["publish", "--yes"]).ok();

    assert_eq!(sandbox.git(["tag", "--points-at", "HEAD"]), format!("v{next}"), "one tag for all");
    let expected: Vec<String> = PUBLISHED.iter().map(|name| format!("{name}-{next}.crate")).collect();
    let stored: Vec<String> = overlay.registry().files().into_keys().map(|file| file.name).collect();
    assert_eq!(stored, expected);
    releasekit(&sandbox, &["should-release"]).code(4);
    assert_eq!(installed(&sandbox, &overlay, &next), format!("releasekit {next}"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a member of the workspace").to_owned()
}

fn releasekit(sandbox: &Sandbox, args: &[&str]) -> Ran {
    run(sandbox.command(crate::binary()).args(args))
}

/// The version after the present one, which all crates have.
fn next() -> String {
    let numbers: Vec<u64> = env!("CARGO_PKG_VERSION").split('.').map_while(|part| part.parse().ok()).collect();
    format!("{}.{}.0", numbers[0], numbers[1] + 1)
}

/// The workspace as it was released in its present version, and a commit that asks for the next one.
fn begin(sandbox: &Sandbox, overlay: &Overlay) {
    copy(sandbox, &root());
    configure(sandbox, overlay);
    sandbox.commit("all: begin anew");
    sandbox.git(["tag", concat!("v", env!("CARGO_PKG_VERSION"))]);
    sandbox.commit("all: try what is there\n\nrelease: minor");
    sandbox.push();
}

/// The tracked files as they are in the work tree.
fn copy(sandbox: &Sandbox, from: &Path) {
    let (files, to) = (run(sandbox.command("git").args(["ls-files", "-z"]).current_dir(from)).ok(), sandbox.work());
    for file in files.split('\0').filter(|file| !file.is_empty() && from.join(file).is_file()) {
        let target = to.join(file);
        fs::create_dir_all(target.parent().expect("a file lies in a folder")).expect("the sandbox is writable");
        fs::copy(from.join(file), target).expect("the sandbox is writable");
    }
}

/// Our own configuration, with the registry, and without most of the trial builds.
fn configure(sandbox: &Sandbox, overlay: &Overlay) {
    let left_out = PUBLISHED.iter().filter(|name| !VERIFIED.contains(name));
    let left_out: String = left_out.map(|name| format!("{name}.verify = false\n")).collect();
    let (before, after) = (sandbox.read("releasekit.toml"), format!("[packages]\n{left_out}"));
    assert!(before.contains("[packages]\n"), "{before}");
    let text = before.replacen("[packages]\n", &after, 1);
    let registry = format!("[ecosystems.rust]\nregistry_url = \"{}\"\n", overlay.registry().index_url());
    sandbox.write("releasekit.toml", format!("{text}\n{registry}\n[publish]\npoll_interval = 1\npoll_timeout = 60\n"));
}

/// What a release writes is what people could have written: the rules of this repository hold for it.
fn keeps_the_rules(sandbox: &Sandbox, next: &str) {
    let changelog = sandbox.read("CHANGELOG.md");
    assert!(changelog.contains(&format!("\n## {next} (")) && !changelog.ends_with("\n\n"), "{changelog}");
    let manifest = sandbox.read("Cargo.toml");
    assert!(manifest.contains(&format!("\nversion = \"{next}\"\n")), "{manifest}");
    let core = format!("\nreleasekit-core = {{ version = \"{next}\", path = \"crates/core\" }}\n");
    assert!(manifest.contains(&core), "{manifest}");
    for lockfile in ["Cargo.lock", "docs/examples/Cargo.lock", "tests/fuzz/Cargo.lock"] {
        let text = sandbox.read(lockfile);
        assert!(text.contains(&format!("name = \"releasekit-core\"\nversion = \"{next}\"\n")), "{lockfile}\n{text}");
    }
}

/// What the installed program says of its version.
fn installed(sandbox: &Sandbox, overlay: &Overlay, version: &str) -> String {
    let folder = sandbox.path().join("installed");
    let mut cargo = sandbox.command("cargo");
    cargo
        .args(["install", "--quiet", "--debug", "--locked", "releasekit", "--version", version, "--root"])
        .arg(&folder);
    cargo.env("CARGO_TARGET_DIR", overlay.target()).env("CARGO_PROFILE_DEV_DEBUG", "false");
    run(cargo.env("CARGO_INCREMENTAL", "0").env_remove("CARGO_REGISTRY_TOKEN")).ok();
    sandbox.run(folder.join("bin/releasekit"), ["--version"]).ok()
}
