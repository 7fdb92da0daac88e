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

mod child;
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

use child::command;
use control::{Control, UNABLE};
pub(crate) use control::{Said, TERMINATE, said};
pub(crate) use job::Order;
use job::{Job, SUPERVISE};
pub(crate) use probe::is_cache;
pub use probe::probe;
use reach::Reach;
pub(crate) use reach::{Listed, list, name};

/// The first argument of the first process of new namespaces.
const INIT: &str = "--supervise-as-init";

/// Plays the supervisor where the arguments of this process say so, and gives how it ends; `None` where they do not, and
/// the program may go on with what it is for. To be called before anything else, while there is one thread.
pub fn play(args: &[OsString]) -> Option<ExitCode> {
    let role = args.get(1)?;
    let rest = &args[2..];
    if role == SUPERVISE {
        close_inherited();
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
    // In a session of its own nothing has a terminal, to type into or to write to past us.
    rustix::process::setsid()?;
    let _held = job.lock.as_deref().map(lock).transpose()?;
    // Whoever sweeps could have had the lock before us, but only once those who started us were gone.
    if !control.is_open()? {
        return Ok(ExitCode::from(UNABLE));
    }
    if job.namespaces {
        namespaces::enter()?;
        become_two(&job)
    } else {
        hide()?;
        Ok(watch::watch(control, &job, &Reach::descendants()?)?)
    }
}

/// Lets nobody trace this process, read its memory, or take a descriptor of it; where the system has no such thing, nothing.
pub fn hide() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Closes what whoever started releasekit left open: it is nobody's business here. Nothing of our own is open yet.
fn close_inherited() {
    let folder = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let numbers: Vec<i32> = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for number in numbers.into_iter().filter(|number| *number > 2) {
        // The folder itself was among them, and is closed.
        let _ = nix::unistd::close(number);
    }
}

/// Starts the first process of the namespaces that this one has entered, and outlives it, with the lock.
fn become_two(job: &Job) -> io::Result<ExitCode> {
    let mut first = command("/proc/self/exe".as_ref());
    // The lock stays outside, where nothing ends before the last of them has.
    first.arg(INIT).args(job.arguments()).stdin(Stdio::inherit());
    let mut first = first.spawn()?;
    hide()?;
    let status = first.wait()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::from(UNABLE), ExitCode::from))
}

fn be_first(control: &Control, args: &[OsString]) -> io::Result<ExitCode> {
    let job = Job::parse(args)?;
    namespaces::complete(&job)?;
    hide()?;
    watch::watch(control, &job, &Reach::Namespace)
}

/// Shares a lock, for as long as the file stays open.
fn lock(path: &OsStr) -> io::Result<File> {
    let file = File::open(path)?;
    file.lock_shared()?;
    Ok(file)
}
