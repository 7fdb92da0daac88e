//! The files that decide what git does with a credential: its settings, what these name, logins, and the programs.
//!
//! Settings are asked of git, which alone knows what is in force here. What is not there yet is named too, for whoever makes
//! such a file decides as much.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use releasekit_core::Environment;

use crate::error::Error;
use crate::repository::Git;

/// Programs that git starts, or that start for it, where a credential is.
const PROGRAMS: &[&str] = &["git", "gpg", "ssh", "ssh-keygen"];

/// Programs of git's own that it starts where a credential is; they lie in a folder of theirs.
const OWN_PROGRAMS: &[&str] = &["git", "git-receive-pack", "git-remote-http", "git-remote-https", "git-upload-pack"];

/// Files of the home folder with settings and logins.
const IN_HOME: &[&str] =
    &[".gitconfig", ".git-credentials", ".gnupg/gpg-agent.conf", ".gnupg/gpg.conf", ".netrc", ".ssh/config"];

/// Settings of the machine that no variable moves.
const OF_THE_MACHINE: &[&str] = &["/etc/gitconfig", "/etc/ssh/ssh_config"];

/// The same, among the user's settings.
const IN_CONFIG: &[&str] = &["git/config", "git/attributes", "git/credentials"];

/// Files of the repository itself.
const IN_REPOSITORY: &[&str] = &["config", "config.worktree", "commondir", "info/attributes"];

/// Variables that name files or programs.
const VARIABLES: &[&str] = &[
    "GIT_ASKPASS",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_PROXY_COMMAND",
    "GIT_PROXY_SSL_CAINFO",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "SSH_ASKPASS",
];

/// How the keys of settings end that name a program, first of a command line.
const COMMANDS: &[&str] = &[".askpass", ".gitproxy", ".helper", ".program", ".sshcommand"];

/// All of them, whether they are there or not.
pub(crate) async fn files(git: &Git) -> Result<Vec<PathBuf>, Error> {
    let args = ["config", "--list", "--show-origin", "--includes", "-z"];
    let listed = git.command(args).ok("list the settings").await?.stdout;
    let own = PathBuf::from(git.command(["--exec-path"]).text("name the folder of its programs").await?);
    let environment = git.program.environment();
    let mut found = Files { root: &git.places.root, environment, paths: fixed(git, environment) };
    found.paths.extend(OWN_PROGRAMS.iter().map(|program| own.join(program)));
    for name in VARIABLES {
        found.command(environment.text(name).unwrap_or_default());
    }
    let mut parts = listed.split(|byte| *byte == 0);
    while let (Some(origin), Some(setting)) = (parts.next(), parts.next()) {
        found.setting(origin, setting);
    }
    Ok(found.paths)
}

/// Those that count wherever they are.
fn fixed(git: &Git, environment: &Environment) -> Vec<PathBuf> {
    let folders = [&git.places.git_dir, &git.places.common_dir];
    let mut paths: Vec<PathBuf> =
        folders.into_iter().flat_map(|folder| IN_REPOSITORY.iter().map(|file| folder.join(file))).collect();
    paths.extend(IN_HOME.iter().filter_map(|file| environment.in_home(file)));
    paths.extend(IN_CONFIG.iter().filter_map(|file| environment.in_config(file)));
    paths.extend(PROGRAMS.iter().flat_map(|program| environment.on_path(program)));
    paths.extend(OF_THE_MACHINE.iter().map(PathBuf::from));
    paths
}

struct Files<'a> {
    root: &'a Path,
    environment: &'a Environment,
    paths: Vec<PathBuf>,
}

impl Files<'_> {
    /// The file that a setting stands in, and what it names.
    fn setting(&mut self, origin: &[u8], setting: &[u8]) {
        let file = origin.strip_prefix(b"file:").map(|path| self.root.join(OsStr::from_bytes(path)));
        let text = String::from_utf8_lossy(setting);
        let (key, value) = text.split_once('\n').unwrap_or((&text, ""));
        let (key, folder) = (key.to_ascii_lowercase(), file.as_deref().and_then(Path::parent));
        if (key == "include.path" || key.starts_with("includeif."))
            && let Some(folder) = folder
        {
            // Git reads it from the folder of the file that names it.
            self.paths.push(self.at_home(value).unwrap_or_else(|| folder.join(value)));
        } else if COMMANDS.iter().any(|end| key.ends_with(end)) {
            self.command(value);
        } else {
            self.paths.extend(self.at_home(value));
        }
        self.paths.extend(file);
    }

    /// The program of a command line, and the files among its arguments.
    fn command(&mut self, line: &str) {
        let words = line.trim_start_matches('!').split_whitespace().map(|word| word.trim_matches(['"', '\'']));
        let words: Vec<&str> = words.collect();
        if let Some(program) = words.first().filter(|word| !word.contains('/')) {
            self.paths.extend(self.environment.on_path(program));
            // The short name of a helper.
            self.paths.extend(self.environment.on_path(&format!("git-credential-{program}")));
        }
        let named: Vec<PathBuf> = words.into_iter().filter_map(|word| self.at_home(word)).collect();
        self.paths.extend(named);
    }

    /// An absolute path, or one that begins in the home folder.
    fn at_home(&self, text: &str) -> Option<PathBuf> {
        match text.strip_prefix("~/") {
            Some(below) => self.environment.in_home(below),
            None => Some(PathBuf::from(text)).filter(|path| path.is_absolute()),
        }
    }
}
