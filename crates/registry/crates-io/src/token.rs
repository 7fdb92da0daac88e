//! Who publishes: the token of one registry, from where cargo would have it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use releasekit_core::{Environment, Secret};
use toml_edit::{DocumentMut, Item, Value};

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

    /// What gives it one.
    pub(crate) fn help(self, environment: &Environment, index: &str) -> String {
        let variable = self.variable();
        match (self.provider(environment), self) {
            (Some(provider), _) if self.is_the_users(environment, index) => {
                format!("`{provider}` gives the token to cargo alone: do this with cargo, or set `{variable}`")
            }
            (Some(provider), Self::Registry(name)) => format!(
                "`{provider}`, which keeps tokens for cargo, is asked for no registry that only the repository knows: give its \
                 `index` in `[registries.{name}]` of `config.toml` in `CARGO_HOME` too, or set `{variable}`"
            ),
            (_, Self::Usual) => format!("set `{variable}`, or run `cargo login`"),
            (_, Self::Nameless) => format!(
                "set `{variable}`, or give the registry a name in `[registries]` of `.cargo/config.toml`, for a login is kept by it"
            ),
            (_, Self::Registry(name)) => format!("set `{variable}`, or run `cargo login --registry {name}`"),
        }
    }

    /// Whether cargo alone has its token: nobody keeps one where we read it, and the user's settings name a program for it.
    pub(crate) fn is_cargos_alone(self, environment: &Environment, index: &str) -> bool {
        let has_provider = || self.provider(environment).is_some() && self.is_the_users(environment, index);
        matches!(self.token(environment), Ok(None)) && has_provider()
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
    pub(crate) fn provider(self, environment: &Environment) -> Option<String> {
        self.providers(environment).into_iter().next()?.into_iter().next()
    }

    /// Programs that may be asked for its token, with their arguments: those that the user names, where the user knows the registry.
    pub(crate) fn programs(self, environment: &Environment, index: &str) -> Vec<Vec<String>> {
        if self.is_the_users(environment, index) { self.providers(environment) } else { Vec::new() }
    }

    /// What keeps tokens beside cargo's own files, by its words, what counts more first. What is named for this registry counts before
    /// what is for all.
    fn providers(self, environment: &Environment) -> Vec<Vec<String>> {
        let documents = documents(environment);
        let variable = self.variable().replace("_TOKEN", "_CREDENTIAL_PROVIDER");
        let of_file = |document: &DocumentMut| words_of(self.table(document)?.get("credential-provider")?);
        let own = environment.text(&variable).map(words).or_else(|| documents.iter().find_map(of_file));
        let is_another = |words: &Vec<String>| words.first().is_some_and(|program| program != FILE_PROVIDER);
        if own.is_some() || self == Self::Nameless {
            return own.into_iter().filter(is_another).collect();
        }
        let listed = environment.text("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS");
        let listed = listed.map(|listed| listed.split_whitespace().map(words).collect::<Vec<_>>());
        let of_file = |document: &DocumentMut| {
            let listed = document.get("registry")?.get("global-credential-providers")?.as_array()?;
            Some(listed.iter().filter_map(Value::as_str).map(words).collect())
        };
        let mut all = listed.or_else(|| documents.iter().find_map(of_file)).unwrap_or_default();
        all.reverse();
        all.into_iter().filter(is_another).collect()
    }

    /// Whether the user's own settings say that this is its index, and not a repository alone: a program for tokens may give one
    /// whatever it is asked for.
    fn is_the_users(self, environment: &Environment, index: &str) -> bool {
        let Self::Registry(name) = self else { return self == Self::Usual };
        let variable = self.variable().replace("_TOKEN", "_INDEX");
        let of_file =
            |document: &DocumentMut| Some(document.get("registries")?.get(name)?.get("index")?.as_str()?.to_owned());
        let said = environment.text(&variable).map(str::to_owned);
        let said = said.or_else(|| documents(environment).iter().find_map(of_file));
        said.is_some_and(|said| said.trim_end_matches('/') == index.trim_end_matches('/'))
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

/// The words of what names a program, in one text or a list. They may be secret but for the first.
fn words_of(item: &Item) -> Option<Vec<String>> {
    match item.as_array() {
        Some(list) => Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        None => item.as_str().map(words),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The user's settings. What cannot be read is said where a token is looked for.
fn documents(environment: &Environment) -> Vec<DocumentMut> {
    let texts = files(environment).into_iter().filter_map(|path| fs::read_to_string(path).ok());
    texts.filter_map(|text| text.parse().ok()).collect()
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

    const INDEX: &str = "sparse+https://house.test/";

    #[test]
    fn a_program_that_the_user_names_for_a_registry_that_the_user_knows_keeps_its_token() {
        let known = format!("[registries.\"in-house.two\"]\nindex = \"{INDEX}\"\n");
        let own = "credential-provider = [\"cargo:token-from-stdout\", \"hunter2\"]\n";
        let file = "credential-provider = \"cargo:token\"\n";
        let global =
            "[registry]\nglobal-credential-providers = [\"cargo:token\", \"cargo-credential-x --key hunter2\"]\n";
        let says = |config: &str, named: Named<'_>| {
            let (_home, environment) = home(&[("config.toml", config)]);
            let help = named.help(&environment, INDEX);
            assert!(!help.contains("hunter2"), "{help}");
            (named.is_cargos_alone(&environment, INDEX), help)
        };
        for (config, provider) in [
            (format!("{known}{own}"), "`cargo:token-from-stdout`"),
            (format!("{known}{global}"), "`cargo-credential-x`"),
        ] {
            let (is_alone, help) = says(&config, HOUSE);
            assert!(is_alone && help.starts_with(provider), "{help}");
        }
        // What only the repository knows may be anybody's.
        for config in [global.to_owned(), format!("{}{own}", known.replace("house.test", "other.test"))] {
            let (is_alone, help) = says(&config, HOUSE);
            assert!(!is_alone && help.contains("`index` in `[registries.in-house.two]`"), "{help}");
        }
        // cargo's own files are read, and one for a registry counts before those for all.
        for config in [format!("{known}{file}{global}"), known.clone(), String::new()] {
            let (is_alone, help) = says(&config, HOUSE);
            assert!(!is_alone && help.starts_with("set `CARGO_REGIST"), "{config}: {help}");
        }
        assert_eq!([Named::Usual, Named::Nameless].map(|named| says(global, named).0), [true, false]);
    }

    #[test]
    fn variables_say_as_much_as_settings_and_a_token_is_no_programs_matter() {
        let (_home, environment) = home(&[]);
        let usual = environment.clone().with("CARGO_REGISTRY_CREDENTIAL_PROVIDER", "cargo:libsecret");
        assert!(Named::Usual.is_cargos_alone(&usual, "crates-io"));
        assert!(Named::Usual.help(&usual, "crates-io").starts_with("`cargo:libsecret`"));
        let house = environment.with("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "cargo:token house-tokens");
        let house = house.with("CARGO_REGISTRIES_IN_HOUSE_TWO_INDEX", INDEX);
        assert!(HOUSE.is_cargos_alone(&house, INDEX));
        assert!(!HOUSE.is_cargos_alone(&house.with("CARGO_REGISTRIES_IN_HOUSE_TWO_TOKEN", "t"), INDEX));
    }

    #[test]
    fn a_file_that_is_no_toml_is_said_without_what_it_holds() {
        let (_home, environment) = home(&[("credentials.toml", "[registry]\ntoken = hunter2\n")]);
        let error = Named::Usual.token(&environment).expect_err("it cannot be read");
        assert_eq!(error.code(), codes::CREDENTIALS);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
