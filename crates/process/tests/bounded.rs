//! Work under bounds: each of them ends the process, and nothing else, and is told by its name. This program starts itself
//! again for the work, so it has a `main` of its own.
#![expect(clippy::disallowed_methods, reason = "a test that starts itself")]
#![expect(clippy::panic, reason = "one of the ends of what it starts")]

use std::ffi::OsString;
use std::hint::{black_box, spin_loop};
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use releasekit_core::template::Stopped;
use releasekit_core::{Environment, Templates};
use releasekit_process::bounded::{BoundedTemplates, Bounds};

/// The first argument of the process under bounds.
const WORK: &str = "--work";

/// The same for one that has little processor time.
const BRIEF: &str = "--work-briefly";

const BOUNDS: Bounds = Bounds { memory: 256 << 20, time: Duration::from_secs(30), reply: 1 << 20 };

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    for (role, time) in [(WORK, BOUNDS.time), (BRIEF, Duration::ZERO)] {
        if args.get(1).is_some_and(|arg| arg == role) {
            Bounds { time, ..BOUNDS }.impose().expect("limits can be lowered");
            return work();
        }
    }
    let trials = TESTS.iter().map(|(name, test)| Trial::test(*name, test)).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Does what the request says.
fn work() -> ExitCode {
    let mut request = String::new();
    io::stdin().read_to_string(&mut request).expect("the surroundings hold");
    match request.as_str() {
        "double" => (0..50).fold(vec![1_u8; 4096], |grown, _| [&grown[..], &grown[..]].concat()).len(),
        "ask for all" => black_box(Vec::<u8>::with_capacity(isize::MAX as usize)).len(),
        "ask for more" => [0_u8; 2].repeat(usize::MAX / 2 + 1).len(),
        "loop" => loop {
            spin_loop();
        },
        "nest" => thread::spawn(|| nest(1)).join().expect("it never comes back"),
        "write" => write(&vec![b'x'; (1 << 20) + 1]),
        "panic" => panic!("on purpose"),
        "fail" => return ExitCode::from(3),
        "environment" => write(format!("{:?}", std::env::vars()).as_bytes()),
        echoed => write(echoed.as_bytes()),
    };
    ExitCode::SUCCESS
}

fn write(bytes: &[u8]) -> usize {
    io::stdout().write_all(bytes).expect("somebody reads");
    bytes.len()
}

/// Takes a frame for each level.
#[expect(unconditional_recursion, reason = "it is for the stack to end")]
fn nest(depth: usize) -> usize {
    black_box(nest(black_box(depth + 1))) + 1
}

type Test = fn() -> Result<(), Failed>;

const TESTS: &[(&str, Test)] = &[
    ("what_stays_within_its_bounds_is_answered", what_stays_within_its_bounds_is_answered),
    ("memory_is_bounded", memory_is_bounded),
    ("time_is_bounded", time_is_bounded),
    ("nobody_has_to_wait_for_its_time_to_end", nobody_has_to_wait_for_its_time_to_end),
    ("the_stack_is_bounded", the_stack_is_bounded),
    ("the_reply_is_bounded", the_reply_is_bounded),
    ("whatever_else_ends_it_is_told", whatever_else_ends_it_is_told),
    ("it_is_given_no_variable_but_those_that_were_named", it_is_given_no_variable_but_those_that_were_named),
];

fn render(role: &'static str, request: &str, environment: Environment, bounds: Bounds) -> Result<String, Stopped> {
    let executable = std::env::current_exe().expect("the surroundings hold").into_os_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the surroundings hold");
    let templates = BoundedTemplates::new(executable, role, environment, bounds);
    let reply = runtime.block_on(templates.render(request.as_bytes().to_vec()))?;
    Ok(String::from_utf8(reply).expect("text"))
}

fn work_on(request: &str) -> Result<String, Stopped> {
    render(WORK, request, Environment::new(), BOUNDS)
}

fn what_stays_within_its_bounds_is_answered() -> Result<(), Failed> {
    let long = "x".repeat(1 << 20);
    assert_eq!(work_on(&long)?, long);
    Ok(())
}

/// Where the system bounds none, there is nothing to be seen, and much to be lost.
fn memory_is_bounded() -> Result<(), Failed> {
    let named: &[&str] = if cfg!(target_os = "linux") { &["double", "ask for all"] } else { &[] };
    for request in named.iter().chain(&["ask for more"]) {
        assert_eq!(work_on(request), Err(Stopped::Memory { limit: BOUNDS.memory }), "{request}");
    }
    Ok(())
}

fn time_is_bounded() -> Result<(), Failed> {
    let (limit, started) = (Duration::from_millis(300), Instant::now());
    let stopped = render(WORK, "loop", Environment::new(), Bounds { time: limit, ..BOUNDS });
    assert_eq!(stopped, Err(Stopped::Time { limit }));
    assert!(started.elapsed() < Duration::from_secs(20), "it was waited for to its end");
    Ok(())
}

fn nobody_has_to_wait_for_its_time_to_end() -> Result<(), Failed> {
    let stopped = render(BRIEF, "loop", Environment::new(), BOUNDS).expect_err("the system ended it");
    assert!(stopped.to_string().ends_with("was ended by signal 9"), "{stopped}");
    Ok(())
}

fn the_stack_is_bounded() -> Result<(), Failed> {
    assert_eq!(work_on("nest"), Err(Stopped::Depth));
    Ok(())
}

fn the_reply_is_bounded() -> Result<(), Failed> {
    assert_eq!(work_on("write"), Err(Stopped::Length { limit: BOUNDS.reply }));
    Ok(())
}

fn whatever_else_ends_it_is_told() -> Result<(), Failed> {
    let why = |stopped: Result<String, Stopped>| stopped.expect_err("it failed").to_string();
    let panicked = why(work_on("panic"));
    assert!(panicked.contains("failed with exit code 101") && panicked.ends_with(": on purpose)"), "{panicked}");
    let failed = why(work_on("fail"));
    assert!(failed.starts_with("the process that renders it ") && failed.contains("exit code 3"), "{failed}");
    Ok(())
}

fn it_is_given_no_variable_but_those_that_were_named() -> Result<(), Failed> {
    let environment = Environment::new().with("NAMED", "x");
    assert_eq!(render(WORK, "environment", environment, BOUNDS)?, "Vars { inner: [(\"NAMED\", \"x\")] }");
    Ok(())
}
