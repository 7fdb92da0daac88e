//! What comes of a command.

use releasekit_core::Diagnostic;

use crate::exit::Exit;

/// What came of a command that ran to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Data, for stdout.
    pub(crate) stdout: String,
    /// What failed beside what was done.
    pub(crate) errors: Vec<Box<dyn Diagnostic>>,
    /// How the process ends.
    pub(crate) exit: Exit,
}

impl Answer {
    /// Everything went well.
    pub(crate) fn new(stdout: impl Into<String>) -> Self {
        Self { stdout: stdout.into(), errors: Vec::new(), exit: Exit::Done }
    }

    /// Ends otherwise.
    pub(crate) fn with_exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Ends with "nothing to release" where that was asked for and is so.
    pub(crate) fn nothing_if(self, asked: bool, nothing: bool) -> Self {
        if asked && nothing { self.with_exit(Exit::Nothing) } else { self }
    }
}
