//! What random kills add up to.

use std::collections::BTreeMap;
use std::fmt;

/// What has been counted.
#[derive(Debug, Default, Clone)]
pub struct Counts {
    /// Releases from a change to their proof.
    pub rounds: usize,
    /// Processes that were killed.
    pub kills: usize,
    /// Processes that had ended by themselves before they could be killed.
    pub late: usize,
    /// Runs that nobody killed and that an index let fail.
    pub failed: usize,
    /// How many files were sent this often.
    pub sends: BTreeMap<usize, usize>,
}

impl Counts {
    /// Adds others to these.
    pub fn add(&mut self, other: &Self) {
        self.rounds += other.rounds;
        self.kills += other.kills;
        self.late += other.late;
        self.failed += other.failed;
        for (times, files) in &other.sends {
            *self.sends.entry(*times).or_default() += files;
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, kills, late, failed, sends } = self;
        let sends: Vec<String> = sends.iter().map(|(times, files)| format!("{files} × {times}")).collect();
        let sends = if sends.is_empty() { "none".to_owned() } else { sends.join(", ") };
        write!(f, "{rounds} rounds, {kills} kills ({late} too late), {failed} failed runs, sends per file: {sends}")
    }
}
