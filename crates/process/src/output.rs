//! What a child left behind.

use std::process::ExitStatus;

use crate::error::Error;

/// How a program ended and what it wrote, with the named secrets replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a program may have failed; ask `checked` or `success`"]
#[non_exhaustive]
pub struct Output {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// What it wrote to stdout, or its beginning and its end with a line between them.
    pub stdout: Vec<u8>,
    /// Whether the middle of stdout was dropped at the limit.
    pub stdout_truncated: bool,
    /// What it wrote to stderr, or its beginning and its end with a line between them.
    pub stderr: Vec<u8>,
    /// Whether the middle of stderr was dropped at the limit: what is left may lack what counts.
    pub stderr_truncated: bool,
    program: String,
    args: Vec<String>,
}

impl Output {
    pub(crate) fn new(program: String, args: Vec<String>, status: ExitStatus) -> Self {
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        Self {
            code: status.code(),
            signal,
            stdout: Vec::new(),
            stdout_truncated: false,
            stderr: Vec::new(),
            stderr_truncated: false,
            program,
            args,
        }
    }

    /// Whether it exited with 0.
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Itself where it exited with 0, else [`Error::Failed`].
    pub fn checked(self) -> Result<Self, Error> {
        if self.success() { Ok(self) } else { Err(self.into_failure()) }
    }

    /// Nothing where it exited with 0, else [`Error::Failed`]; for programs whose output says nothing.
    pub fn succeeded(self) -> Result<(), Error> {
        self.checked().map(drop)
    }

    /// The failure that this ending is, for callers that have looked at it.
    pub fn into_failure(self) -> Error {
        let stderr = self.stderr_text();
        Error::Failed { program: self.program, args: self.args, code: self.code, signal: self.signal, stderr }
    }

    /// stdout as text, with what is no UTF-8 replaced.
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// stderr as text, with what is no UTF-8 replaced.
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}
