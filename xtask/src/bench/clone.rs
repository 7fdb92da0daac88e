//! A real repository as it is measured: a clone of its own without tags, and a configuration that spans all its history.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::repository::{remove_folder, root, write};
use crate::shell;

/// Clones a repository, whole and without tags, and checks a commit out.
pub(super) fn without_tags(repository: &Path, at: &str) -> Result<PathBuf> {
    let source = repository.canonicalize().map_err(|error| Failure::io(repository, &error))?;
    let name = source.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let clone = root().join("target/bench").join(format!("{name}-clone"));
    let commit = git(&source, &["rev-parse", "--verify", &format!("{at}^{{commit}}")])?;
    remove_folder(&clone)?;
    shell::say(format_args!("cloning {}", source.display()));
    let mut command = Command::new("git");
    command.args(["clone", "--quiet", "--no-tags", "--no-checkout"]).arg(&source);
    shell::capture(command.arg(&clone))?;
    // The commit may lie on no branch of the source, so it is asked for by name.
    let _already_there = git(&clone, &["fetch", "--quiet", "--no-tags", "origin", &commit]);
    git(&clone, &["checkout", "--quiet", "-B", "main", &commit])?;
    Ok(clone)
}

/// Writes a configuration beside a repository: everything after its first commit is to be released.
pub(super) fn configuration(repository: &Path) -> Result<PathBuf> {
    let roots = git(repository, &["rev-list", "--max-parents=0", "HEAD"])?;
    let first = roots.lines().next_back().unwrap_or_default();
    let path = repository.with_extension("toml");
    write(&path, &format!("bootstrap_sha = \"{first}\"\n"))?;
    Ok(path)
}

/// Runs git in a folder and gives what it printed.
pub(super) fn git(folder: &Path, args: &[&str]) -> Result<String> {
    Ok(shell::capture(Command::new("git").current_dir(folder).args(args))?.trim_end().to_owned())
}
