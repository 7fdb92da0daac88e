//! Lockfiles, judged by the real uv.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::{Arc, Mutex};

use crate::common::tool::{context, folder, lock_request, open, sandbox, write};
use crate::common::{moved, texts};
use releasekit_core::event::{Event, Reporter};
use releasekit_core::model::RepoPath;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_testkit::Sandbox;
use releasekit_uv::lockfile_edit;

const LIB: &str = "[project]\nname = \"Lib.Core\"\nversion = \"1.0.0\"\nrequires-python = \">=3.9\"\n\
    [build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n";
const APP: &str = "[project]\nname = \"app\"\nversion = \"1.0.0\"\nrequires-python = \">=3.9\"\n\
    dependencies = [\"lib-core>=1.0\"]\n[tool.uv.sources]\nlib-core = { workspace = true }\n\
    [build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n";
const ROOT: &str = "[tool.uv.workspace]\nmembers = [\"packages/*\"]\nexclude = [\"packages/sample\"]\n";
const SAMPLE: &str = "[project]\nname = \"sample\"\nversion = \"0\"\nrequires-python = \">=3.9\"\n\
    dependencies = [\"lib-core\"]\n[tool.uv.sources]\nlib-core = { path = \"../lib\", editable = true }\n";

/// A project whose dependencies only its build backend knows.
const DYNAMIC: &str = "[project]\nname = \"d\"\nversion = \"1.0.0\"\nrequires-python = \">=3.9\"\ndynamic = [\"dependencies\"]\n\
        [build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\
        [tool.setuptools]\npy-modules = []\n[tool.setuptools.dynamic]\ndependencies = { file = \"r.txt\" }\n";

/// A workspace in `py/` with a lockfile, and a project beside its members that has one of its own.
fn workspace(sandbox: &Sandbox) -> std::path::PathBuf {
    let export = folder(sandbox, "export");
    write(
        &export,
        &[
            ("py/pyproject.toml", ROOT),
            ("py/packages/lib/pyproject.toml", LIB),
            ("py/packages/app/pyproject.toml", APP),
            ("py/packages/sample/pyproject.toml", SAMPLE),
        ],
    );
    for folder in ["py", "py/packages/sample"] {
        lock(sandbox, &export.join(folder));
    }
    export
}

fn lock(sandbox: &Sandbox, folder: &std::path::Path) {
    let mut command = sandbox.command("uv");
    releasekit_testkit::run(command.arg("lock").current_dir(folder)).ok();
}

fn bump(export: &std::path::Path) {
    let manifest = export.join("py/packages/lib/pyproject.toml");
    fs::write(manifest, LIB.replace("version = \"1.0.0\"", "version = \"2.0.0\"")).expect("writable");
}

#[tokio::test]
async fn moved_members_are_the_only_lines_that_change() {
    let Some(sandbox) = sandbox() else { return };
    let export = workspace(&sandbox);
    let uv = open(&context(&sandbox));
    let unmoved = || vec![("py/packages/app", moved("app", "1.0.0", "1.0.0"))];
    assert_eq!(uv.refresh_locks(&lock_request(&export, "py", unmoved())).await.expect("fresh"), []);

    bump(&export);
    let before = |file: &str| fs::read_to_string(export.join(file)).expect("readable");
    let files = ["py/uv.lock", "py/packages/sample/uv.lock"];
    let old = files.map(before);
    let lib = ("py/packages/lib", moved("Lib.Core", "1.0.0", "2.0.0"));
    let moves: Vec<_> = [lib].into_iter().chain(unmoved()).collect();
    let edits = uv.refresh_locks(&lock_request(&export, "py", moves.clone())).await.expect("uv accepts it");
    for (i, (file, text)) in texts(&edits).into_iter().enumerate() {
        assert_eq!(file, files[i]);
        assert_eq!(text, before(files[i]), "the export holds what was returned");
        let changed: Vec<_> = text.lines().zip(old[i].lines()).filter(|(new, old)| new != old).collect();
        assert_eq!(changed, [("version = \"2.0.0\"", "version = \"1.0.0\"")], "{file}");
        // uv itself would have written the very same bytes.
        lock(&sandbox, export.join(&file).parent().expect("in a folder"));
        assert_eq!(before(files[i]), text, "{file}");
    }
    assert_eq!(edits.len(), 2);
    assert_eq!(uv.refresh_locks(&lock_request(&export, "py", moves)).await.expect("nothing to do"), []);
}

#[test]
fn a_lockfile_without_end_is_refused() {
    for level in ["[", "{a = ", "{[[package]]\n = "] {
        let text = format!("[[package]]\nname = \"core\"\nsource = {}1", level.repeat(50_000));
        let file = RepoPath::new("uv.lock").expect("a path");
        let error = lockfile_edit(file, &text, &[]).expect_err(level);
        assert_eq!(error.code().as_str(), "RK-UV-MANIFEST-INVALID", "{level}");
    }
}

#[tokio::test]
async fn a_stale_lockfile_is_refused_with_what_uv_says() {
    let Some(sandbox) = sandbox() else { return };
    let export = workspace(&sandbox);
    bump(&export);
    let uv = open(&context(&sandbox));
    for (path, name) in [("py/packages/app", "app"), ("py/packages/other", "other")] {
        let moves = vec![(path, moved(name, "1.0.0", "1.0.0"))];
        let error = uv.refresh_locks(&lock_request(&export, "py", moves)).await.expect_err("stale");
        assert_eq!(error.code().as_str(), "RK-UV-LOCK-STALE");
        assert_eq!(error.kind(), ErrorKind::Precondition);
        assert!(error.help().expect("help").contains("run `uv lock` in `py` and commit `py/uv.lock`"));
        assert!(error.output().expect("uv's words").contains("needs to be updated"), "{:?}", error.output());
    }
}

/// A lockfile in a member's own folder, left from before it became one: uv reads the workspace's instead.
#[tokio::test]
async fn a_forgotten_lockfile_stays_as_it_is() {
    let Some(sandbox) = sandbox() else { return };
    let export = workspace(&sandbox);
    let forgotten = fs::read_to_string(export.join("py/uv.lock")).expect("readable").replace("1.0.0", "0.1.0");
    write(&export, &[("py/packages/app/uv.lock", &forgotten.replace("packages/lib", "../lib"))]);
    bump(&export);
    let uv = open(&context(&sandbox));
    let edits = uv
        .refresh_locks(&lock_request(&export, "py", vec![("py/packages/lib", moved("lib-core", "1.0.0", "2.0.0"))]))
        .await;
    let files: Vec<_> = edits.expect("accepted").iter().map(|edit| edit.path.to_string()).collect();
    assert_eq!(files, ["py/uv.lock", "py/packages/sample/uv.lock"]);
}

#[tokio::test]
async fn settings_of_the_user_do_not_decide() {
    let Some(sandbox) = sandbox() else { return };
    let export = workspace(&sandbox);
    let sandbox = sandbox
        .with_env("UV_EXCLUDE_NEWER", "2020-01-01T00:00:00Z")
        .with_env("UV_RESOLUTION", "lowest")
        .with_env("UV_DEFAULT_INDEX", "http://127.0.0.1:1/simple/")
        .with_env("UV_LOCKED", "1");
    write(&sandbox.path().join("home/.config/uv"), &[("uv.toml", "exclude-newer = \"2020-01-01T00:00:00Z\"\n")]);
    bump(&export);
    let uv = open(&context(&sandbox));
    let moves = vec![("py/packages/lib", moved("lib-core", "1.0.0", "2.0.0"))];
    assert_eq!(uv.refresh_locks(&lock_request(&export, "py", moves)).await.expect("accepted").len(), 2);
}

#[tokio::test]
async fn a_lockfile_made_with_settings_of_the_user_is_fresh_with_them() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = sandbox.with_env("UV_RESOLUTION", "lowest");
    let export = workspace(&sandbox);
    let uv = open(&context(&sandbox));
    let moves = vec![("py/packages/app", moved("app", "1.0.0", "1.0.0"))];
    assert_eq!(uv.refresh_locks(&lock_request(&export, "py", moves)).await.expect("fresh"), []);
}

#[tokio::test]
async fn where_there_is_no_lockfile_none_is_made() {
    let Some(sandbox) = sandbox() else { return };
    let export = folder(&sandbox, "export");
    write(&export, &[("pyproject.toml", LIB)]);
    let uv = open(&context(&sandbox));
    let moves = vec![("", moved("lib-core", "1.0.0", "2.0.0"))];
    assert_eq!(uv.refresh_locks(&lock_request(&export, "", moves)).await.expect("nothing to do"), []);
    assert!(!export.join("uv.lock").exists());
}

#[tokio::test]
async fn members_with_dynamic_dependencies_are_asked_with_the_users_own_sources() {
    let Some(sandbox) = sandbox() else { return };
    let export = folder(&sandbox, "export");
    write(&export, &[("pyproject.toml", DYNAMIC), ("r.txt", "")]);
    lock(&sandbox, &export);
    write(&export, &[("pyproject.toml", &DYNAMIC.replace("1.0.0", "1.0.1"))]);
    let own_cache = sandbox.with_own_uv_cache();
    let uv = open(&context(&own_cache));
    let moves = vec![("", moved("d", "1.0.0", "1.0.1"))];
    assert_eq!(uv.refresh_locks(&lock_request(&export, "", moves)).await.expect("accepted").len(), 1);
}

#[tokio::test]
async fn the_network_is_asked_only_where_it_may_be() {
    let Some(tools) = releasekit_testkit::Tools::require() else { return };
    let server = releasekit_testkit::servers::PypiServer::start(&tools);
    for wheel in fs::read_dir(tools.wheelhouse()).expect("set up").flatten() {
        if wheel.path().extension().is_some_and(|extension| extension == "whl") {
            fs::copy(wheel.path(), server.storage().join(wheel.file_name())).expect("writable");
        }
    }
    let sandbox = Sandbox::new().with_tools(&tools).with_env("UV_FIND_LINKS", "");
    let sandbox = sandbox.with_env("UV_DEFAULT_INDEX", server.simple_url());
    let export = folder(&sandbox, "export");
    write(&export, &[("pyproject.toml", DYNAMIC), ("r.txt", "")]);
    lock(&sandbox, &export);
    let own_cache = sandbox.with_own_uv_cache();
    let uv = open(&context(&own_cache));
    let mut request = lock_request(&export, "", vec![("", moved("d", "1.0.0", "1.0.0"))]);
    let error = uv.refresh_locks(&request).await.expect_err("the backend is not at hand");
    assert_eq!(error.code().as_str(), "RK-UV-LOCK-FAILED");
    request.offline = false;
    assert_eq!(uv.refresh_locks(&request).await.expect("fresh"), []);
}

/// `libs/b` takes `libs/a` by its path, and each has a lockfile of its own, as has a demo.
#[tokio::test]
async fn every_lockfile_that_records_a_moved_package_is_brought_in_line() {
    let Some(sandbox) = sandbox() else { return };
    let export = folder(&sandbox, "export");
    let b = SAMPLE.replace("sample", "b").replace("../lib", "../a");
    let demo = SAMPLE.replace("../lib", "../../libs/a");
    let files = [("libs/a/pyproject.toml", LIB), ("libs/b/pyproject.toml", &b), ("demos/d/pyproject.toml", &demo)];
    write(&export, &files);
    for folder in ["libs/a", "libs/b", "demos/d"] {
        lock(&sandbox, &export.join(folder));
    }
    write(&export, &[("libs/a/pyproject.toml", &LIB.replace("version = \"1.0.0\"", "version = \"2.0.0\""))]);
    // What the demo requires has changed since its lockfile was made.
    write(&export, &[("demos/d/pyproject.toml", &demo.replace("[\"lib-core\"]", "[\"lib-core\", \"absent-lib\"]"))]);
    let reporter = Arc::new(Warnings::default());
    let mut context = context(&sandbox);
    context.reporter = reporter.clone();
    let request = |roots: &[&str]| {
        let mut request = lock_request(&export, "libs/a", vec![("libs/a", moved("lib-core", "1.0.0", "2.0.0"))]);
        request.roots = roots.iter().map(|root| RepoPath::new(*root).expect("a path")).collect();
        request
    };
    let edits = open(&context).refresh_locks(&request(&["libs/a", "libs/b"])).await.expect("what is released fits");
    let files: Vec<_> = edits.iter().map(|edit| edit.path.to_string()).collect();
    assert_eq!(files, ["demos/d/uv.lock", "libs/a/uv.lock", "libs/b/uv.lock"]);
    let warned = reporter.0.lock().expect("no panic while held").clone();
    assert!(warned.len() == 1 && warned[0].contains("`demos/d/uv.lock`"), "{warned:?}");
    let error = open(&context).refresh_locks(&request(&["libs/a", "demos/d"])).await.expect_err("a root has to fit");
    assert!(error.to_string().contains("`demos/d/uv.lock`"), "{error}");
}

#[tokio::test]
async fn a_lockfile_behind_a_link_is_brought_in_line_where_it_lies() {
    let Some(sandbox) = sandbox() else { return };
    let export = folder(&sandbox, "export");
    write(&export, &[("pyproject.toml", LIB)]);
    lock(&sandbox, &export);
    fs::create_dir(export.join("locks")).expect("the folder is ours");
    fs::rename(export.join("uv.lock"), export.join("locks/python.lock")).expect("the folder is ours");
    symlink("locks/python.lock", export.join("uv.lock")).expect("the folder is ours");
    symlink("/etc/hostname", export.join("locks/uv.lock")).expect("the folder is ours");
    write(&export, &[("pyproject.toml", &LIB.replace("version = \"1.0.0\"", "version = \"2.0.0\""))]);
    let request = lock_request(&export, "", vec![("", moved("lib-core", "1.0.0", "2.0.0"))]);
    let edits = open(&context(&sandbox)).refresh_locks(&request).await.expect("uv follows the link too");
    let files: Vec<_> = edits.iter().map(|edit| edit.path.to_string()).collect();
    assert_eq!(files, ["locks/python.lock"]);
    assert!(export.join("uv.lock").is_symlink());
}

/// Keeps the warnings.
#[derive(Debug, Default)]
struct Warnings(Mutex<Vec<String>>);

impl Reporter for Warnings {
    fn report(&self, event: Event) {
        if let Event::Warning { message, .. } = event {
            self.0.lock().expect("no panic while held").push(message);
        }
    }
}
