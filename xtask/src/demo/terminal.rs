//! The terminal of the demo: every command is shown as typed, then with what it says.

use std::cell::Cell;
use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::index::{Forge, PASSWORD, Registries, USERNAME};
use crate::failure::{Failure, Result};
use crate::repository::{make_folder, remove_folder, target, tools, write};
use crate::shell;

/// The moment of the first commit, 2026-01-05T09:00:00Z; each command after it is a minute later.
const EPOCH: u64 = 1_767_603_600;

const GIT_CONFIG: &str = "\
[user]
\tname = Ada Acme
\temail = ada@example.invalid
[init]
\tdefaultBranch = main
[gc]
\tauto = 0
[merge]
\tstat = false
";

/// A terminal in the sample's work tree, whose programs see nothing of the machine's own settings.
#[derive(Debug)]
pub(super) struct Terminal {
    folder: PathBuf,
    home: PathBuf,
    env: Vec<(&'static str, OsString)>,
    clock: Cell<u64>,
}

impl Terminal {
    /// Opens a terminal; the sample lies below `folder`.
    pub(super) fn new(folder: &Path, registries: &Registries, forge: &Forge) -> Result<Self> {
        let home = outside();
        write(&home.join(".gitconfig"), &format!("{GIT_CONFIG}{}", login(forge)))?;
        write(&home.join(".cargo/config.toml"), &cargo_config(&registries.sparse_url()))?;
        make_folder(&folder.join("acme"))?;
        write(&home.join(".npmrc"), &format!("registry={}\nupdate-notifier=false\n", registries.npm_url()))?;
        let mut env = surroundings(&home)?;
        env.extend([("GITHUB_SERVER_URL", forge.url().into()), ("GITHUB_TOKEN", forge.token().into())]);
        Ok(Self { folder: folder.to_owned(), home, env, clock: Cell::new(EPOCH) })
    }

    /// The work tree of the sample.
    pub(super) fn work(&self) -> PathBuf {
        self.folder.join("acme")
    }

    /// Says what comes next.
    pub(super) fn heading(&self, text: &str) {
        println!("\n# {text}");
    }

    /// Says what somebody did elsewhere.
    pub(super) fn say(&self, text: &str) {
        println!("\n{text}");
    }

    /// Shows a command, runs it, and shows what it says.
    pub(super) fn run(&self, line: &str) -> Result<()> {
        println!("\n$ {line}");
        let (reader, writer) = io::pipe().map_err(|error| lost(line, &error))?;
        let mut command = self.command(line);
        // Both streams through one pipe keep their order.
        command.stderr(writer.try_clone().map_err(|error| lost(line, &error))?).stdout(writer);
        let mut child = command.spawn().map_err(|error| lost(line, &error))?;
        // The pipe ends when its last writer is closed, and the command holds some.
        drop(command);
        for text in BufReader::new(reader).lines() {
            println!("{}", text.map_err(|error| lost(line, &error))?);
        }
        let status = child.wait().map_err(|error| lost(line, &error))?;
        if status.success() { Ok(()) } else { Err(Failure::new(format!("`{line}` ended with {status}"))) }
    }

    /// Runs a command that is no part of the story.
    pub(super) fn quietly(&self, line: &str) -> Result<()> {
        shell::capture(&mut self.command(line)).map(drop)
    }

    fn command(&self, line: &str) -> Command {
        let now = self.clock.replace(self.clock.get() + 60);
        let date = format!("{now} +0000");
        let mut words = words(line);
        let mut command = Command::new(words.remove(0));
        command.args(words).current_dir(self.work()).stdin(Stdio::null()).env_clear();
        command.envs(self.env.iter().cloned()).env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
        command
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Err(failure) = remove_folder(&self.home) {
            shell::error(&failure);
        }
    }
}

/// What gives git the token for the forge.
fn login(forge: &Forge) -> String {
    let helper = format!("!f() {{ echo username=x-access-token; echo password={}; }}; f", forge.token());
    format!("[credential \"{}\"]\n\thelper = \"{helper}\"\n", forge.url())
}

/// What has cargo find at Acme's registry what it would look for at crates.io.
fn cargo_config(index: &str) -> String {
    format!(
        "[registries.acme]\nindex = \"{index}\"\n\n[source.crates-io]\nreplace-with = \"acme\"\n\n\
         [source.acme]\nregistry = \"{index}\"\n"
    )
}

fn surroundings(home: &Path) -> Result<Vec<(&'static str, OsString)>> {
    let path = env::var_os("PATH").unwrap_or_default();
    let js = ["pnpm-12", "bin"].map(|folder| tools().join("js").join(folder));
    let folders = [binaries(), tools().join("bin")].into_iter().chain(js).chain(shell::toolchain());
    let path = env::join_paths(folders.chain(env::split_paths(&path)))
        .map_err(|error| Failure::new(format!("this checkout cannot be on the PATH: {error}")))?;
    Ok(vec![
        ("PATH", path),
        ("HOME", home.into()),
        ("XDG_CACHE_HOME", home.join("cache").into()),
        ("CARGO_REGISTRIES_ACME_TOKEN", PASSWORD.into()),
        ("GIT_CONFIG_NOSYSTEM", "1".into()),
        ("LC_ALL", "C.UTF-8".into()),
        ("NODE_AUTH_TOKEN", PASSWORD.into()),
        ("NO_COLOR", "1".into()),
        ("UV_CACHE_DIR", tools().join("uv-cache").into()),
        ("UV_PUBLISH_USERNAME", USERNAME.into()),
        ("UV_PUBLISH_PASSWORD", PASSWORD.into()),
        ("UV_PYTHON_DOWNLOADS", "never".into()),
    ])
}

/// Splits a line at blanks; single quotes keep blanks together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![];
    for (number, part) in line.split('\'').enumerate() {
        match number % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

fn lost(line: &str, error: &io::Error) -> Failure {
    Failure::new(format!("cannot run `{line}`: {error}"))
}

/// The folder with the binary that the demo runs.
fn binaries() -> PathBuf {
    target().join("debug")
}

/// A folder outside of every repository, for a home directory and caches: tools look for workspaces in outer folders.
fn outside() -> PathBuf {
    env::temp_dir().join(format!("releasekit-demo-{}", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_line_is_split_at_blanks_outside_quotes() {
        assert_eq!(words("git commit  -m 'two words' --quiet"), ["git", "commit", "-m", "two words", "--quiet"]);
    }
}
