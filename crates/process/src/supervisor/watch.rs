//! Runs the program, and ends everything that it started: when it has ended, or when nobody waits for it any more.

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{ExitCode, ExitStatus, Stdio};
use std::thread;

use rustix::fs::Mode;
use rustix::process::{Pid, WaitOptions, umask, wait};

use super::child::command;
use super::control::{Control, Said, TERMINATE, UNABLE};
use super::job::Job;
use super::reach::Reach;

/// How many of those that had to be ended are named. What is said has to fit into the socket, for nobody reads it yet.
const SHOWN: usize = 20;

/// Starts the program and stays until nothing of it is left. What it came to is said, not returned.
pub(super) fn watch(control: &Control, job: &Job, reach: &Reach) -> io::Result<ExitCode> {
    if let Some(mask) = job.umask {
        umask(Mode::from_bits_truncate(mask.into()));
    }
    if job.program.is_empty() {
        control.say(&Said::Exit(0));
        return Ok(ExitCode::SUCCESS);
    }
    let mut program = command(&job.program);
    program.args(&job.args).stdin(Stdio::null()).process_group(0);
    let child = program.spawn()?;
    let leader = Pid::from_child(&child);
    let reach = reach.led_by(leader);
    obey(control.again()?, reach.clone())?;
    let status = reap_until(leader)?;
    let left = reach.end_what_is_left();
    for name in left.iter().take(SHOWN) {
        control.say(&Said::Ended(name.clone()));
    }
    if left.len() > SHOWN {
        control.say(&Said::Ended(format!("{} more", left.len() - SHOWN)));
    }
    control.say(&outcome(status));
    Ok(ExitCode::SUCCESS)
}

/// Does what is asked, on a thread of its own; once nobody can ask any more, ends everything and this process.
fn obey(control: Control, reach: Reach) -> io::Result<()> {
    let listen = move || {
        while let Some(word) = control.hear() {
            if word == TERMINATE {
                reach.terminate();
            }
        }
        reach.kill();
        leave();
    };
    thread::Builder::new().name("control".to_owned()).spawn(listen).map(drop)
}

#[expect(clippy::disallowed_methods, reason = "nothing here needs cleaning up, and the other thread only waits")]
fn leave() -> ! {
    std::process::exit(UNABLE.into())
}

/// Waits for the program, and for everything that is given to us to wait for.
fn reap_until(leader: Pid) -> io::Result<ExitStatus> {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == leader && !status.stopped() => {
                return Ok(ExitStatus::from_raw(status.as_raw()));
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn outcome(status: ExitStatus) -> Said {
    match (status.code(), status.signal()) {
        (Some(code), _) => Said::Exit(code),
        (None, signal) => Said::Signal(signal.unwrap_or_default()),
    }
}
