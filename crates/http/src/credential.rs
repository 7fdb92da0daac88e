//! Who asks: user and password from a URL or from `.netrc`.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use releasekit_core::{Environment, Secret};
use reqwest::Url;

use crate::{Error, Result};

/// A user and a password.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: Secret,
}

impl Login {
    /// The password, and the form in which it is sent, for servers quote what they were sent.
    pub(crate) fn secrets(&self) -> [Secret; 2] {
        let basic = STANDARD.encode(format!("{}:{}", self.user, self.password.expose()));
        [self.password.clone(), Secret::new(basic)]
    }
}

/// An entry of `.netrc`; no host for `default`.
#[derive(Debug, Clone)]
struct Machine {
    host: Option<String>,
    login: Login,
}

type Origin = String;

/// Every login that a client knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials {
    base: Option<(Origin, Login)>,
    machines: Vec<Machine>,
}

impl Credentials {
    /// Reads `.netrc`, and takes the login out of the instance's URL.
    pub(crate) fn new(environment: &Environment, base: Option<&Url>) -> Result<Self> {
        let base = base.and_then(|url| Some((origin(url), in_url(url)?)));
        Ok(Self { base, machines: read_netrc(environment)? })
    }

    /// Who asks for this URL: the URL itself says, else the instance that it belongs to, else `.netrc`.
    pub(crate) fn find(&self, url: &Url) -> Option<Login> {
        let base = self.base.iter().find(|(base, _)| *base == origin(url)).map(|(_, login)| login.clone());
        in_url(url).or(base).or_else(|| self.machine(url.host_str()?))
    }

    /// Every secret, to be removed from what servers say.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = Secret> {
        let base = self.base.iter().map(|(_, login)| login);
        base.chain(self.machines.iter().map(|machine| &machine.login)).flat_map(Login::secrets)
    }

    fn machine(&self, host: &str) -> Option<Login> {
        let named = |machine: &&Machine| machine.host.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(host));
        let found = self.machines.iter().find(named);
        found.or_else(|| self.machines.iter().find(|machine| machine.host.is_none())).map(|found| found.login.clone())
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
        Ok(bytes) => Ok(parse_netrc(&String::from_utf8_lossy(&bytes))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(Error::Settings { what: format!("`{}`", path.display()), reason: error.to_string() }),
    }
}

/// Reads the words of a `.netrc`; entries without a password are left out, macros are skipped.
fn parse_netrc(text: &str) -> Vec<Machine> {
    let mut machines = Vec::new();
    let mut entry: Option<Entry> = None;
    let text = without_macros(text);
    let mut words = words(&text);
    while let Some(word) = words.next() {
        match word.as_str() {
            "machine" => machines.extend(entry.replace(Entry::of(words.next())).and_then(Entry::finish)),
            "default" => machines.extend(entry.replace(Entry::default()).and_then(Entry::finish)),
            "login" => set(&mut entry, |entry| entry.user = words.next()),
            "password" => set(&mut entry, |entry| entry.password = words.next()),
            "account" => drop(words.next()),
            _ => {}
        }
    }
    machines.extend(entry.and_then(Entry::finish));
    machines
}

#[derive(Default)]
struct Entry {
    host: Option<String>,
    user: Option<String>,
    password: Option<String>,
}

impl Entry {
    fn of(host: Option<String>) -> Self {
        Self { host, ..Self::default() }
    }

    fn finish(self) -> Option<Machine> {
        let login = Login { user: self.user.unwrap_or_default(), password: Secret::new(self.password?) };
        Some(Machine { host: self.host, login })
    }
}

fn set(entry: &mut Option<Entry>, change: impl FnOnce(&mut Entry)) {
    if let Some(entry) = entry {
        change(entry);
    }
}

/// A macro goes from `macdef` to the next empty line; comments are lines that begin with `#`.
fn without_macros(text: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for line in text.lines() {
        inside = if inside { !line.trim().is_empty() } else { line.trim_start().starts_with("macdef") };
        if !inside && !line.trim_start().starts_with('#') {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Words between white space; one in double quotes may hold white space, and `\` takes the next character as it is.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let quoted = chars.next_if_eq(&'"').is_some();
        let mut word = String::new();
        chars.peek().filter(|_| !quoted).or(quoted.then_some(&'"'))?;
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted => break,
                '\\' => word.extend(chars.next()),
                c if c.is_whitespace() && !quoted => break,
                c => word.push(c),
            }
        }
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETRC: &str = "\
# machine commented.test login a password b
machine index.test login rk password s3cret
machine MIXED.test
    account none
    login \"two words\"
    password \"quo\\\"ted\"
macdef init
machine macro.test login m password m

machine nobody.test login nobody
default login anyone password anything
";

    fn login(credentials: &Credentials, url: &str) -> Option<(String, String)> {
        let login = credentials.find(&Url::parse(url).expect("a URL"))?;
        Some((login.user, login.password.expose().to_owned()))
    }

    fn pair(user: &str, password: &str) -> Option<(String, String)> {
        Some((user.to_owned(), password.to_owned()))
    }

    #[test]
    fn netrc_is_read_as_other_tools_read_it() {
        let credentials = Credentials { base: None, machines: parse_netrc(NETRC) };
        assert_eq!(login(&credentials, "https://index.test/simple/"), pair("rk", "s3cret"));
        assert_eq!(login(&credentials, "http://mixed.test:8080/"), pair("two words", "quo\"ted"));
        for other in ["commented", "macro", "nobody", "other"] {
            assert_eq!(login(&credentials, &format!("https://{other}.test/")), pair("anyone", "anything"), "{other}");
        }
        let without_default = Credentials { base: None, machines: parse_netrc("machine a.test login b password c") };
        assert_eq!(login(&without_default, "https://other.test/"), None);
    }

    #[test]
    fn the_login_of_the_instance_stays_with_its_origin_and_outranks_netrc() {
        let base = Url::parse("https://rk:p%40ss@index.test/simple/").expect("a URL");
        let machines = parse_netrc("machine index.test login other password other");
        let credentials = Credentials { base: in_url(&base).map(|login| (origin(&base), login)), machines };
        assert_eq!(login(&credentials, "https://index.test/files/a.whl"), pair("rk", "p@ss"));
        assert_eq!(login(&credentials, "https://me:mine@index.test/"), pair("me", "mine"));
        assert_eq!(login(&credentials, "http://index.test/"), pair("other", "other"));
        assert_eq!(login(&credentials, "https://files.test/"), None);
        let secrets: Vec<_> = credentials.secrets().map(|secret| secret.expose().to_owned()).collect();
        assert_eq!(secrets, ["p@ss", "cms6cEBzcw==", "other", "b3RoZXI6b3RoZXI="]);
    }
}
