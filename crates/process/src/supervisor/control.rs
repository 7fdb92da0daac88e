//! The socket between us and a supervisor. It hears one byte at most, and says a line for each thing it has seen.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

/// Asks the supervisor to send SIGTERM to everything; closing the socket ends everything at once.
pub(crate) const TERMINATE: u8 = b't';

/// How the supervisor ends where it could not do its work; the reason goes to whoever started it.
pub(super) const UNABLE: u8 = 125;

/// What a supervisor has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// The program exited with this code.
    Exit(i32),
    /// A signal ended the program.
    Signal(i32),
    /// This process was still there when the program had ended, and was ended.
    Ended(String),
    /// Nothing was run, for this reason.
    Failed(String),
}

/// The supervisor's end.
#[derive(Debug)]
pub(super) struct Control(UnixStream);

impl Control {
    /// The socket that came as standard input.
    pub(super) fn of_stdin() -> io::Result<Self> {
        let owned = io::stdin().as_fd().try_clone_to_owned()?;
        Ok(Self(UnixStream::from(owned)))
    }

    /// Whether the other end is held by anybody.
    pub(super) fn is_open(&self) -> io::Result<bool> {
        self.0.set_nonblocking(true)?;
        let heard = (&self.0).read(&mut [0]);
        self.0.set_nonblocking(false)?;
        match heard {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(true),
            Err(error) => Err(error),
            Ok(read) => Ok(read > 0),
        }
    }

    /// Waits for a word; `None` once the other end is closed.
    pub(super) fn hear(&self) -> Option<u8> {
        let mut word = [0];
        matches!((&self.0).read(&mut word), Ok(1)).then_some(word[0])
    }

    /// A second handle on the same socket.
    pub(super) fn again(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// Says something. Nobody may be there any more to hear it.
    pub(super) fn say(&self, said: &Said) {
        let line = match said {
            Said::Exit(code) => format!("exit {code}\n"),
            Said::Signal(signal) => format!("signal {signal}\n"),
            Said::Ended(name) => format!("ended {}\n", name.escape_debug()),
            Said::Failed(why) => format!("failed {}\n", why.escape_debug()),
        };
        drop((&self.0).write_all(line.as_bytes()));
    }
}

/// Everything that was said, read at our end once the supervisor is gone. A line that makes no sense is none.
pub(crate) fn said(socket: &UnixStream) -> Vec<Said> {
    let mut text = Vec::new();
    // It cannot block: what is not there now never comes.
    let _ = socket.set_nonblocking(true).and_then(|()| { socket }.read_to_end(&mut text));
    String::from_utf8_lossy(&text).lines().filter_map(parse).collect()
}

fn parse(line: &str) -> Option<Said> {
    let (word, rest) = line.split_once(' ')?;
    match word {
        "exit" => rest.parse().ok().map(Said::Exit),
        "signal" => rest.parse().ok().map(Said::Signal),
        "ended" => Some(Said::Ended(rest.to_owned())),
        "failed" => Some(Said::Failed(rest.to_owned())),
        _ => None,
    }
}
