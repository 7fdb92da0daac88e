//! The environment of a process that will run code of the repository: whoever can read its environment block must find no
//! secret there, so the process starts again without, and is handed the rest by a descriptor that it closes at once.
//!
//! On Linux a process that cannot be dumped cannot be traced, nor its memory be read, by anybody but the system's root;
//! its environment block root can always read, which is why nothing is left in it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::CommandExt;

use releasekit_core::Environment;
use releasekit_process::environment::for_tools;
use releasekit_process::supervisor::hide;

/// Names the descriptor to the process that was started again.
const DESCRIPTOR: &str = "RELEASEKIT_ENVIRONMENT_DESCRIPTOR";

/// What the loader of the executable may need to start it again.
const LOADER: &[&str] = &["LD_", "DYLD_"];

/// The executable of this process, for processes that are started from it.
pub(crate) const EXECUTABLE: &str = "/proc/self/exe";

/// Takes the environment of this process, in such a way that it can be read nowhere else. Where something in it may be a
/// secret, this starts the process again, and returns in the new one.
pub(crate) fn take(block: Environment, args: &[OsString]) -> io::Result<Environment> {
    if let Some(number) = block.text(DESCRIPTOR).map(str::to_owned) {
        let environment = receive(block, &number)?;
        hide()?;
        return Ok(environment);
    }
    hide()?;
    let plain = plain(&block);
    if plain == block { Ok(block) } else { Err(start_again(&block, &plain, args)) }
}

/// What may stand in the block: what every tool is given anyway, but for proxies, which can have a login.
fn plain(block: &Environment) -> Environment {
    let mut plain = for_tools(block).filtered(|name| !name.to_ascii_lowercase().ends_with("_proxy"));
    plain.extend(for_loader(block).iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    plain
}

/// What the executable cannot be started without.
pub(crate) fn for_loader(block: &Environment) -> Environment {
    block.filtered(|name| LOADER.iter().any(|prefix| name.starts_with(prefix)))
}

/// Becomes the same program again; returns only where that fails.
fn start_again(block: &Environment, plain: &Environment, args: &[OsString]) -> io::Error {
    let rest = block.iter().filter(|(name, _)| plain.iter().all(|(kept, _)| kept != *name));
    let started = hand(&encode(rest)).and_then(|descriptor| {
        let (name, args) = args.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = command(&executable()?);
        command.arg0(name).args(args).env_clear().envs(plain.iter());
        Err(command.env(DESCRIPTOR, descriptor.as_raw_fd().to_string()).exec())
    });
    match started {
        Err(error) => error,
        Ok(never) => never,
    }
}

/// The file that this process runs.
pub(crate) fn executable() -> io::Result<OsString> {
    if cfg!(target_os = "linux") { Ok(EXECUTABLE.into()) } else { current_executable() }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks which file this process runs")]
fn current_executable() -> io::Result<OsString> {
    std::env::current_exe().map(std::path::PathBuf::into_os_string)
}

#[expect(clippy::disallowed_methods, reason = "it is not a tool that is run: this process becomes itself again")]
fn command(executable: &OsStr) -> std::process::Command {
    std::process::Command::new(executable)
}

/// Variables as the system keeps them: `NAME=VALUE`, each with a zero byte behind it.
fn encode<'a>(variables: impl Iterator<Item = (&'a OsStr, &'a OsStr)>) -> Vec<u8> {
    variables.flat_map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes(), b"\0"].concat()).collect()
}

fn decode(bytes: &[u8]) -> impl Iterator<Item = (OsString, OsString)> {
    let variables = bytes.split(|byte| *byte == 0).filter(|variable| !variable.is_empty());
    variables.filter_map(|variable| {
        // A name may begin with `=`, but not be empty.
        let at = 1 + variable.iter().skip(1).position(|byte| *byte == b'=')?;
        Some((OsString::from_vec(variable[..at].to_vec()), OsString::from_vec(variable[at + 1..].to_vec())))
    })
}

/// Puts bytes behind a descriptor that the next program of this process inherits: a pipe, which no limit on files ends and
/// no file system shows.
fn hand(bytes: &[u8]) -> io::Result<OwnedFd> {
    let (read, write) = rustix::pipe::pipe()?;
    if capacity(&write, bytes.len()) < bytes.len() {
        return Err(io::Error::other("the environment is too large to be handed on"));
    }
    File::from(write).write_all(bytes)?;
    Ok(read)
}

/// How much a pipe holds without a reader, made as large as it has to be.
#[cfg(target_os = "linux")]
fn capacity(pipe: &OwnedFd, wanted: usize) -> usize {
    let usual = rustix::pipe::fcntl_getpipe_size(pipe).unwrap_or_default();
    if usual >= wanted { usual } else { rustix::pipe::fcntl_setpipe_size(pipe, wanted).unwrap_or(usual) }
}

/// How much a pipe holds on every system.
#[cfg(not(target_os = "linux"))]
fn capacity(_: &OwnedFd, _: usize) -> usize {
    16 * 1024
}

/// Reads what was handed on, and closes the descriptor, so that no child inherits it.
fn receive(block: Environment, number: &str) -> io::Result<Environment> {
    let number: i32 = number.parse().map_err(|_| io::ErrorKind::InvalidInput)?;
    let folder = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };
    let mut bytes = Vec::new();
    File::open(format!("{folder}/{number}"))?.read_to_end(&mut bytes)?;
    nix::unistd::close(number)?;
    let mut environment = block.filtered(|name| name != DESCRIPTOR);
    environment.extend(decode(&bytes));
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_tool_sees_may_stand_in_the_block_and_nothing_else() {
        let names = ["PATH", "HOME", "LD_LIBRARY_PATH", "UV_PUBLISH_TOKEN", "MY_SECRET", "HTTPS_PROXY", "https_proxy"];
        let block = names.iter().map(|name| ((*name).into(), "x".into())).collect();
        let plain = plain(&block);
        let kept: Vec<_> = plain.iter().map(|(name, _)| name.to_owned()).collect();
        assert_eq!(kept, ["HOME", "LD_LIBRARY_PATH", "PATH"]);
    }

    #[test]
    fn variables_survive_being_handed_on() {
        let variables: Vec<(OsString, OsString)> = [("A", "1=2"), ("EMPTY", ""), ("=odd", "x"), ("LINES", "a\nb")]
            .map(|(name, value)| (name.into(), value.into()))
            .into_iter()
            .chain([(OsString::from_vec(vec![b'N', 0xff]), OsString::from_vec(vec![0xfe]))])
            .collect();
        let bytes = encode(variables.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str())));
        assert_eq!(decode(&bytes).collect::<Vec<_>>(), variables);
    }
}
