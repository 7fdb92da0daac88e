//! Running a program to its end and looking at what it said.

use std::process::{Command, Stdio};

/// What a program left behind when it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The command, for messages.
    pub command: String,
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Ran {
    /// Whether the exit code was 0.
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Gives stdout without its last line break, and panics with everything the program said when it failed.
    #[track_caller]
    pub fn ok(self) -> String {
        assert!(self.success(), "{self}");
        self.stdout.trim_end_matches('\n').to_owned()
    }

    /// Panics unless the program ended with this exit code.
    #[track_caller]
    pub fn code(self, expected: i32) -> Self {
        assert!(self.code == Some(expected), "expected exit code {expected}\n{self}");
        self
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "$ {}\nexit code {:?}", self.command, self.code)?;
        write!(f, "--- stdout\n{}--- stderr\n{}", self.stdout, self.stderr)
    }
}

/// Runs a command to its end with no input, and captures what it says.
#[track_caller]
pub fn run(command: &mut Command) -> Ran {
    let text = describe(command);
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("cannot start {text}: {error}"));
    Ran {
        command: text,
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy()));
    words.join(" ")
}
