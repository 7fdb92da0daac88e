//! Who asks: user and password from a URL or from `.netrc`.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use releasekit_core::netrc::{self, Machine};
use releasekit_core::{Environment, Redactor, Secret};
use reqwest::Url;

use crate::{Error, Result};

/// A user and a password.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: Secret,
}

type Origin = String;

/// Every login that a client knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials {
    base: Option<(Origin, Login)>,
    machines: Vec<Machine>,
    redactor: Redactor,
}

impl Credentials {
    /// Reads `.netrc`, and takes the login out of the instance's URL.
    pub(crate) fn new(environment: &Environment, base: Option<&Url>) -> Result<Self> {
        let machines = read_netrc(environment)?;
        let mut redactor = Redactor::of(environment).with_url(base.map_or("", Url::as_str));
        redactor.add_machines(&machines);
        Ok(Self { base: base.and_then(|url| Some((origin(url), in_url(url)?))), machines, redactor })
    }

    /// Who asks for this URL: the URL itself says, else the instance that it belongs to, else `.netrc`.
    pub(crate) fn find(&self, url: &Url) -> Option<Login> {
        let base = self.base.iter().find(|(base, _)| *base == origin(url)).map(|(_, login)| login.clone());
        in_url(url).or(base).or_else(|| self.machine(url.host_str()?))
    }

    /// Removes every secret from what servers say.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    fn machine(&self, host: &str) -> Option<Login> {
        let named = |machine: &&Machine| machine.host.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(host));
        let found = self.machines.iter().find(named);
        let found = found.or_else(|| self.machines.iter().find(|machine| machine.host.is_none()))?;
        Some(Login { user: found.user.clone(), password: found.password.clone() })
    }
}

/// Scheme, host and port.
fn origin(url: &Url) -> Origin {
    url.origin().ascii_serialization()
}

fn in_url(url: &Url) -> Option<Login> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some(Login { user: decode(url.username()), password: Secret::new(decode(url.password().unwrap_or_default())) })
}

fn read_netrc(environment: &Environment) -> Result<Vec<Machine>> {
    let named = environment.get("NETRC").map(PathBuf::from);
    let home = || environment.get("HOME").map(|home| PathBuf::from(home).join(".netrc"));
    let Some(path) = named.or_else(home) else { return Ok(Vec::new()) };
    match fs::read(&path) {
        Ok(bytes) => Ok(netrc::parse(&String::from_utf8_lossy(&bytes))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(Error::Settings { what: format!("`{}`", path.display()), reason: error.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(credentials: &Credentials, url: &str) -> Option<(String, String)> {
        let login = credentials.find(&Url::parse(url).expect("a URL"))?;
        Some((login.user, login.password.expose().to_owned()))
    }

    fn pair(user: &str, password: &str) -> Option<(String, String)> {
        Some((user.to_owned(), password.to_owned()))
    }

    fn machines(netrc: &str) -> Credentials {
        Credentials { machines: netrc::parse(netrc), ..Credentials::default() }
    }

    #[test]
    fn netrc_tells_who_asks_a_host() {
        let credentials =
            machines("machine MIXED.test login rk password s3cret default login anyone password anything");
        assert_eq!(login(&credentials, "http://mixed.test:8080/"), pair("rk", "s3cret"));
        assert_eq!(login(&credentials, "https://other.test/"), pair("anyone", "anything"));
        assert_eq!(login(&machines("machine a.test login b password c"), "https://other.test/"), None);
    }

    #[test]
    fn the_login_of_the_instance_stays_with_its_origin_and_outranks_netrc() {
        let base = Url::parse("https://rk:p%40ss@index.test/simple/").expect("a URL");
        let mut credentials = machines("machine index.test login other password other");
        credentials.base = in_url(&base).map(|login| (origin(&base), login));
        assert_eq!(login(&credentials, "https://index.test/files/a.whl"), pair("rk", "p@ss"));
        assert_eq!(login(&credentials, "https://me:mine@index.test/"), pair("me", "mine"));
        assert_eq!(login(&credentials, "http://index.test/"), pair("other", "other"));
        assert_eq!(login(&credentials, "https://files.test/"), None);
    }
}
