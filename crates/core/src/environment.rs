//! The process environment as a value, so that nothing below the command line reads it by itself.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

mod credential;

pub use credential::{is_credential, may_hold_secret};

/// Environment variables, by name. `Debug` shows names only, for values may be secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// Starts with no variable at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// The value of a variable, where it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.to_str()
    }

    /// Sets a variable.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.0.insert(name.into(), value.into());
    }

    /// The same variables and one more.
    #[must_use]
    pub fn with(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.set(name, value);
        self
    }

    /// The variables whose names the predicate keeps.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&str) -> bool) -> Self {
        let kept = self.0.iter().filter(|(name, _)| name.to_str().is_some_and(&keep));
        Self(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// Every place at which `PATH` has a program of this name looked for, whether there is one or not.
    pub fn on_path(&self, program: &str) -> Vec<PathBuf> {
        let folders = self.get("PATH").map(std::env::split_paths).into_iter().flatten();
        folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join(program)).collect()
    }

    /// A file in the user's home folder; `None` where there is no such folder.
    pub fn in_home(&self, file: &str) -> Option<PathBuf> {
        Some(PathBuf::from(self.get("HOME")?).join(file))
    }

    /// A file among the user's settings: in `XDG_CONFIG_HOME`, or else in `.config` of the home folder.
    pub fn in_config(&self, file: &str) -> Option<PathBuf> {
        let folder = self.get("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| self.in_home(".config"));
        Some(folder?.join(file))
    }

    /// All variables, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

impl Extend<(OsString, OsString)> for Environment {
    fn extend<I: IntoIterator<Item = (OsString, OsString)>>(&mut self, iter: I) {
        self.0.extend(iter);
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn files_of_the_user_are_named_whether_they_are_there_or_not() {
        let environment = Environment::new().with("PATH", "/a:relative::/b").with("HOME", "/h");
        assert_eq!(environment.on_path("git"), [Path::new("/a/git"), Path::new("/b/git")]);
        assert_eq!(environment.in_home(".netrc").as_deref(), Some(Path::new("/h/.netrc")));
        assert_eq!(environment.in_config("x/y").as_deref(), Some(Path::new("/h/.config/x/y")));
        let environment = environment.with("XDG_CONFIG_HOME", "/c");
        assert_eq!(environment.in_config("x/y").as_deref(), Some(Path::new("/c/x/y")));
        let nothing = Environment::new();
        assert_eq!((nothing.on_path("git"), nothing.in_home("a"), nothing.in_config("a")), (Vec::new(), None, None));
    }
}
