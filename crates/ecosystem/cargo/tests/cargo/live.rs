//! What is live, as the real cargo finds it at the registry of rehearsals.

use std::fs;
use std::path::Path;

use releasekit_core::model::{PackageName, Target, Version};
use releasekit_core::package_manager::{Installable, ResolveRequest, Resolved, SmokeRequest};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, PackageManager, Secret};
use releasekit_rehearsal::cargo::{Fault, On, Options, Server};
use releasekit_testkit::Sandbox;

use crate::common::*;

const NEEDS: &str = "[dependencies]\nbase = { path = \"../base\", version = \"1\" }\n";

fn server() -> Server {
    Server::start(Options::default()).expect("loopback has a free port")
}

/// Crates of a workspace, as they are built.
async fn crates(sandbox: &Sandbox, members: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    workspace(sandbox, ROOT, members);
    packed(sandbox, &members.iter().map(|(name, _)| *name).collect::<Vec<_>>()).await
}

async fn packed(sandbox: &Sandbox, names: &[&str]) -> Vec<(String, Vec<u8>)> {
    let export = export(sandbox, "export");
    let requests: Vec<_> = names.iter().map(|name| request(sandbox, &export, name, &[]).with_verify(false)).collect();
    let artifacts = built(cargo(sandbox).build_together(&requests).await).concat();
    let read = |path: &Path| fs::read(path).expect("it was built");
    artifacts.iter().map(|artifact| (artifact.file_name.clone(), read(&artifact.path))).collect()
}

fn target(server: &Server) -> Target {
    Target::new("crates-io", server.index_url(), server.index_url())
}

async fn resolved(sandbox: &Sandbox, server: &Server, names: &[&str]) -> Result<Resolved, BackendError> {
    let asked = |name: &&str| Installable::new(PackageName::new(*name), Version::from_canonical("1.0.0"));
    let folder = folder(sandbox, &format!("resolve-{}", names.join("-")));
    let request = ResolveRequest::new(target(server), folder, LIMIT).with_packages(names.iter().map(asked).collect());
    cargo(sandbox).resolve(&request).await
}

async fn installed(sandbox: &Sandbox, server: &Server, name: &str, version: &str) -> Result<(), BackendError> {
    let folder = folder(sandbox, &format!("install-{name}-{version}"));
    let version = Version::from_canonical(version);
    let request = SmokeRequest::new(PackageName::new(name), version, target(server), folder, LIMIT);
    cargo(sandbox).smoke_test(&request).await
}

#[tokio::test]
async fn cargo_chooses_what_is_live() {
    let (sandbox, server) = (sandbox(), server());
    let crates = crates(&sandbox, &[("base", ""), ("top", NEEDS)]).await;
    let missing = built(resolved(&sandbox, &server, &["base"]).await);
    assert!(
        matches!(&missing, Resolved::NotChosen { packages, .. } if packages == &[PackageName::new("base")]),
        "{missing:?}"
    );
    server.put(&crates[1].0, crates[1].1.clone()).expect("a crate");
    let lacks = built(resolved(&sandbox, &server, &["top"]).await);
    assert!(matches!(&lacks, Resolved::NotChosen { why, .. } if why.contains("base")), "{lacks:?}");
    server.put(&crates[0].0, crates[0].1.clone()).expect("a crate");
    assert_eq!(built(resolved(&sandbox, &server, &["top", "base"]).await), Resolved::Chosen);
    assert!(server.withdraw("base-1.0.0.crate"), "it is there");
    let yanked = built(resolved(&sandbox, &server, &["top", "base"]).await);
    assert!(matches!(yanked, Resolved::NotChosen { .. }), "{yanked:?}");
}

#[tokio::test]
async fn a_registry_that_does_not_answer_is_no_answer() {
    let (sandbox, server) = (sandbox(), server());
    server.faults().always(On::Page("base".to_owned()), Fault::Status(503));
    let error = resolved(&sandbox, &server, &["base"]).await.expect_err("it fails");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-RESOLVE-FAILED", ErrorKind::Transient));
    let closed = Server::start(Options::default().with_auth_required().with_owner("me", Secret::new("t")));
    let closed = closed.expect("loopback has a free port");
    let error = resolved(&sandbox, &closed, &["base"]).await.expect_err("nobody may read");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error}: {:?}", error.output());
}

#[tokio::test]
async fn a_library_is_built_and_a_program_is_installed() {
    let sandbox = sandbox().with_env("CARGO_REGISTRY_TOKEN", "secret");
    let server = server();
    workspace(&sandbox, ROOT, &[("base", ""), ("top", NEEDS), ("tool", "")]);
    let checked = "fn main() {\n    assert!(std::env::vars().all(|(name, _)| !name.contains(\"TOKEN\")));\n}\n";
    sandbox.write("p/top/build.rs", checked);
    sandbox.git(["mv", "p/tool/src/lib.rs", "p/tool/src/main.rs"]);
    sandbox.write("p/tool/src/main.rs", "fn main() {}\n");
    sandbox.write("p/both/Cargo.toml", manifest("both", "")).write("p/both/src/lib.rs", "pub fn here() {}\n");
    sandbox.write("p/both/src/main.rs", "fn main() {\n    both::here();\n}\n");
    sandbox.run("cargo", ["generate-lockfile", "--offline"]).ok();
    sandbox.commit("feat: programs");
    for (file, bytes) in packed(&sandbox, &["base", "top", "tool", "both"]).await {
        server.put(&file, bytes).expect("a crate");
    }
    built(installed(&sandbox, &server, "top", "1.0.0").await);
    assert!(sandbox.path().join("install-top-1.0.0/Cargo.lock").exists());
    built(installed(&sandbox, &server, "tool", "1.0.0").await);
    assert!(sandbox.path().join("install-tool-1.0.0/installed/bin/tool").exists());
    built(installed(&sandbox, &server, "both", "1.0.0").await);
    assert!(sandbox.path().join("install-both-1.0.0/installed/bin/both").exists());
    assert!(sandbox.path().join("install-both-1.0.0/target/debug").exists(), "the library was built too");
    let error = installed(&sandbox, &server, "top", "9.9.9").await.expect_err("it is not live");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-SMOKE-FAILED", ErrorKind::ToolFailed));
    assert!(error.output().is_some_and(|output| output.contains("9.9.9")));
}
