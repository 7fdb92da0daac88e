//! Asking GitHub: every request of this crate goes through here.

use std::path::Path;
use std::time::Duration;

use releasekit_core::{BackendContext, Diagnostic, Redactor, Secret};
use releasekit_http::{Bounds, Client, Method, Request, Response, Settings, same_origin, shown};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep, timeout_at};

use crate::endpoint::{self, Endpoint, encoded};
use crate::error::{Error, Result};
use crate::known::{Known, LASTS};
use crate::pace::Pace;
use crate::refusal::Refusal;
use crate::site::{Site, seen_from};
use crate::token::Token;
use crate::wire::Home;

/// What is understood of the answers.
const ACCEPT: &str = "application/vnd.github+json";

/// The version of the API that this is written for.
const VERSION: &str = "2022-11-28";

/// How many items a page is asked for.
const PAGE: &str = "100";

/// How long an answer that reads may take.
const ATTEMPT: Duration = Duration::from_secs(30);

/// How long what reads is tried again.
const OUTAGE: Duration = Duration::from_secs(60);

/// The delay before the first of these tries; later ones double it.
const FIRST_DELAY: Duration = Duration::from_millis(250);

/// How many redirections in a row are followed.
const REDIRECTS: usize = 5;

/// One GitHub, for one repository.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) site: Site,
    client: Client,
    redactor: Redactor,
    token: Token,
    pace: Pace,
    timeout: Duration,
    home: OnceCell<Home>,
    pub(crate) known: Known,
}

/// One call of a method: what it asks has one end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) api: &'a Api,
    pub(crate) home: &'a Home,
    deadline: Instant,
}

/// A request in the making.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    endpoint: Endpoint,
    url: String,
    accept: &'static str,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Api {
    pub(crate) fn new(
        context: &BackendContext,
        (site, token): (Site, Token),
        timeout: Duration,
        pause: Duration,
    ) -> Result<Self> {
        let settings = Settings::default().with_offline(context.offline).patient();
        let client = Client::new(&context.environment, settings)?;
        let pace = Pace::new(&site.host, pause, context.reporter.clone());
        Ok(Self {
            site,
            client,
            redactor: context.redactor.clone(),
            token,
            pace,
            timeout,
            home: OnceCell::new(),
            known: Known::new(LASTS),
        })
    }

    /// The same, which remembers nothing of releases and tags.
    pub(crate) fn forgetful(mut self) -> Self {
        self.known = Known::new(Duration::ZERO);
        self
    }

    /// Begins a call. The repository is looked for once, before anything else of it is asked.
    pub(crate) async fn call(&self) -> Result<Call<'_>> {
        let deadline = Instant::now() + self.timeout;
        let home = self.home.get_or_try_init(|| self.find_home(deadline)).await?;
        Ok(Call { api: self, home, deadline })
    }

    async fn find_home(&self, deadline: Instant) -> Result<Home> {
        let [owner, name] = &self.site.path;
        let ask = self.ask(&endpoint::REPOSITORY, &[owner, name]);
        let unseen = || Error::Unseen { host: self.site.host.clone(), repository: format!("{owner}/{name}") };
        match self.read(&ask, deadline).await {
            Ok(response) => self.parsed(&ask, &response),
            Err(error) if error.is_status(404) => Err(unseen()),
            Err(error) => Err(error),
        }
    }

    fn ask(&self, endpoint: &Endpoint, parts: &[&str]) -> Ask {
        let url = match endpoint.path {
            "/graphql" => self.site.graphql.clone(),
            _ => format!("{}{}", self.site.api, endpoint.filled(parts)),
        };
        Ask { endpoint: *endpoint, url, accept: ACCEPT, content_type: "application/json", body: Vec::new() }
    }

    /// Reads, again and again while it fails, up to the end of the call or of what counts as an outage.
    async fn read(&self, ask: &Ask, deadline: Instant) -> Result<Response> {
        let last = deadline.min(Instant::now() + OUTAGE);
        let mut delay = FIRST_DELAY;
        loop {
            let error = match self.answer(ask, ATTEMPT, deadline).await {
                Ok(response) if response.status < 500 => return self.yes(ask, response),
                Ok(response) => self.unavailable(ask, response.status),
                Err(error) => error,
            };
            if !is_worth_it(&error) || Instant::now() + delay >= last {
                return Err(error);
            }
            self.pace.show_try(delay);
            sleep(delay).await;
            delay *= 2;
        }
    }

    /// Sends what changes something, once: again only after a no for being too fast.
    async fn write(&self, ask: &Ask, deadline: Instant) -> Result<Response> {
        let turn = self.pace.turn().await;
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(late(&ask.url));
        }
        let answer = self.answer(ask, left, deadline).await;
        drop(turn);
        match answer {
            Ok(response) if response.status < 500 => self.yes(ask, response),
            Ok(response) => Err(self.unclear(&ask.endpoint, format!("it failed with {}", response.status))),
            Err(Error::Http(error)) if error.may_have_arrived() => Err(self.unclear(&ask.endpoint, error.to_string())),
            Err(error) => Err(error),
        }
    }

    /// The whole answer to a request, after waits that GitHub asks for and redirections on its own host.
    async fn answer(&self, ask: &Ask, limit: Duration, deadline: Instant) -> Result<Response> {
        let (mut url, mut followed) = (ask.url.clone(), 0);
        loop {
            self.pace.admit(deadline).await?;
            let request = self.request(ask, &url).await?;
            let end = deadline.min(Instant::now() + limit);
            let response = timeout_at(end, self.client.ask(&request)).await.map_err(|_| late(&url))??;
            if self.pace.heed(&response) {
                continue;
            }
            match next(&url, &response)? {
                Some(next) if followed < REDIRECTS => (url, followed) = (next, followed + 1),
                _ => return Ok(response),
            }
        }
    }

    async fn request(&self, ask: &Ask, url: &str) -> Result<Request> {
        let token = self.token.secret().await?.expose();
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::TokenUnusable { host: self.site.host.clone() });
        }
        let authorization = Secret::new(format!("Bearer {token}"));
        let request = Request::new(ask.endpoint.method, url)
            .with_header("accept", ask.accept)
            .with_header("x-github-api-version", VERSION)
            .with_authorization(authorization);
        Ok(match ask.endpoint.method {
            Method::Get | Method::Head => request,
            _ => request.with_header("content-type", ask.content_type).with_body(ask.body.clone()),
        })
    }

    fn yes(&self, ask: &Ask, response: Response) -> Result<Response> {
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        let refusal = Refusal::of(&self.site.host, &ask.endpoint, &response, &self.redactor());
        Err(Error::Refused { refusal: Box::new(refusal) })
    }

    fn refused(&self, endpoint: &Endpoint, status: u16, said: &str) -> Error {
        let refusal = Refusal::without_headers(&self.site.host, endpoint, (status, said), &self.redactor());
        Error::Refused { refusal: Box::new(refusal) }
    }

    /// Takes out of what is said what the surroundings know as secret, and the token, which they may not know.
    fn redactor(&self) -> Redactor {
        self.token.known().into_iter().fold(self.redactor.clone(), Redactor::with)
    }

    fn unavailable(&self, ask: &Ask, status: u16) -> Error {
        Error::Unavailable { host: self.site.host.clone(), operation: ask.endpoint.operation, status }
    }

    fn unclear(&self, endpoint: &Endpoint, reason: String) -> Error {
        Error::Unclear { host: self.site.host.clone(), operation: endpoint.operation, reason }
    }

    fn parsed<T: DeserializeOwned>(&self, ask: &Ask, response: &Response) -> Result<T> {
        let said = |error: serde_json::Error| Error::Answer {
            host: self.site.host.clone(),
            operation: ask.endpoint.operation,
            reason: error.to_string(),
        };
        serde_json::from_slice(&response.body).map_err(said)
    }
}

impl<'a> Call<'a> {
    /// The same with a time of its own, for a file.
    pub(crate) fn with_time(self, time: Duration) -> Self {
        Self { deadline: Instant::now() + time, ..self }
    }

    /// Asks something of this repository; the parts fill in what follows its owner and name.
    pub(crate) fn ask(&self, endpoint: &Endpoint, parts: &[&str]) -> Ask {
        let [owner, name] = self.home.parts();
        self.api.ask(endpoint, &[&[owner, name], parts].concat())
    }

    /// Asks something of another repository.
    pub(crate) fn ask_elsewhere(&self, endpoint: &Endpoint, parts: &[&str]) -> Ask {
        self.api.ask(endpoint, parts)
    }

    /// Reads.
    pub(crate) async fn read<T: DeserializeOwned>(&self, ask: Ask) -> Result<T> {
        let response = self.api.read(&ask, self.deadline).await?;
        self.api.parsed(&ask, &response)
    }

    /// Reads what may not be there.
    pub(crate) async fn find<T: DeserializeOwned>(&self, ask: Ask) -> Result<Option<T>> {
        absent(self.read(ask).await)
    }

    /// Reads a list of what may not be there.
    pub(crate) async fn find_pages<T: DeserializeOwned>(&self, ask: Ask) -> Result<Option<Vec<T>>> {
        absent(self.pages(ask).await)
    }

    /// Whether something is there, whatever it is.
    pub(crate) async fn is_there(&self, ask: Ask) -> Result<bool> {
        Ok(absent(self.api.read(&ask, self.deadline).await)?.is_some())
    }

    /// The bytes of what may not be there.
    pub(crate) async fn bytes(&self, ask: Ask) -> Result<Option<Vec<u8>>> {
        Ok(absent(self.api.read(&ask, self.deadline).await)?.map(|response| response.body))
    }

    /// Reads the beginning of a list.
    pub(crate) async fn first_page<T: DeserializeOwned>(&self, ask: Ask) -> Result<Vec<T>> {
        self.read(ask.query("per_page", PAGE)).await
    }

    /// Reads a list to its last page, by the links that the server gives.
    pub(crate) async fn pages<T: DeserializeOwned>(&self, ask: Ask) -> Result<Vec<T>> {
        let mut ask = ask.query("per_page", PAGE);
        let mut items = Vec::new();
        loop {
            let response = self.api.read(&ask, self.deadline).await?;
            items.extend(self.api.parsed::<Vec<T>>(&ask, &response)?);
            match response.header("link").and_then(next_page) {
                Some(next) => ask.url = on_the_same_host(&response.url, next)?,
                None => return Ok(items),
            }
        }
    }

    /// Changes something.
    pub(crate) async fn write<T: DeserializeOwned>(&self, ask: Ask) -> Result<T> {
        let response = self.api.write(&ask, self.deadline).await?;
        // It was done, and with whom nobody knows.
        self.api.parsed(&ask, &response).map_err(|error| self.unclear(&ask.endpoint, error.to_string()))
    }

    /// Takes something away. That somebody was faster is fine.
    pub(crate) async fn remove(&self, ask: Ask) -> Result<()> {
        absent(self.write_only(ask).await).map(drop)
    }

    /// Changes something, and does not look at what is answered.
    pub(crate) async fn write_only(&self, ask: Ask) -> Result<()> {
        self.api.write(&ask, self.deadline).await.map(drop)
    }

    /// Downloads a file, from wherever it lies: the token goes to the API alone.
    pub(crate) async fn download(&self, ask: Ask, into: &Path, bounds: Bounds) -> Result<()> {
        self.api.pace.admit(self.deadline).await?;
        let request = self.api.request(&ask.accept("application/octet-stream"), &ask.url).await?;
        let downloaded = self.api.client.download_by(&request, into, bounds).await;
        downloaded.map(drop).map_err(|error| self.not_downloaded(&ask, error))
    }

    /// A download is not answered with what an API says, but with a status at least.
    fn not_downloaded(&self, ask: &Ask, error: releasekit_http::Error) -> Error {
        match error.status() {
            Some(status @ 500..) => self.api.unavailable(ask, status),
            Some(status @ 400..) if status != 429 => {
                let said = error.output().unwrap_or_default();
                self.api.refused(&ask.endpoint, status, &said)
            }
            _ => error.into(),
        }
    }

    /// That nobody knows what was changed.
    pub(crate) fn unclear(&self, endpoint: &Endpoint, reason: String) -> Error {
        self.api.unclear(endpoint, reason)
    }

    /// Waits before the next request as long as GitHub wants where it names no time.
    pub(crate) fn hold(&self) {
        self.api.pace.hold_unsaid();
    }

    /// A complete no that came with a status of success.
    pub(crate) fn refused(&self, endpoint: &Endpoint, status: u16, said: &str) -> Error {
        self.api.refused(endpoint, status, said)
    }
}

impl Ask {
    /// Adds a parameter.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        let separator = if self.url.contains('?') { '&' } else { '?' };
        self.url.push_str(&format!("{separator}{name}={}", encoded(value)));
        self
    }

    /// Sends a value.
    pub(crate) fn json(mut self, value: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(value).expect("what is sent has text for keys");
        self
    }

    /// Sends a file, to where the release takes files.
    pub(crate) fn file(mut self, url: String, bytes: Vec<u8>) -> Self {
        (self.url, self.content_type, self.body) = (url, "application/octet-stream", bytes);
        self
    }

    /// Wants another form of the answer.
    pub(crate) fn accept(&self, accept: &'static str) -> Self {
        Self { accept, ..self.clone() }
    }
}

/// That something is not there is an answer too.
fn absent<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_status(404) => Ok(None),
        Err(error) => Err(error),
    }
}

fn late(url: &str) -> Error {
    releasekit_http::Error::Timeout { url: shown(url) }.into()
}

fn is_worth_it(error: &Error) -> bool {
    match error {
        Error::Unavailable { .. } => true,
        Error::Http(error) => error.kind().is_retryable(),
        _ => false,
    }
}

/// Where a redirection leads; `None` where the answer is none.
fn next(url: &str, response: &Response) -> Result<Option<String>> {
    match response.header("location").filter(|_| (300..400).contains(&response.status)) {
        Some(location) => on_the_same_host(url, location).map(Some),
        None => Ok(None),
    }
}

fn on_the_same_host(url: &str, reference: &str) -> Result<String> {
    let to = seen_from(url, reference)?;
    if same_origin(url, &to) {
        return Ok(to);
    }
    Err(Error::Redirected { from: shown(url), to: shown(&to) })
}

/// The next page, as a `link` header has it: addresses in angle brackets, each with what it is.
fn next_page(header: &str) -> Option<&str> {
    let mut links = header.split('<').skip(1).filter_map(|link| link.split_once('>'));
    let (next, _) = links.find(|(_, is)| is.split([';', ',']).any(|part| part.trim() == "rel=\"next\""))?;
    Some(next)
}
