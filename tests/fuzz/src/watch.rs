//! Watches over the input that is being answered: it lies on disk while it is, and it may not take long.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// The processor time that an input may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// How much longer it may take on a machine that has other things to do.
const BUSY: u32 = 20;

/// What the worker ends with when an input takes too long.
pub(crate) const HANGS: i32 = 9;

/// The input that is being answered.
pub(crate) struct Watch {
    file: File,
    /// Counts up when an input begins and when it ends; odd while one is being answered.
    turn: Arc<AtomicU64>,
}

impl Watch {
    /// Keeps inputs in a file and ends the process when one takes too long.
    pub(crate) fn start(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).truncate(true).write(true).open(path)?;
        let turn = Arc::new(AtomicU64::new(0));
        let watched = Arc::clone(&turn);
        thread::spawn(move || watch(&watched));
        Ok(Self { file, turn })
    }

    /// Has an input answered, and gives the processor time that it took.
    pub(crate) fn over<T>(&self, input: &[u8], answer: impl FnOnce() -> T) -> io::Result<(T, Duration)> {
        self.file.set_len(input.len() as u64)?;
        self.file.write_all_at(input, 0)?;
        self.turn.fetch_add(1, Ordering::SeqCst);
        let begun = processor_time();
        let answer = answer();
        let took = processor_time().saturating_sub(begun);
        self.turn.fetch_add(1, Ordering::SeqCst);
        Ok((answer, took))
    }
}

fn watch(turn: &AtomicU64) {
    let mut seen = (0, processor_time(), Instant::now());
    loop {
        thread::sleep(Duration::from_millis(100));
        let now = turn.load(Ordering::SeqCst);
        if now != seen.0 || now.is_multiple_of(2) {
            seen = (now, processor_time(), Instant::now());
        } else if processor_time().saturating_sub(seen.1) > PATIENCE || seen.2.elapsed() > PATIENCE * BUSY {
            std::process::exit(HANGS);
        }
    }
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}
