//! Who asks: a token from where GitHub's own tools would have it, and only for a host that may have it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use releasekit_core::{Environment, Secret};
use releasekit_process::{Command, environment::for_tools};
use tokio::sync::OnceCell;

use crate::error::{Error, Result};
use crate::site::{Site, host_of, is_loopback, is_of_the_ci, is_public, named};

/// The variables that hold tokens. All of them are credentials.
pub(crate) const VARIABLES: &[&str] = &["GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];

/// GitHub's own program.
const GH: &str = "gh";

/// What it needs to find its settings and the keyring, beside what every tool may see.
const GH_SEES: &[&str] = &["GH_CONFIG_DIR", "DBUS_SESSION_BUS_ADDRESS"];

/// How long it may take; a locked keyring asks somebody who may not be there.
const GH_LIMIT: Duration = Duration::from_secs(20);

/// A token, or who has it.
#[derive(Debug)]
pub(crate) enum Token {
    /// A variable has it.
    Known(Secret),
    /// GitHub's own program has a login for the host. It is asked once, before the first request.
    Kept { host: String, environment: Environment, token: OnceCell<Secret> },
}

impl Token {
    /// Finds the token of a site.
    ///
    /// Fails with `Forbidden` where the host of the API may have none, and with `Unauthenticated` where nobody has one.
    pub(crate) fn of(environment: &Environment, site: &Site) -> Result<Self> {
        if !(may_have(environment, &site.host) && may_ask(environment, site)) {
            return Err(Error::HostUnknown { host: site.api_host() });
        }
        if let Some(token) = variables(environment, &site.host).into_iter().find_map(|name| environment.text(name)) {
            return Ok(Self::Known(Secret::new(token.trim())));
        }
        if has_login(environment, &site.host) {
            let (host, environment) = (site.host.clone(), environment.clone());
            return Ok(Self::Kept { host, environment, token: OnceCell::new() });
        }
        Err(missing(environment, &site.host))
    }

    /// The token itself.
    pub(crate) async fn secret(&self) -> Result<&Secret> {
        match self {
            Self::Known(secret) => Ok(secret),
            Self::Kept { host, environment, token } => token.get_or_try_init(|| kept(host, environment)).await,
        }
    }

    /// The token, where it was needed already.
    pub(crate) fn known(&self) -> Option<&Secret> {
        match self {
            Self::Known(secret) => Some(secret),
            Self::Kept { token, .. } => token.get(),
        }
    }
}

/// Whether a host is one of a GitHub to which a token may go: everybody's, one that the CI, the user or `gh` knows, or this
/// machine.
fn may_have(environment: &Environment, host: &str) -> bool {
    is_public(host)
        || is_loopback(host)
        || named(environment).iter().any(|known| known == host)
        || has_login(environment, host)
}

/// Whether its API, which may be elsewhere by what the configuration says, may have it too.
fn may_ask(environment: &Environment, site: &Site) -> bool {
    let of_the_ci = ["GITHUB_API_URL", "GITHUB_GRAPHQL_URL"].map(|name| environment.text(name).map(host_of));
    let may = |host: String| {
        host == site.usual_api_host() || of_the_ci.contains(&Some(host.clone())) || may_have(environment, &host)
    };
    [&site.api, &site.graphql].into_iter().map(|url| host_of(url)).all(may)
}

/// The variables that can hold the token of a host, the first that is set counts.
fn variables(environment: &Environment, host: &str) -> Vec<&'static str> {
    let (public, enterprise) = VARIABLES.split_at(2);
    if is_loopback(host) {
        return [enterprise, public].concat();
    }
    match is_public(host) {
        true => public.to_vec(),
        // A job's own token is good for its own server.
        false if is_of_the_ci(environment, host) => [enterprise, &["GITHUB_TOKEN"]].concat(),
        false => enterprise.to_vec(),
    }
}

fn missing(environment: &Environment, host: &str) -> Error {
    let variable = variables(environment, host)[0];
    Error::TokenMissing {
        host: host.to_owned(),
        help: format!("set `{variable}`, or run `gh auth login --hostname {host}`"),
    }
}

/// Whether GitHub's program has a login, as its settings list it. The token itself may lie in a keyring.
fn has_login(environment: &Environment, host: &str) -> bool {
    let named = environment.get("GH_CONFIG_DIR").map(|folder| PathBuf::from(folder).join("hosts.yml"));
    let file = named.or_else(|| environment.in_config("gh/hosts.yml"));
    let text = file.and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
    text.lines().any(|line| line.trim_end().strip_suffix(':').is_some_and(|key| key.trim_matches(['"', '\'']) == host))
}

async fn kept(host: &str, environment: &Environment) -> Result<Secret> {
    let mut seen = for_tools(environment).with("GH_PROMPT_DISABLED", "1");
    for name in GH_SEES {
        if let Some(value) = environment.get(name) {
            seen.set(*name, value);
        }
    }
    let command = Command::new(GH).args(["auth", "token", "--hostname", host]);
    let output = command.current_dir("/").env(seen).timeout(GH_LIMIT).run().await;
    let token = output.ok().filter(releasekit_process::Output::success).map(|output| output.stdout_text());
    let token = token.as_deref().map(str::trim).filter(|token| !token.is_empty());
    token.map(Secret::new).ok_or_else(|| missing(environment, host))
}
