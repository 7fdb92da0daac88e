//! Deprecating a version, and taking that back: the document of its package is read and written back, as `npm deprecate` does.

use std::time::Duration;

use releasekit_core::registry::{Offer, YankRequest};
use releasekit_formats::npm::name::is_legal;
use releasekit_http::{Method, Request};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::api::Api;
use crate::document::Document;
use crate::error::{Error, Write};
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
    let spelling = Document::read(&url, name, &answer.body)?.spelling(&request.version).map(str::to_owned);
    let spelling = spelling.ok_or_else(|| missing(api, request))?;
    let mut document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    document["versions"][&spelling]["deprecated"] = json!(reason);
    let write = Request::new(Method::Put, url).with_header("content-type", "application/json");
    let write = write.with_authorization(authorization).with_body(document.to_string());
    asked.send(&api.writer, &write).await
}

fn missing(api: &Api, request: &YankRequest) -> Error {
    let (name, version) = (request.package.clone(), request.version.clone());
    Error::NoVersion { registry: api.name().to_owned(), name, version }
}
