//! Which uv there is, and what happens where there is none.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::common::tool::{build_request, context, lock_request, open, sandbox, write};
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::event::Silent;
use releasekit_core::model::{Package, PackageName};
use releasekit_core::package_manager::Route;
use releasekit_core::{Diagnostic, Environment, ErrorKind};

/// A context whose `PATH` has one folder, with a program `uv` that runs this script.
fn with_fake_uv(script: Option<&str>) -> (tempfile::TempDir, BackendContext) {
    let folder = tempfile::tempdir().expect("writable");
    if let Some(script) = script {
        let uv = folder.path().join("uv");
        fs::write(&uv, format!("#!/bin/sh\n{script}\n")).expect("writable");
        fs::set_permissions(&uv, fs::Permissions::from_mode(0o755)).expect("writable");
    }
    let environment = Environment::new().with("PATH", folder.path());
    let context = BackendContext::new(environment, folder.path().join("cache"), std::sync::Arc::new(Silent));
    (folder, context)
}

#[tokio::test]
async fn the_version_is_what_uv_prints() {
    let Some(sandbox) = sandbox() else { return };
    let uv = open(&context(&sandbox));
    let info = uv.tool().await.expect("it is there");
    assert_eq!(info.name, "uv");
    let printed = sandbox.run("uv", ["--version"]).ok();
    assert!(printed.starts_with(&format!("uv {}", info.version)), "{printed}");
    let capabilities = uv.capabilities();
    assert!(capabilities.lockfile && capabilities.builds && capabilities.smoke_test);
    assert_eq!(capabilities.route, Route::Files);
}

#[tokio::test]
async fn an_old_uv_is_refused() {
    for (prints, fits) in [("uv 0.5.31 (x 2025-02-12)", false), ("uv 0.6.0", true), ("uv 1.0.0", true), ("huh", false)]
    {
        let (_folder, context) = with_fake_uv(Some(&format!("echo '{prints}'")));
        match open(&context).tool().await {
            Ok(info) => assert!(fits, "{info:?}"),
            Err(error) => {
                assert!(!fits, "{error:?}");
                assert_eq!(error.code().as_str(), "RK-UV-TOO-OLD");
                assert_eq!(error.kind(), ErrorKind::ToolMissing);
            }
        }
    }
}

#[tokio::test]
async fn a_missing_uv_is_said_by_whatever_needs_it() {
    let (work, context) = with_fake_uv(None);
    let uv = open(&context);
    write(
        work.path(),
        &[("pyproject.toml", "[project]\nname = \"a\"\nversion = \"1\"\n"), ("uv.lock", "version = 1\n")],
    );
    let package = Package::new(PackageName::new("a"), crate::common::path(""), crate::common::path("pyproject.toml"));
    let build = build_request(work.path(), package, work.path(), work.path().to_owned());
    let errors = [
        uv.tool().await.map(drop).expect_err("missing"),
        uv.build(&build).await.map(drop).expect_err("missing"),
        uv.refresh_locks(&lock_request(work.path(), "", vec![])).await.map(drop).expect_err("missing"),
    ];
    for error in errors {
        assert_eq!(error.code().as_str(), "RK-TOOL-NOT-FOUND");
        assert_eq!(error.kind(), ErrorKind::ToolMissing);
        assert!(error.help().expect("help").contains("install uv"));
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let (work, context) = with_fake_uv(Some("exit 0"));
    fs::write(work.path().join("cache"), "a file, where a folder should be").expect("writable");
    write(work.path(), &[("e/pyproject.toml", ""), ("e/uv.lock", "version = 1\n")]);
    let request = lock_request(&work.path().join("e"), "", vec![]);
    let error = open(&context).refresh_locks(&request).await.expect_err("no cache");
    assert_eq!(error.code().as_str(), "RK-UV-FOLDER-UNUSABLE");
    assert_eq!(error.kind(), ErrorKind::Precondition);
    assert!(error.to_string().contains("cache"), "{error}");
}

#[tokio::test]
async fn a_build_that_gives_nothing_has_failed() {
    let (work, context) = with_fake_uv(Some("exit 0"));
    let package = Package::new(PackageName::new("a"), crate::common::path(""), crate::common::path("pyproject.toml"));
    let request = build_request(work.path(), package, work.path(), work.path().to_owned());
    let error = open(&context).build(&request).await.expect_err("nothing was built");
    assert_eq!(error.code().as_str(), "RK-PUBLISH-BUILD-FAILED");
    assert!(error.to_string().contains("gave no wheel and no sdist"), "{error}");
}
