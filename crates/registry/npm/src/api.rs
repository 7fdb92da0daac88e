//! A registry over HTTP: its documents, who asks it, and what it is told.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use releasekit_core::secret::without_login;
use releasekit_core::{BackendContext, Environment};
use releasekit_formats::npm::credential::{self, Credential};
use releasekit_formats::npm::name::escaped;
use releasekit_formats::npm::npmrc::Npmrc;
use releasekit_http::{Bounds, Client, Download, Request, Response, Settings, same_origin};

use crate::document::{ACCEPT, Document};
use crate::error::Error;

/// How many documents are asked for at once, as pnpm does at most.
const AT_ONCE: usize = 64;

/// A registry. Clones share connections.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    /// Without a login, with a slash at its end.
    url: String,
    /// Who asks, or why that cannot be said.
    credential: Result<Option<Credential>, Error>,
    pub(crate) client: Client,
    /// Sends what writes.
    pub(crate) writer: Client,
}

impl Api {
    /// The registry at a URL; nothing is asked yet.
    pub(crate) fn new(context: &BackendContext, named: &str) -> Result<Self, Error> {
        let mut settings = Settings::default().with_offline(context.offline);
        settings.connections = AT_ONCE;
        let url = format!("{}/", named.trim_end_matches('/'));
        // The clients keep the login that the URL may have.
        let settings = settings.with_base(&url);
        let environment = &context.environment;
        let client = Client::new(environment, settings.clone())?;
        let writer = Client::new(environment, settings.patient())?;
        let url = without_login(&url);
        let credential = userconfig(environment).map(|npmrc| credential::find(environment, &npmrc, &url));
        Ok(Self { url, credential, client, writer })
    }

    /// The registry, as it is shown.
    pub(crate) fn name(&self) -> &str {
        &self.url
    }

    /// The place of a package's document.
    pub(crate) fn document_url(&self, name: &str) -> String {
        format!("{}{}", self.url, escaped(name))
    }

    /// A place of the registry.
    pub(crate) fn place(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Who asks; `None` where nobody is named. Fails where a file that may say so cannot be read.
    pub(crate) fn credential(&self) -> Result<Option<Credential>, Error> {
        self.credential.clone()
    }

    /// Who writes.
    pub(crate) fn publisher(&self) -> Result<Credential, Error> {
        let key = credential::key(&self.url);
        let help = format!(
            "write `{key}:_authToken=${{NPM_TOKEN}}` into your own `.npmrc`, or the file that `{}` names, and set the variable",
            credential::USERCONFIG
        );
        self.credential()?.ok_or_else(|| Error::NoToken { registry: self.url.clone(), help })
    }

    /// The document of a package, in the short form where there is one; `None` where the registry knows no such package.
    pub(crate) async fn document(&self, name: &str) -> Result<Option<Document>, Error> {
        let url = self.document_url(name);
        let request = Request::get(&url).with_header("accept", ACCEPT).with_header("cache-control", "no-cache");
        match self.ask(request).await {
            Ok(answer) => Document::read(&url, name, &answer.body).map(Some),
            Err(error) if matches!(error.status(), Some(404 | 410)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads from the registry, as whoever we are.
    ///
    /// A registry that does not know a token refuses with 401 what everybody may read without one, so it is asked once more without. That
    /// it has something then is so; that it has nothing need not be, for it may have it for those alone whom it knows.
    pub(crate) async fn ask(&self, request: Request) -> releasekit_http::Result<Response> {
        let Some(known) = self.authorized(&request) else { return self.client.send(&request).await };
        match self.client.send(&known).await {
            Err(refused) if refused.status() == Some(401) => self.client.send(&request).await.map_err(|_| refused),
            answer => answer,
        }
    }

    /// Downloads a file in the same way. Its host may be another one, which is told nothing.
    pub(crate) async fn download(&self, url: &str, into: &Path, bounds: Bounds) -> releasekit_http::Result<Download> {
        let request = Request::get(url);
        let own = self.authorized(&request).filter(|_| same_origin(url, &self.url));
        let Some(known) = own else { return self.client.download_by(&request, into, bounds).await };
        match self.client.download_by(&known, into, bounds).await {
            Err(refused) if refused.status() == Some(401) => {
                self.client.download_by(&request, into, bounds).await.map_err(|_| refused)
            }
            answer => answer,
        }
    }

    /// A request with the credential; `None` where there is none.
    fn authorized(&self, request: &Request) -> Option<Request> {
        // A file that cannot be read is said where a token is needed.
        let credential = self.credential.as_ref().ok()?.as_ref()?;
        Some(request.clone().with_authorization(credential.authorization()))
    }
}

/// The user's own settings.
fn userconfig(environment: &Environment) -> Result<Npmrc, Error> {
    let read = |path: PathBuf| match fs::read_to_string(&path) {
        Ok(text) => Ok(Npmrc::parse(&text)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Npmrc::default()),
        Err(error) => Err(Error::Settings { path, source: Arc::new(error) }),
    };
    credential::files(environment).try_fold(Npmrc::default(), |known, path| Ok(known.outranked_by(read(path)?)))
}
