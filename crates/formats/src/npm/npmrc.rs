//! `.npmrc`: settings of npm and pnpm as data, and the login of a registry in them.
//!
//! A file is read as npm reads it. What it says is text until somebody asks for a login, which takes in variables: so only a
//! file of the user's may be asked, for one of a repository could name any variable.

use std::fmt;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use releasekit_core::{Environment, Secret};

/// The registry that is meant where nobody names one.
pub const PUBLIC: &str = "https://registry.npmjs.org/";

/// The variables that carry a token for [`PUBLIC`], and for no other registry.
pub const TOKENS: &[&str] = &["NPM_TOKEN", "NODE_AUTH_TOKEN"];

/// What a widespread action of GitHub sets where nobody gave it a token.
const NO_TOKEN: &str = "XXXXX-XXXXX-XXXXX-XXXXX";

/// How the names of variables begin that are settings.
const VARIABLES: &[&str] = &["npm_config_", "NPM_CONFIG_"];

/// Files of pnpm's with logins, in its folder for settings.
const OF_PNPM: &[&str] = &["pnpm/auth.ini", "pnpm/rc"];

/// The settings of one file. `Debug` shows their names only, for values may be secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Npmrc(Vec<(String, String)>);

/// Who asks a registry. Neither form prints.
#[derive(Debug, Clone)]
pub enum Login {
    /// A token.
    Token(Secret),
    /// Name and password with `:` between them, in base64.
    Basic(Secret),
}

impl Login {
    /// What the header `Authorization` says.
    pub fn header(&self) -> Secret {
        match self {
            Self::Token(token) => Secret::new(format!("Bearer {}", token.expose())),
            Self::Basic(login) => Secret::new(format!("Basic {}", login.expose())),
        }
    }
}

impl Npmrc {
    /// Reads a file. What is no setting in it is passed over, as npm does.
    pub fn parse(text: &str) -> Self {
        let lines = text.split(['\r', '\n']).map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with([';', '#']));
        // What follows a section is a setting of nobody's.
        let own = lines.take_while(|line| !(line.starts_with('[') && line.ends_with(']')));
        Self(own.map(setting).collect())
    }

    /// The last value of a setting, as it is written.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// All settings, as they are written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The value of a setting with variables filled in; `None` where one of them is not set.
    pub fn expanded(&self, key: &str, environment: &Environment) -> Option<String> {
        expand(self.get(key)?, environment).filter(|value| !value.is_empty())
    }

    /// The login for exactly this registry.
    fn login(&self, registry: &str, environment: &Environment) -> Option<Login> {
        keys(registry).into_iter().find_map(|key| {
            let value = |what: &str| self.expanded(&format!("{key}:{what}"), environment);
            let token = value("_authToken").map(|token| Login::Token(Secret::new(token)));
            token.or_else(|| value("_auth").map(|login| Login::Basic(Secret::new(login)))).or_else(|| {
                let password = STANDARD.decode(value("_password")?).ok()?;
                let login = [value("username")?.as_bytes(), b":", &password].concat();
                Some(Login::Basic(Secret::new(STANDARD.encode(login))))
            })
        })
    }
}

impl fmt::Debug for Npmrc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(key, _)| key)).finish()
    }
}

/// Where the user's settings lie that may hold logins, npm's first; whether they are there or not.
pub fn files(environment: &Environment) -> Vec<PathBuf> {
    let named = VARIABLES.iter().find_map(|start| {
        let name = if *start == "NPM_CONFIG_" { "USERCONFIG" } else { "userconfig" };
        environment.get(&format!("{start}{name}")).map(PathBuf::from)
    });
    let own = named.or_else(|| environment.in_home(".npmrc"));
    let of_pnpm = OF_PNPM.iter().filter_map(|file| environment.in_config(file));
    let mut files: Vec<PathBuf> = own.into_iter().chain(of_pnpm).collect();
    files.retain(|file| file.is_absolute());
    files
}

/// Who asks a registry: by the variables for the public one, by a variable that npm takes for a setting, or by the first of
/// the user's own [files] that has a login for exactly this registry.
pub fn login(registry: &str, environment: &Environment, files: &[Npmrc]) -> Option<Login> {
    let token = |token: &str| Login::Token(Secret::new(token));
    let of_public = TOKENS.iter().filter(|_| is_public(registry)).filter_map(|name| environment.text(name));
    let mut of_public = of_public.filter(|token| *token != NO_TOKEN);
    let by_setting = || {
        let names = keys(registry).into_iter().map(|key| format!("{}{key}:_authToken", VARIABLES[0]));
        names.into_iter().find_map(|name| environment.text(&name).map(str::to_owned))
    };
    let of_files = || files.iter().find_map(|file| file.login(registry, environment));
    of_public.next().map(token).or_else(|| by_setting().map(|it| token(&it))).or_else(of_files)
}

/// Whether a URL is that of the public registry, and nobody reads along on the way there.
pub fn is_public(registry: &str) -> bool {
    registry.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"))
        && keys(registry).first() == keys(PUBLIC).first()
}

/// What settings of a registry begin with: `//host/path/`. npm takes the last part of a path that does not end in `/` for a
/// file, and looks in the folder that it lies in.
///
/// ```
/// use releasekit_formats::npm::npmrc::keys;
///
/// assert_eq!(keys("https://Registry.npmjs.org"), ["//registry.npmjs.org/"]);
/// assert_eq!(keys("https://house.test:8443/npm"), ["//house.test:8443/npm/", "//house.test:8443/"]);
/// ```
pub fn keys(registry: &str) -> Vec<String> {
    let Some((scheme, rest)) = registry.split_once("://") else { return Vec::new() };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let usual = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    let host = host.strip_suffix(usual).unwrap_or(&host);
    let folder = |path: &str| if path.is_empty() { format!("//{host}/") } else { format!("//{host}/{path}/") };
    let mut keys = vec![folder(path.trim_end_matches('/'))];
    if !path.is_empty() && !path.ends_with('/') {
        keys.push(folder(path.rsplit_once('/').map_or("", |(above, _)| above)));
    }
    keys
}

fn setting(line: &str) -> (String, String) {
    match line.split_once('=') {
        Some((key, value)) => (plain(key), plain(value)),
        None => (plain(line), "true".to_owned()),
    }
}

/// A name or a value without quotes, escapes and a comment behind it.
fn plain(text: &str) -> String {
    let text = text.trim();
    let quoted = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    if quoted('"') || quoted('\'') {
        return text[1..text.len() - 1].replace("\\\"", "\"").replace("\\\\", "\\");
    }
    let (mut found, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            ';' | '#' => break,
            '\\' => match chars.next() {
                Some(escaped @ ('\\' | ';' | '#')) => found.push(escaped),
                other => found.extend(std::iter::once('\\').chain(other)),
            },
            c => found.push(c),
        }
    }
    found.trim().to_owned()
}

/// A value with its variables, `${NAME}` and `${NAME?}`; `None` where one without a `?` is not set.
fn expand(value: &str, environment: &Environment) -> Option<String> {
    let (mut found, mut rest) = (String::new(), value);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        found.push_str(before);
        match name.strip_suffix('?') {
            Some(name) => found.push_str(environment.text(name).unwrap_or_default()),
            None => found.push_str(environment.text(name)?),
        }
        rest = behind;
    }
    found.push_str(rest);
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "; ours\r\nregistry = https://house.test/npm/\n@scope:registry=https://scope.test/ # theirs\n\
        //house.test/npm/:_authToken=${HOUSE_TOKEN}\n//scope.test/:username=me\n//scope.test/:_password=aHVudGVyMg==\n\
        //other.test/:_auth=bWU6aHVudGVyMg==\nstrict-ssl\nescaped=a\\;b\nquoted=\" a;b \"\n\
        //plain.test/:_authToken=old\n//plain.test/:_authToken=new\n[section]\n//late.test/:_authToken=none\n";

    fn header(registry: &str, environment: &Environment) -> Option<String> {
        let found = login(registry, environment, &[Npmrc::parse(FILE)]);
        found.map(|login| login.header().expose().to_owned())
    }

    #[test]
    fn a_file_is_read_as_npm_reads_it() {
        let file = Npmrc::parse(FILE);
        for (key, expected) in [
            ("registry", Some("https://house.test/npm/")),
            ("@scope:registry", Some("https://scope.test/")),
            ("strict-ssl", Some("true")),
            ("escaped", Some("a;b")),
            ("quoted", Some(" a;b ")),
            ("//plain.test/:_authToken", Some("new")),
            ("//late.test/:_authToken", None),
        ] {
            assert_eq!(file.get(key), expected, "{key}");
        }
        assert!(!format!("{file:?}").contains("hunter") && format!("{file:?}").contains("_authToken"));
    }

    #[test]
    fn a_login_is_that_of_exactly_this_registry() {
        let nothing = Environment::new();
        let house = nothing.clone().with("HOUSE_TOKEN", "secret");
        assert_eq!(header("https://house.test/npm/", &house).as_deref(), Some("Bearer secret"));
        assert_eq!(header("https://house.test/npm", &house).as_deref(), Some("Bearer secret"));
        assert_eq!(header("https://house.test/npm/", &nothing), None, "the variable is not set");
        for registry in ["https://house.test/", "https://house.test/npm/more/", "https://evil.test/house.test/npm/", ""]
        {
            assert_eq!(header(registry, &house), None, "{registry}");
        }
        for registry in ["https://scope.test/", "https://other.test:443", "http://me@other.test:80/"] {
            assert_eq!(header(registry, &nothing).as_deref(), Some("Basic bWU6aHVudGVyMg=="), "{registry}");
        }
    }

    #[test]
    fn variables_for_the_public_registry_go_nowhere_else() {
        let environment = Environment::new().with("NODE_AUTH_TOKEN", "second").with("HOUSE_TOKEN", "house");
        assert_eq!(header(PUBLIC, &environment).as_deref(), Some("Bearer second"));
        let environment = environment.with("NPM_TOKEN", "first");
        assert_eq!(header("https://registry.npmjs.org", &environment).as_deref(), Some("Bearer first"));
        assert_eq!(header("https://house.test/npm/", &environment).as_deref(), Some("Bearer house"));
        for registry in
            ["https://registry.npmjs.org/other/", "https://registry.npmjs.org.evil.test/", "http://registry.npmjs.org/"]
        {
            assert_eq!(header(registry, &environment), None, "{registry}");
        }
        let environment = Environment::new().with("NODE_AUTH_TOKEN", NO_TOKEN);
        assert_eq!(header(PUBLIC, &environment), None);
        let environment = environment.with("npm_config_//late.test/:_authToken", "setting");
        assert_eq!(header("https://late.test/", &environment).as_deref(), Some("Bearer setting"));
    }

    #[test]
    fn files_are_the_users_own() {
        let environment = Environment::new().with("HOME", "/h");
        let expected = ["/h/.npmrc", "/h/.config/pnpm/auth.ini", "/h/.config/pnpm/rc"];
        assert_eq!(files(&environment), expected.map(PathBuf::from));
        let environment = environment.with("NPM_CONFIG_USERCONFIG", "/u/npmrc");
        assert_eq!(files(&environment)[0], PathBuf::from("/u/npmrc"));
        assert!(files(&Environment::new().with("NPM_CONFIG_USERCONFIG", "npmrc")).is_empty());
    }

    #[test]
    fn variables_are_filled_in() {
        let environment = Environment::new().with("A", "1");
        for (value, expected) in [
            ("x${A}y${A}", Some("x1y1")),
            ("${B}", None),
            ("${B?}z", Some("z")),
            ("${A", Some("${A")),
            ("$A", Some("$A")),
        ] {
            assert_eq!(expand(value, &environment).as_deref(), expected, "{value}");
        }
    }
}
