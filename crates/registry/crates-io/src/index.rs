//! One sparse index over HTTP: its `config.json`, and the files of crates.

use std::sync::Arc;

use futures::future::join_all;
use releasekit_core::Environment;
use releasekit_core::secret::without_login;
use releasekit_formats::cargo::name::index_path;
use releasekit_formats::cargo::{CRATES_IO, is_crates_io};
use releasekit_http::{Client, Request, Settings};
use serde::Deserialize;
use tokio::sync::OnceCell;

use crate::error::Error;
use crate::line::Lines;
use crate::provider::Reader;

/// How many files are asked for at once: they lie there as they are, and cargo asks for all that it needs.
const AT_ONCE: usize = 50;

/// How many spellings of one name are looked for.
const SPELLINGS: usize = 8;

/// What an index says of its registry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Config {
    /// Where files are: a template, or what their paths begin with.
    pub(crate) dl: String,
    /// Where the API is, where there is one.
    #[serde(default)]
    pub(crate) api: Option<String>,
    /// Whether whoever reads needs a token.
    #[serde(default, rename = "auth-required")]
    pub(crate) auth_required: bool,
}

impl Config {
    /// One that was read at this URL: where that is safe from others' eyes, so are the places that tokens are sent to.
    fn of(url: &str) -> impl Fn(Self) -> Result<Self, String> {
        let is_safe = url.starts_with("https://");
        move |config| {
            let files = Some(&config.dl).filter(|_| config.auth_required);
            match config.api.iter().chain(files).find(|place| is_safe && !place.starts_with("https://")) {
                Some(place) if !place.is_empty() => {
                    Err(format!("tokens would be sent to `{}`, which is not `https`", without_login(place)))
                }
                _ => Ok(config),
            }
        }
    }
}

/// An index. Clones share what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    /// Its URL without `sparse+` and without a login, with a slash at its end.
    url: String,
    pub(crate) client: Client,
    reader: Reader,
    /// A fact of the registry, which is asked for once.
    config: Arc<OnceCell<Config>>,
}

impl Index {
    /// The index at a URL as settings name it; nothing is asked yet. The reader is for registries that need a token to be read.
    ///
    /// Fails where the URL is none of a sparse index.
    pub(crate) fn new(
        named: &str,
        environment: &Environment,
        mut settings: Settings,
        reader: Reader,
    ) -> Result<Self, Error> {
        settings.connections = AT_ONCE;
        let named = if is_crates_io(named) { CRATES_IO } else { named };
        let url = named.strip_prefix("sparse+").ok_or_else(|| Error::InvalidIndex {
            url: without_login(named),
            reason: "its URL does not begin with `sparse+`".to_owned(),
        })?;
        let url = format!("{}/", url.trim_end_matches('/'));
        // The client keeps the login that the URL may have.
        let client = Client::new(environment, settings.with_base(&url))?;
        Ok(Self { url: without_login(&url), client, reader, config: Arc::default() })
    }

    /// What it says of its registry.
    pub(crate) async fn config(&self) -> Result<&Config, Error> {
        self.config.get_or_try_init(|| self.read_config()).await
    }

    async fn read_config(&self) -> Result<Config, Error> {
        let url = format!("{}config.json", self.url);
        let answer = match self.client.send(&Request::get(&url)).await {
            // Then it says so only to who is known.
            Err(error) if error.status() == Some(401) => self.ask(&url, true).await?,
            answer => answer?,
        };
        let body = answer.body;
        let config = serde_json::from_slice(&body).map_err(|error| error.to_string()).and_then(Config::of(&url));
        config.map_err(|reason| Error::InvalidIndex { url, reason })
    }

    /// What it lists of a crate, whose name may be spelled otherwise; `None` where it does not know it.
    pub(crate) async fn lines(&self, name: &str) -> Result<Option<Lines>, Error> {
        let auth_required = self.config().await?.auth_required;
        if let Some(lines) = self.file(name, auth_required).await? {
            return Ok(Some(lines));
        }
        let others = spellings(name).into_iter().skip(1);
        let others = join_all(others.map(|name| async move { self.file(&name, auth_required).await })).await;
        others.into_iter().collect::<Result<Vec<_>, _>>().map(|found| found.into_iter().flatten().next())
    }

    async fn file(&self, name: &str, auth_required: bool) -> Result<Option<Lines>, Error> {
        let url = format!("{}{}", self.url, index_path(name));
        match self.ask(&url, auth_required).await {
            Ok(answer) => Lines::read(&url, name, &answer.body).map(Some),
            Err(Error::Http(error)) if matches!(error.status(), Some(404 | 410 | 451)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn ask(&self, url: &str, auth_required: bool) -> Result<releasekit_http::Response, Error> {
        // What is polled must not come from a cache on the way.
        let request = Request::get(url).with_header("cache-control", "no-cache");
        Ok(self.client.send(&self.authorized(request, auth_required).await?).await?)
    }

    /// A request with the token, where the registry wants one to be read. Fails where a program that keeps it does.
    pub(crate) async fn authorized(&self, request: Request, auth_required: bool) -> Result<Request, Error> {
        let token = if auth_required { self.reader.token().await? } else { None };
        Ok(match token {
            Some(token) => request.with_authorization(token),
            None => request,
        })
    }
}

/// A name with `-` and `_` in each other's place, itself first. The index has a crate under one of them.
fn spellings(name: &str) -> Vec<String> {
    let mut spellings = vec![name.to_ascii_lowercase()];
    let places: Vec<usize> = name.match_indices(['-', '_']).map(|(at, _)| at).collect();
    for at in places {
        for index in 0..spellings.len() {
            let other = if spellings[index].as_bytes()[at] == b'-' { "_" } else { "-" };
            let mut spelling = spellings[index].clone();
            spelling.replace_range(at..=at, other);
            if spellings.len() < SPELLINGS {
                spellings.push(spelling);
            }
        }
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_safe_index_leads_no_token_to_where_others_read_it() {
        let config =
            |dl: &str, api: &str, auth_required| Config { dl: dl.to_owned(), api: Some(api.to_owned()), auth_required };
        let (safe, open) = ("https://h.test", "http://h.test");
        for (dl, api, auth_required) in [(safe, safe, true), (open, safe, false), (safe, "", false)] {
            assert!(Config::of("https://i.test/config.json")(config(dl, api, auth_required)).is_ok(), "{dl} {api}");
        }
        for (dl, api, auth_required) in [(open, safe, true), (safe, open, false)] {
            let refused = Config::of("https://i.test/config.json")(config(dl, api, auth_required));
            assert_eq!(refused, Err("tokens would be sent to `http://h.test`, which is not `https`".to_owned()));
            assert!(Config::of("http://i.test/config.json")(config(dl, api, auth_required)).is_ok(), "{dl} {api}");
        }
    }

    #[test]
    fn a_name_is_looked_for_in_its_other_spellings() {
        assert_eq!(spellings("Demo"), ["demo"]);
        assert_eq!(spellings("a-b_c"), ["a-b_c", "a_b_c", "a-b-c", "a_b-c"]);
        assert_eq!(spellings("a-b-c-d-e").len(), SPELLINGS);
    }
}
