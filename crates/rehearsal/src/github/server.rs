//! The forge's listeners, and what a test asks of it as a whole.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, MutexGuard};

use axum::extract::{ConnectInfo, Path};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Extension, Router};
use tempfile::TempDir;

use super::account::Grant;
use super::hub::Hub;
use super::options::Options;
use super::places::{API, GRAPHQL};
use super::repository::Repository;
use super::state::{Quota, State, Urls};
use super::{api, gateway, graphql, serve};
use crate::connection::Scissors;
use crate::error::{Error, Result};
use crate::fault::Faults;
use crate::host::{Host, Port, with_log};
use crate::log::{Entry, Request};

/// A running forge, on a thread of its own. It ends when dropped.
#[derive(Debug)]
pub struct Server {
    hub: Arc<Hub>,
    // Before the folder, so that nobody is served from what is gone.
    _host: Host,
    _folder: TempDir,
}

impl Server {
    /// Starts a forge without repositories; it answers as soon as this returns. Needs the git program.
    ///
    /// Fails with `Precondition` where no port is free or no folder can be made.
    pub fn start(options: Options) -> Result<Self> {
        let folder = TempDir::with_prefix("releasekit-github-").map_err(Error::start("making a folder"))?;
        let [web, uploads, downloads] = [0; 3].map(Port::take);
        let (web, uploads, downloads) = (web?, uploads?, downloads?);
        let urls = Urls {
            web: web.url.clone(),
            api: format!("{}{API}", web.url),
            uploads: uploads.url.clone(),
            downloads: downloads.url.clone(),
        };
        let state = State::new(folder.path().to_owned(), options.clock, options.page, urls);
        let hub = Arc::new(Hub::new(state));
        let pages = serve::routes(&hub, API, api::OPERATIONS)
            .merge(serve::routes(&hub, "/api", graphql::OPERATIONS))
            // Where the API is all that a host has, GraphQL is below it.
            .merge(serve::routes(&hub, API, graphql::OPERATIONS))
            .merge(gateway::routes(&hub))
            .fallback(serve::nowhere);
        let ports = vec![
            (web, with_log(pages, hub.log.clone())),
            (uploads, with_log(serve::routes(&hub, "", api::UPLOADS).fallback(serve::nowhere), hub.log.clone())),
            (downloads, with_log(files(&hub), hub.log.clone())),
        ];
        Ok(Self { hub, _host: Host::start("github", ports)?, _folder: folder })
    }

    /// What it knows.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.hub.state()
    }

    /// Pages and git, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.hub.state().urls.web.clone()
    }

    /// The REST API.
    pub fn api_url(&self) -> String {
        format!("{}{API}", self.url())
    }

    /// GraphQL.
    pub fn graphql_url(&self) -> String {
        format!("{}/api{}", self.url(), GRAPHQL)
    }

    /// The host that files of releases go to.
    pub fn uploads_url(&self) -> String {
        self.hub.state().urls.uploads.clone()
    }

    /// The host that files of releases come from.
    pub fn downloads_url(&self) -> String {
        self.hub.state().urls.downloads.clone()
    }

    /// Names another address of the API in what it says from now on: that of a proxy which passes everything on.
    pub fn stands_behind(&self, api_url: impl Into<String>) {
        self.hub.state().urls.api = api_url.into();
    }

    /// Makes a repository, `owner/name`, whose branch `main` has a commit. The owner may be asked to review.
    ///
    /// Fails as git and the file system do, and where the name is taken or is none.
    pub fn create(&self, full_name: &str) -> io::Result<Repository> {
        Repository::create(&self.hub, full_name)
    }

    /// The repository of this name.
    pub fn repository(&self, full_name: &str) -> Option<Repository> {
        Repository::find(&self.hub, full_name)
    }

    /// Makes a token.
    pub fn grant(&self, grant: Grant) -> String {
        self.hub.state().issue(grant)
    }

    /// Takes a token back: nobody knows it from now on.
    pub fn revoke(&self, token: &str) {
        self.hub.state().issued.retain(|issued| issued.token != token);
    }

    /// Leaves everybody so many requests for so many seconds; then there are those of an hour again.
    pub fn leave(&self, requests: u64, seconds: i64) {
        let mut state = self.hub.state();
        state.quota = Quota { left: requests, again: state.now().seconds() + seconds };
    }

    /// The faults, to which more can be added at any time.
    pub fn faults(&self) -> &Faults {
        &self.hub.faults
    }

    /// Every request so far to any of its hosts, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.hub.log.requests()
    }

    /// How many requests to the API have changed something so far.
    pub fn changes(&self) -> usize {
        self.hub.state().changes
    }

    /// Every document that was sent to GraphQL so far.
    pub fn documents(&self) -> Vec<String> {
        self.hub.state().documents.clone()
    }
}

/// The host that files of releases come from.
fn files(hub: &Arc<Hub>) -> Router {
    let hub = Arc::clone(hub);
    let handler = move |ConnectInfo(scissors): ConnectInfo<Scissors>,
                        Extension(entry): Extension<Entry>,
                        Path(path): Path<HashMap<String, String>>,
                        headers: HeaderMap| serve::download(hub, entry, scissors, headers, path);
    Router::new().route("/assets/{key}", get(handler))
}
