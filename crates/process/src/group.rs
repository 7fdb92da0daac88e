//! A child's process group, and how it ends.

use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

use crate::supervisor::TERMINATE;

/// How long a group has to end by itself after SIGTERM.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// How long a supervisor has to end what it watches.
const LAST: Duration = Duration::from_secs(5);

const POLL: Duration = Duration::from_millis(10);

/// Groups that were told to end when their commands were dropped, and may still be there.
static ENDING: AtomicUsize = AtomicUsize::new(0);

/// Waits until the groups of all dropped commands have ended, or `limit` is over. To be called before the process
/// exits on a signal, so that nothing that was started goes on behind its back. Blocks the thread.
pub fn reap(limit: Duration) {
    let until = Instant::now() + limit;
    while ENDING.load(Ordering::Acquire) > 0 && Instant::now() < until {
        thread::sleep(POLL);
    }
}

/// The group that a child leads. Dropping it ends the group, unless it is protected or was released.
#[derive(Debug)]
pub(crate) struct Group {
    leader: Option<Pid>,
    protected: bool,
    reach: Reach,
}

/// How the processes of a group are reached.
#[derive(Debug, Clone)]
enum Reach {
    /// By signals to the group.
    Signals,
    /// By the supervisor that leads it, who ends what is in no group any more, too.
    Supervisor(Arc<UnixStream>),
}

impl Group {
    pub(crate) fn of(leader: Option<u32>, protected: bool) -> Self {
        let leader = leader.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Self { leader, protected, reach: Reach::Signals }
    }

    /// A group whose leader does for the others what is said on the socket.
    pub(crate) fn supervised(mut self, control: Option<&Arc<UnixStream>>) -> Self {
        if let Some(control) = control {
            self.reach = Reach::Supervisor(control.clone());
        }
        self
    }

    /// Leaves the group alone from now on.
    pub(crate) fn release(&mut self) {
        self.leader = None;
    }

    /// Sends a signal to all of the group; a group that is gone is fine.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(leader) = self.leader {
            self.reach.signal(leader, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let Some(leader) = self.leader.filter(|_| !self.protected) else { return };
        self.reach.signal(leader, Signal::TERM);
        ENDING.fetch_add(1, Ordering::AcqRel);
        let reach = self.reach.clone();
        let ending = thread::Builder::new().name("ending".to_owned()).spawn(move || {
            reach.end(leader);
            ENDING.fetch_sub(1, Ordering::AcqRel);
        });
        if ending.is_err() {
            self.reach.signal(leader, Signal::KILL);
            ENDING.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Reach {
    fn signal(&self, leader: Pid, signal: Signal) {
        match self {
            Self::Signals => send(leader, signal),
            // A supervisor that is gone has left nobody behind.
            Self::Supervisor(control) if signal == Signal::KILL => drop(control.shutdown(Shutdown::Write)),
            Self::Supervisor(control) => drop(control.as_ref().write_all(&[TERMINATE])),
        }
    }

    /// Waits for the leader, whom SIGTERM has reached, and kills what is left of the group.
    fn end(&self, leader: Pid) {
        wait_for(leader, GRACE);
        self.signal(leader, Signal::KILL);
        if let Self::Supervisor(_) = self {
            wait_for(leader, LAST);
            // Only one that was stopped is still there.
            let _gone = kill_process(leader, Signal::KILL);
        }
    }
}

fn wait_for(leader: Pid, limit: Duration) {
    let until = Instant::now() + limit;
    while Instant::now() < until && is_running(leader) {
        thread::sleep(POLL);
    }
}

/// Looks without taking the exit status away from the runtime, which reaps.
fn is_running(leader: Pid) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    matches!(waitid(WaitId::Pid(leader), options), Ok(None))
}

fn send(leader: Pid, signal: Signal) {
    if let Err(error) = kill_process_group(leader, signal) {
        tracing::trace!(?leader, ?signal, %error, "no process group to signal");
    }
}
