//! What a supervisor is to run, as arguments.

use std::ffi::{OsStr, OsString};
use std::io;

use releasekit_core::confinement::Isolation;

use super::SUPERVISE;

const NAMESPACES: &str = "namespaces";
const DESCENDANTS: &str = "descendants";

/// A program, and how it is to run. Without a program only the surroundings are tried.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) namespaces: bool,
    pub(super) lock: Option<OsString>,
    pub(super) umask: Option<u16>,
    pub(super) program: OsString,
    pub(super) args: Vec<OsString>,
}

/// What the supervisor is started with, before the program's own arguments.
pub(crate) fn arguments(
    isolation: Isolation,
    lock: Option<&OsStr>,
    umask: Option<u16>,
    program: &OsStr,
) -> Vec<OsString> {
    let mode = if isolation == Isolation::Namespaces { NAMESPACES } else { DESCENDANTS };
    let mut words = vec![OsString::from(SUPERVISE), mode.into(), lock.unwrap_or_default().into()];
    words.push(umask.map_or_else(String::new, |mask| mask.to_string()).into());
    words.push(program.into());
    words
}

impl Job {
    pub(super) fn parse(words: &[OsString]) -> io::Result<Self> {
        let wrong = || io::Error::new(io::ErrorKind::InvalidInput, "these are no arguments of a supervisor");
        let [mode, lock, umask, program, args @ ..] = words else { return Err(wrong()) };
        let umask = umask.to_str().ok_or_else(wrong)?;
        Ok(Self {
            namespaces: mode == NAMESPACES,
            lock: Some(lock.clone()).filter(|lock| !lock.is_empty()),
            umask: if umask.is_empty() { None } else { Some(umask.parse().map_err(|_| wrong())?) },
            program: program.clone(),
            args: args.to_vec(),
        })
    }

    /// The same again, for the first process of the namespaces; the lock stays outside.
    pub(super) fn arguments(&self) -> Vec<OsString> {
        let isolation = if self.namespaces { Isolation::Namespaces } else { Isolation::Supervised };
        let mut words = arguments(isolation, None, self.umask, &self.program).split_off(1);
        words.extend(self.args.iter().cloned());
        words
    }
}
