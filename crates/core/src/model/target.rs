//! Where a package goes.

use std::fmt;

/// One registry instance: a kind of registry, and its URLs. Neither `Debug` nor `Display` shows credentials in them.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Target {
    /// The kind of registry, the `id` its backend registers under.
    pub kind: &'static str,
    /// What package files and the environment call it, where registries of its ecosystem have names; what carries the right
    /// to upload may be found by it.
    pub name: Option<String>,
    /// Where installers read.
    pub read_url: String,
    /// Where files are sent.
    pub publish_url: String,
    /// Where we look for what is live, when it is not where installers read.
    pub observe_url: Option<String>,
}

impl Target {
    /// A registry that is read and written at these URLs.
    pub fn new(kind: &'static str, read_url: impl Into<String>, publish_url: impl Into<String>) -> Self {
        Self { kind, name: None, read_url: read_url.into(), publish_url: publish_url.into(), observe_url: None }
    }

    /// Says what it is called.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Observes elsewhere than installers read.
    #[must_use]
    pub fn with_observe_url(mut self, url: impl Into<String>) -> Self {
        self.observe_url = Some(url.into());
        self
    }

    /// Where files are sent, as it is shown: without credentials.
    pub fn publish_name(&self) -> String {
        without_login(&self.publish_url)
    }

    /// Whether we look where files are sent to, so that what is known of the one place, and who we are there, holds for the other.
    pub fn is_one_place(&self) -> bool {
        self.observe_url().trim_end_matches('/') == self.publish_url.trim_end_matches('/')
    }

    /// The URL that says what is live.
    pub fn observe_url(&self) -> &str {
        self.observe_url.as_deref().unwrap_or(&self.read_url)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_login(&self.read_url))
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("kind", &self.kind)
            .field("name", &self.name)
            .field("read_url", &without_login(&self.read_url))
            .field("publish_url", &without_login(&self.publish_url))
            .field("observe_url", &self.observe_url.as_deref().map(without_login))
            .finish()
    }
}

/// A URL without the user and the password that stand before its host.
fn without_login(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let host = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let start = rest[..host].rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}://{}", &rest[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_urls_are_not_shown() {
        let target = Target::new("pypi", "https://rk:p@ss@index.test/simple/a@b", "https://rk:pass@index.test");
        let target = target.with_observe_url("sparse+https://token@index.test/");
        assert_eq!(target.to_string(), "https://index.test/simple/a@b");
        assert_eq!(target.publish_name(), "https://index.test");
        let strange = "https://index.test\\@other.test/";
        assert_eq!(Target::new("pypi", strange, strange).to_string(), strange, "no login stands before its host");
        let debug = format!("{target:?}");
        assert!(
            !debug.contains("ss@") && !debug.contains("token") && debug.contains("sparse+https://index.test/"),
            "{debug}"
        );
    }

    #[test]
    fn a_place_is_one_with_or_without_a_slash() {
        let target = Target::new("pypi", "https://r.test/npm/", "https://r.test/npm");
        assert!(target.is_one_place());
        assert!(!target.with_observe_url("https://other.test/npm").is_one_place());
    }
}
