//! Who asked for a version by other means than a type: `Release-As`, a `release:` trailer, a change file.

use releasekit_core::Workspace;
use releasekit_core::model::{Bump, Version};
use releasekit_core::vcs::CommitInfo;

use crate::change_files::ChangeFile;

/// Who asked, and with which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) by: String,
    pub(super) text: String,
}

/// A package, and what it shipped as. Only who asked for that is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) rules: &'a dyn Workspace,
    pub(super) version: &'a Version,
    pub(super) step: Bump,
}

impl Wanted<'_> {
    /// The commit with a trailer that asked.
    pub(super) fn in_commits(&self, commits: &[CommitInfo]) -> Option<Asked> {
        commits.iter().find_map(|commit| {
            let mut lines = commit.message.trim_start().lines().skip(1).map(str::trim);
            let line = lines.find(|line| self.is_asked_by(line))?;
            Some(Asked { by: commit.id.to_string(), text: line.to_owned() })
        })
    }

    /// The change file that asked.
    pub(super) fn in_files(&self, files: &[ChangeFile], member: usize) -> Option<Asked> {
        files.iter().find_map(|file| {
            let (_, line) = file.line_of(member).filter(|(bump, _)| *bump == self.step)?;
            Some(Asked { by: file.path.to_string(), text: line.to_owned() })
        })
    }

    fn is_asked_by(&self, line: &str) -> bool {
        let Some((token, value)) = line.split_once(':') else { return false };
        match token.to_ascii_lowercase().as_str() {
            "release-as" => self.is_version(value.trim()),
            "release" => self.is_level(value.trim()),
            _ => false,
        }
    }

    /// `1.2.3`, or `name@1.2.3`.
    fn is_version(&self, value: &str) -> bool {
        let (name, version) = value.rsplit_once('@').map_or((None, value), |(name, version)| (Some(name), version));
        let scheme = self.rules.scheme();
        let is_it =
            scheme.parse(version.trim_start_matches('v')).is_ok_and(|it| scheme.compare(&it, self.version).is_eq());
        is_it && name.is_none_or(|name| self.is_name(name))
    }

    /// `minor`, or `minor name name`.
    fn is_level(&self, value: &str) -> bool {
        let mut words = value.split([' ', ',']).filter(|word| !word.is_empty());
        let is_step = words.next().is_some_and(|word| word == self.step.as_str());
        let mut names = words.peekable();
        is_step && (names.peek().is_none() || names.any(|name| self.is_name(name)))
    }

    fn is_name(&self, name: &str) -> bool {
        self.rules.normalize(name) == self.rules.normalize(self.name)
    }
}
