//! Everything that a program has started, however it hides: whom a supervisor ends.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, kill_process_group, wait};

/// How long what is left of a program has to end by itself.
const LINGER: Duration = Duration::from_millis(500);

/// How long killing is tried before it is given up.
const PATIENCE: Duration = Duration::from_secs(4);

const POLL: Duration = Duration::from_millis(5);

/// The longest name that a process is shown by.
const LONGEST_NAME: usize = 200;

/// Whom a supervisor reaches.
#[derive(Debug, Clone)]
pub(super) enum Reach {
    /// Everybody in the namespace but its first process, who asks.
    Namespace,
    /// A process group, and on Linux every process that descends from the supervisor.
    Descendants { group: Option<Pid> },
}

/// A process as the system lists it.
#[derive(Debug)]
pub(crate) struct Listed {
    pid: Pid,
    pub(crate) parent: i32,
    zombie: bool,
}

impl Listed {
    pub(crate) fn number(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }
}

impl Reach {
    /// Everything that this process starts from now on; what outlives its parent becomes a child of this process.
    pub(super) fn descendants() -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        Ok(Self::Descendants { group: None })
    }

    /// The same, where this process leads the program's group.
    pub(super) fn led_by(&self, leader: Pid) -> Self {
        match self {
            Self::Namespace => Self::Namespace,
            Self::Descendants { .. } => Self::Descendants { group: Some(leader) },
        }
    }

    /// Asks everybody to end.
    pub(super) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Ends everybody. Somebody else reaps.
    pub(super) fn kill(&self) {
        self.kill_while(|| ());
    }

    /// Gives what is left a moment, ends the rest, and gives its names.
    pub(super) fn end_what_is_left(&self) -> Vec<String> {
        let until = Instant::now() + LINGER;
        reap();
        while !self.others().is_empty() && Instant::now() < until {
            thread::sleep(POLL);
            reap();
        }
        let names = self.others().iter().map(|pid| name(*pid)).collect();
        self.kill_while(reap);
        names
    }

    fn kill_while(&self, between: impl Fn()) {
        let until = Instant::now() + PATIENCE;
        self.signal(Signal::KILL);
        while !self.others().is_empty() && Instant::now() < until {
            self.signal(Signal::KILL);
            thread::sleep(POLL);
            between();
        }
    }

    /// A process that is gone meanwhile is fine.
    fn signal(&self, signal: Signal) {
        match self {
            Self::Namespace => everybody(signal),
            Self::Descendants { group } => {
                if let Some(group) = group {
                    let _gone = kill_process_group(*group, signal);
                }
                for pid in self.others() {
                    let _gone = kill_process(pid, signal);
                }
            }
        }
    }

    /// Who is still running.
    fn others(&self) -> Vec<Pid> {
        let own = rustix::process::getpid().as_raw_nonzero().get();
        let all = list();
        let mut ours = BTreeSet::from([own]);
        let in_namespace = matches!(self, Self::Namespace);
        // Children are often listed behind their parents, but numbers wrap around.
        loop {
            let before = ours.len();
            let found = all.iter().filter(|it| in_namespace || ours.contains(&it.parent));
            let found: Vec<i32> = found.map(Listed::number).collect();
            ours.extend(found);
            if ours.len() == before {
                break;
            }
        }
        let is_other = |pid: Pid| pid.as_raw_nonzero().get() != own && ours.contains(&pid.as_raw_nonzero().get());
        all.iter().filter(|it| !it.zombie && is_other(it.pid)).map(|it| it.pid).collect()
    }
}

/// Signals everybody in the namespace but its first process.
#[cfg(target_os = "linux")]
fn everybody(signal: Signal) {
    let signal = nix::sys::signal::Signal::try_from(signal.as_raw());
    let _ = signal.map(|signal| nix::sys::signal::kill(nix::unistd::Pid::from_raw(-1), signal));
}

#[cfg(not(target_os = "linux"))]
fn everybody(_: Signal) {}

/// Takes the ends of those that have ended.
fn reap() {
    while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
}

/// All processes, where the system has `/proc`.
pub(crate) fn list() -> Vec<Listed> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter_map(describe).collect()
}

fn describe(number: i32) -> Option<Listed> {
    let stat = fs::read(format!("/proc/{number}/stat")).ok()?;
    // The name in parentheses may hold anything, parentheses too.
    let after = &stat[stat.iter().rposition(|byte| *byte == b')')? + 1..];
    let text = std::str::from_utf8(after).ok()?;
    let mut fields = text.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    Some(Listed { pid: Pid::from_raw(number)?, parent, zombie: matches!(state, "Z" | "X") })
}

/// The command line of a process, or its name.
pub(crate) fn name(pid: Pid) -> String {
    let folder = format!("/proc/{}", pid.as_raw_nonzero());
    let line = fs::read(format!("{folder}/cmdline")).unwrap_or_default();
    let words: Vec<String> = line
        .split(|byte| *byte == 0)
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    let line = match words.as_slice() {
        [] => fs::read_to_string(format!("{folder}/comm")).unwrap_or_default().trim().to_owned(),
        words => words.join(" "),
    };
    match line.char_indices().nth(LONGEST_NAME) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
