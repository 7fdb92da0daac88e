//! Packages of the registry behind: its documents are passed on as they are, for the places of files in them are whole URLs.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use releasekit_formats::npm::name::escaped;

use crate::upstream::Upstream;

/// What the registry behind answers below its URL.
pub(super) async fn get(upstream: &Upstream, path: &str, headers: &HeaderMap) -> Response {
    match upstream.get(path, headers).await {
        Ok(answer) => {
            let kind = answer.header("content-type").unwrap_or("application/json").to_owned();
            ([(header::CONTENT_TYPE, kind)], answer.body).into_response()
        }
        Err(answer) => answer,
    }
}

/// Where the names of a package of the registry behind point.
pub(super) async fn tags(
    upstream: &Upstream,
    name: &str,
    headers: &HeaderMap,
) -> Result<Json<BTreeMap<String, String>>, Response> {
    let answer = upstream.get(&format!("-/package/{}/dist-tags", escaped(name)), headers).await?;
    let tags = serde_json::from_slice(&answer.body);
    tags.map(Json).map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()).into_response())
}
