//! Which uv there is, and what happens where there is none.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::common::moved;
use crate::common::tool::{LIMIT, build_request, context, lock_request, open, sandbox, write};
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::event::Silent;
use releasekit_core::model::{Artifact, ArtifactKind, Package, PackageName, Target};
use releasekit_core::package_manager::{Reply, Route, UploadRequest};
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
    assert!(capabilities.lockfile && capabilities.smoke_test);
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
        uv.refresh_locks(&lock_request(work.path(), "", vec![("", moved("a", "1", "1"))]))
            .await
            .map(drop)
            .expect_err("missing"),
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
    let request = lock_request(&work.path().join("e"), "", vec![("", moved("a", "1", "1"))]);
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

/// What an upload by a uv that only looks around has found in the folder it runs in: the folder, its entries, and all that
/// the files in it say.
async fn found_by_an_upload(context: &BackendContext, work: &Path) -> String {
    let file = work.join("a-1-py3-none-any.whl");
    fs::write(&file, "").expect("writable");
    let artifact = Artifact::new(file, "a-1-py3-none-any.whl".to_owned(), ArtifactKind::Binary, 0, Vec::new());
    let target = Target::new("pypi", "http://127.0.0.1:9/simple/", "http://127.0.0.1:9/");
    let (package, version) = (PackageName::new("a"), crate::common::version("1"));
    let request = UploadRequest::new(package, version, artifact, target, LIMIT);
    let reply = open(context).upload(&request).await;
    assert!(matches!(reply, Reply::Accepted), "{reply:?}");
    fs::read_to_string(work.join("saw")).expect("uv ran").replace(&format!("{}/", work.display()), "")
}

#[tokio::test]
async fn the_folder_that_uv_uploads_in_is_empty_whatever_was_put_there() {
    let (work, mut context) = with_fake_uv(Some("{ /bin/pwd -P; /bin/ls -A; /bin/cat *; } > \"$LC_SAW\""));
    let work = fs::canonicalize(work.path()).expect("it is there");
    context.environment.set("LC_SAW", work.join("saw"));
    context.cache = work.join("cache");
    let expected = "cache/uv-empty\nuv.toml\n";
    let empty = work.join("cache/uv-empty");
    let plant = |file: &str| fs::write(empty.join(file), "http-proxy = \"http://127.0.0.1:9\"\n").expect("writable");
    assert_eq!(found_by_an_upload(&context, &work).await, expected);
    for file in ["uv.toml", "pyproject.toml", ".hidden"] {
        plant(file);
    }
    fs::create_dir_all(empty.join("uv")).expect("writable");
    plant("uv/uv.toml");
    assert_eq!(found_by_an_upload(&context, &work).await, expected, "files and folders go");

    fs::create_dir(work.join("theirs")).expect("writable");
    fs::write(work.join("theirs/uv.toml"), "theirs").expect("writable");
    fs::remove_file(empty.join("uv.toml")).expect("it is there");
    symlink(work.join("theirs/uv.toml"), empty.join("uv.toml")).expect("writable");
    symlink(work.join("theirs"), empty.join("uv")).expect("writable");
    assert_eq!(found_by_an_upload(&context, &work).await, expected, "links in it go");
    fs::remove_dir_all(&empty).expect("it is ours");
    symlink(work.join("theirs"), &empty).expect("writable");
    assert_eq!(found_by_an_upload(&context, &work).await, expected, "it is no link itself");
    assert_eq!(
        fs::read_to_string(work.join("theirs/uv.toml")).expect("it is there"),
        "theirs",
        "nothing goes through a link"
    );
}
