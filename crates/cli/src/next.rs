//! The step that comes next: one command line, which works as it stands, or a sentence that ends in one.

use std::ffi::OsStr;

use crate::options::{ForgeUse, Globals, ReleaseUse, State};
use crate::render::style::{Meaning, clean};

/// A command of this program, with the options that it needs to mean the same again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandLine(String);

impl CommandLine {
    /// A command, in the place and with the configuration of this run.
    pub(crate) fn new(command: &str, globals: &Globals) -> Self {
        let line = Self("releasekit".to_owned());
        let line = line.option("-C", globals.directory.as_ref()).option("--config", globals.config.as_ref());
        line.word(command.as_ref())
    }

    /// The same with an option, where that was given.
    pub(crate) fn option(self, name: &str, value: Option<impl AsRef<OsStr>>) -> Self {
        match value {
            Some(value) => self.flag(name, true).word(value.as_ref()),
            None => self,
        }
    }

    /// The same with an option for each of several values.
    pub(crate) fn options(self, name: &str, values: &[impl AsRef<OsStr>]) -> Self {
        values.iter().fold(self, |line, value| line.option(name, Some(value)))
    }

    /// The same with a flag, where that is wanted.
    pub(crate) fn flag(self, name: &str, wanted: bool) -> Self {
        if wanted { self.word(name.as_ref()) } else { self }
    }

    /// The same with the folder for state that this run was given.
    pub(crate) fn state(self, state: &State) -> Self {
        self.option("--state-dir", state.state_dir.as_ref())
    }

    /// The same where no forge was to be asked.
    pub(crate) fn forge(self, forge: ForgeUse) -> Self {
        self.flag("--no-forge", forge.no_forge)
    }

    /// The same where the forge was to have no releases.
    pub(crate) fn releases(self, releases: ReleaseUse) -> Self {
        self.flag("--no-release", releases.no_release)
    }

    fn word(self, word: &OsStr) -> Self {
        Self(format!("{} {}", self.0, quoted(&word.to_string_lossy())))
    }

    /// The line, as it is typed.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The last line of an answer.
pub(crate) fn line(step: &str) -> String {
    format!("{} {}\n", Meaning::Good.paint("next:"), clean(step))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::options::LogFormat;

    fn globals(directory: Option<&str>, config: Option<&str>) -> Globals {
        Globals {
            directory: directory.map(PathBuf::from),
            config: config.map(Into::into),
            offline: false,
            dry_run: true,
            quiet: false,
            verbose: true,
            log_format: LogFormat::Text,
        }
    }

    #[test]
    fn a_command_is_repeated_in_its_place_with_what_decides_what_it_does() {
        let line = CommandLine::new("publish", &globals(None, None));
        assert_eq!(line.as_str(), "releasekit publish");
        let line = CommandLine::new("publish", &globals(Some("a repository"), Some("none")));
        let line = line.option("--release", Some("abc1234")).option("--receipt", None::<&str>).flag("--resend", true);
        assert_eq!(line.as_str(), "releasekit -C 'a repository' --config none publish --release abc1234 --resend");
    }

    #[test]
    fn a_shell_reads_each_word_as_it_was() {
        for (word, expected) in [("plain-1.0/x", "plain-1.0/x"), ("", "''"), ("it's $HOME", r"'it'\''s $HOME'")] {
            assert_eq!(quoted(word), expected);
        }
    }
}
