//! One folder of tools: how it is made, and how one sees that it has been.

use std::path::PathBuf;
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::failure::Result;
use crate::repository::{make_folder, read, remove_folder, tools, write};
use crate::shell;

/// A folder below `target/tools` that some commands fill.
#[derive(Debug)]
pub(crate) struct Part {
    folder: PathBuf,
    about: &'static str,
    stamp: String,
    steps: Vec<Command>,
}

impl Part {
    /// Describes a part by its folder, what it is, and everything that it is made from.
    pub(crate) fn new(folder: &str, about: &'static str, sources: &[&str]) -> Self {
        let folder = tools().join(folder);
        let stamp = stamp(&[sources, &[&folder.to_string_lossy()]].concat());
        Self { folder, about, stamp, steps: Vec::new() }
    }

    /// Adds a command that makes it.
    #[must_use]
    pub(crate) fn step(mut self, command: Command) -> Self {
        self.steps.push(command);
        self
    }

    /// Makes it anew, unless it is there as described.
    pub(crate) fn install(mut self) -> Result<()> {
        let stamp = self.folder.join(".stamp");
        if read(&stamp).is_ok_and(|found| found == self.stamp) {
            return Ok(());
        }
        shell::say(format_args!("installing {}", self.about));
        remove_folder(&self.folder)?;
        make_folder(&self.folder)?;
        for step in &mut self.steps {
            shell::capture(step)?;
        }
        write(&stamp, &self.stamp)
    }
}

/// A hash over texts; where one ends and the next begins counts.
fn stamp(sources: &[&str]) -> String {
    let mut hash = Sha256::new();
    for source in sources {
        hash.update(source.len().to_le_bytes());
        hash.update(source);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::stamp;

    #[test]
    fn a_stamp_follows_every_source_and_its_place() {
        assert_eq!(stamp(&["a", "b"]), stamp(&["a", "b"]));
        assert_ne!(stamp(&["a", "b"]), stamp(&["ab", ""]));
        assert_ne!(stamp(&["a", "b"]), stamp(&["b", "a"]));
    }
}
