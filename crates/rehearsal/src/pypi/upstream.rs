//! The index behind an overlay: its pages are passed on, with links that lead back to it.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use releasekit_core::Environment;
use releasekit_http::{Client, Request, Settings, resolve};
use serde_json::Value;

/// Another simple index.
#[derive(Debug)]
pub(super) struct Upstream {
    url: String,
    client: Client,
}

impl Upstream {
    pub(super) fn new(url: &str, environment: &Environment) -> releasekit_http::Result<Self> {
        let client = Client::new(environment, Settings::default().with_base(url))?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), client })
    }

    /// The page of a project, in the form that the client asks for.
    pub(super) async fn page(&self, project: &str, headers: &HeaderMap) -> Response {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("text/html");
        let request = Request::get(format!("{}/{project}/", self.url)).with_header("accept", accept);
        match self.client.send(&request).await {
            Ok(page) => pass_on(&page),
            Err(error) if error.status() == Some(404) => StatusCode::NOT_FOUND.into_response(),
            Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        }
    }
}

fn pass_on(page: &releasekit_http::Response) -> Response {
    let kind = page.header("content-type").unwrap_or("text/html").to_owned();
    let body = String::from_utf8_lossy(&page.body);
    let body = if kind.contains("json") { absolute(&body, &page.url) } else { Some(based(&body, &page.url)) };
    match body {
        Some(body) => ([(header::CONTENT_TYPE, kind)], body).into_response(),
        None => (StatusCode::BAD_GATEWAY, "the index behind sends no JSON page").into_response(),
    }
}

/// A JSON page whose files have absolute URLs; `None` where it is none.
fn absolute(page: &str, base: &str) -> Option<String> {
    let mut page: Value = serde_json::from_str(page).ok()?;
    for file in page.get_mut("files")?.as_array_mut()? {
        let url = file.get_mut("url")?;
        *url = Value::String(resolve(base, url.as_str()?).ok()?);
    }
    Some(page.to_string())
}

/// An HTML page that says where its links start from, unless it says so itself.
fn based(page: &str, base: &str) -> String {
    let lower = page.to_ascii_lowercase();
    if lower.contains("<base ") {
        return page.to_owned();
    }
    let base = format!("<base href=\"{}\">", base.replace('&', "&amp;").replace('"', "&quot;"));
    let head = lower.find("<head").and_then(|start| Some(start + lower[start..].find('>')? + 1));
    let at = head.unwrap_or(0);
    format!("{}{base}{}", &page[..at], &page[at..])
}
