//! A binary of somebody else's: further backends, wrapped backends, and a backend that panics.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use releasekit::Runner;
use releasekit_core::ecosystem::VcsBackend;
use releasekit_core::forge::{ChangeRequestState, ForgeBackend, ForgeSite};
use releasekit_core::model::{BranchName, CommitId};
use releasekit_core::{BackendContext, BackendError, Code, Environment, ErrorKind, Forge};
use releasekit_testkit::memory::forge::MemoryForge;
use releasekit_testkit::{Sandbox, Tools};

fn run(runner: Runner, args: &[&str]) -> ExitCode {
    let environment = Environment::new().with("HOME", "/nonexistent");
    runner.run(args.iter().map(OsString::from), environment)
}

#[test]
fn backends_can_be_added_and_wrapped() {
    let opened = Arc::new(AtomicUsize::new(0));
    let count = opened.clone();
    let elsewhere = VcsBackend { id: "elsewhere", open: Arc::new(|_, _| Ok(None)) };
    let runner =
        Runner::new().with_backends(move |backends| backends.add_vcs(elsewhere)).map_backends(move |mut all| {
            assert!(all.vcs.contains_key("git") && all.vcs.contains_key("elsewhere"));
            for backend in all.vcs.values_mut() {
                let (inner, count) = (backend.open.clone(), count.clone());
                backend.open = Arc::new(move |context, folder| {
                    count.fetch_add(1, Ordering::Relaxed);
                    inner(context, folder)
                });
            }
            all
        });
    // Outside of any repository: every system has been asked.
    assert_eq!(run(runner, &["releasekit", "-C", "/", "discover"]), ExitCode::from(5));
    assert_eq!(opened.load(Ordering::Relaxed), 2);
}

#[test]
fn a_failure_of_a_backend_ends_the_process_as_its_kind_says() {
    for (kind, exit) in [(ErrorKind::Configuration, 3), (ErrorKind::Usage, 2), (ErrorKind::Forbidden, 6)] {
        let refuse = move || BackendError::new(Code::new("RK-TEST-REFUSED", kind), "refused");
        let broken = VcsBackend { id: "broken", open: Arc::new(move |_, _| Err(refuse())) };
        let runner = Runner::new().with_backends(move |backends| backends.add_vcs(broken));
        assert_eq!(run(runner, &["releasekit", "-C", "/", "discover"]), ExitCode::from(exit), "{kind:?}");
    }
}

#[test]
fn a_panic_is_a_bug_with_its_own_exit_code() {
    let broken = VcsBackend { id: "broken", open: Arc::new(|_, _| panic!("on purpose, and reported as RK-RUN-BUG")) };
    let runner = Runner::new().with_backends(move |backends| backends.add_vcs(broken));
    assert_eq!(run(runner, &["releasekit", "-C", "/", "discover"]), ExitCode::from(70));
}

#[test]
fn a_second_backend_of_one_name_is_a_bug_unless_it_replaces_the_first() {
    let git = || VcsBackend { id: "git", open: Arc::new(|_, _| Ok(None)) };
    let outside = ["releasekit", "-C", "/", "discover"];
    let clash = Runner::new().with_backends(move |backends| backends.add_vcs(git()));
    assert_eq!(run(clash, &outside), ExitCode::from(70));
    let replaced = Runner::new().with_backends(move |backends| {
        backends.vcs.remove("git");
        backends.add_vcs(git());
    });
    assert_eq!(run(replaced, &outside), ExitCode::from(5));
}

/// A repository with a package to release, on a forge that the configuration names.
fn hosted(forge: &Arc<MemoryForge>) -> (Sandbox, impl Fn(&[&str]) -> ExitCode) {
    let sandbox = Sandbox::new();
    let build = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n";
    sandbox.write("pyproject.toml", format!("[project]\nname = \"core\"\nversion = \"1.0.0\"\n\n{build}"));
    let place = "[forge]\nkind = \"house\"\nurl = \"https://forge.test\"\nowner = \"o\"\nname = \"n\"\n";
    sandbox.write("releasekit.toml", place).commit("feat: begin");
    sandbox.push();
    let environment: Environment = sandbox.env().iter().cloned().collect();
    let (work, forge) = (sandbox.work().into_os_string(), forge.clone());
    let run = move |args: &[&str]| {
        let forge = forge.clone();
        let open = move |_: &BackendContext, _: &ForgeSite| Ok(forge.clone() as Arc<dyn Forge>);
        let runner = Runner::new().with_backends(move |backends| backends.add_forge(ForgeBackend::new("house", open)));
        let mut line =
            vec![OsString::from("releasekit"), OsString::from("-C"), work.clone(), OsString::from("prepare")];
        line.extend(args.iter().map(OsString::from));
        runner.run(line, environment.clone())
    };
    (sandbox, run)
}

#[test]
fn a_pull_request_is_opened_and_what_people_closed_is_nothing_to_release() {
    let Some(_) = Tools::require() else { return };
    let forge = Arc::new(MemoryForge::new(MemoryForge::everything()));
    // The forge stands beside git, and knows of the branch that will be pushed.
    forge.meddle(|content| content.branches.insert(BranchName::new("releasekit--release--main"), CommitId::new("tip")));
    let (sandbox, prepare) = hosted(&forge);
    let run = |args: &[&str], exit: u8, writes: usize| {
        assert_eq!(prepare(args), ExitCode::from(exit), "{args:?}");
        assert_eq!(forge.writes(), writes, "{args:?}");
    };
    run(&["--dry-run"], 0, 0);
    run(&["--no-forge"], 0, 0);
    run(&[], 0, 2);
    run(&["--exit-code"], 0, 2);
    let close = |head: &str| {
        forge.meddle(|content| {
            let request = &mut content.requests.last_mut().expect("it was opened").request;
            (request.state, request.head_commit) = (ChangeRequestState::Closed, CommitId::new(head));
        });
    };
    let tip = sandbox.git(["ls-remote", "origin", "refs/heads/releasekit--release--main"]);
    close(tip.split_whitespace().next().expect("it was pushed"));
    run(&["--exit-code"], 4, 2);
    run(&["--format", "json"], 0, 2);
    run(&["--reopen"], 0, 4);
    // Nobody can say what it was for whose head is gone.
    close(&"0".repeat(40));
    run(&["--exit-code"], 0, 6);
}

/// Its executable is somebody else's program, and may do anything when it is started again.
#[test]
fn a_program_whose_main_is_not_ours_renders_the_built_in_template_alone() {
    let sandbox = Sandbox::new();
    let build = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n";
    sandbox.write("pyproject.toml", format!("[project]\nname = \"core\"\nversion = \"1.0.0\"\n\n{build}"));
    sandbox.write("notes.j2", "{{ name }}").commit("feat: begin");
    let environment: Environment = sandbox.env().iter().cloned().collect();
    let work = sandbox.work().into_os_string();
    let args: Vec<OsString> = ["releasekit", "plan", "--format", "full", "-C"].map(OsString::from).into();
    let plan = || Runner::new().run(args.iter().cloned().chain([work.clone()]), environment.clone());
    assert_eq!(plan(), ExitCode::SUCCESS);
    sandbox.write("releasekit.toml", "[changelog]\ntemplate = \"notes.j2\"\n");
    assert_eq!(plan(), ExitCode::from(3));
}
