//! Commands that write: what they say, what a dry run leaves alone, when they ask, and how signals end them.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use releasekit_testkit::servers::{PASSWORD, PypiServer, USERNAME};
use releasekit_testkit::{Snapshot, Tools, run};
use serde_json::json;

use crate::project::Project;

/// Answers a question on a terminal of its own: reads until it comes, types the answer, and ends as the command ends.
pub(crate) const TERMINAL: &str = r#"
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
seen, answered = b"", False
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    seen += part
    if not answered and b"[y/N]" in seen:
        os.write(terminal, sys.argv[1].encode() + b"\n")
        answered = True
sys.stdout.write(seen.decode().replace("\r\n", "\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

/// Everything but the cache, in which a dry run may work, and the lock, which says who had it last.
fn world(project: &Project) -> Snapshot {
    let free = ["home/.cache", "tmp", "work/.git/releasekit/lock"];
    let kept = |path: &Path| !free.iter().any(|free| path.starts_with(free));
    Snapshot::of(project.sandbox.path()).only(kept)
}

fn with_tools() -> Option<Project> {
    Some(Project::released().with_tools(&Tools::require()?))
}

#[test]
fn prepare_says_what_it_pushed_and_a_second_run_changes_nothing() {
    let Some(project) = with_tools() else { return };
    assert_eq!(project.run(&["prepare"]).code(0).stdout, "nothing to release\n3 unchanged, 1 excluded\n");
    project.run(&["prepare", "--exit-code"]).code(4);
    project.change("core", "feat: add it");
    project.sandbox.push();

    let before = world(&project);
    let dry = project.run(&["prepare", "--dry-run"]).code(0);
    before.assert_same(&world(&project));
    assert!(dry.stdout.contains(": would be pushed\n") && dry.stderr.contains("dry run, not done: "), "{dry}");
    assert!(dry.stdout.ends_with("next: releasekit prepare\n"), "{dry}");

    let first = project.run(&["prepare"]).code(0).stdout;
    assert!(first.contains("releasekit--release--main at ") && first.contains(": pushed\n"), "{first}");
    let before = world(&project);
    let second = project.json(&["prepare", "--format", "json"]);
    before.assert_same(&world(&project));
    assert_eq!((&second["pushed"], &second["branch"]), (&json!(false), &json!("releasekit--release--main")));
    assert_eq!(second["plan"]["packages"][0]["tag"], "core-v1.1.0");
}

#[test]
fn a_release_from_prepare_to_status() {
    let Some(tools) = Tools::require() else { return };
    let server = PypiServer::start(&tools);
    let project = Project::released().with_tools(&tools);
    let urls = format!(
        "[ecosystems.py]\nregistry_url = {:?}\npublish_url = {:?}\n\n[publish]\npoll_timeout = 20\n",
        server.simple_url(),
        server.upload_url()
    );
    project.sandbox.write("releasekit.toml", urls);
    for name in ["core", "lib", "top"] {
        project.sandbox.write(format!("packages/{name}/src/{name}/__init__.py"), "");
    }
    project.sandbox.commit("fix: give them files");
    project.sandbox.push();
    let project = project
        .with_env("UV_PUBLISH_USERNAME", USERNAME)
        .with_env("UV_PUBLISH_PASSWORD", PASSWORD)
        .with_env("UV_DEFAULT_INDEX", &server.simple_url());
    project.run(&["prepare"]).code(0);
    project.sandbox.git(["fetch", "-q"]);
    project.sandbox.git(["merge", "-q", "--no-ff", "-m", "merge", "origin/releasekit--release--main"]);
    project.sandbox.push();
    let merged = project.run(&[]).code(0).stdout;
    assert!(merged.contains(", and not tagged yet:\n") && !merged.contains("ahead of the last tag"), "{merged}");
    assert!(
        merged.contains("core     1.0.0    1.0.0   1.0.1  patch  ")
            && merged.contains("lib      1.0.0    1.0.0   1.0.1"),
        "{merged}"
    );
    assert!(merged.ends_with("next: releasekit release\n"), "{merged}");
    let data = project.json(&["--format", "json"]);
    assert_eq!((&data["plan"], &data["pending"]["packages"][0]["next"]), (&json!(null), &json!("1.0.1")));
    project.run(&["publish"]).code(5);

    let built = project.run(&["build", "--package", "core", "--out", "dist"]).code(0).stdout;
    assert_eq!(built, "dist/py/core/core-1.0.1-py3-none-any.whl\ndist/py/core/core-1.0.1.tar.gz\n");
    fs::remove_dir_all(project.sandbox.work().join("dist")).expect("the sandbox is writable");

    let released = project.json(&["release", "--format", "json"]);
    assert_eq!((&released["outcome"], &released["dry_run"]), (&json!("tagged"), &json!(false)));
    assert_eq!(released["created"], json!(["core-v1.0.1", "lib-v1.0.1", "top-v1.0.1"]));
    assert_eq!(project.json(&["tag", "--format", "json"])["outcome"], "already_released");

    let waiting = project.run(&["status"]).code(0).stdout;
    assert!(waiting.contains("absent\n") && waiting.ends_with("next: releasekit publish\n"), "{waiting}");
    publish(&project, &server);
    let live = project.json(&["status", "--format", "json"]);
    let core = &live["releases"][0]["packages"][0];
    assert_eq!((&core["tag"]["state"], &core["registries"][0]["state"]), (&json!("there"), &json!("proven")));
    assert_eq!(project.run(&["plan"]).code(0).stdout, "nothing to release\n3 unchanged, 1 excluded\n");
}

fn publish(project: &Project, server: &PypiServer) {
    let dry = project.run(&["publish", "--dry-run"]).code(0);
    assert!(dry.stdout.contains("would be published"), "{dry}");
    assert!(dry.stdout.ends_with("dry run: nothing was sent\nnext: releasekit publish\n"), "{dry}");
    assert!(server.stored().is_empty());
    let first = project.json(&["publish", "--format", "json", "--receipt", "receipt.json"]);
    let core = &first["packages"][0];
    let seen = (&core["name"], &core["version"], &core["outcome"], &core["proof"]);
    assert_eq!(seen, (&json!("core"), &json!("1.0.1"), &json!("published"), &json!("bytes")));
    assert_eq!((server.stored().len(), &first["complete"]), (6, &json!(true)));
    let receipts: serde_json::Value = serde_json::from_str(&project.sandbox.read("receipt.json")).expect("JSON");
    assert_eq!(receipts.as_array().map(Vec::len), Some(3));
    let second = project.run(&["publish"]).code(0);
    assert!(second.stdout.contains("already live") && second.stdout.ends_with("everything is live and proven\n"));
}

#[test]
fn on_a_terminal_a_release_is_asked_for() {
    let project = Project::released();
    let at_terminal = |answer: &str, args: &[&str]| {
        let mut command = project.sandbox.command("python3");
        command.args(["-c", TERMINAL, answer, env!("CARGO_BIN_EXE_releasekit")]).args(args);
        run(&mut command)
    };
    let declined = at_terminal("n", &["release"]).code(1);
    assert!(declined.stdout.contains("[y/N]") && declined.stdout.contains("error[RK-RUN-DECLINED]"), "{declined}");
    let agreed = at_terminal("y", &["release"]).code(0);
    assert!(agreed.stdout.contains("nothing to release"), "{agreed}");
    for args in [&["release", "--yes"][..], &["release", "--dry-run"]] {
        let unasked = at_terminal("n", args).code(0);
        assert!(!unasked.stdout.contains("[y/N]"), "{unasked}");
    }
    assert_eq!(project.run(&["release"]).code(0).stderr, "", "nothing is asked away from a terminal");
}

#[test]
fn signals_end_a_waiting_run() {
    for (signal, exit, code) in [("-INT", 130, "RK-RUN-INTERRUPTED"), ("-TERM", 143, "RK-RUN-TERMINATED")] {
        let project = Project::released();
        let state = project.sandbox.work().join(".git/releasekit");
        fs::create_dir_all(&state).expect("the sandbox is writable");
        let lock = File::create(state.join("lock")).expect("the sandbox is writable");
        lock.lock().expect("nobody else holds it");

        let mut command = project.command(&["release"]);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the binary was built");
        let mut stderr = BufReader::new(child.stderr.take().expect("stderr is a pipe"));
        let mut line = String::new();
        stderr.read_line(&mut line).expect("stderr is text");
        assert!(line.starts_with("waiting for "), "{line}");
        project.sandbox.run("kill", [signal, &child.id().to_string()]).code(0);
        assert_eq!(child.wait().expect("the binary ends").code(), Some(exit));
        let rest: Vec<String> = stderr.lines().map(|line| line.expect("stderr is text")).collect();
        assert!(rest[0].starts_with(&format!("error[{code}]: ")), "{rest:?}");
    }
}
