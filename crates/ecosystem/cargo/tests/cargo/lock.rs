//! Lockfiles follow what moved, and nothing else moves.

use std::fs;
use std::path::Path;

use releasekit_core::model::{PackageName, RepoPath, Version};
use releasekit_core::package_manager::LockRequest;
use releasekit_core::workspace::Move;
use releasekit_core::{BackendError, Diagnostic, ErrorKind, FileEdit, PackageManager};
use releasekit_testkit::Sandbox;

use crate::common::*;

/// Moves `base` in its package file, and asks for the lockfiles.
async fn moved(sandbox: &Sandbox, export: &Path, to: &str) -> Result<Vec<FileEdit>, BackendError> {
    let file = export.join("p/base/Cargo.toml");
    let text = fs::read_to_string(&file).expect("it is there");
    fs::write(file, text.replace("version = \"1.0.0\"", &format!("version = \"{to}\""))).expect("the folder is ours");
    let version = |text: &str| Version::from_canonical(text);
    let step = Move::new(PackageName::new("base"), Some(version("1.0.0")), version(to));
    let request = LockRequest::new(export.to_owned(), vec![(package("base"), step)], LIMIT);
    cargo(sandbox).refresh_locks(&request.with_roots(vec![RepoPath::root()]).with_offline(true)).await
}

fn changed(sandbox: &Sandbox, export: &Path) -> Vec<String> {
    let diff = sandbox.git_in(export, ["diff", "--unified=0", "--", "*Cargo.lock"]);
    let lines = diff
        .lines()
        .filter(|line| line.starts_with(['+', '-']) && !line.starts_with("+++") && !line.starts_with("---"));
    lines.map(str::to_owned).collect()
}

const USES: &str = "[dependencies]\nbase = { path = \"../base\", version = \"1\" }\nthird = \"0.3\"\n";

#[tokio::test]
async fn a_move_changes_its_own_line_and_no_third_party() {
    let sandbox = sandbox();
    third_party(&sandbox, "third", "0.3.0");
    workspace(&sandbox, ROOT, &[("base", ""), ("top", USES)]);
    third_party(&sandbox, "third", "0.3.1");
    let export = export(&sandbox, "export");
    let edits = built(moved(&sandbox, &export, "1.1.0").await);
    assert_eq!(edits.iter().map(|edit| edit.path.as_str()).collect::<Vec<_>>(), ["Cargo.lock"]);
    assert_eq!(changed(&sandbox, &export), ["-version = \"1.0.0\"", "+version = \"1.1.0\""]);
    assert_eq!(built(moved(&sandbox, &export, "1.1.0").await), [], "it fits");
}

#[tokio::test]
async fn a_lockfile_that_was_stale_is_told_and_left() {
    let sandbox = sandbox();
    third_party(&sandbox, "third", "0.3.0");
    workspace(
        &sandbox,
        ROOT,
        &[("base", ""), ("top", "[dependencies]\nbase = { path = \"../base\", version = \"1\" }\n")],
    );
    sandbox.write("p/top/Cargo.toml", manifest("top", USES));
    sandbox.commit("feat: need more");
    let export = export(&sandbox, "export");
    let error = moved(&sandbox, &export, "1.1.0").await.expect_err("the lockfile lacks `third`");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-CARGO-LOCK-STALE", ErrorKind::Precondition));
    assert!(error.help().is_some_and(|help| help.contains("cargo update --workspace")));
    assert_eq!(changed(&sandbox, &export), [""; 0]);
}

#[tokio::test]
async fn what_only_a_registry_knows_is_not_called_stale() {
    let sandbox = sandbox();
    workspace(
        &sandbox,
        ROOT,
        &[("base", ""), ("top", "[dependencies]\nbase = { path = \"../base\", version = \"1\" }\n")],
    );
    sandbox.write("p/top/Cargo.toml", manifest("top", USES));
    sandbox.commit("feat: need more");
    let export = export(&sandbox, "export");
    let error = moved(&sandbox, &export, "1.1.0").await.expect_err("the network is out of bounds");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-CARGO-LOCK-FAILED", ErrorKind::Precondition));
}

#[tokio::test]
async fn every_lockfile_that_records_what_moved_follows() {
    let sandbox = sandbox();
    let fuzz = "[workspace]\n[package]\nname = \"fuzz\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
        [dependencies]\nbase = { path = \"../p/base\" }\n";
    let alone = "[workspace]\n[package]\nname = \"alone\"\nversion = \"0.0.0\"\nedition = \"2021\"\n";
    for (name, text) in [("fuzz", fuzz), ("alone", alone)] {
        sandbox.write(format!("{name}/Cargo.toml"), text).write(format!("{name}/src/lib.rs"), "");
    }
    workspace(&sandbox, &format!("{ROOT}exclude = [\"fuzz\", \"alone\"]\n"), &[("base", "")]);
    for name in ["fuzz", "alone"] {
        sandbox.run("cargo", ["generate-lockfile", "--offline", "--manifest-path", &format!("{name}/Cargo.toml")]).ok();
    }
    sandbox.commit("feat: more workspaces");
    let export = export(&sandbox, "export");
    let edits = built(moved(&sandbox, &export, "1.1.0").await);
    assert_eq!(edits.iter().map(|edit| edit.path.as_str()).collect::<Vec<_>>(), ["Cargo.lock", "fuzz/Cargo.lock"]);
    sandbox.git_in(&export, ["checkout", "--quiet", "."]);
    let text = fs::read_to_string(export.join("fuzz/Cargo.toml")).expect("it is there");
    fs::write(export.join("fuzz/Cargo.toml"), format!("{text}missing = \"1\"\n")).expect("the folder is ours");
    let edits = built(moved(&sandbox, &export, "1.1.0").await);
    assert_eq!(
        edits.iter().map(|edit| edit.path.as_str()).collect::<Vec<_>>(),
        ["Cargo.lock"],
        "nobody releases `fuzz`"
    );
}

#[tokio::test]
async fn where_there_is_no_lockfile_none_is_made() {
    let sandbox = sandbox();
    workspace(&sandbox, ROOT, &[("base", "")]);
    sandbox.git(["rm", "--quiet", "Cargo.lock"]);
    sandbox.commit("chore: no lockfile");
    let export = export(&sandbox, "export");
    assert_eq!(built(moved(&sandbox, &export, "1.1.0").await), []);
    assert!(!export.join("Cargo.lock").exists());
}
