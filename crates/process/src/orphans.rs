//! Processes that become our children though we did not start them: what programs without namespaces leave behind when
//! their supervisor was ended before them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::supervisor::{Listed, list, name};

/// How long ending them is tried.
const PATIENCE: Duration = Duration::from_secs(5);

const POLL: Duration = Duration::from_millis(5);

/// Those that we did start.
static CHILDREN: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// Whether this process takes in what outlives its parent, and nobody but this crate starts processes in it.
static ADOPTS: AtomicBool = AtomicBool::new(false);

/// Takes in what outlives its parent, from now on, and ends it when the program is over that it came from. Where the system
/// has no such thing it goes its own ways. For a process whose children are all started by this crate: others would be taken
/// for left behind.
pub fn adopt() {
    ADOPTS.store(true, Ordering::Relaxed);
    #[cfg(target_os = "linux")]
    let _refused = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// The children that we have started. Whoever starts one holds this until it is among them.
pub(crate) fn children() -> MutexGuard<'static, BTreeSet<i32>> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The children that nobody here has started; `None` where they are none of our business.
pub(crate) fn adopted() -> Option<BTreeSet<i32>> {
    ADOPTS.load(Ordering::Relaxed).then(strangers)
}

fn strangers() -> BTreeSet<i32> {
    let children = children();
    let own = rustix::process::getpid().as_raw_nonzero().get();
    let is_stranger = |it: &Listed| it.parent == own && !children.contains(&it.number());
    list().iter().filter(|it| is_stranger(it)).map(Listed::number).collect()
}

/// Ends the strangers that were not there before, with what they started, and gives their names.
pub(crate) fn end_strangers(before: &BTreeSet<i32>) -> Vec<String> {
    let until = Instant::now() + PATIENCE;
    let mut names = Vec::new();
    loop {
        let new: Vec<Pid> = strangers().difference(before).filter_map(|number| Pid::from_raw(*number)).collect();
        if new.is_empty() || Instant::now() >= until {
            return names;
        }
        for pid in new {
            // What it started becomes a stranger in its turn.
            let gone = matches!(waitpid(Some(pid), WaitOptions::NOHANG), Ok(Some(_)));
            if !gone {
                names.push(name(pid));
                let _ended = kill_process(pid, Signal::KILL);
            }
        }
        thread::sleep(POLL);
        names.dedup();
    }
}
