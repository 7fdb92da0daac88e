//! Who publishes: the token of one registry, from where cargo would have it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use releasekit_core::{Environment, Secret};
use toml_edit::{DocumentMut, Item};

use crate::error::Error;

/// Files in `CARGO_HOME` that may hold tokens, in cargo's order: where a file is there with and without an ending, only that without
/// one counts.
const FILES: [[&str; 2]; 2] = [["credentials", "credentials.toml"], ["config", "config.toml"]];

/// A registry, as cargo's settings call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named<'a> {
    /// crates.io.
    Usual,
    /// A registry that is known by its URL alone.
    Nameless,
    /// One of the `[registries]`.
    Registry(&'a str),
}

impl Named<'_> {
    /// The variable that holds its token.
    pub(crate) fn variable(self) -> String {
        match self {
            Self::Usual | Self::Nameless => "CARGO_REGISTRY_TOKEN".to_owned(),
            Self::Registry(name) => {
                format!("CARGO_REGISTRIES_{}_TOKEN", name.to_ascii_uppercase().replace(['-', '.'], "_"))
            }
        }
    }

    /// What gives it one. A program that cargo would ask for it is not asked.
    pub(crate) fn help(self, environment: &Environment) -> String {
        let variable = self.variable();
        if let Some(provider) = self.provider(environment) {
            return format!(
                "`{provider}`, which gives cargo its tokens, is not asked: set `{variable}` to the one for this registry"
            );
        }
        match self {
            Self::Usual => format!("set `{variable}`, or run `cargo login`"),
            Self::Nameless => format!(
                "set `{variable}`, or give the registry a name in `[registries]` of `.cargo/config.toml`, for a login is kept by it"
            ),
            Self::Registry(name) => format!("set `{variable}`, or run `cargo login --registry {name}`"),
        }
    }

    /// Its token; `None` where nobody keeps one. Fails where a file that may hold it cannot be read.
    pub(crate) fn token(self, environment: &Environment) -> Result<Option<Secret>, Error> {
        if let Some(token) = environment.text(&self.variable()) {
            return Ok(Some(Secret::new(token)));
        }
        // What files say of no name, `cargo login` has put there for crates.io, and a repository may name any URL.
        if self == Self::Nameless {
            return Ok(None);
        }
        for path in files(environment) {
            if let Some(token) = self.in_file(&path)? {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }

    /// The program that cargo would ask for a token, as variables or the user's own settings name it, without its arguments.
    fn provider(self, environment: &Environment) -> Option<String> {
        let own = self.variable().replace("_TOKEN", "_CREDENTIAL_PROVIDER");
        let named = environment.text(&own).and_then(first_word);
        let listed = environment.text("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS");
        let mut all: Vec<String> = named.into_iter().chain(listed.and_then(first_word)).collect();
        for path in files(environment) {
            // What cannot be read was said where a token was looked for.
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let Ok(document) = text.parse::<DocumentMut>() else { continue };
            let own = self.table(&document).and_then(|table| table.get("credential-provider"));
            all.extend(own.and_then(|own| first_word(own.as_str().or_else(|| own.as_array()?.get(0)?.as_str())?)));
            let global = document.get("registry").and_then(|registry| registry.get("global-credential-providers"));
            let global = global.and_then(Item::as_array).into_iter().flatten();
            all.extend(global.filter_map(|one| first_word(one.as_str()?)));
        }
        all.into_iter().find(|provider| provider != FILE_PROVIDER)
    }

    /// What a file of settings says of the registry.
    fn table(self, document: &DocumentMut) -> Option<&Item> {
        match self {
            Self::Usual => document.get("registry"),
            Self::Nameless => None,
            Self::Registry(name) => document.get("registries").and_then(|registries| registries.get(name)),
        }
    }

    fn in_file(self, path: &Path) -> Result<Option<Secret>, Error> {
        let unreadable = |reason: String| Error::Credentials { path: path.to_owned(), reason };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        // The parser's own words quote the file, tokens and all.
        let document: DocumentMut = text.parse().map_err(|_| unreadable("it is no TOML".to_owned()))?;
        let token = self.table(&document).and_then(|table| table.get("token")).and_then(Item::as_str);
        Ok(token.filter(|token| !token.is_empty()).map(Secret::new))
    }
}

/// What cargo calls its own files with tokens.
const FILE_PROVIDER: &str = "cargo:token";

/// A program without its arguments, which may be secret.
fn first_word(text: &str) -> Option<String> {
    text.split_whitespace().next().map(str::to_owned)
}

/// The files that may hold tokens.
fn files(environment: &Environment) -> Vec<PathBuf> {
    let home = environment.get("CARGO_HOME").map(PathBuf::from).or_else(|| environment.in_home(".cargo"));
    let Some(home) = home else { return Vec::new() };
    let first = |names: [&str; 2]| {
        let [bare, ending] = names.map(|name| home.join(name));
        if bare.is_file() { bare } else { ending }
    };
    FILES.into_iter().map(first).collect()
}

#[cfg(test)]
mod tests {
    use releasekit_core::Diagnostic;
    use tempfile::TempDir;

    use super::*;
    use crate::codes;

    fn home(files: &[(&str, &str)]) -> (TempDir, Environment) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let environment = Environment::new().with("CARGO_HOME", folder.path());
        (folder, environment)
    }

    fn token(named: Named<'_>, environment: &Environment) -> Option<String> {
        named.token(environment).unwrap().map(|token| token.expose().to_owned())
    }

    const HOUSE: Named<'_> = Named::Registry("in-house.two");

    #[test]
    fn each_registry_has_a_variable_of_its_own() {
        assert_eq!(HOUSE.variable(), "CARGO_REGISTRIES_IN_HOUSE_TWO_TOKEN");
        let (_home, environment) = home(&[]);
        let environment = environment.with("CARGO_REGISTRY_TOKEN", "usual");
        assert_eq!((token(Named::Usual, &environment), token(HOUSE, &environment)), (Some("usual".to_owned()), None));
        let environment = environment.with("CARGO_REGISTRIES_IN_HOUSE_TWO_TOKEN", "house");
        assert_eq!(token(HOUSE, &environment), Some("house".to_owned()));
    }

    #[test]
    fn files_are_read_in_the_order_of_cargo() {
        let credentials = "[registry]\ntoken = \"usual\"\n[registries.\"in-house.two\"]\ntoken = \"house\"\n";
        let config = "[registries.other]\ntoken = \"other\"\n[registries.\"in-house.two\"]\ntoken = \"never\"\n";
        let (_home, environment) = home(&[("credentials.toml", credentials), ("config.toml", config)]);
        let found = [Named::Usual, HOUSE, Named::Registry("other"), Named::Registry("none")];
        let found = found.map(|named| token(named, &environment));
        assert_eq!(found, [Some("usual"), Some("house"), Some("other"), None].map(|token| token.map(str::to_owned)));
        let environment = environment.with("CARGO_REGISTRY_TOKEN", "variable");
        assert_eq!(token(Named::Usual, &environment), Some("variable".to_owned()));
    }

    #[test]
    fn the_login_of_crates_io_is_none_of_a_registry_without_a_name() {
        let (_home, environment) = home(&[("credentials.toml", "[registry]\ntoken = \"login\"\n")]);
        assert_eq!(token(Named::Usual, &environment), Some("login".to_owned()));
        assert_eq!(token(Named::Nameless, &environment), None);
        let environment = environment.with("CARGO_REGISTRY_TOKEN", "variable");
        assert_eq!(token(Named::Nameless, &environment), Some("variable".to_owned()));
    }

    #[test]
    fn an_old_file_without_an_ending_counts_in_the_place_of_the_other() {
        let old = ("credentials", "[registry]\ntoken = \"old\"\n");
        let (_home, environment) = home(&[old, ("credentials.toml", "[registry]\ntoken = \"new\"\n")]);
        assert_eq!(token(Named::Usual, &environment), Some("old".to_owned()));
    }

    #[test]
    fn a_program_that_cargo_would_ask_is_said_not_to_be_asked() {
        let help = |config: &str, named: Named<'_>| {
            let (_home, environment) = home(&[("config.toml", config)]);
            named.help(&environment)
        };
        let own = "[registries.\"in-house.two\"]\ncredential-provider = [\"cargo:token-from-stdout\", \"hunter2\"]\n";
        let global =
            "[registry]\nglobal-credential-providers = [\"cargo:token\", \"cargo-credential-x --key hunter2\"]\n";
        let file = "[registry]\ncredential-provider = \"cargo:token\"\n";
        let set = "is not asked: set `CARGO_REGISTRIES_IN_HOUSE_TWO_TOKEN` to";
        for (config, provider) in [(own, "`cargo:token-from-stdout`"), (global, "`cargo-credential-x`")] {
            let help = help(config, HOUSE);
            assert!(help.starts_with(provider) && help.contains(set) && !help.contains("hunter2"), "{help}");
        }
        for (config, named) in [(file, Named::Usual), (own, Named::Usual), ("", HOUSE)] {
            assert!(help(config, named).starts_with("set `CARGO_REGIST"), "{config}");
        }
        let (_home, environment) = home(&[]);
        let environment = environment.with("CARGO_REGISTRY_CREDENTIAL_PROVIDER", "cargo:libsecret");
        assert!(Named::Usual.help(&environment).starts_with("`cargo:libsecret`"));
    }

    #[test]
    fn a_file_that_is_no_toml_is_said_without_what_it_holds() {
        let (_home, environment) = home(&[("credentials.toml", "[registry]\ntoken = hunter2\n")]);
        let error = Named::Usual.token(&environment).expect_err("it cannot be read");
        assert_eq!(error.code(), codes::CREDENTIALS);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
