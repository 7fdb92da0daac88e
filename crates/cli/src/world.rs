//! The process as a value: its environment, its folder and its terminal. Read here once, and nowhere else.

use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use jiff::Timestamp;
use releasekit_core::{Environment, Redactor, netrc};

use crate::error::{Error, Result};
use crate::render::style::harmless;

/// What a command may know of the process it runs in.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// The environment.
    pub(crate) environment: Environment,
    /// The folder to work in, absolute.
    pub(crate) folder: PathBuf,
    /// Whether questions can be asked.
    pub(crate) interactive: bool,
    /// How many columns the terminal has that stdout is; `None` where it is none, and lines have any length.
    pub(crate) width: Option<usize>,
    /// When the command was started.
    pub(crate) now: Timestamp,
}

impl World {
    /// Looks at the process, in the folder that the user named or else the current one.
    #[expect(clippy::disallowed_methods, reason = "the one place that looks at the clock")]
    pub(crate) fn of_process(environment: Environment, directory: Option<&Path>) -> Result<Self> {
        let folder = folder(directory)?;
        let interactive = io::stdin().is_terminal() && io::stderr().is_terminal();
        let width = width_of(io::stdout());
        Ok(Self { environment, folder, interactive, width, now: Timestamp::now() })
    }

    /// Fails where tools would find no folder for their temporary files.
    pub(crate) fn require_temporary(&self) -> Result<()> {
        let named = self.environment.get("TMPDIR").map(|name| self.folder.join(name));
        match named.filter(|folder| !folder.is_dir()) {
            Some(folder) => Err(Error::TemporaryMissing { folder }),
            None => Ok(()),
        }
    }

    /// The folder for throw-away files: always one of our own, for the folder that a variable names is the user's.
    pub(crate) fn cache(&self) -> Result<PathBuf> {
        let absolute = |name: &str| self.environment.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        absolute("RELEASEKIT_CACHE_DIR")
            .or_else(|| absolute("XDG_CACHE_HOME"))
            .or_else(|| Some(absolute("HOME")?.join(".cache")))
            .map(|folder| folder.join("releasekit"))
            .ok_or(Error::CacheUnknown)
    }
}

/// How many columns the terminal has that a stream is; `None` where it is none.
pub(crate) fn width_of(stream: impl AsFd) -> Option<usize> {
    terminal_size::terminal_size_of(stream).map(|(width, _)| usize::from(width.0))
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks for the current folder")]
fn folder(directory: Option<&Path>) -> Result<PathBuf> {
    let named = directory.unwrap_or(Path::new("."));
    let fail = |source| Error::Folder { folder: named.to_owned(), source };
    let folder = std::env::current_dir().map_err(fail)?.join(named).canonicalize().map_err(fail)?;
    if folder.is_dir() { Ok(folder) } else { Err(fail(io::ErrorKind::NotADirectory.into())) }
}

/// What may not be said: the secrets of the environment, and those of the `.netrc` that tools read.
pub(crate) fn secrets(environment: &Environment) -> Redactor {
    let mut secrets = Redactor::of(environment);
    let named = environment.get("NETRC").map(PathBuf::from);
    let home = || environment.get("HOME").map(|home| Path::new(home).join(".netrc"));
    let netrc = named.or_else(home).filter(|file| file.is_file());
    // One that cannot be read here no tool of ours can read either.
    if let Some(Ok(text)) = netrc.map(std::fs::read) {
        secrets.add_machines(&netrc::parse(&String::from_utf8_lossy(&text)));
    }
    secrets
}

/// Whether a stream of this process shows colours.
pub(crate) fn color(environment: &Environment, is_terminal: bool) -> ColorChoice {
    let dumb = environment.text("TERM") == Some("dumb");
    if environment.get("NO_COLOR").is_some() {
        ColorChoice::Never
    } else if environment.text("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        ColorChoice::AlwaysAnsi
    } else if is_terminal && !dumb {
        ColorChoice::Always
    } else {
        ColorChoice::Never
    }
}

/// Writes a command's answer. A reader that has left is no failure.
pub(crate) fn print(text: &str, environment: &Environment) -> Result<()> {
    let stdout = io::stdout();
    let mut out = AutoStream::new(stdout.lock(), color(environment, io::stdout().is_terminal()));
    match out.write_all(harmless(text).as_bytes()).and_then(|()| out.flush()) {
        Err(source) if source.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::Stream { what: "writing to stdout", source })
        }
        _ => Ok(()),
    }
}

/// Reads a line of stdin.
pub(crate) fn read_line() -> Result<String> {
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line);
    read.map_err(|source| Error::Stream { what: "reading stdin", source })?;
    Ok(line)
}

/// Reads stdin to its end.
pub(crate) fn read_stdin() -> Result<String> {
    let mut text = String::new();
    let read = io::stdin().lock().read_to_string(&mut text);
    read.map_err(|source| Error::Stream { what: "reading stdin", source })?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(variables: &[(&str, &str)]) -> World {
        let environment = variables.iter().fold(Environment::new(), |env, (name, value)| env.with(name, value));
        World { environment, folder: PathBuf::new(), interactive: false, width: None, now: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn the_cache_is_the_first_absolute_folder_that_a_variable_names() {
        let cases: &[(&[(&str, &str)], &str)] = &[
            (&[("RELEASEKIT_CACHE_DIR", "/a"), ("XDG_CACHE_HOME", "/b"), ("HOME", "/c")], "/a/releasekit"),
            (&[("RELEASEKIT_CACHE_DIR", ""), ("XDG_CACHE_HOME", "/b"), ("HOME", "/c")], "/b/releasekit"),
            (&[("XDG_CACHE_HOME", "relative"), ("HOME", "/c")], "/c/.cache/releasekit"),
        ];
        for (variables, expected) in cases {
            assert_eq!(world(variables).cache().expect("known"), Path::new(expected));
        }
        assert!(matches!(world(&[("HOME", "relative")]).cache(), Err(Error::CacheUnknown)));
    }

    #[test]
    fn a_missing_folder_for_temporary_files_is_named() {
        for (value, is_there) in [("/", true), ("", true), ("/nowhere/at/all", false), ("/etc/hostname", false)] {
            let found = world(&[("TMPDIR", value)]).require_temporary();
            assert_eq!(found.is_ok(), is_there, "{value}");
        }
        assert!(world(&[]).require_temporary().is_ok());
    }

    #[test]
    fn colours_are_for_terminals_that_want_them() {
        let choice = |variables: &[(&str, &str)], terminal| color(&world(variables).environment, terminal);
        assert_eq!(choice(&[], true), ColorChoice::Always);
        assert_eq!(choice(&[], false), ColorChoice::Never);
        assert_eq!(choice(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true), ColorChoice::Never);
        assert_eq!(choice(&[("CLICOLOR_FORCE", "1")], false), ColorChoice::AlwaysAnsi);
        assert_eq!(choice(&[("TERM", "dumb")], true), ColorChoice::Never);
    }
}
