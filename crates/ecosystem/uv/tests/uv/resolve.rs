//! What the real uv would choose from real indexes.

use std::path::{Path, PathBuf};

use crate::common::index::{Answer, Index};
use crate::common::tool::{LIMIT, context, folder, open, write};
use crate::common::version;
use releasekit_core::model::{PackageName, Requirement, Target};
use releasekit_core::package_manager::{Installable, ResolveRequest, Resolved};
use releasekit_core::{Diagnostic, ErrorKind, Result};
use releasekit_testkit::servers::{Devpi, PASSWORD, PypiServer, USERNAME};
use releasekit_testkit::{Sandbox, Tools, run};

/// Settings that would hide everything there is.
const COOLDOWN: &str = "exclude-newer = \"2020-01-01T00:00:00Z\"\n";

const APP: &str = "my-app\n1.0.0\npy3-none-any\n>=3.9\nlib==1.0.0\npydantic>2\nbuilt-only";
const LIB: &str = "lib\n1.0.0\npy3-none-any\n>=3.8\nhttpx>=0.2 ; extra == 'net'";
const BUILT_ONLY: &str = "built-only\n1.0.0\nsdist\n>=3.8";

/// Writes artifacts into a folder. Gives the file that an sdist writes when anything of it runs.
fn fill(tools: &Tools, into: &Path, described: &[&str]) -> PathBuf {
    let mark = into.parent().expect("in a folder").join("ran");
    let mut python = Sandbox::new().command(tools.python());
    let script = include_str!("common/artifacts.py");
    run(python.args(["-c", script]).arg(into).arg(&mark).args(described).current_dir("/")).ok();
    mark
}

/// uv as a user has it who waits before he takes what is new.
fn cautious(tools: &Tools) -> Sandbox {
    let sandbox = Sandbox::new().with_tools(tools).with_env("UV_EXCLUDE_NEWER", "2020-01-01T00:00:00Z");
    write(&sandbox.path().join("home/.config/uv"), &[("uv.toml", COOLDOWN)]);
    sandbox
}

fn expected(name: &str, requirements: &[&str]) -> Installable {
    let required = |name: &&str| Requirement { name: (*name).to_owned(), text: (*name).to_owned() };
    Installable::new(PackageName::new(name), version("1.0.0"))
        .with_requirements(requirements.iter().map(required).collect())
}

/// What is wanted of `APP` and `LIB`.
fn both() -> Vec<Installable> {
    vec![expected("My.App", &["lib", "pydantic", "built-only"]), expected("lib", &["httpx"])]
}

async fn resolve(sandbox: &Sandbox, simple_url: &str, expected: Vec<Installable>) -> Result<Resolved> {
    let target = Target::new("pypi", simple_url, "http://127.0.0.1:1/legacy/");
    let request = ResolveRequest::new(target, folder(sandbox, "resolve"), LIMIT).with_packages(expected);
    open(&context(sandbox)).resolve(&request).await
}

/// The names that are not chosen, and why.
fn not_chosen(resolved: Resolved) -> (Vec<String>, String) {
    match resolved {
        Resolved::NotChosen { packages, why } => (packages.iter().map(ToString::to_string).collect(), why),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn siblings_are_chosen_together_whatever_the_index_lacks_and_the_user_waits_for() {
    let Some(tools) = Tools::require() else { return };
    let server = PypiServer::start(&tools);
    fill(&tools, &server.storage(), &[APP, LIB]);
    let sandbox = cautious(&tools);
    assert_eq!(resolve(&sandbox, &server.simple_url(), both()).await.expect("asked"), Resolved::Chosen);

    std::fs::remove_file(server.storage().join("lib-1.0.0-py3-none-any.whl")).expect("it was there");
    let (names, why) = not_chosen(resolve(&sandbox, &server.simple_url(), both()).await.expect("asked"));
    assert_eq!(names, ["lib"], "{why}");
    assert!(why.contains("lib was not found") || why.contains("no version of lib==1.0.0"), "{why}");
}

#[tokio::test]
async fn what_devpi_takes_it_offers() {
    let Some(tools) = Tools::require() else { return };
    let index = Devpi::shared(&tools).index("resolve");
    let sandbox = cautious(&tools);
    let files = folder(&sandbox, "files");
    fill(&tools, &files, &[APP, LIB]);
    let publish = |file: &str| {
        let file = files.join(file);
        let mut uv = sandbox.command("uv");
        uv.args(["publish", "-q", "--trusted-publishing", "never", "-u", USERNAME, "-p", PASSWORD, "--publish-url"]);
        run(uv.arg(index.upload_url()).arg(file)).ok();
    };
    publish("my_app-1.0.0-py3-none-any.whl");
    let (names, _) = not_chosen(resolve(&sandbox, &index.simple_url(), both()).await.expect("asked"));
    assert_eq!(names, ["lib"]);
    // The same cache has just heard that it is not there.
    publish("lib-1.0.0-py3-none-any.whl");
    assert_eq!(resolve(&sandbox, &index.simple_url(), both()).await.expect("asked"), Resolved::Chosen);
}

#[tokio::test]
async fn nothing_of_an_sdist_runs_whether_it_is_needed_or_expected() {
    let Some(tools) = Tools::require() else { return };
    let server = PypiServer::start(&tools);
    let mark = fill(&tools, &server.storage(), &[APP, LIB, BUILT_ONLY]);
    let sandbox = cautious(&tools);
    // The index has what builds it, so that only uv's own refusal keeps it from running.
    for wheel in std::fs::read_dir(tools.wheelhouse()).expect("readable").flatten() {
        std::fs::copy(wheel.path(), server.storage().join(wheel.file_name())).expect("writable");
    }
    let unknown = vec![expected("my-app", &["pydantic"]), expected("lib", &["httpx"])];
    let (names, why) = not_chosen(resolve(&sandbox, &server.simple_url(), unknown).await.expect("asked"));
    assert!(names.contains(&"my-app".to_owned()) && why.contains("built-only"), "{names:?} {why}");

    let mut all = both();
    all.push(expected("built-only", &[]).with_files(vec!["built_only-1.0.0.tar.gz".to_owned()]));
    assert_eq!(resolve(&sandbox, &server.simple_url(), all).await.expect("asked"), Resolved::Chosen);
    assert!(!mark.exists(), "code of an sdist has run");

    // It does run where uv may build, so the file means something.
    let input = folder(&sandbox, "builds");
    write(&input, &[("a.in", "built-only\n"), ("uv.toml", "")]);
    let mut uv = sandbox.command("uv");
    uv.args(["pip", "compile", "--no-config", "-q", "a.in", "--default-index"]).arg(server.simple_url());
    run(uv.env_remove("UV_EXCLUDE_NEWER").current_dir(&input)).ok();
    assert!(mark.exists());
}

#[tokio::test]
async fn it_is_asked_for_a_python_and_a_platform_that_the_packages_admit() {
    let Some(tools) = Tools::require() else { return };
    let server = PypiServer::start(&tools);
    let described = [
        "new\n1.0.0\npy3-none-any\n>=3.99",
        "old\n1.0.0\npy3-none-any\n>=3.7,<3.8",
        "win\n1.0.0\ncp311-cp311-win_amd64\n>=3.11",
    ];
    fill(&tools, &server.storage(), &described);
    let sandbox = cautious(&tools);
    for (name, runtime) in [("new", ">=3.99"), ("old", ">=3.7,<3.8"), ("win", ">=3.11")] {
        let one = expected(name, &[]).with_runtime(Some(runtime.to_owned()));
        assert_eq!(
            resolve(&sandbox, &server.simple_url(), vec![one]).await.expect("asked"),
            Resolved::Chosen,
            "{name}"
        );
    }
    let (names, why) =
        not_chosen(resolve(&sandbox, &server.simple_url(), vec![expected("new", &[])]).await.expect("asked"));
    assert_eq!((names, why.contains("Python >=3.99")), (vec!["new".to_owned()], true), "{why}");
}

#[tokio::test]
async fn requirements_that_no_release_together_can_meet_are_told_in_uvs_words() {
    let Some(tools) = Tools::require() else { return };
    let server = PypiServer::start(&tools);
    fill(&tools, &server.storage(), &["app\n1.0.0\npy3-none-any\n>=3.9\nlib<1", LIB]);
    let pair = vec![expected("app", &["lib"]), expected("lib", &["httpx"])];
    let (names, why) = not_chosen(resolve(&cautious(&tools), &server.simple_url(), pair).await.expect("asked"));
    assert_eq!(names, ["app", "lib"]);
    assert!(why.contains("depend on lib<1"), "{why}");
}

#[tokio::test]
async fn an_index_that_does_not_answer_is_an_error_and_asked_once() {
    let Some(tools) = Tools::require() else { return };
    let sandbox = cautious(&tools);
    for (answer, kind) in [
        (Answer::Status(503, "later"), ErrorKind::Transient),
        (Answer::Status(429, "later"), ErrorKind::RateLimited),
        (Answer::Lost, ErrorKind::Transient),
        (Answer::Status(401, "who"), ErrorKind::Unauthenticated),
        (Answer::Status(403, "no"), ErrorKind::Forbidden),
    ] {
        let index = Index::start(Answer::Status(500, ""), answer.clone());
        let one = vec![expected("lib", &[])];
        let error = resolve(&sandbox, &index.simple_url(), one).await.expect_err("no answer");
        assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-RESOLVE-FAILED", kind), "{answer:?}: {error}");
        assert_eq!(index.questions(), 1, "{answer:?}");
    }
    let index = Index::start(Answer::Status(500, ""), Answer::Status(404, ""));
    let answer = resolve(&sandbox, &index.simple_url(), vec![expected("lib", &[])]).await.expect("an answer");
    assert_eq!(not_chosen(answer).0, ["lib"]);
}

#[tokio::test]
async fn logins_for_reading_reach_the_index_and_no_message() {
    let Some(tools) = Tools::require() else { return };
    let index = Index::start(Answer::Status(500, ""), Answer::Status(401, "who"));
    let url = index.simple_url();
    let netrc = cautious(&tools);
    write(&netrc.path().join("home"), &[(".netrc", "machine 127.0.0.1 login nora password net-hunter2\n")]);
    let named = cautious(&tools)
        .with_env("UV_INDEX", format!("house={url}"))
        .with_env("UV_INDEX_HOUSE_USERNAME", "nora")
        .with_env("UV_INDEX_HOUSE_PASSWORD", "net-hunter2");
    let in_url = url.replace("http://", "http://nora:net-hunter2@");
    for (sandbox, url) in [(&netrc, url.as_str()), (&named, &url), (&cautious(&tools), &in_url)] {
        let error = resolve(sandbox, url, vec![expected("lib", &[])]).await.expect_err("refused");
        assert_eq!(index.asked_by().as_deref(), Some("Basic bm9yYTpuZXQtaHVudGVyMg=="));
        assert!(!format!("{error} {error:?} {:?}", error.output()).contains("net-hunter2"), "{error}");
    }
}

#[tokio::test]
async fn without_any_python_it_is_said_what_is_missing() {
    let Some(tools) = Tools::require() else { return };
    let sandbox = cautious(&tools);
    let bin = folder(&sandbox, "bin");
    std::os::unix::fs::symlink(tools.uv().canonicalize().expect("there"), bin.join("uv")).expect("writable");
    let sandbox = sandbox.with_env("PATH", bin).with_env("UV_PYTHON_INSTALL_DIR", "/nowhere");
    let error = resolve(&sandbox, "http://127.0.0.1:1/", vec![expected("lib", &[])]).await.expect_err("no Python");
    assert_eq!(error.kind(), ErrorKind::Precondition, "{error} {:?}", error.output());
    assert!(error.help().expect("help").contains("uv python install"));
}
