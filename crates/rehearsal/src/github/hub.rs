//! What all listeners share.

use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::answer;
use super::state::State;
use crate::connection::Scissors;
use crate::fault::{Fault, Faults};
use crate::log::Log;
use crate::upload::Upload;

/// The state behind its lock, and what needs none.
#[derive(Debug)]
pub(super) struct Hub {
    pub(super) faults: Faults,
    pub(super) log: Log,
    pub(super) writes: AtomicUsize,
    pub(super) uploads: AtomicUsize,
    state: Mutex<State>,
}

impl Hub {
    pub(super) fn new(state: State) -> Self {
        let (writes, uploads) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { faults: Faults::default(), log: Log::default(), writes, uploads, state: Mutex::new(state) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request and what befalls it.
    pub(super) fn upload(&self, faults: Vec<Fault>, scissors: Scissors) -> Upload {
        Upload::new(faults, scissors, answer::fault, (self.state().clock)())
    }
}
