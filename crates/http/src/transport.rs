//! The library underneath, set up from the environment that was given: proxies, certificates, time-outs.

use std::error::Error as StdError;
use std::fs;
use std::path::{Path, PathBuf};

use releasekit_core::Environment;
use reqwest::redirect::Policy;
use reqwest::{Certificate, ClientBuilder, NoProxy, Proxy, Url};

use crate::{Error, Result, Settings, url};

/// What every request says of us.
const USER_AGENT: &str = concat!("releasekit/", env!("CARGO_PKG_VERSION"));

/// The two clients underneath: pages may come compressed, files may not, for their digest is taken as they come.
#[derive(Debug, Clone)]
pub(crate) struct Transport {
    pub(crate) pages: reqwest::Client,
    pub(crate) files: reqwest::Client,
}

impl Transport {
    pub(crate) fn new(environment: &Environment, settings: &Settings) -> Result<Self> {
        let proxies = proxies(environment)?;
        let roots = roots(environment)?;
        let build = |gzip| build(settings, gzip, &proxies, roots.as_deref());
        // A download has a time of its own, which its size decides.
        Ok(Self { pages: finish(build(true).timeout(settings.answer_timeout))?, files: finish(build(false))? })
    }
}

fn build(settings: &Settings, gzip: bool, proxies: &[Proxy], roots: Option<&[Certificate]>) -> ClientBuilder {
    // `no_proxy` stops the library from reading the environment of the process; redirections are followed by hand.
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .gzip(gzip)
        .redirect(Policy::none())
        .connect_timeout(settings.connect_timeout)
        .read_timeout(settings.read_timeout)
        .pool_max_idle_per_host(settings.connections)
        .no_proxy();
    for proxy in proxies {
        builder = builder.proxy(proxy.clone());
    }
    match roots {
        Some(roots) => builder.tls_certs_only(roots.iter().cloned()),
        None => builder,
    }
}

fn finish(builder: ClientBuilder) -> Result<reqwest::Client> {
    builder.build().map_err(|error| setting("the certificates of this system", chain(&error)))
}

type MakeProxy = fn(&str) -> reqwest::Result<Proxy>;

fn proxies(environment: &Environment) -> Result<Vec<Proxy>> {
    let either = |small: &'static str, large: &'static str| {
        [small, large].into_iter().find_map(|name| Some((name, environment.text(name)?)))
    };
    let except = either("no_proxy", "NO_PROXY").and_then(|(_, list)| NoProxy::from_string(list));
    let kinds: [(_, MakeProxy); 3] = [
        (either("https_proxy", "HTTPS_PROXY"), |url| Proxy::https(url)),
        (either("http_proxy", "HTTP_PROXY"), |url| Proxy::http(url)),
        (either("all_proxy", "ALL_PROXY"), |url| Proxy::all(url)),
    ];
    let named = kinds.into_iter().filter_map(|(found, make)| Some((found?, make)));
    named.map(|((name, value), make)| Ok(proxy(name, value, make)?.no_proxy(except.clone()))).collect()
}

fn proxy(name: &str, value: &str, make: MakeProxy) -> Result<Proxy> {
    let refused = |reason: String| setting(&format!("`{name}`"), reason);
    match value.split_once("://") {
        None | Some(("http" | "https", _)) => make(value).map_err(|error| refused(chain(&error.without_url()))),
        Some((scheme, _)) => Err(refused(format!("`{scheme}` is neither http nor https"))),
    }
}

/// The authorities to trust instead of the system's own, as the package tools do; `None` where nobody names any.
fn roots(environment: &Environment) -> Result<Option<Vec<Certificate>>> {
    let file = environment.get("SSL_CERT_FILE").map(PathBuf::from);
    let folders = environment.get("SSL_CERT_DIR").map(|list| std::env::split_paths(list).collect::<Vec<_>>());
    if file.is_none() && folders.is_none() {
        return Ok(None);
    }
    let mut roots = Vec::new();
    if let Some(path) = &file {
        roots.extend(bundle(path)?);
    }
    for folder in folders.iter().flatten() {
        roots.extend(folder_of_bundles(folder)?);
    }
    match (&file, roots.is_empty()) {
        (Some(path), true) => Err(unreadable(path, "it holds no certificate")),
        _ => Ok(Some(roots)),
    }
}

fn bundle(path: &Path) -> Result<Vec<Certificate>> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error.to_string()))?;
    Certificate::from_pem_bundle(&bytes).map_err(|error| unreadable(path, &chain(&error)))
}

/// Other files lie in such folders too, so those without a certificate are passed over.
fn folder_of_bundles(folder: &Path) -> Result<Vec<Certificate>> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error.to_string()))?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file());
    Ok(files.filter_map(|path| bundle(&path).ok()).flatten().collect())
}

fn unreadable(path: &Path, reason: &str) -> Error {
    setting(&format!("`{}`", path.display()), reason.to_owned())
}

fn setting(what: &str, reason: String) -> Error {
    Error::Settings { what: what.to_owned(), reason }
}

/// Says what went wrong underneath in our own words.
pub(crate) fn failure(error: reqwest::Error, asked: &Url) -> Error {
    let url = url::show(asked);
    let error = error.without_url();
    if error.is_builder() {
        return Error::InvalidRequest { url, reason: chain(&error) };
    }
    if error.is_timeout() {
        return Error::Timeout { url };
    }
    let untrusted = chain(&error).contains("invalid peer certificate");
    match error.is_connect() {
        true if untrusted => Error::Certificate { url, source: error.into() },
        true => Error::Connect { url, source: error.into() },
        false => Error::Interrupted { url, source: error.into() },
    }
}

/// An error with all its causes in one line.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
