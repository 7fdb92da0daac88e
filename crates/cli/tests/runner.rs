//! A binary of somebody else's: further backends, wrapped backends, and a backend that panics.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use releasekit::Runner;
use releasekit_core::Environment;
use releasekit_core::ecosystem::VcsBackend;

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
fn a_panic_is_a_bug_with_its_own_exit_code() {
    let broken = VcsBackend { id: "broken", open: Arc::new(|_, _| panic!("on purpose, and reported as RK-RUN-BUG")) };
    let runner = Runner::new().with_backends(move |backends| backends.add_vcs(broken));
    assert_eq!(run(runner, &["releasekit", "-C", "/", "discover"]), ExitCode::from(70));
}
