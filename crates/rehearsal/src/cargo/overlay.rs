//! Crates of the index behind: their files in the index are passed on, and downloads are sent there.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use releasekit_formats::cargo::name::folder;
use serde_json::Value;

use crate::upstream::Upstream;

/// The file of a crate in the index behind.
pub(super) async fn file(upstream: &Upstream, path: &str, headers: &HeaderMap) -> Response {
    match upstream.get(path, headers).await {
        Ok(file) => {
            let tag = file.header("etag").map(|tag| [(header::ETAG, tag.to_owned())]);
            (tag.map(IntoResponse::into_response).unwrap_or_default().into_parts().0.headers, file.body).into_response()
        }
        Err(answer) => answer,
    }
}

/// Sends whoever downloads a version to where the index behind says that it is.
pub(super) async fn download(upstream: &Upstream, name: &str, version: &str, headers: &HeaderMap) -> Response {
    let config = match upstream.get("config.json", headers).await {
        Ok(config) => config,
        Err(answer) => return answer,
    };
    let config: Option<Value> = serde_json::from_slice(&config.body).ok();
    match config.as_ref().and_then(|config| place(config["dl"].as_str()?, name, version)) {
        Some(url) => Redirect::temporary(&url).into_response(),
        None => (StatusCode::BAD_GATEWAY, "the index behind does not say where its files are").into_response(),
    }
}

/// Where a file is; `None` where that cannot be said without its digest.
fn place(template: &str, name: &str, version: &str) -> Option<String> {
    if template.contains("{sha256-checksum}") {
        return None;
    }
    if !template.contains('{') {
        return Some(format!("{template}/{name}/{version}/download"));
    }
    let lower = name.to_ascii_lowercase();
    Some(
        template
            .replace("{crate}", name)
            .replace("{version}", version)
            .replace("{prefix}", &folder(name))
            .replace("{lowerprefix}", &folder(&lower)),
    )
}
