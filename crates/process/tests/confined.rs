//! Programs that run code of the repository: what they can see, and what becomes of all that they started. This program
//! is its own supervisor, so it has a `main` of its own.
#![expect(
    clippy::disallowed_methods,
    reason = "a test that starts itself, as a supervisor and as a parent to be killed"
)]

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use releasekit_core::confinement::{Confinement, Isolation, Workplace};
use releasekit_core::event::{Event, Reporter};
use releasekit_core::{BackendContext, Environment};
use releasekit_process::{Command, Error, Output, reap, supervisor};

const LONG: Duration = Duration::from_secs(20);

/// The first argument of the process that a test kills; then come the isolation and the folder.
const PARENT: &str = "--be-a-parent";

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    if let Some(code) = supervisor::play(&args) {
        return code;
    }
    if args.get(1).is_some_and(|arg| arg == PARENT) {
        be_a_parent(&args[2..]);
        return ExitCode::SUCCESS;
    }
    // Some let this process take in orphans, which the children of a test beside them would be taken for.
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    let mut trials = Vec::new();
    for isolation in isolations() {
        for (name, test) in TESTS {
            let name = format!("{isolation:?}::{name}").to_lowercase();
            trials.push(Trial::test(name, move || test(isolation)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

type Test = fn(Isolation) -> Result<(), Failed>;

const TESTS: &[(&str, Test)] = &[
    ("a_program_ends_as_it_would_alone", a_program_ends_as_it_would_alone),
    ("its_files_get_the_mask", its_files_get_the_mask),
    ("what_it_leaves_is_ended_and_named", what_it_leaves_is_ended_and_named),
    ("a_timeout_ends_all_of_it", a_timeout_ends_all_of_it),
    ("dropping_the_future_ends_all_of_it", dropping_the_future_ends_all_of_it),
    ("our_death_ends_all_of_it_and_then_frees_the_lock", our_death_ends_all_of_it_and_then_frees_the_lock),
    ("it_sees_what_its_isolation_lets_it_see", it_sees_what_its_isolation_lets_it_see),
    ("it_has_no_capability", it_has_no_capability),
    ("protected_folders_cannot_be_written_to", protected_folders_cannot_be_written_to),
    ("it_has_no_terminal_and_no_descriptor_of_ours", it_has_no_terminal_and_no_descriptor_of_ours),
    ("who_watches_cannot_be_stopped_for_ever", who_watches_cannot_be_stopped_for_ever),
    ("who_watches_cannot_be_replaced", who_watches_cannot_be_replaced),
    ("a_program_that_cannot_be_started_is_an_error", a_program_that_cannot_be_started_is_an_error),
    ("without_a_supervisor_the_group_is_ended", without_a_supervisor_the_group_is_ended),
];

/// Those that this system lets us try. Where it refuses namespaces, that is what the other one is for.
fn isolations() -> Vec<Isolation> {
    match probed().isolation {
        Isolation::Namespaces => vec![Isolation::Namespaces, Isolation::Supervised],
        other => vec![other],
    }
}

fn probed() -> Confinement {
    let executable = std::env::current_exe().expect("the surroundings hold");
    supervisor::probe(&executable, &Environment::new(), &std::env::temp_dir(), &[])
}

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<String>>);

impl Reporter for Heard {
    fn report(&self, event: Event) {
        if let Event::Warning { message, .. } = event {
            self.0.lock().expect("the surroundings hold").push(message);
        }
    }
}

/// A folder to work in, and the surroundings of a program.
struct World {
    folder: tempfile::TempDir,
    context: BackendContext,
    heard: Arc<Heard>,
}

impl World {
    fn new(isolation: Isolation) -> Self {
        let heard = Arc::new(Heard::default());
        let supervisor =
            Some(std::env::current_exe().expect("the surroundings hold")).filter(|_| isolation != Isolation::Group);
        let confinement = Confinement { isolation, supervisor, ..Confinement::default() };
        let folder = tempfile::tempdir().expect("the surroundings hold");
        let context = BackendContext::new(Environment::new(), folder.path().to_owned(), heard.clone());
        Self { folder, context: context.with_confinement(confinement), heard }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn sh(&self, script: &str) -> Command {
        sh(&self.context, self.path(), script, None)
    }

    fn warnings(&self) -> Vec<String> {
        self.heard.0.lock().expect("the surroundings hold").clone()
    }

    fn beats(&self) -> usize {
        fs::read_to_string(self.path().join("beats")).map_or(0, |text| text.lines().count())
    }

    /// Nothing writes into the folder any more.
    #[track_caller]
    fn assert_silent(&self) {
        let before = self.beats();
        thread::sleep(Duration::from_millis(300));
        assert_eq!(self.beats(), before, "something goes on");
    }
}

fn sh(context: &BackendContext, folder: &Path, script: &str, workplace: Option<Workplace>) -> Command {
    let environment = Environment::new().with("PATH", "/usr/local/bin:/usr/bin:/bin");
    Command::new("sh").args(["-c", script]).current_dir(folder).env(environment).confined(context, workplace)
}

/// Starts a process in a session of its own that writes a line every twentieth of a second, deaf to every request.
const HIDE: &str = "setsid sh -c 'trap \"\" HUP TERM INT; for i in $(seq 600); do echo $i >> beats; sleep 0.05; done' >/dev/null 2>&1 & ";

fn run(command: Command) -> Result<Output, Error> {
    runtime().block_on(command.run())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("the surroundings hold")
}

#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

fn a_program_ends_as_it_would_alone(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    let output = run(world.sh("echo out; echo err >&2; cat; exit 7"))?;
    assert_eq!((output.code, output.signal), (Some(7), None));
    assert_eq!((output.stdout_text().as_str(), output.stderr_text().as_str()), ("out\n", "err\n"));
    let output = run(world.sh("kill -SEGV $$"))?;
    assert_eq!((output.code, output.signal), (None, Some(11)));
    assert!(run(world.sh("exit 0"))?.success());
    assert_eq!(world.warnings(), [""; 0]);
    Ok(())
}

fn its_files_get_the_mask(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    for (mask, mode) in [(0o022, 0o644), (0o077, 0o600)] {
        let file = world.path().join(format!("{mask:o}"));
        let output = run(world.sh(&format!("echo > {mask:o}")).umask(mask))?;
        assert!(output.success(), "{}", output.stderr_text());
        assert_eq!(fs::metadata(file)?.permissions().mode() & 0o777, mode);
    }
    Ok(())
}

fn what_it_leaves_is_ended_and_named(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    let output = run(world.sh(&format!("{HIDE} until [ -e beats ]; do sleep 0.02; done; echo done")))?;
    assert_eq!(output.stdout_text(), "done\n");
    world.assert_silent();
    let warnings = world.warnings();
    let named =
        |text: &String| text.starts_with("`sh` left processes behind, which were ended: ") && text.contains("beats");
    assert!(matches!(warnings.as_slice(), [one] if named(one)), "{warnings:?}");
    Ok(())
}

fn a_timeout_ends_all_of_it(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    let began = Instant::now();
    let command = world.sh(&format!("trap '' TERM; {HIDE} echo waiting >&2; wait; sleep 60"));
    let error = run(command.timeout(Duration::from_millis(500))).expect_err("it has to fail");
    assert!(matches!(&error, Error::TimedOut { stderr, .. } if stderr == "waiting\n"), "{error:?}");
    assert!(began.elapsed() < LONG);
    assert!(world.beats() > 0);
    world.assert_silent();
    Ok(())
}

fn dropping_the_future_ends_all_of_it(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    let task = runtime();
    let running = task.spawn(world.sh(&format!("{HIDE} sleep 60")).run());
    until("it starts", || world.beats() > 0);
    running.abort();
    task.block_on(async { running.await.expect_err("it has to fail") });
    reap(LONG);
    world.assert_silent();
    Ok(())
}

/// Runs, in place of the test, a program that hides, until it is killed.
fn be_a_parent(args: &[OsString]) {
    let isolation = if args[0] == "Namespaces" { Isolation::Namespaces } else { Isolation::Supervised };
    let folder = PathBuf::from(&args[1]);
    let world = World::new(isolation);
    let lock = folder.join("lock");
    let held = File::open(&lock).expect("the surroundings hold");
    held.lock_shared().expect("the surroundings hold");
    let workplace = Workplace { folder: folder.clone(), lock };
    let _ended = run(sh(&world.context, &folder, &format!("{HIDE} sleep 60"), Some(workplace)));
}

fn our_death_ends_all_of_it_and_then_frees_the_lock(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    let path = world.path().join("lock");
    let lock = File::create(&path)?;
    let mut parent = std::process::Command::new(std::env::current_exe()?)
        .args([PARENT, &format!("{isolation:?}")])
        .arg(world.path())
        .spawn()?;
    until("the program starts", || world.beats() > 0);
    assert!(lock.try_lock().is_err(), "it is shared");
    parent.kill()?;
    parent.wait()?;
    until("the lock is free", || lock.try_lock().is_ok());
    // Nothing is waited for: whoever has the lock may remove the folder.
    world.assert_silent();
    Ok(())
}

/// Looks for a variable of ours wherever the system shows an environment, then says how many processes it saw.
const LOOK: &str = "for f in /proc/[0-9]*/environ m/[0-9]*/environ; do
    tr '\\0' '\\n' < $f 2>/dev/null | grep -q '^CARGO_' && echo found; done
    ls -d /proc/[0-9]* | wc -l";

fn it_sees_what_its_isolation_lets_it_see(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    let text = run(world.sh(LOOK))?.stdout_text();
    if isolation != Isolation::Namespaces {
        assert!(text.starts_with("found"), "cargo gave us a variable, and we are not hidden: {text}");
        return Ok(());
    }
    let seen: usize = text.trim().parse().map_err(|error| format!("{error}: {text}"))?;
    assert!(seen < 8, "{seen} processes");
    // Nor from a further namespace, in which it has all capabilities.
    for attempt in ["umount /proc", "mount -t proc proc m", "mount --rbind / m && umount m/proc"] {
        let script = format!("mkdir -p m; unshare -Ur -m sh -c '{attempt} 2>/dev/null; {}'", LOOK.replace('\'', "\""));
        let text = run(world.sh(&script))?.stdout_text();
        assert!(!text.contains("found"), "{attempt}: {text}");
    }
    Ok(())
}

fn it_has_no_capability(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    let text = run(world.sh("grep -E '^(Cap|NoNewPrivs)' /proc/self/status; id -u"))?.stdout_text();
    let user = rustix::process::geteuid().as_raw().to_string();
    assert_eq!(text.lines().last(), Some(user.as_str()), "the user is mapped to itself");
    if isolation == Isolation::Namespaces {
        let caps: Vec<&str> = text.lines().filter(|line| line.starts_with("Cap")).collect();
        assert!(caps.len() == 5 && caps.iter().all(|line| line.ends_with("\t0000000000000000")), "{text}");
        assert!(text.contains("NoNewPrivs:\t1"), "{text}");
    }
    Ok(())
}

/// Only in namespaces: elsewhere what has changed is found out afterwards.
fn protected_folders_cannot_be_written_to(isolation: Isolation) -> Result<(), Failed> {
    if isolation != Isolation::Namespaces {
        return Ok(());
    }
    let mut world = World::new(isolation);
    let folder = world.path().canonicalize()?;
    for name in ["repository/.git", "cache/mine/deep", "cache/other", "tmp"] {
        fs::create_dir_all(folder.join(name))?;
    }
    fs::write(folder.join("cache/lock"), "")?;
    world.context.confinement.protected = vec![folder.join("repository"), folder.join("cache")];
    let workplace = Workplace { folder: folder.join("cache/mine"), lock: folder.join("cache/lock") };
    let script = "
        for file in ../../other/relative $1/cache/other/absolute $1/repository/.git/config $1/cache/new \\
            /proc/self/cwd/../../other/proc /proc/1/cwd/../../other/first /proc/1/root$1/cache/other/root; do
            (echo x > $file) 2>/dev/null && echo wrote $file
        done
        mv $1/cache $1/gone 2>/dev/null && echo moved
        pattern=/proc/sys/kernel/core_pattern
        (cat $pattern > $pattern) 2>/dev/null && echo changed the kernel
        unshare -Ur -m sh -c 'mount -o remount,bind,rw $0/cache && echo x > $0/cache/other/again; umount $0/cache' $1 2>/dev/null
        echo x > here && echo x > ../beside && echo x > $1/tmp/free && pwd";
    let command =
        Command::new("sh").args(["-c", script, "sh"]).arg(&folder).current_dir(folder.join("cache/mine/deep"));
    let environment = Environment::new().with("PATH", "/usr/local/bin:/usr/bin:/bin");
    let output = run(command.env(environment).confined(&world.context, Some(workplace)))?;
    let expected = format!("{}\n", folder.join("cache/mine/deep").display());
    assert_eq!(output.stdout_text(), expected, "{}", output.stderr_text());
    assert_eq!(fs::read_dir(folder.join("cache/other"))?.count(), 0);
    assert!(folder.join("cache/mine/beside").exists() && folder.join("tmp/free").exists());
    Ok(())
}

fn it_has_no_terminal_and_no_descriptor_of_ours(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    let secret = world.path().join("secret");
    fs::write(&secret, "secret")?;
    let file = File::open(&secret)?;
    // Inherited by every child from now on, as what a shell has opened is.
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty())?;
    let text =
        run(world.sh("(: < /dev/tty) 2>/dev/null && echo terminal; ls -l /proc/self/fd; ls /dev/pts"))?.stdout_text();
    assert!(!text.contains("terminal") && !text.contains("secret"), "{text}");
    Ok(())
}

/// What a program does to its parent, and in namespaces to the first process, which is the same one.
const ATTACK: &str = "
import ctypes, os, signal, sys, time
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
parent = os.getppid()
for task in os.listdir(f'/proc/{parent}/task'):
    libc.ptrace(0x4206, int(task), None, None)
    libc.ptrace(0x4207, int(task), None, None)
pidfd = libc.syscall(434, parent, 0)
socket = libc.syscall(438, pidfd, 0, 0)
if socket >= 0:
    os.write(socket, b'exit 0\\n')
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for _ in range(600):
            with open('beats', 'a') as file:
                file.write('.\\n')
            time.sleep(0.05)
    os._exit(0)
while not os.path.exists('beats'):
    time.sleep(0.02)
os.kill(parent, getattr(signal, sys.argv[1]))
time.sleep(60)
";

fn attack(world: &World, signal: &str) -> Command {
    let environment = Environment::new().with("PATH", "/usr/local/bin:/usr/bin:/bin");
    let python = Command::new("python3").args(["-c", ATTACK, signal]).current_dir(world.path()).env(environment);
    python.timeout(Duration::from_secs(3)).confined(&world.context, None)
}

fn who_watches_cannot_be_stopped_for_ever(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    releasekit_process::adopt();
    let error = run(attack(&world, "SIGSTOP")).expect_err("its time is over");
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    world.assert_silent();
    Ok(())
}

fn who_watches_cannot_be_replaced(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    releasekit_process::adopt();
    let error = run(attack(&world, "SIGKILL")).expect_err("it is found out");
    match isolation {
        // The first process of a namespace is not killed from inside, so the time runs out.
        Isolation::Namespaces => assert!(matches!(error, Error::TimedOut { .. }), "{error:?}"),
        // Where root traces it, its end is heard of late.
        _ => assert!(matches!(error, Error::NotRun { .. } | Error::TimedOut { .. }), "{error:?}"),
    }
    world.assert_silent();
    Ok(())
}

fn a_program_that_cannot_be_started_is_an_error(isolation: Isolation) -> Result<(), Failed> {
    let world = World::new(isolation);
    let file = world.path().join("program");
    fs::write(&file, "#!/not/there\n")?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    let command = Command::new(&file).current_dir(world.path()).confined(&world.context, None);
    let error = run(command).expect_err("it has to fail");
    assert!(matches!(error, Error::NotRun { .. }), "{error:?}");
    Ok(())
}

fn without_a_supervisor_the_group_is_ended(_: Isolation) -> Result<(), Failed> {
    let world = World::new(Isolation::Group);
    let beat = "(for i in $(seq 600); do echo $i >> beats; sleep 0.05; done) >/dev/null 2>&1 & ";
    let output = run(world.sh(&format!("{beat} until [ -e beats ]; do sleep 0.02; done")))?;
    assert!(output.success());
    world.assert_silent();
    Ok(())
}
