//! The process between us and a program that runs code of the repository.
//!
//! Such a program may leave processes behind, in sessions of their own, and we may be killed before it ends. So it is
//! started by a supervisor: this very executable, started again with [`play`] for its `main`. It watches a socket whose
//! other end only we hold, and when that closes, because we say so or because we are gone, it ends everything that the
//! program started, and only then itself. With `Isolation::Namespaces` a second process, the first one of new user,
//! process, mount and IPC namespaces, does the watching: nobody outside can be seen or traced from there, and when it
//! ends the system ends all the others.
//!
//! The supervisor gets the program's environment, which holds no secret, and decides nothing.

mod control;
mod job;
mod namespaces;
mod probe;
mod reach;
mod watch;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::process::{ExitCode, Stdio};

use control::Control;
pub(crate) use control::{Said, TERMINATE, said};
use job::Job;
pub(crate) use job::arguments;
pub(crate) use probe::is_cache;
pub use probe::probe;
use reach::Reach;

/// The first argument of the supervisor.
const SUPERVISE: &str = "--supervise";

/// The first argument of the first process of new namespaces.
const INIT: &str = "--supervise-as-init";

/// How the supervisor ends where it could not do its work; the reason goes to whoever started it.
const UNABLE: u8 = 125;

/// Plays the supervisor where the arguments of this process say so, and gives how it ends; `None` where they do not, and
/// the program may go on with what it is for. To be called before anything else, while there is one thread.
pub fn play(args: &[OsString]) -> Option<ExitCode> {
    let role = args.get(1)?;
    let rest = &args[2..];
    if role == SUPERVISE {
        Some(report(|control| supervise(control, rest)))
    } else if role == INIT {
        Some(report(|control| be_first(control, rest)))
    } else {
        None
    }
}

/// Does the work, and says why where it cannot be done.
fn report(work: impl FnOnce(&Control) -> io::Result<ExitCode>) -> ExitCode {
    let Ok(control) = Control::of_stdin() else { return ExitCode::from(UNABLE) };
    work(&control).unwrap_or_else(|error| {
        control.say(&Said::Failed(error.to_string()));
        ExitCode::from(UNABLE)
    })
}

fn supervise(control: &Control, args: &[OsString]) -> io::Result<ExitCode> {
    let job = Job::parse(args)?;
    let _held = job.lock.as_deref().map(lock).transpose()?;
    // Whoever sweeps could have had the lock before us, but only once those who started us were gone.
    if !control.is_open()? {
        return Ok(ExitCode::from(UNABLE));
    }
    if job.namespaces {
        namespaces::enter()?;
        become_two(&job)
    } else {
        Ok(watch::watch(control, &job, &Reach::descendants()?)?)
    }
}

/// Starts the first process of the namespaces that this one has entered, and outlives it, with the lock.
fn become_two(job: &Job) -> io::Result<ExitCode> {
    let mut first = command("/proc/self/exe".as_ref());
    first.arg(INIT).args(job.arguments()).stdin(Stdio::inherit());
    let status = first.spawn()?.wait()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::from(UNABLE), ExitCode::from))
}

fn be_first(control: &Control, args: &[OsString]) -> io::Result<ExitCode> {
    let job = Job::parse(args)?;
    namespaces::complete()?;
    watch::watch(control, &job, &Reach::Namespace)
}

/// Shares a lock, for as long as the file stays open.
fn lock(path: &OsStr) -> io::Result<File> {
    let file = File::open(path)?;
    file.lock_shared()?;
    Ok(file)
}

#[expect(clippy::disallowed_methods, reason = "the supervisor is what starts the program, in place of its parent")]
fn command(program: &OsStr) -> std::process::Command {
    std::process::Command::new(program)
}
