//! The simple index: which page, in which form.

use axum::extract::{ConnectInfo, Path};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use releasekit_formats::python::name::normalize;
use serde_json::Value;

use super::index::{Index, State};
use super::options::Pages;
use super::{overlay, page};
use crate::connection::Scissors;
use crate::fault::Fault;
use crate::headers;
use crate::protocol::Served;
use crate::{refusal, slow};

const JSON: &str = "application/vnd.pypi.simple.v1+json";
const JSON_NAMES: &[&str] = &[JSON, "application/vnd.pypi.simple.latest+json"];
const HTML_NAMES: &[&str] =
    &["text/html", "application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html", "text/*", "*/*"];

/// Lists all projects.
pub(super) async fn projects(axum::extract::State(index): State, headers: HeaderMap) -> Response {
    let projects = index.store().packages();
    match index.options.own.pages {
        Pages::Full if wants_json(&headers) => json(page::projects_json(&projects)),
        _ => html(page::projects_html(&projects)),
    }
}

/// A page ends with a slash.
pub(super) async fn unslashed(Path(project): Path<String>) -> Redirect {
    Redirect::permanent(&format!("/simple/{}/", normalize(&project)))
}

/// Lists the files of a project, of its own or of the index behind.
pub(super) async fn project(
    axum::extract::State(index): State,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Path(project): Path<String>,
    headers: HeaderMap,
) -> Response {
    let name = normalize(&project);
    if name != project {
        return Redirect::permanent(&format!("/simple/{name}/")).into_response();
    }
    for fault in index.faults.of_page(&name, index.arrived()) {
        match fault {
            Fault::Delay(time) => tokio::time::sleep(time).await,
            Fault::Reset => return refusal::cut(&scissors),
            Fault::Drip(pause) => return ([(header::CONTENT_TYPE, JSON)], slow::endless(pause)).into_response(),
            fault => return refusal::status(&fault),
        }
    }
    let known = index.store().knows(&name);
    match &index.upstream {
        Some(upstream) if !known => overlay::page(upstream, &name, &headers).await,
        _ => own(&index, &name, &headers),
    }
}

fn own(index: &Served<Index>, project: &str, headers: &HeaderMap) -> Response {
    let now = (index.options.clock)();
    let Some(files) = index.store().look(project, now) else { return StatusCode::NOT_FOUND.into_response() };
    match index.options.own.pages {
        Pages::Full if wants_json(headers) => json(page::project_json(project, &files)),
        Pages::Full | Pages::Html => html(page::project_html(project, &files, true)),
        Pages::HtmlWithoutDigests => html(page::project_html(project, &files, false)),
    }
}

fn json(page: Value) -> Response {
    ([(header::CONTENT_TYPE, JSON)], page.to_string()).into_response()
}

fn html(page: String) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// Whether the client asks for JSON at least as eagerly as for HTML.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers::text(headers, header::ACCEPT).unwrap_or("*/*");
    let quality = |names: &[&str]| {
        let fitting = accept.split(',').map(quality).filter(|(name, _)| names.contains(name));
        fitting.map(|(_, quality)| quality).fold(0.0, f32::max)
    };
    let json = quality(JSON_NAMES);
    json > 0.0 && json >= quality(HTML_NAMES)
}

/// One entry of an `Accept` header, and how much it is wanted.
fn quality(entry: &str) -> (&str, f32) {
    let mut parts = entry.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
    (name, quality.unwrap_or(1.0))
}
