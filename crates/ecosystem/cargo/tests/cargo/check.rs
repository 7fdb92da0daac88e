//! What stands in the way of a release, and what of it can be mended.

use std::fs;
use std::sync::Arc;

use releasekit_core::model::{RepoPath, Target};
use releasekit_core::package_manager::{CheckRequest, CheckedPackage, Finding};
use releasekit_core::tree::MemoryTree;
use releasekit_core::{Diagnostic, PackageManager};
use releasekit_testkit::Sandbox;

use crate::common::*;

/// Asks about the work tree, of which these packages are to be released, to a registry at this URL.
fn request(sandbox: &Sandbox, names: &[&str], url: &str) -> CheckRequest {
    let target = Target::new("crates-io", url, url);
    let checked =
        |name: &&str| CheckedPackage::new(package(name)).with_targets(vec![target.clone()]).with_released(true);
    let packages = names.iter().map(checked).collect();
    let lockfile = fs::read(sandbox.work().join("Cargo.lock")).ok();
    let files = lockfile.map(|text| (RepoPath::new("Cargo.lock").expect("a legal path"), text));
    CheckRequest::new(Arc::new(MemoryTree::new(files)), sandbox.work(), RepoPath::root(), LIMIT)
        .with_packages(packages)
        .with_offline(true)
}

const HOUSE: &str = "sparse+https://house.invalid/";

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

async fn found(sandbox: &Sandbox, names: &[&str], url: &str) -> Vec<Finding> {
    built(cargo(sandbox).check(&request(sandbox, names, url)).await)
}

#[tokio::test]
async fn what_crates_io_refuses_is_told_of_crates_that_go_there() {
    let sandbox = sandbox();
    let bare = "[package]\nname = \"bare\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[dependencies]\nany = \"*\"\n";
    third_party(&sandbox, "any", "1.0.0");
    workspace(&sandbox, ROOT, &[("base", "")]);
    sandbox.write("p/bare/Cargo.toml", bare).write("p/bare/src/lib.rs", "");
    sandbox.run("cargo", ["generate-lockfile", "--offline"]).ok();
    let expected = ["RK-CARGO-DESCRIPTION-MISSING", "RK-CARGO-LICENSE-MISSING", "RK-CARGO-REQUIREMENT-MISSING"];
    let findings = found(&sandbox, &["base", "bare"], releasekit_cargo::config::INDEX).await;
    assert_eq!(codes(&findings), expected);
    assert_eq!(findings[0].place.path, "p/bare/Cargo.toml");
    assert_eq!(codes(&found(&sandbox, &["base", "bare"], HOUSE).await), [""; 0]);
    assert_eq!(
        codes(&found(&sandbox, &["base"], releasekit_cargo::config::INDEX).await),
        [""; 0],
        "it is not released"
    );
}

#[tokio::test]
async fn what_cargo_refuses_to_pack_is_told_wherever_it_goes() {
    let sandbox = sandbox();
    let files = "readme = \"NONE.md\"\nlicense-file = \"../../NONE\"\n";
    let needs = "[dependencies]\nbase = { path = \"../base\" }\n[dev-dependencies]\nbase = { path = \"../base\" }\n";
    workspace(&sandbox, ROOT, &[("base", files), ("top", needs)]);
    let findings = found(&sandbox, &["base", "top"], HOUSE).await;
    assert_eq!(codes(&findings), ["RK-CARGO-FILE-MISSING", "RK-CARGO-FILE-MISSING", "RK-CARGO-REQUIREMENT-MISSING"]);
    assert!(findings[2].message.contains("`top` requires `base` in any version"), "{}", findings[2].message);
    let incomplete = request(&sandbox, &["base"], HOUSE).with_complete(false);
    assert_eq!(codes(&built(cargo(&sandbox).check(&incomplete).await)), [""; 0], "a build may bring files");
}

#[tokio::test]
async fn a_crate_is_packed_to_learn_whether_it_is_too_large() {
    let sandbox = sandbox();
    workspace(&sandbox, ROOT, &[("base", ""), ("noise", "")]);
    let mut state = 1_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let noise: Vec<u8> = (0..11 << 20).map(|_| byte()).collect();
    sandbox.write("p/base/zeros.bin", vec![0; 11 << 20]).write("p/noise/noise.bin", noise);
    let findings = found(&sandbox, &["base", "noise"], releasekit_cargo::config::INDEX).await;
    assert_eq!(codes(&findings), ["RK-CARGO-TOO-LARGE"]);
    assert!(findings[0].message.starts_with("`noise-1.0.0.crate` has 115"), "{}", findings[0].message);
    assert_eq!(codes(&found(&sandbox, &["noise"], HOUSE).await), [""; 0]);
}

#[tokio::test]
async fn versions_of_what_is_tried_with_are_taken_away_where_they_cannot_be_had() {
    let sandbox = sandbox();
    let base = "[dev-dependencies]\nkit = { path = \"../kit\", version = \"1\" } # ours\nhidden = { path = \"../hidden\", version = \"1\" }\n";
    let kit = "[dependencies]\nbase = { path = \"../base\", version = \"1\" }\n";
    workspace(&sandbox, ROOT, &[("base", base), ("kit", kit), ("hidden", "publish = false\n")]);
    let findings = found(&sandbox, &["base", "kit"], HOUSE).await;
    assert_eq!(codes(&findings), ["RK-CARGO-DEV-PRIVATE", "RK-CARGO-DEV-CIRCLE"]);
    assert_eq!(findings.iter().map(|it| (it.stops(), it.fixable)).collect::<Vec<_>>(), [(true, true), (false, true)]);
    let edits = built(cargo(&sandbox).fix(&request(&sandbox, &["base", "kit"], HOUSE)).await);
    assert_eq!(edits.iter().map(|edit| edit.path.as_str()).collect::<Vec<_>>(), ["p/base/Cargo.toml"]);
    sandbox.write("p/base/Cargo.toml", edits[0].content.as_deref().expect("it is written"));
    let mended = "[dev-dependencies]\nkit = { path = \"../kit\" } # ours\nhidden = { path = \"../hidden\" }\n";
    assert_eq!(sandbox.read("p/base/Cargo.toml"), manifest("base", mended));
    assert_eq!(codes(&found(&sandbox, &["base", "kit"], HOUSE).await), [""; 0]);
}

#[tokio::test]
async fn a_lockfile_is_judged_where_the_repository_has_it() {
    let sandbox = sandbox();
    workspace(
        &sandbox,
        ROOT,
        &[("base", ""), ("top", "[dependencies]\nbase = { path = \"../base\", version = \"1\" }\n")],
    );
    sandbox.write("p/base/Cargo.toml", manifest("base", "").replace("1.0.0", "1.1.0"));
    let findings = found(&sandbox, &["base"], HOUSE).await;
    assert_eq!(codes(&findings), ["RK-CARGO-LOCK-STALE"]);
    assert!(findings[0].fixable && findings[0].output.is_some());
    let edits = built(cargo(&sandbox).fix(&request(&sandbox, &["base"], HOUSE)).await);
    assert!(edits[0].path.as_str() == "Cargo.lock" && codes(&found(&sandbox, &["base"], HOUSE).await).is_empty());
    sandbox.write("p/base/Cargo.toml", manifest("base", "").replace("1.0.0", "2.0.0"));
    let findings = found(&sandbox, &["base"], HOUSE).await;
    assert_eq!(codes(&findings), ["RK-CARGO-LOCK-UNSOLVABLE"]);
    assert!(!findings[0].fixable);
    fs::remove_file(sandbox.work().join("Cargo.lock")).expect("it is there");
    assert_eq!(codes(&found(&sandbox, &["base"], HOUSE).await), [""; 0]);
    sandbox.write("p/base/Cargo.toml", "[package]\n");
    let error = cargo(&sandbox).check(&request(&sandbox, &["base"], HOUSE)).await.expect_err("it has no name");
    assert_eq!(error.code().as_str(), "RK-CARGO-METADATA-FAILED");
}
