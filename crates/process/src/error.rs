//! What can go wrong with a child process.

use std::io;
use std::time::Duration;

use releasekit_core::{BackendError, Code, Diagnostic, Redactor};

use crate::codes;

/// A tool that is missing, cannot run, hangs or fails. Texts of the tool are free of the secrets that were named.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No executable file of this name on the `PATH` that was given.
    #[error("`{program}` is not installed, or not on `PATH`")]
    NotFound {
        /// What was looked for.
        program: String,
    },
    /// The system refused to run it.
    #[error("`{program}` could not be run: {source}")]
    NotRun {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// It was ended when its time was over.
    #[error("`{program}` was ended after {} s without having finished", .limit.as_secs_f32())]
    TimedOut {
        /// The program and its arguments.
        program: String,
        /// The time it had.
        limit: Duration,
        /// What it wrote to stderr, or its beginning and its end.
        stderr: String,
    },
    /// It ended with another code than 0, or by a signal.
    #[error("`{}` {}", command_line(.program, .args), ending(*.code, *.signal))]
    Failed {
        /// The program.
        program: String,
        /// Its arguments.
        args: Vec<String>,
        /// Its exit code, where it exited.
        code: Option<i32>,
        /// The signal that ended it, where one did.
        signal: Option<i32>,
        /// What it wrote to stderr, or its beginning and its end.
        stderr: String,
    },
}

/// Longer command lines are cut in messages.
const LONGEST_COMMAND_LINE: usize = 200;

fn command_line(program: &str, args: &[String]) -> String {
    let mut line = program.to_owned();
    for arg in args {
        if line.len() + arg.len() >= LONGEST_COMMAND_LINE {
            line.push_str(" …");
            break;
        }
        line.push(' ');
        line.push_str(arg);
    }
    line
}

fn ending(code: Option<i32>, signal: Option<i32>) -> String {
    match (code, signal) {
        (Some(code), _) => format!("failed with exit code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended without an exit code".to_owned(),
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::NotFound { .. } => codes::NOT_FOUND,
            Self::NotRun { .. } => codes::NOT_RUN,
            Self::TimedOut { .. } => codes::TIMED_OUT,
            Self::Failed { .. } => codes::FAILED,
        }
    }

    fn specific_help(&self) -> Option<String> {
        match self {
            Self::NotFound { program } => Some(format!("install `{program}`, or put its folder on `PATH`")),
            Self::NotRun { .. } | Self::TimedOut { .. } | Self::Failed { .. } => None,
        }
    }

    fn output(&self) -> Option<String> {
        match self {
            Self::TimedOut { stderr, .. } | Self::Failed { stderr, .. } if !stderr.is_empty() => {
                Some(Redactor::new().redact(stderr))
            }
            _ => None,
        }
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        Self::from_diagnostic(error)
    }
}
