//! The sandbox is a repository of its own, and the machine's settings do not reach it.

use std::fs;

use releasekit_testkit::{Sandbox, Snapshot, Tools};

#[test]
fn a_sandbox_commits_and_pushes_the_same_history_each_time() {
    let heads = [(); 2].map(|()| {
        let sandbox = Sandbox::new();
        sandbox.write("a/b.txt", "one\n").commit("feat: one");
        sandbox.write("a/b.txt", "two\n").commit("feat: two");
        sandbox.push();
        assert_eq!(sandbox.git_in(&sandbox.remote(), ["rev-parse", "main"]), sandbox.head());
        sandbox.head()
    });
    assert_eq!(heads[0], heads[1]);
}

#[test]
fn nothing_of_the_machine_reaches_a_sandbox() {
    let sandbox = Sandbox::new();
    let names: Vec<_> = sandbox.env().iter().map(|(name, _)| name.to_string_lossy()).collect();
    assert!(!names.iter().any(|name| name.starts_with("CARGO") || name.ends_with("_URL")), "{names:?}");
    let config = sandbox.git(["config", "--list", "--show-origin"]);
    let ours = |line: &str| line.starts_with("file:.git/config") || line.contains(&*sandbox.path().to_string_lossy());
    assert!(config.lines().all(ours), "{config}");
}

#[test]
fn a_clone_may_be_shallow_and_lies_beside_the_work_tree() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "1").commit("chore: one");
    sandbox.commit("chore: two");
    sandbox.push();
    let clone = sandbox.clone_remote("second", &["--depth", "1"]);
    assert_eq!(sandbox.git_in(&clone, ["rev-list", "--count", "HEAD"]), "1");
    assert!(sandbox.refs(&clone).contains("refs/remotes/origin/main"));
}

#[test]
fn a_failing_program_is_seen_with_what_it_said() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run("git", ["rev-parse", "--verify", "nowhere"]).code(128);
    assert!(!ran.success() && ran.stderr.contains("fatal") && ran.to_string().contains("$ git rev-parse"));
}

#[test]
fn uv_locks_and_builds_without_an_index() {
    let Some(tools) = Tools::require() else { return };
    for (backend, requires) in [
        ("uv_build", "uv_build>=0.13,<0.14"),
        ("hatchling.build", "hatchling"),
        ("setuptools.build_meta", "setuptools"),
        ("flit_core.buildapi", "flit-core"),
    ] {
        let sandbox = Sandbox::new().with_tools(&tools).with_own_uv_cache().with_env("UV_OFFLINE", "1");
        let manifest = format!(
            "[project]\nname = \"demo\"\nversion = \"1.0.0\"\ndescription = \"A demo\"\nrequires-python = \">=3.11\"\n\
             [build-system]\nrequires = [\"{requires}\"]\nbuild-backend = \"{backend}\"\n"
        );
        sandbox.write("pyproject.toml", manifest).write("src/demo/__init__.py", "\"\"\"Demo.\"\"\"\n");
        sandbox.run("uv", ["lock"]).ok();
        let lock = sandbox.read("uv.lock");
        sandbox.run("uv", ["lock", "--check", "--offline"]).ok();
        sandbox.run("uv", ["build", "--no-sources"]).ok();
        assert!(sandbox.work().join("dist/demo-1.0.0-py3-none-any.whl").is_file(), "{backend}");
        assert_eq!(sandbox.read("uv.lock"), lock);
    }
}

#[test]
fn a_snapshot_sees_bytes_modes_links_and_what_is_new_or_gone() {
    let sandbox = Sandbox::new();
    sandbox.write("same", "1").write("bytes", "1").write("gone", "1").write("folder/file", "1");
    let before = Snapshot::of(&sandbox.work());
    before.assert_same(&Snapshot::of(&sandbox.work()));

    sandbox.write("bytes", "2").write("folder/new", "1");
    fs::remove_file(sandbox.work().join("gone")).unwrap();
    std::os::unix::fs::symlink("same", sandbox.work().join("link")).unwrap();
    sandbox.run("chmod", ["+x", "same"]).ok();
    let changes = before.changes(&Snapshot::of(&sandbox.work()));
    let paths: Vec<_> = changes.iter().map(|line| line.split(": ").take(2).collect::<Vec<_>>()).collect();
    assert_eq!(paths.iter().map(|words| words[0]).collect::<Vec<_>>(), ["gone", "bytes", "new", "new", "same"]);
}

#[test]
fn a_snapshot_of_a_checkout_sees_the_index_and_not_the_objects() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "1").commit("chore: one");
    let before = Snapshot::of_checkout(&sandbox.work());
    sandbox.run("git", ["hash-object", "-w", "--stdin"]).ok();
    before.assert_same(&Snapshot::of_checkout(&sandbox.work()));
    sandbox.write("b", "1").git(["add", "b"]);
    assert_eq!(before.changes(&Snapshot::of_checkout(&sandbox.work())).len(), 2);
}
