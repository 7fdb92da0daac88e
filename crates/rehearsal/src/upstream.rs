//! The registry behind an overlay, from which packages come that this one does not have.

use crate::headers;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use releasekit_core::Environment;
use releasekit_http::{Client, Request, Settings};

/// Another registry.
#[derive(Debug)]
pub(crate) struct Upstream {
    url: String,
    client: Client,
}

impl Upstream {
    pub(crate) fn new(url: &str, environment: &Environment) -> releasekit_http::Result<Self> {
        // So tools tell an index that is read over HTTP from one in a repository.
        let url = url.strip_prefix("sparse+").unwrap_or(url);
        let client = Client::new(environment, Settings::default().with_base(url))?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), client })
    }

    /// What it answers below the URL that clients read, in the form that the client asks for. Fails with the answer for the
    /// client where there is no such thing, and where it cannot be asked.
    pub(crate) async fn get(&self, path: &str, headers: &HeaderMap) -> Result<releasekit_http::Response, Response> {
        let accept = headers::text(headers, header::ACCEPT).unwrap_or("text/html");
        let request = Request::get(format!("{}/{path}", self.url)).with_header("accept", accept);
        self.client.send(&request).await.map_err(|error| match error.status() {
            Some(404) => StatusCode::NOT_FOUND.into_response(),
            _ => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        })
    }
}
