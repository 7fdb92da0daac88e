//! The client: one request with its redirections, and its retries.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use backon::Retryable;
use releasekit_core::{Environment, Secret};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LOCATION};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::credential::Credentials;
use crate::transport::{Transport, failure};
use crate::{Error, Method, Request, Response, Result, Settings, refusal, retry, url};

/// How many redirections in a row are followed.
const MAX_REDIRECTS: usize = 5;

/// A pool of connections to one registry or forge. Clones share it.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    transport: Transport,
    credentials: Credentials,
    pub(crate) settings: Settings,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// An answer whose body is still to come. The connection counts as busy as long as this exists.
pub(crate) struct Reply {
    pub(crate) response: reqwest::Response,
    pub(crate) url: Url,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Client {
    /// Sets up a client. Proxies, certificates and `.netrc` come from the environment; no connection is made yet.
    ///
    /// Fails with `Invalid` where a setting of the network cannot be used.
    pub fn new(environment: &Environment, settings: Settings) -> Result<Self> {
        let base = settings.base.as_deref().map(url::parse).transpose()?;
        let inner = Inner {
            transport: Transport::new(environment, &settings)?,
            credentials: Credentials::new(environment, base.as_ref())?,
            settings,
            hosts: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Reads a URL.
    pub async fn get(&self, url: &str) -> Result<Response> {
        self.send(&Request::get(url)).await
    }

    /// Sends a request and reads the answer to its end.
    ///
    /// A request that reads is redirected and retried; one that writes is sent once. A status that is no success is
    /// an error, of the kind that fits the status.
    pub async fn send(&self, request: &Request) -> Result<Response> {
        self.retrying(request.method, || async {
            let reply = self.open(request, &self.inner.transport.pages).await?;
            self.read(reply).await
        })
        .await
    }

    /// Sends a request once and gives the whole answer, whatever its status, redirections included.
    ///
    /// For protocols whose refusals say more than a status. Fails only where no complete answer came: whether a request
    /// that writes was carried out is not known then, unless there was no connection.
    pub async fn ask(&self, request: &Request) -> Result<Response> {
        let url = url::parse(&request.url)?;
        let reply = self.exchange(request, &url, url.clone(), &self.inner.transport.pages).await?;
        self.read(reply).await
    }

    /// Opens a file, whose bytes come as they are stored.
    pub(crate) async fn open_file(&self, request: &Request) -> Result<Reply> {
        let request = request.clone().with_header("accept-encoding", "identity");
        self.open(&request, &self.inner.transport.files).await
    }

    /// Repeats what reads, as long as that can help.
    pub(crate) async fn retrying<T, F>(&self, method: Method, attempt: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let settings = &self.inner.settings;
        attempt
            .retry(retry::backoff(settings))
            .when(|error| method.is_read() && retry::is_worth_it(error, settings))
            .adjust(retry::delay)
            .notify(|error, delay| tracing::debug!(%error, ?delay, "trying again"))
            .await
    }

    /// Sends a request, follows redirections, and gives the answer if its status is a success.
    async fn open(&self, request: &Request, client: &reqwest::Client) -> Result<Reply> {
        let first = url::parse(&request.url)?;
        let mut url = first.clone();
        for _ in 0..=MAX_REDIRECTS {
            let reply = self.exchange(request, &first, url, client).await?;
            if !(request.method.is_read() && reply.response.status().is_redirection()) {
                return match reply.response.status().is_success() {
                    true => Ok(reply),
                    false => Err(refusal::describe(request, &self.inner.credentials, reply).await),
                };
            }
            url = next(&reply)?;
        }
        Err(Error::Redirect { url: url::show(&first), how: format!("more than {MAX_REDIRECTS} times") })
    }

    async fn exchange(&self, request: &Request, first: &Url, url: Url, client: &reqwest::Client) -> Result<Reply> {
        if self.inner.settings.offline {
            return Err(Error::Offline { url: url::show(&url) });
        }
        let permit = self.host(&url).acquire_owned().await.ok();
        let sent = self.prepare(request, first, &url, client)?.send().await;
        let response = sent.map_err(|error| failure(error, &url))?;
        tracing::debug!(method = request.method.as_str(), url = url::show(&url), status = response.status().as_u16());
        Ok(Reply { response, url, _permit: permit })
    }

    fn prepare(
        &self,
        request: &Request,
        first: &Url,
        url: &Url,
        client: &reqwest::Client,
    ) -> Result<reqwest::RequestBuilder> {
        let bare = url::without_login(url);
        let mut builder = client.request(method(request.method), bare).headers(headers(request, url)?);
        let own = request.authorization.as_ref().filter(|_| first.origin() == url.origin());
        if let Some(secret) = own {
            builder = builder.header(AUTHORIZATION, sensitive(secret, url)?);
        } else if let Some(login) = self.inner.credentials.find(url) {
            builder = builder.basic_auth(login.user, Some(login.password.expose()));
        }
        Ok(if request.body.is_empty() { builder } else { builder.body(request.body.clone()) })
    }

    fn host(&self, url: &Url) -> Arc<Semaphore> {
        let mut hosts = self.inner.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = self.inner.settings.connections.max(1);
        let semaphore = hosts.entry(url.origin().ascii_serialization());
        Arc::clone(semaphore.or_insert_with(|| Arc::new(Semaphore::new(connections))))
    }

    async fn read(&self, mut reply: Reply) -> Result<Response> {
        let limit = self.inner.settings.largest_body;
        let mut body = Vec::new();
        while let Some(chunk) = reply.response.chunk().await.map_err(|error| failure(error, &reply.url))? {
            if body.len() + chunk.len() > limit {
                return Err(Error::TooLarge { url: url::show(&reply.url), limit: limit as u64 });
            }
            body.extend_from_slice(&chunk);
        }
        let headers = reply.response.headers().iter();
        let headers = headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
        Ok(Response {
            status: reply.response.status().as_u16(),
            url: url::without_login(&reply.url),
            headers: headers.collect(),
            body,
        })
    }
}

/// Where a redirection leads.
fn next(reply: &Reply) -> Result<Url> {
    let refused = |how: &str| Error::Redirect { url: url::show(&reply.url), how: how.to_owned() };
    let location = text(reply.response.headers(), LOCATION).ok_or_else(|| refused("to nowhere"))?;
    let next = reply.url.join(&location).map_err(|_| refused("to something that is no URL"))?;
    match (reply.url.scheme(), next.scheme()) {
        ("https", "http") => Err(refused("from https to http")),
        (_, "http" | "https") => Ok(next),
        _ => Err(refused("to something that is neither http nor https")),
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn headers(request: &Request, url: &Url) -> Result<HeaderMap> {
    let invalid = |reason: String| Error::InvalidRequest { url: url::show(url), reason };
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name: HeaderName = name.parse().map_err(|_| invalid(format!("`{name}` is no name of a header")))?;
        let value =
            value.parse().map_err(|_| invalid(format!("header `{name}` holds a character that cannot be sent")))?;
        headers.append(name, value);
    }
    Ok(headers)
}

fn sensitive(secret: &Secret, url: &Url) -> Result<HeaderValue> {
    let reason = "the credential holds a character that cannot be sent".to_owned();
    let invalid = |_| Error::InvalidRequest { url: url::show(url), reason };
    let mut value = HeaderValue::from_str(secret.expose()).map_err(invalid)?;
    value.set_sensitive(true);
    Ok(value)
}

/// A header as text.
pub(crate) fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}
