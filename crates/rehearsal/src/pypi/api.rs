//! The JSON API: what a project and a release are.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use releasekit_core::VersionScheme;
use releasekit_core::model::Version;
use releasekit_formats::python::Pep440;
use releasekit_formats::python::name::normalize;
use serde_json::{Map, Value, json};

use super::index::{Index, State, Stored};
use super::page::time;
use crate::protocol::Served;

/// A project with all its releases; the newest final one is described, or the newest of all.
pub(super) async fn project(axum::extract::State(index): State, Path(project): Path<String>) -> Response {
    let project = normalize(&project);
    let Some(files) = listed(&index, &project) else { return StatusCode::NOT_FOUND.into_response() };
    let versions = files.iter().map(|file| &file.meta.version);
    let newest = versions.max_by(|a, b| {
        let finality = |version| !Pep440.is_prerelease(version);
        finality(a).cmp(&finality(b)).then_with(|| Pep440.compare(a, b))
    });
    let Some(newest) = newest else { return StatusCode::NOT_FOUND.into_response() };
    let mut releases: Map<String, Value> = Map::new();
    for file in &files {
        let release = releases.entry(file.meta.version.as_str()).or_insert_with(|| json!([]));
        release.as_array_mut().into_iter().for_each(|files| files.push(described(&index, &project, file)));
    }
    let mut answer = document(&index, &project, newest, &files);
    answer["releases"] = Value::Object(releases);
    Json(answer).into_response()
}

/// One release.
pub(super) async fn release(
    axum::extract::State(index): State,
    Path((project, version)): Path<(String, String)>,
) -> Response {
    let project = normalize(&project);
    let (Some(files), Ok(version)) = (listed(&index, &project), Pep440.parse(&version)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !files.iter().any(|file| Pep440.compare(&file.meta.version, &version).is_eq()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    Json(document(&index, &project, &version, &files)).into_response()
}

fn listed(index: &Served<Index>, project: &str) -> Option<Vec<Stored>> {
    let now = (index.options.clock)();
    index.store().look(project, now)
}

fn document(index: &Served<Index>, project: &str, version: &Version, files: &[Stored]) -> Value {
    let files: Vec<_> = files.iter().filter(|file| Pep440.compare(&file.meta.version, version).is_eq()).collect();
    let requires_python = files.iter().find_map(|file| file.meta.requires_python.as_deref());
    let urls: Vec<Value> = files.iter().map(|file| described(index, project, file)).collect();
    json!({
        "info": { "name": project, "version": version.as_str(), "requires_python": requires_python, "yanked": false },
        "urls": urls,
    })
}

fn described(index: &Served<Index>, project: &str, file: &Stored) -> Value {
    json!({
        "filename": file.file_name,
        "url": format!("{}/files/{project}/{}", index.url, file.file_name),
        "digests": { "sha256": file.listing.digest },
        "packagetype": if file.meta.is_wheel { "bdist_wheel" } else { "sdist" },
        "requires_python": file.meta.requires_python,
        "size": file.bytes.len(),
        "upload_time_iso_8601": time(file.arrived),
        "yanked": false,
    })
}
