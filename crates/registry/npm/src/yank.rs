//! Deprecating a version, and taking that back: the document of its package is read and written back, as `npm deprecate` does.

use std::time::Duration;

use releasekit_core::registry::{Offer, YankRequest};
use releasekit_formats::npm::name::is_legal;
use releasekit_http::{Method, Request, Response};
use tokio::time::timeout;

use crate::api::Api;
use crate::document::{Document, SHORT};
use crate::error::{Error, Write};
use crate::members::Members;
use crate::reply::Asked;

/// What whoever installs the version is told.
const REASON: &str = "withdrawn by its publisher";

/// How long the document may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Withdraws a version, or offers it again.
pub(crate) async fn yank(api: &Api, request: &YankRequest) -> Result<(), Error> {
    let name = request.package.as_str();
    if !is_legal(name) {
        return Err(Error::InvalidPackage { name: request.package.clone(), version: request.version.clone() });
    }
    let (reason, verb) = match request.offer {
        Offer::Withdrawn => (REASON, "to deprecate"),
        Offer::Offered => ("", "to take back that it deprecated"),
    };
    let what = Write::Yank(format!("{verb} `{name}` {}", request.version));
    let asked = Asked { registry: api.name().to_owned(), what };
    let authorization = api.publisher()?.authorization();
    let url = api.document_url(name);
    // As it is kept, and not as it is handed out to installers.
    let read = Request::get(format!("{url}?write=true")).with_header("accept", "application/json");
    let read = read.with_header("cache-control", "no-cache").with_authorization(authorization.clone());
    let answer = match timeout(PATIENCE, api.client.send(&read)).await {
        Ok(Err(error)) if error.status() == Some(404) => return Err(missing(api, request)),
        Ok(answer) => answer?,
        Err(_) => return Err(releasekit_http::Error::Timeout { url }.into()),
    };
    let document = Document::read(&url, name, &answer.body)?;
    let spelling = document.spelling(&request.version).ok_or_else(|| missing(api, request))?;
    let body = deprecated(&answer, spelling, reason)
        .map_err(|reason| Error::UnwritableDocument { url: url.clone(), reason })?;
    let write = Request::new(Method::Put, url).with_header("content-type", "application/json");
    let write = write.with_authorization(authorization).with_body(body);
    asked.send(&api.writer, &write).await
}

/// The document with another reason at a version, and everything else as it came. Fails, with why, where that is not all that would be
/// written.
fn deprecated(answer: &Response, version: &str, reason: &str) -> Result<String, String> {
    if answer.header("content-type").is_some_and(|form| form.contains(SHORT)) {
        return Err("it is the short form for installers, which lacks most of it".to_owned());
    }
    let written = serde_json::from_slice(&answer.body).and_then(|mut document: Members| {
        document.set(&["versions", version, "deprecated"], &reason)?;
        serde_json::to_string(&document)
    });
    written.map_err(|error| error.to_string())
}

fn missing(api: &Api, request: &YankRequest) -> Error {
    let (name, version) = (request.package.clone(), request.version.clone());
    Error::NoVersion { registry: api.name().to_owned(), name, version }
}
