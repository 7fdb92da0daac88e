//! A page of the index behind, passed on with links that lead back to it.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use releasekit_http::resolve;
use serde_json::Value;

use crate::upstream::Upstream;

/// The page of a project, in the form that the client asks for.
pub(super) async fn page(upstream: &Upstream, project: &str, headers: &HeaderMap) -> Response {
    match upstream.get(&format!("{project}/"), headers).await {
        Ok(page) => pass_on(&page),
        Err(answer) => answer,
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
