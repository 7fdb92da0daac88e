//! Publishing, with the checks and the words of crates.io.

use std::io::Cursor;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Json};
use releasekit_core::VersionScheme;
use releasekit_formats::archive::Limits;
use releasekit_formats::cargo::description;
use releasekit_formats::cargo::name::{canonical, file_name, is_legal};
use releasekit_formats::semver::SemVer;
use serde_json::{Value, json};

use super::access;
use super::answer::Refusal;
use super::registry::{Meta, Registry, State, Stored};
use super::request::Request;
use crate::connection::Scissors;
use crate::log::Entry;
use crate::protocol::Served;
use crate::upload::{Upload, on_its_own};

/// How large a request may be; crates.io's limit.
const LARGEST: usize = 10 << 20;

/// Takes a version of a crate.
pub(super) async fn publish(
    axum::extract::State(registry): State,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Extension(entry): Extension<Entry>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    on_its_own(async move {
        let number = registry.arrives();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let request = Request::read(&body);
        let sent = request.as_ref().map(|request| file_name(request.text("name"), request.text("vers")));
        let upload = registry.upload(number, &sent.unwrap_or_default(), &entry, scissors);
        upload.answer(|upload| take(&registry, &headers, body.len(), request?, upload)).await
    })
    .await
}

/// Checks a request and stores what its faults leave of the file.
fn take(
    registry: &Served<Registry>,
    headers: &HeaderMap,
    length: usize,
    request: Request,
    upload: &Upload,
) -> Result<Json<Value>, Refusal> {
    let publisher = access::publisher(registry, headers)?;
    if length > LARGEST {
        return Err(Refusal(StatusCode::PAYLOAD_TOO_LARGE, format!("max upload size is: {LARGEST}")));
    }
    let (name, version) = (request.text("name").to_owned(), request.text("vers").to_owned());
    check(&request, &name, &version)?;
    let package = name.to_ascii_lowercase();
    access::owner(registry, &package, publisher.as_deref())?;
    check_inside(&request.file, &name, &version, &registry.url)?;
    let meta = Meta { name: name.clone(), version, description: request.description, owner: publisher };
    store(registry, &request.file, package, meta, upload)?;
    let warnings = json!({ "invalid_categories": [], "invalid_badges": [], "other": registry.options.own.warnings });
    Ok(Json(json!({ "crate": { "id": name, "name": name }, "warnings": warnings })))
}

/// Whether the description is one that crates.io takes.
fn check(request: &Request, name: &str, version: &str) -> Result<(), Refusal> {
    if !is_legal(name) {
        return Err(Refusal::bad(format!("invalid crate name: `{name}`")));
    }
    if SemVer.parse(version).is_err() {
        return Err(Refusal::bad(format!("\"{version}\" is an invalid semver version")));
    }
    let is_missing = |key: &str| request.text(key).trim().is_empty();
    let mut missing = Vec::new();
    missing.extend(is_missing("description").then_some("description"));
    missing.extend((is_missing("license") && is_missing("license_file")).then_some("license"));
    if !missing.is_empty() {
        return Err(Refusal::bad(format!(
            "missing or empty metadata fields: {}. Please see https://doc.rust-lang.org/cargo/reference/manifest.html for \
             more information on configuring these fields",
            missing.join(", ")
        )));
    }
    Ok(())
}

/// Whether the file is what the description says.
fn check_inside(file: &[u8], name: &str, version: &str, index: &str) -> Result<(), Refusal> {
    let limits = Limits::for_size(file.len() as u64);
    let inside = description::read(&file_name(name, version), Cursor::new(file), limits, index);
    let inside = inside.map_err(|error| Refusal::bad(format!("failed to parse tarball: {error}")))?;
    if inside.name != name || inside.vers != version {
        return Err(Refusal::bad(format!("metadata mismatch: tarball holds `{}@{}`", inside.name, inside.vers)));
    }
    Ok(())
}

fn store(
    registry: &Served<Registry>,
    file: &[u8],
    package: String,
    meta: Meta,
    upload: &Upload,
) -> Result<(), Refusal> {
    let now = (registry.options.clock)();
    let mut store = registry.store();
    let twin = store.packages().into_iter().find(|other| canonical(other) == canonical(&package) && *other != package);
    if let Some(twin) = twin.or_else(|| other_case(store.all(&package).next()?, &meta)) {
        return Err(Refusal::bad(format!("crate was previously named `{twin}`")));
    }
    let version = &meta.version;
    let without_build = |version: &str| version.split('+').next().unwrap_or_default().to_owned();
    if store.all(&package).any(|stored| without_build(&stored.meta.version) == without_build(version)) {
        return Err(Refusal::bad(format!("crate version `{version}` is already uploaded")));
    }
    let Some(kept) = upload.kept(file) else { return Ok(()) };
    let mut stored = Stored::new(&file_name(&meta.name, &meta.version), kept, now, meta);
    upload.spoil(&mut stored);
    store.put(package, stored).map_err(|error| Refusal(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

/// The name of the versions that are there, where it is written otherwise.
fn other_case(there: &Stored, meta: &Meta) -> Option<String> {
    (there.meta.name != meta.name).then(|| there.meta.name.clone())
}
