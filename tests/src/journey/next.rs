//! What a command says to do next, done to the letter.

use releasekit_testkit::{Ran, run};

use super::{Journey, Merge};

/// What a command says to do next; `None` where it says nothing.
pub fn next_step(ran: &Ran) -> Option<&str> {
    ran.stdout.lines().last()?.strip_prefix("next: ")
}

impl Journey {
    /// Does what a command said: merges where that is asked for, and runs every command that is named, of which the last may
    /// end as it likes.
    #[track_caller]
    pub fn follow(&self, step: &str) -> Ran {
        if step.starts_with("merge ") {
            self.merge(Merge::Commit);
        }
        let mut lines = commands(step);
        let last = lines.pop().expect("a step names a command");
        for line in lines {
            self.typed(line, &[]).code(0);
        }
        self.typed(last, &[])
    }

    /// Runs a command line of ours as it is typed, with more at its end.
    #[track_caller]
    pub fn typed(&self, line: &str, more: &[&str]) -> Ran {
        let words = line.split(' ').skip(1).chain(more.iter().copied());
        run(&mut self.command(words))
    }
}

/// The command lines that a step names; a step may be one itself.
pub fn commands(step: &str) -> Vec<&str> {
    step.split('`').filter(|part| part.starts_with("releasekit ")).collect()
}
