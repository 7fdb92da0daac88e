//! `examples`: the crates of `docs/examples`, which use ours as others do.

use std::process::Command;

use crate::failure::{Failure, Result};
use crate::repository::{root, target, tools};
use crate::shell;

/// An example that brings one backend alone, and what is none of its business.
const SMALL: (&str, &[&str]) = ("embed-one-registry", &["clap", "gix", "petgraph", "releasekit-engine"]);

/// Runs their tests, and looks whether one backend alone still comes without what belongs to others.
///
/// They are a workspace of their own; the folder for what is compiled is ours.
pub(crate) fn run() -> Result<()> {
    let mut tests = cargo(&["test", "--quiet", "--locked", "--target-dir"]);
    shell::run(tests.arg(target()).env("RELEASEKIT_TOOLS", tools()))?;
    let (example, strange) = SMALL;
    let tree = tree(example)?;
    if let Some(name) = strange.iter().find(|name| tree.iter().any(|known| known == *name)) {
        return Err(Failure::new(format!("{example} is built with {name}"))
            .with_help(format!("`cargo tree --invert {name}` in docs/examples says who brings it")));
    }
    shell::say(format_args!("{example} is {} crates", tree.len()));
    Ok(())
}

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(shell::cargo());
    command.current_dir(root().join("docs/examples")).args(args);
    command
}

/// The crates that an example is built with, on every system that there is, without what only its tests need.
fn tree(example: &str) -> Result<Vec<String>> {
    let args = ["tree", "--locked", "--edges", "normal,build", "--target", "all", "--prefix", "none", "--package"];
    Ok(names(&shell::capture(cargo(&args).arg(example))?))
}

/// The names in what `cargo tree` prints, sorted, each with its version once.
fn names(tree: &str) -> Vec<String> {
    let mut crates: Vec<(&str, &str)> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.next()?))
        })
        .collect();
    crates.sort_unstable();
    crates.dedup();
    crates.into_iter().map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_crate_counts_once_and_two_versions_of_it_twice() {
        let tree = "a v0.1.0 (/r/a)\nsyn v2.0.0\nserde v1.0.0 (proc-macro)\nsyn v3.0.0\nserde v1.0.0 (*)\n";
        assert_eq!(names(tree), ["a", "serde", "syn", "syn"]);
    }
}
