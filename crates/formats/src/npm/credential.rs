//! Who publishes to a registry, by the user's own settings.
//!
//! A repository names registries too, and may name any. So its own settings say nothing here, and a variable that names no registry
//! counts for one alone: the one that the user's settings name, which is npm's own where they name none.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use releasekit_core::{Environment, Secret};

use super::NPMJS;
use super::npmrc::{Npmrc, expanded};

/// Variables with a token and without the name of a registry, in their order.
pub const VARIABLES: [&str; 2] = ["NODE_AUTH_TOKEN", "NPM_TOKEN"];

/// The variable that names the file of the user's own settings.
pub const USERCONFIG: &str = "NPM_CONFIG_USERCONFIG";

/// The file of the user's own settings, whether it is there or not.
pub fn userconfig(environment: &Environment) -> Option<PathBuf> {
    let names = [USERCONFIG.to_owned(), USERCONFIG.to_ascii_lowercase()];
    let named = names.iter().find_map(|name| environment.get(name)).map(PathBuf::from);
    named.or_else(|| environment.in_home(".npmrc")).filter(|path| path.is_absolute())
}

/// The file in which pnpm keeps the logins that its user made with it, whether it is there or not. What it says is written as in
/// npm's own settings, and counts where those name nobody.
pub fn logins_of_pnpm(environment: &Environment) -> Option<PathBuf> {
    let usual = if cfg!(target_os = "macos") { "Library/Preferences" } else { ".config" };
    let folder = environment.get("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| environment.in_home(usual))?;
    Some(folder.join("pnpm/auth.ini")).filter(|path| path.is_absolute())
}

/// The files with the user's own settings, whether they are there or not, the one that counts most last.
pub fn files(environment: &Environment) -> impl Iterator<Item = PathBuf> {
    logins_of_pnpm(environment).into_iter().chain(userconfig(environment))
}

/// What a registry is told about who asks.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Credential {
    /// A token.
    Token(Secret),
    /// A user and a password, in base64 with a colon between.
    Login(Secret),
}

impl Credential {
    /// The value of the header `Authorization`.
    pub fn authorization(&self) -> Secret {
        let (scheme, secret) = match self {
            Self::Token(secret) => ("Bearer", secret),
            Self::Login(secret) => ("Basic", secret),
        };
        Secret::new(format!("{scheme} {}", secret.expose()))
    }

    /// The key of settings that holds it, behind the registry's own, and what it holds.
    pub fn setting(&self) -> (&'static str, &Secret) {
        match self {
            Self::Token(secret) => ("_authToken", secret),
            Self::Login(secret) => ("_auth", secret),
        }
    }
}

/// What a registry's keys in settings begin with: `//host/path/`. The host is the one that is asked, whatever stands behind it:
/// a query, a fragment and a backslash end it as a slash does.
///
/// ```
/// use releasekit_formats::npm::credential::key;
///
/// assert_eq!(key("https://user@r.test:8080/npm"), "//r.test:8080/npm/");
/// assert_eq!(key("https://other.test?@r.test/"), "//other.test/");
/// ```
pub fn key(registry: &str) -> String {
    let (_, rest) = registry.split_once("://").unwrap_or(("", registry));
    let (authority, path) = rest.split_at(rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len()));
    let path = path.strip_prefix(['/', '\\']).unwrap_or(path);
    let host = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    if path.is_empty() { format!("//{host}/") } else { format!("//{host}/{path}/") }
}

/// Who publishes to a registry, by variables and the text of the user's own settings; `None` where nobody is named.
///
/// Settings for this registry come first, those for the longest beginning of its path before others, then variables. What names a
/// variable that is not set is no setting.
pub fn find(environment: &Environment, userconfig: &Npmrc, registry: &str) -> Option<Credential> {
    let settings = Settings { environment, userconfig };
    places(&key(registry)).find_map(|place| settings.at(place)).or_else(|| settings.by_variable(registry))
}

/// A registry's key, and those of the folders that it lies in, longest first; each with and without the slash at its end.
fn places(key: &str) -> impl Iterator<Item = &str> {
    let ends = (3..=key.len()).rev().filter(|end| key.is_char_boundary(*end));
    ends.map(|end| &key[..end]).filter(move |place| place.ends_with('/') || key[place.len()..].starts_with('/'))
}

struct Settings<'a> {
    environment: &'a Environment,
    userconfig: &'a Npmrc,
}

impl Settings<'_> {
    fn at(&self, place: &str) -> Option<Credential> {
        let of = |what: &str| self.value(&format!("{place}:{what}"));
        if let Some(token) = of("_authToken") {
            return Some(Credential::Token(Secret::new(token)));
        }
        let login = of("_auth").or_else(|| login(&of("username")?, &of("_password")?))?;
        Some(Credential::Login(Secret::new(login)))
    }

    fn by_variable(&self, registry: &str) -> Option<Credential> {
        let named = self.value("registry").unwrap_or_else(|| NPMJS.to_owned());
        // The same host without encryption is another one: whoever listens on the way would have the token.
        let is_own = key(&named) == key(registry) && is_encrypted(&named) == is_encrypted(registry);
        let mut found = VARIABLES.iter().filter_map(|name| self.environment.text(name));
        let token = found.find(|token| !stands_for_none(token)).filter(|_| is_own);
        token.map(|token| Credential::Token(Secret::new(token)))
    }

    fn value(&self, key: &str) -> Option<String> {
        setting(self.environment, self.userconfig, key).filter(|value| !stands_for_none(value))
    }
}

/// A setting: a variable of its name, as npm reads them, else the user's own file. What is empty is none.
///
/// The names of variables have `_` for `-`, and case does not count in them, but for settings of one registry, which begin with `//`.
pub fn setting(environment: &Environment, userconfig: &Npmrc, key: &str) -> Option<String> {
    let variable = |name: &str| environment.text(name).map(str::to_owned);
    let (upper, lower) = match key.starts_with("//") {
        true => (format!("NPM_CONFIG_{key}"), format!("npm_config_{key}")),
        false => {
            let name = format!("npm_config_{}", key.replace('-', "_"));
            (name.to_ascii_uppercase(), name)
        }
    };
    let in_file = || expanded(userconfig.get(key)?, variable);
    variable(&upper).or_else(|| variable(&lower)).or_else(in_file).filter(|value| !value.is_empty())
}

fn is_encrypted(url: &str) -> bool {
    url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"))
}

/// Whether a token is what an action of GitHub that sets up node gives where nobody has given it one: four groups of five `X`.
fn stands_for_none(token: &str) -> bool {
    let groups = token.split('-');
    groups.clone().count() == 4 && groups.into_iter().all(|group| group == "X".repeat(5))
}

/// A user, and a password in base64, as one. `None` where it is none in base64.
fn login(user: &str, password: &str) -> Option<String> {
    let password = STANDARD.decode(password).ok()?;
    Some(STANDARD.encode([user.as_bytes(), b":", &password].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUSE: &str = "https://house.test/npm/";

    fn found(environment: &Environment, npmrc: &str, registry: &str) -> Option<String> {
        let credential = find(environment, &Npmrc::parse(npmrc), registry)?;
        Some(credential.authorization().expose().to_owned())
    }

    fn token(text: &str) -> Option<String> {
        Some(format!("Bearer {text}"))
    }

    #[test]
    fn settings_for_the_registry_come_before_variables() {
        let environment = Environment::new().with("NODE_AUTH_TOKEN", "variable").with("MINE", "mine");
        let npmrc = "//registry.npmjs.org/:_authToken=file\n//house.test/npm/:_authToken=${MINE}\n";
        assert_eq!(found(&environment, npmrc, NPMJS), token("file"));
        assert_eq!(found(&environment, npmrc, HOUSE), token("mine"));
        assert_eq!(found(&environment, "//registry.npmjs.org/:_authToken=${UNSET}", NPMJS), token("variable"));
    }

    #[test]
    fn a_variable_without_a_registry_counts_for_the_users_own_alone() {
        let environment = Environment::new().with("NPM_TOKEN", "second").with("NODE_AUTH_TOKEN", "first");
        assert_eq!(found(&environment, "", NPMJS), token("first"));
        assert_eq!(found(&environment, "", HOUSE), None);
        assert_eq!(found(&environment, "", "HTTPS://registry.npmjs.org"), token("first"));
        assert_eq!(found(&environment, "", "http://registry.npmjs.org/"), None, "it would be readable on the way");
        let named = format!("registry={HOUSE}");
        assert_eq!((found(&environment, &named, HOUSE), found(&environment, &named, NPMJS)), (token("first"), None));
        let environment = environment.with("NPM_CONFIG_REGISTRY", "https://house.test/npm");
        assert_eq!(found(&environment, "", HOUSE), token("first"));
    }

    #[test]
    fn what_is_kept_for_the_host_counts_for_its_paths_and_not_the_other_way_round() {
        let environment = Environment::new();
        for place in ["//house.test/:", "//house.test:", "//house.test/npm:"] {
            assert_eq!(found(&environment, &format!("{place}_authToken=t"), HOUSE), token("t"), "{place}");
        }
        for place in ["//house.test/npm/more/:", "//house.test/np/:", "//house.test:8080/:", "//other.test/:"] {
            assert_eq!(found(&environment, &format!("{place}_authToken=t"), HOUSE), None, "{place}");
        }
        let both = "//house.test/:_authToken=host\n//house.test/npm/:_auth=dTpw\n";
        assert_eq!(found(&environment, both, HOUSE), Some("Basic dTpw".to_owned()));
        let apart = "//house.test/:username=u\n//house.test/:_password=cA==\n";
        assert_eq!(found(&environment, apart, HOUSE), Some("Basic dTpw".to_owned()));
    }

    #[test]
    fn a_host_that_is_another_one_to_who_asks_it_gets_nothing() {
        let environment = Environment::new().with("NPM_TOKEN", "variable");
        let npmrc = "//registry.npmjs.org/:_authToken=file";
        for end in ["\\", "?", "#", "/", "\\/", ":80\\"] {
            let registry = format!("https://other.test{end}@registry.npmjs.org/");
            assert_eq!(found(&environment, npmrc, &registry), None, "{registry}");
            assert_eq!(found(&environment, "", &registry), None, "{registry}");
        }
        for registry in ["https:/other.test//registry.npmjs.org/", "https:\\\\other.test//registry.npmjs.org/"] {
            assert_eq!(found(&environment, npmrc, registry), None, "{registry}");
        }
    }

    #[test]
    fn a_variable_of_the_setting_outranks_the_file() {
        let environment = Environment::new().with("npm_config_//house.test/npm/:_authToken", "variable");
        assert_eq!(found(&environment, "//house.test/npm/:_authToken=file", HOUSE), token("variable"));
    }

    #[test]
    fn a_setting_is_a_variable_as_npm_spells_it_or_stands_in_the_file() {
        let file = Npmrc::parse("https-proxy=${PROXY}\nnoproxy=\n");
        let environment = Environment::new().with("PROXY", "file");
        let value = |environment: &Environment, key| setting(environment, &file, key);
        assert_eq!(value(&environment, "https-proxy").as_deref(), Some("file"));
        assert_eq!((value(&environment, "noproxy"), value(&environment, "cafile")), (None, None));
        for name in ["npm_config_https_proxy", "NPM_CONFIG_HTTPS_PROXY"] {
            let environment = environment.clone().with(name, "variable");
            assert_eq!(value(&environment, "https-proxy").as_deref(), Some("variable"), "{name}");
        }
        let environment = environment.with("NPM_CONFIG_//my-house.test/:_authToken", "variable");
        assert_eq!(value(&environment, "//my-house.test/:_authToken").as_deref(), Some("variable"));
    }

    #[test]
    fn a_token_that_stands_for_none_is_none() {
        let environment = Environment::new().with("NODE_AUTH_TOKEN", ["X".repeat(5).as_str(); 4].join("-"));
        let npmrc = "//registry.npmjs.org/:_authToken=${NODE_AUTH_TOKEN}";
        assert_eq!(found(&environment, npmrc, NPMJS), None);
        assert_eq!(found(&environment.with("NPM_TOKEN", "mine"), npmrc, NPMJS), token("mine"));
    }

    #[test]
    fn the_users_own_settings_lie_where_npm_has_them() {
        let environment = Environment::new().with("HOME", "/me");
        assert_eq!(userconfig(&environment), Some("/me/.npmrc".into()));
        for name in ["NPM_CONFIG_USERCONFIG", "npm_config_userconfig"] {
            let environment = environment.clone().with(name, "/etc/other");
            assert_eq!(userconfig(&environment), Some("/etc/other".into()), "{name}");
            assert_eq!(userconfig(&environment.with(name, "here")), None, "a path that depends on a folder is none");
        }
    }

    #[test]
    fn logins_of_pnpm_count_where_npm_has_none() {
        let environment = Environment::new().with("HOME", "/me").with("XDG_CONFIG_HOME", "/conf");
        let expected = ["/conf/pnpm/auth.ini", "/me/.npmrc"];
        assert_eq!(files(&environment).collect::<Vec<_>>(), expected.map(PathBuf::from));
        let pnpm = Npmrc::parse("//house.test/npm/:_authToken=pnpm\n//registry.npmjs.org/:_authToken=pnpm\n");
        let both = pnpm.outranked_by(Npmrc::parse("//registry.npmjs.org/:_authToken=npm\n"));
        let said = |registry: &str| find(&environment, &both, registry).map(|it| it.setting().1.expose().to_owned());
        assert_eq!((said(HOUSE), said(NPMJS)), (Some("pnpm".to_owned()), Some("npm".to_owned())));
    }

    #[test]
    fn no_secret_is_printed() {
        let credential = Credential::Token(Secret::new("hunter2"));
        assert!(!format!("{credential:?}").contains("hunter2"));
        assert_eq!(credential.setting().0, "_authToken");
    }
}
