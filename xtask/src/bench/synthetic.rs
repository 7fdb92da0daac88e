//! Made-up monorepos of any size, the same ones each time: a uv workspace with folders of at most a hundred packages.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::clone::git;
use crate::failure::{Failure, Result};
use crate::repository::{make_folder, remove_folder, root};
use crate::shell;

/// Packages per folder.
const FOLDER: usize = 100;

/// Files per package that commits change.
const MODULES: usize = 5;

/// The moment of the first commit, 2024-01-01; the others follow ten minutes apart.
const EPOCH: usize = 1_704_067_200;

/// The kinds of commits, as often as they come up in ten.
const SUBJECTS: [&str; 10] = ["fix", "fix", "feat", "chore", "docs", "fix", "refactor", "test", "feat", "ci"];

/// Makes a repository, unless it is there from before.
pub(super) fn make(packages: usize, commits: usize) -> Result<PathBuf> {
    let folder = root().join("target/bench").join(format!("synthetic-{packages}-{commits}"));
    if git(&folder, &["rev-parse", "--verify", "refs/heads/complete"]).is_ok() {
        return Ok(folder);
    }
    shell::say(format_args!("making {packages} packages with {commits} commits"));
    remove_folder(&folder)?;
    make_folder(&folder)?;
    git(&folder, &["init", "--quiet", "--initial-branch", "main"])?;
    import(&folder, &history(packages, commits))?;
    git(&folder, &["repack", "-a", "-d", "-f", "-q"])?;
    git(&folder, &["reset", "--quiet", "--hard"])?;
    git(&folder, &["branch", "complete"])?;
    Ok(folder)
}

/// A clone of a made-up repository with a lockfile, and with the repository of a remote, unless it is there from before.
pub(super) fn locked(made: &Path, uv: &Path) -> Result<PathBuf> {
    let name = made.file_name().unwrap_or_default().to_string_lossy();
    let (folder, remote) = (made.with_file_name(format!("{name}-locked")), made.with_file_name(format!("{name}.git")));
    if git(&folder, &["rev-parse", "--verify", "refs/remotes/origin/main"]).is_ok() {
        return Ok(folder);
    }
    remove_folder(&folder)?;
    remove_folder(&remote)?;
    git(made, &["clone", "--quiet", ".", &folder.to_string_lossy()])?;
    shell::capture(Command::new(uv).current_dir(&folder).args(["lock", "--offline", "--quiet"]))?;
    git(&folder, &["add", "uv.lock"])?;
    let who = ["-c", "user.name=Tess Ter", "-c", "user.email=tess@example.invalid"];
    git(&folder, &[&who[..], &["commit", "--quiet", "-m", "chore: lock"]].concat())?;
    git(made, &["init", "--quiet", "--bare", "--initial-branch", "main", &remote.to_string_lossy()])?;
    git(&folder, &["remote", "set-url", "origin", &remote.to_string_lossy()])?;
    git(&folder, &["push", "--quiet", "--set-upstream", "origin", "main"])?;
    Ok(folder)
}

fn import(folder: &Path, stream: &[u8]) -> Result<()> {
    let broken = |error: std::io::Error| Failure::new(format!("git fast-import: {error}"));
    let mut command = Command::new("git");
    command.current_dir(folder).args(["fast-import", "--quiet"]).stdin(Stdio::piped());
    let mut child = command.spawn().map_err(broken)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(stream).map_err(broken)?;
    }
    let status = child.wait().map_err(broken)?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("git fast-import failed: {status}"))) }
}

/// The whole history, as `git fast-import` reads it.
fn history(packages: usize, commits: usize) -> Vec<u8> {
    let mut stream = Stream::default();
    stream.commit(0, "chore: begin");
    stream.file("pyproject.toml", &workspace());
    for package in 0..packages {
        stream.file(&format!("{}/pyproject.toml", path(package)), &manifest(package));
        for module in 0..MODULES {
            stream.file(&module_path(package, module), "value = 0\n");
        }
    }
    let mut random = Random(1);
    for number in 1..commits {
        let (package, module) = (random.below(packages), random.below(MODULES));
        stream.commit(number, &format!("{}: change {number}", SUBJECTS[random.below(SUBJECTS.len())]));
        stream.file(&module_path(package, module), &format!("value = {number}\n"));
    }
    stream.0
}

fn workspace() -> String {
    "[project]\nname = \"synthetic\"\nversion = \"0\"\nclassifiers = [\"Private :: Do Not Upload\"]\n\n\
     [tool.uv.workspace]\nmembers = [\"packages/*/*\"]\n"
        .to_owned()
}

/// A package needs the one half its number, so that the graph is a tree of few levels.
fn manifest(package: usize) -> String {
    let head = format!("[project]\nname = \"p{package:05}\"\nversion = \"1.0.0\"\nrequires-python = \">=3.11\"\n");
    let build = "\n[build-system]\nrequires = [\"uv_build>=0.13,<0.14\"]\nbuild-backend = \"uv_build\"\n";
    if package == 0 {
        return format!("{head}{build}");
    }
    let needed = format!("p{:05}", package / 2);
    format!("{head}dependencies = [\"{needed}\"]\n\n[tool.uv.sources]\n{needed} = {{ workspace = true }}\n{build}")
}

fn path(package: usize) -> String {
    format!("packages/g{:03}/p{package:05}", package / FOLDER)
}

fn module_path(package: usize, module: usize) -> String {
    format!("{}/src/p{package:05}/m{module}.py", path(package))
}

/// A stream for `git fast-import`.
#[derive(Debug, Default)]
struct Stream(Vec<u8>);

impl Stream {
    fn commit(&mut self, number: usize, message: &str) {
        let date = EPOCH + number * 600;
        self.line("commit refs/heads/main");
        self.line(&format!("committer Tess Ter <tess@example.invalid> {date} +0000"));
        self.data(message);
    }

    fn file(&mut self, path: &str, text: &str) {
        self.line(&format!("M 100644 inline {path}"));
        self.data(text);
    }

    fn data(&mut self, text: &str) {
        self.line(&format!("data {}", text.len()));
        self.line(text);
    }

    fn line(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b'\n');
    }
}

/// A sequence of numbers that looks random and is always the same (Knuth's MMIX constants).
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

#[cfg(test)]
mod tests {
    use super::{history, path};

    #[test]
    fn a_history_is_the_same_each_time_and_has_every_commit() {
        let stream = history(3, 20);
        assert_eq!(stream, history(3, 20));
        assert_eq!(String::from_utf8(stream).unwrap().matches("commit refs/heads/main\n").count(), 20);
    }

    #[test]
    fn folders_hold_a_hundred_packages() {
        assert_eq!(path(99), "packages/g000/p00099");
        assert_eq!(path(100), "packages/g001/p00100");
    }
}
