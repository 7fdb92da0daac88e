//! What stands in the way of a release, by rule; lockfiles are judged by the real uv.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::common::index::{Answer, Index};
use crate::common::tool::{LIMIT, context, folder, open, sandbox, write};
use crate::common::{codes, disk, packages, path, texts, tree};
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::event::Silent;
use releasekit_core::model::{PackageName, Target};
use releasekit_core::package_manager::{CheckRequest, CheckedPackage, Finding};
use releasekit_core::{BackendError, Diagnostic, Environment, ErrorKind, Result};
use releasekit_testkit::{Sandbox, run};

const PYPI: &str = "https://upload.pypi.org/legacy/";
const HOUSE: &str = "https://index.house.example/upload/";
const BUILD: &str = "[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n";

/// A project that nothing is wrong with, and more lines for its `[project]`.
fn project(more: &str) -> String {
    format!("[project]\nname = \"a\"\nversion = \"1.0.0\"\nrequires-python = \">=3.9\"\n{more}\n{BUILD}")
}

/// A request for the packages of a workspace at the root, all of them released to one place.
async fn request(files: &[(&str, &str)], folder: &Path, publish_url: &str) -> CheckRequest {
    let tree = tree(files);
    let target = Target::new("pypi", "https://read.example/simple/", publish_url);
    let checked = |package: releasekit_core::model::Package| {
        let targets = if package.private.is_some() { Vec::new() } else { vec![target.clone()] };
        CheckedPackage::new(package).with_targets(targets).with_released(true)
    };
    let checked: Vec<_> = packages(&tree, "").await.into_iter().map(checked).collect();
    CheckRequest::new(tree, folder.to_owned(), path(""), LIMIT).with_packages(checked).with_offline(true)
}

/// Checks files of which none is a lockfile, for which no uv is needed.
async fn check_with(
    files: &[(&str, &str)],
    publish_url: &str,
    change: impl FnOnce(CheckRequest) -> CheckRequest,
) -> Vec<Finding> {
    let folder = tempfile::tempdir().expect("writable");
    let context = BackendContext::new(Environment::new(), folder.path().join("cache"), Arc::new(Silent));
    let request = change(request(files, folder.path(), publish_url).await);
    open(&context).check(&request).await.expect("nothing is asked of anybody")
}

async fn check(files: &[(&str, &str)], publish_url: &str) -> Vec<Finding> {
    check_with(files, publish_url, |request| request).await
}

fn found(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// The text that a finding points at.
fn pointed_at(finding: &Finding) -> String {
    let text = finding.place.text.as_deref().expect("a text");
    text[finding.place.span.clone().expect("a place in it")].to_owned()
}

#[tokio::test]
async fn metadata_that_an_index_would_refuse_is_found_where_it_stands() {
    let long = format!("description = \"{}\"", "x".repeat(513));
    let label = format!("[project.urls]\n\"{}\" = \"https://a.example\"", "x".repeat(33));
    let cases: &[(&str, &str, &str)] = &[
        ("classifiers = [\"Typing :: Typed\", \"Do Not Upload\"]", "RK-UV-CLASSIFIER-UNKNOWN", "\"Do Not Upload\""),
        ("classifiers = [\"Colour :: Red\"]", "RK-UV-CLASSIFIER-UNKNOWN", "\"Colour :: Red\""),
        (
            "dependencies = [\"b @ https://b.example/b.whl\"]",
            "RK-UV-REQUIREMENT-URL",
            "\"b @ https://b.example/b.whl\"",
        ),
        (
            "[project.optional-dependencies]\nx = [\"c @ git+https://c.example/c ; python_version > '3'\"]",
            "RK-UV-REQUIREMENT-URL",
            "\"c @ git+https://c.example/c ; python_version > '3'\"",
        ),
        (&long, "RK-UV-SUMMARY-TOO-LONG", &long["description = ".len()..]),
        (&label, "RK-UV-URL-INVALID", &label["[project.urls]\n".len()..][..35]),
        ("[project.urls]\nHome = \"a.example\"", "RK-UV-URL-INVALID", "Home"),
        ("readme = { text = \"hi\", content-type = \"text/html\" }", "RK-UV-README-TYPE-INVALID", "\"text/html\""),
        ("[project.optional-dependencies]\n\"-x\" = []", "RK-UV-EXTRA-INVALID", "\"-x\""),
    ];
    for (more, code, place) in cases {
        let findings = check(&[("pyproject.toml", &project(more))], PYPI).await;
        assert_eq!(found(&findings), [*code], "{more}");
        assert_eq!(pointed_at(&findings[0]), *place, "{more}");
        assert_eq!(findings[0].place.path, "pyproject.toml");
        assert!(!findings[0].fixable && !findings[0].help.is_empty());
    }
    for more in [
        "classifiers = [\"Programming Language :: Python :: 3\", \"License :: OSI Approved\"]",
        "dependencies = [\"b>=1\"]",
        "readme = { text = \"hi\", content-type = \"text/markdown; variant=GFM\" }",
        "[project.urls]\nHome = \"https://a.example\"",
        "[dependency-groups]\ndev = [\"b @ https://b.example/b.whl\"]",
    ] {
        assert_eq!(found(&check(&[("pyproject.toml", &project(more))], PYPI).await), [""; 0], "{more}");
    }
}

#[tokio::test]
async fn a_set_of_versions_that_is_none_is_found_where_uv_could_not_read_it() {
    for (text, is_one) in [(">=3.9,<4", true), ("", true), ("==3.11.*", true), (">=3.9.*", false), ("3.9", false)] {
        let file = project("").replace(">=3.9", text);
        let findings = check(&[("pyproject.toml", &file)], HOUSE).await;
        let expected: &[&str] = if is_one { &[] } else { &["RK-UV-REQUIRES-PYTHON-INVALID"] };
        assert_eq!(found(&findings), expected, "{text}");
    }
}

#[tokio::test]
async fn a_local_version_goes_anywhere_but_to_pypi() {
    let file = project("").replace("1.0.0", "1.0.0+house.1");
    let findings = check(&[("pyproject.toml", &file)], PYPI).await;
    assert_eq!(found(&findings), ["RK-UV-VERSION-LOCAL"]);
    assert_eq!(pointed_at(&findings[0]), "\"1.0.0+house.1\"");
    assert_eq!(found(&check(&[("pyproject.toml", &file)], HOUSE).await), [""; 0]);

    let file = "[project]\nname = \"a\"\ndynamic = [\"version\"]\n[tool.hatch.version]\npath = \"a.py\"\n\
        [build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n";
    let findings = check(&[("pyproject.toml", file), ("a.py", "__version__ = '1.0+dev'\n")], PYPI).await;
    assert_eq!((found(&findings), findings[0].place.path.as_str()), (vec!["RK-UV-VERSION-LOCAL"], "a.py"));
}

#[tokio::test]
async fn what_pypi_alone_refuses_is_no_matter_of_other_indexes() {
    let more = "classifiers = [\"House :: Internal\"]\ndependencies = [\"b @ https://b.example/b.whl\"]";
    assert_eq!(found(&check(&[("pyproject.toml", &project(more))], HOUSE).await), [""; 0]);
}

#[tokio::test]
async fn what_is_not_released_now_is_not_looked_at() {
    let file = project("classifiers = [\"Colour :: Red\"]");
    let files = [("pyproject.toml", file.as_str())];
    let unpublished = |mut request: CheckRequest| {
        request.packages[0].targets.clear();
        request
    };
    assert_eq!(found(&check_with(&files, PYPI, unpublished).await), [""; 0]);
    let not_now = |mut request: CheckRequest| {
        request.packages[0].released = false;
        request
    };
    assert_eq!(found(&check_with(&files, PYPI, not_now).await), [""; 0]);
}

#[tokio::test]
async fn files_that_are_named_and_missing_are_found() {
    let cases = [
        ("readme = \"README.md\"", "\"README.md\""),
        ("readme = { file = \"docs/r.rst\", content-type = \"text/x-rst\" }", "\"docs/r.rst\""),
        ("license = { file = \"../../LICENSE\" }", "\"../../LICENSE\""),
        ("license-files = [\"LICEN[CS]E*\", \"legal/*.txt\"]", "\"legal/*.txt\""),
    ];
    for (more, place) in cases {
        let file = project(more);
        let mut files = vec![("pyproject.toml", file.as_str()), ("LICENSE", ""), ("other/legal/a.txt", "")];
        let findings = check(&files, HOUSE).await;
        assert_eq!(found(&findings), ["RK-UV-FILE-MISSING"], "{more}");
        assert_eq!(pointed_at(&findings[0]), place);
        // Commands of the configuration may bring them.
        assert_eq!(found(&check_with(&files, HOUSE, |request| request.with_complete(false)).await), [""; 0]);
        files.extend([("README.md", ""), ("docs/r.rst", ""), ("legal/a.txt", "")]);
        let left = check(&files, HOUSE).await;
        assert_eq!(left.is_empty(), !more.contains(".."), "{more}: {left:?}");
    }
}

const ROOT: &str = "[tool.uv.workspace]\nmembers = [\"p/*\"]\n";

fn member(name: &str, more: &str, requires: &str) -> String {
    format!(
        "[project]\nname = \"{name}\"\nversion = \"1.0.0\"\nrequires-python = \">=3.9\"\n{more}\n\
         [build-system]\nrequires = [{requires}]\nbuild-backend = \"uv_build\"\n"
    )
}

#[tokio::test]
async fn a_published_extra_does_not_need_what_is_never_published() {
    let secret = format!("{}\n[tool.uv]\npackage = false\n", member("secret", "", "\"uv_build\""));
    let extra =
        "[project.optional-dependencies]\nx = [\"secret>=1\"]\n[tool.uv.sources]\nsecret = { workspace = true }";
    let (app, open_app) = (member("app", extra, "\"uv_build\""), member("secret", "", "\"uv_build\""));
    let files = [("pyproject.toml", ROOT), ("p/app/pyproject.toml", &app), ("p/s/pyproject.toml", &secret)];
    let findings = check(&files, HOUSE).await;
    assert_eq!(found(&findings), ["RK-UV-EXTRA-PRIVATE"]);
    assert!(findings[0].message.contains("the extra `x` of `app` needs `secret`"), "{}", findings[0].message);
    assert_eq!(
        (pointed_at(&findings[0]).as_str(), findings[0].place.path.as_str()),
        ("\"secret>=1\"", "p/app/pyproject.toml")
    );
    let files = [("pyproject.toml", ROOT), ("p/app/pyproject.toml", &app), ("p/s/pyproject.toml", &open_app)];
    assert_eq!(found(&check(&files, HOUSE).await), [""; 0]);
}

#[tokio::test]
async fn a_build_takes_packages_of_the_repository_from_the_repository() {
    let tool = member("my-tool", "", "\"uv_build\"");
    let internal = "[tool.uv.sources]\nmy-tool = { workspace = true }";
    let by_path = "[tool.uv.sources]\nmy-tool = { path = \"../tool\" }";
    for (more, requires, is_found) in [
        ("", "\"uv_build\", \"My.Tool>=1\"", true),
        ("", "\"my-tool\"", true),
        ("", "\"my-tool==1.*\"", true),
        (by_path, "\"my-tool\"", false),
        (internal, "\"my-tool\"", false),
        ("", "\"my-tool==1.0.0\"", false),
        ("", "\"other-tool\"", false),
    ] {
        let app = member("app", more, requires);
        let files = [("pyproject.toml", ROOT), ("p/app/pyproject.toml", &app), ("p/tool/pyproject.toml", &tool)];
        let findings = check(&files, HOUSE).await;
        let expected: &[&str] = if is_found { &["RK-UV-BUILD-REQUIREMENT-STRANGER"] } else { &[] };
        assert_eq!(found(&findings), expected, "{more} {requires}");
    }
    // A package may build itself, and one of another workspace is no sibling.
    let own = member("my-tool", "", "\"my-tool\"");
    assert_eq!(found(&check(&[("pyproject.toml", &own)], HOUSE).await), [""; 0]);
    let app = member("app", "", "\"my-tool>=1\"");
    let elsewhere = |request: CheckRequest| request.with_elsewhere(vec![PackageName::new("my_tool")]);
    let findings = check_with(&[("pyproject.toml", &app)], HOUSE, elsewhere).await;
    assert_eq!(found(&findings), ["RK-UV-BUILD-REQUIREMENT-STRANGER"]);
}

/// A project with a lockfile on disk.
fn locked(sandbox: &Sandbox, more: &str) -> PathBuf {
    let export = folder(sandbox, "export");
    write(&export, &[("pyproject.toml", &project(more)), ("src/a/__init__.py", "")]);
    let mut uv = sandbox.command("uv");
    run(uv.args(["lock", "-q"]).current_dir(&export)).ok();
    export
}

/// Changes the project of `locked` to one with these lines.
fn change(export: &Path, more: &str) {
    write(export, &[("pyproject.toml", &project(more))]);
}

async fn request_on_disk(export: &Path) -> CheckRequest {
    let tree = disk(export);
    let checked = packages(&tree, "").await.into_iter().map(|package| CheckedPackage::new(package).with_released(true));
    CheckRequest::new(tree, export.to_owned(), path(""), LIMIT).with_packages(checked.collect())
}

async fn check_on_disk(sandbox: &Sandbox, export: &Path) -> Result<Vec<Finding>> {
    open(&context(sandbox)).check(&request_on_disk(export).await).await
}

#[tokio::test]
async fn a_stale_lockfile_is_found_and_mended() {
    let Some(sandbox) = sandbox() else { return };
    let export = locked(&sandbox, "");
    assert_eq!(check_on_disk(&sandbox, &export).await.expect("uv says"), []);
    change(&export, "dependencies = [\"packaging\"]");
    let findings = check_on_disk(&sandbox, &export).await.expect("uv says");
    assert_eq!(found(&findings), ["RK-UV-LOCK-STALE"]);
    assert!(findings[0].fixable && findings[0].place.path == "uv.lock");
    assert!(findings[0].output.as_deref().expect("uv's words").contains("needs to be updated"));
    let error = BackendError::from(findings[0].clone());
    assert_eq!((error.kind(), error.code().as_str()), (ErrorKind::Precondition, "RK-UV-LOCK-STALE"));

    let uv = open(&context(&sandbox));
    let edits = uv.fix(&request_on_disk(&export).await).await.expect("uv locks");
    let [(file, text)] = &*texts(&edits) else { panic!("{edits:?}") };
    assert_eq!(file, "uv.lock");
    assert!(text.contains("name = \"packaging\""), "{text}");
    assert_eq!(check_on_disk(&sandbox, &export).await.expect("uv says"), []);
    assert_eq!(uv.fix(&request_on_disk(&export).await).await.expect("nothing to do"), []);
}

#[tokio::test]
async fn a_lockfile_that_is_refreshed_next_is_not_judged_before() {
    let Some(sandbox) = sandbox() else { return };
    let export = locked(&sandbox, "");
    change(&export, "dependencies = [\"packaging\"]");
    let mut request = request_on_disk(&export).await.with_refreshed(true);
    let uv = open(&context(&sandbox));
    assert_eq!(uv.check(&request).await.expect("uv is not asked"), []);
    // Nothing of it moves, so nobody refreshes it.
    request.packages.iter_mut().for_each(|checked| checked.released = false);
    assert_eq!(found(&uv.check(&request).await.expect("uv says")), ["RK-UV-LOCK-STALE"]);
}

#[tokio::test]
async fn requirements_without_a_solution_are_not_called_stale() {
    let Some(sandbox) = sandbox() else { return };
    let export = locked(&sandbox, "");
    let index = Index::start(Answer::Status(500, ""), Answer::Status(404, ""));
    let sandbox = sandbox.with_env("UV_OFFLINE", "0").with_env("UV_DEFAULT_INDEX", index.simple_url());
    change(&export, "dependencies = [\"packaging<1\"]");
    let findings = check_on_disk(&sandbox, &export).await.expect("uv says");
    assert_eq!(found(&findings), ["RK-UV-LOCK-UNSOLVABLE"]);
    assert!(!findings[0].fixable);
    assert!(findings[0].output.as_deref().expect("uv's words").contains("packaging"), "{findings:?}");
    assert_eq!(open(&context(&sandbox)).fix(&request_on_disk(&export).await).await.expect("nothing to mend"), []);
}

#[tokio::test]
async fn what_uv_could_not_find_out_is_no_finding() {
    let Some(offline) = sandbox() else { return };
    let export = locked(&offline, "");
    change(&export, "dependencies = [\"not-in-the-house\"]");
    for (answer, kind) in [
        (Answer::Status(503, ""), ErrorKind::Transient),
        (Answer::Lost, ErrorKind::Transient),
        (Answer::Status(401, ""), ErrorKind::Unauthenticated),
    ] {
        let index = Index::start(Answer::Status(500, ""), answer.clone());
        let Some(sandbox) = sandbox() else { return };
        let sandbox = sandbox.with_env("UV_OFFLINE", "0").with_env("UV_DEFAULT_INDEX", index.simple_url());
        let error = check_on_disk(&sandbox, &export).await.expect_err("nobody said");
        assert_eq!((codes(&error), error.kind()), (vec!["RK-UV-LOCK-FAILED".to_owned()], kind), "{answer:?} {error}");
        assert!(error.output().is_some());
    }
    let request = request_on_disk(&export).await.with_offline(true);
    let error = open(&context(&offline)).check(&request).await.expect_err("nobody may be asked");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-UV-LOCK-FAILED", ErrorKind::Precondition));
    assert!(error.help().expect("help").contains("without `--offline`"));
}

#[tokio::test]
async fn a_build_backend_that_fails_makes_no_lockfile_stale() {
    let Some(sandbox) = sandbox() else { return };
    let export = folder(&sandbox, "export");
    let dynamic = "[project]\nname = \"d\"\nversion = \"1.0.0\"\nrequires-python = \">=3.9\"\ndynamic = [\"dependencies\"]\n\
        [build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\
        [tool.setuptools]\npy-modules = []\n[tool.setuptools.dynamic]\ndependencies = { file = \"r.txt\" }\n";
    write(&export, &[("pyproject.toml", dynamic), ("r.txt", "")]);
    run(sandbox.command("uv").args(["lock", "-q"]).current_dir(&export)).ok();
    fs::remove_file(export.join("r.txt")).expect("it was there");
    write(&export, &[("pyproject.toml", &dynamic.replace("py-modules", "no-such-key"))]);
    let error = check_on_disk(&sandbox, &export).await.expect_err("it cannot be asked");
    assert_eq!(
        (error.code().as_str(), error.kind()),
        ("RK-UV-LOCK-FAILED", ErrorKind::ToolFailed),
        "{:?}",
        error.output()
    );
}

#[tokio::test]
async fn a_missing_uv_is_a_missing_tool() {
    let folder = tempfile::tempdir().expect("writable");
    write(folder.path(), &[("pyproject.toml", &project("")), ("uv.lock", "version = 1\n")]);
    let environment = Environment::new().with("PATH", folder.path());
    let context = BackendContext::new(environment, folder.path().join("cache"), Arc::new(Silent));
    let error = open(&context).check(&request_on_disk(folder.path()).await).await.expect_err("no uv");
    assert_eq!(error.kind(), ErrorKind::ToolMissing);
}

/// uv reads no project whose package file is wrong, so the package file's own fault is what there is to tell.
#[tokio::test]
async fn a_fault_of_the_package_file_is_told_instead_of_uvs_stumbling_over_it() {
    let Some(sandbox) = sandbox() else { return };
    let export = locked(&sandbox, "");
    write(&export, &[("pyproject.toml", &project("").replace(">=3.9", ">=3.9.*"))]);
    let mut request = request_on_disk(&export).await;
    request.packages[0].targets = vec![Target::new("pypi", "https://read.example/", HOUSE)];
    let findings = open(&context(&sandbox)).check(&request).await.expect("found without uv");
    assert_eq!(found(&findings), ["RK-UV-REQUIRES-PYTHON-INVALID"]);
}
