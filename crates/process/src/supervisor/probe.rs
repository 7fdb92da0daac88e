//! Finds out, before anything of a repository runs, how far it can be kept apart here.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use releasekit_core::Environment;
use releasekit_core::confinement::{Confinement, Isolation};
use rustix::process::{getegid, geteuid};

use super::child::command;
use super::control::{Said, said};
use super::job::Order;

/// Tries namespaces with this executable as the supervisor.
///
/// `cache` is our own folder for throw-away files, `read` the folders that programs must be able to read: inside of a
/// namespace root has no power over what belongs to others, as a home folder or a checkout does in some containers. All of
/// them are protected.
pub fn probe(executable: &Path, environment: &Environment, cache: &Path, read: &[&Path]) -> Confinement {
    let caches = cache.join("tools");
    // Whoever makes it owns it; where it cannot be made, whoever needs it says so.
    let _ = fs::create_dir_all(&caches);
    let unusable = unreachable(cache, true).or_else(|| read.iter().find_map(|folder| unreachable(folder, false)));
    let protected = read.iter().chain([&cache]).filter_map(|folder| folder.canonicalize().ok()).collect();
    let mut confinement = Confinement {
        isolation: Isolation::Namespaces,
        supervisor: Some(executable.to_owned()),
        caches: (!caches_are_writable(environment)).then_some(caches),
        protected,
        reason: unusable.map(|folder| format!("`{}` belongs to another user", folder.display())),
    };
    if confinement.reason.is_none() {
        confinement.reason = refusal(&confinement, executable);
    }
    if confinement.reason.is_some() {
        confinement = Confinement { isolation: Isolation::Supervised, caches: None, ..confinement };
    }
    confinement
}

/// What the system says against namespaces, if anything.
fn refusal(confinement: &Confinement, executable: &Path) -> Option<String> {
    match attempt(confinement, executable) {
        Err(error) => Some(error.to_string()),
        Ok(all) => match all.into_iter().next() {
            Some(Said::Exit(0)) => None,
            Some(Said::Failed(why)) => Some(why),
            _ => Some("the system ended what entered them".to_owned()),
        },
    }
}

fn attempt(confinement: &Confinement, executable: &Path) -> std::io::Result<Vec<Said>> {
    let (ours, theirs) = UnixStream::pair()?;
    let mut command = command(executable.as_os_str());
    let (environment, program) = (Environment::new(), OsStr::new(""));
    let order = Order { confinement, workplace: None, environment: &environment, umask: None, program };
    command.args(order.arguments()).env_clear().current_dir("/");
    command.stdin(std::os::fd::OwnedFd::from(theirs)).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status()?;
    drop(command);
    let all = said(&ours);
    Ok(if all.is_empty() { vec![Said::Failed(format!("its supervisor ended with {status}"))] } else { all })
}

/// Whether the folders in which tools keep what they may need again can be written from inside.
fn caches_are_writable(environment: &Environment) -> bool {
    let home = || environment.get("HOME").map(|home| Path::new(home).join(".cache"));
    let usual = environment.get("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    let named = environment.iter().filter(|(name, _)| is_cache(name)).map(|(_, folder)| PathBuf::from(folder));
    usual.into_iter().chain(named).all(|folder| unreachable(&folder, true).is_none())
}

/// Whether a variable names the cache of one tool.
pub(crate) fn is_cache(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.ends_with("_CACHE_DIR"))
}

/// The folder on the way to another, or itself, that root may use only because it may use everything.
fn unreachable(folder: &Path, write: bool) -> Option<PathBuf> {
    if !geteuid().is_root() {
        return None;
    }
    let there = folder.ancestors().find(|above| above.exists())?.canonicalize().ok()?;
    let last = there.clone();
    there.ancestors().find(|above| !allowed(above, write && **above == *last)).map(Path::to_owned)
}

/// Whether our user and group may search, or also write, a folder without any privilege.
fn allowed(folder: &Path, write: bool) -> bool {
    let Ok(data) = folder.metadata() else { return false };
    let class = if data.uid() == geteuid().as_raw() {
        6
    } else if data.gid() == getegid().as_raw() {
        3
    } else {
        0
    };
    let wanted = if write { 0o3 } else { 0o1 };
    data.mode() >> class & wanted == wanted
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, chown};

    use super::*;

    /// Only root can give a folder away, and only for root it makes a difference.
    #[test]
    fn what_belongs_to_another_user_is_out_of_reach_for_root_without_privileges() {
        if !geteuid().is_root() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        fs::create_dir(&home).unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        assert_eq!(unreachable(&home.join("not/there/yet"), true), None);
        chown(&home, Some(1001), Some(1001)).unwrap();
        fs::set_permissions(&home, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(unreachable(&home, false), None, "it can be read");
        assert_eq!(unreachable(&home.join("cache"), true), Some(home.canonicalize().unwrap()));
        let environment = Environment::new().with("HOME", &home).with("UV_CACHE_DIR", folder.path());
        assert!(!caches_are_writable(&environment));
        fs::set_permissions(&home, Permissions::from_mode(0o700)).unwrap();
        assert_eq!(unreachable(&home.join("cache"), false), Some(home.canonicalize().unwrap()));
    }
}
