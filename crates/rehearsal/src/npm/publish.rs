//! Publishing, with the checks and the words of the public registry.

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Path, State as Known};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use releasekit_core::VersionScheme;
use releasekit_formats::npm::integrity;
use releasekit_formats::npm::name::{file_name, scope};
use releasekit_formats::semver::SemVer;
use serde_json::{Value, json};

use super::access::{self, Write};
use super::answer::Refusal;
use super::document::sha512;
use super::place::Place;
use super::registry::{Meta, Registry, State, Stored};
use super::{points, tarball, update};
use crate::connection::Scissors;
use crate::log::Entry;
use crate::protocol::Served;
use crate::upload::{Upload, on_its_own};

/// Takes a version of a package, or what is said of those that are there.
pub(super) async fn put(
    Known(registry): State,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Extension(entry): Extension<Entry>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    on_its_own(async move {
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let Some(Place::Package(name)) = Place::read(&path) else { return Refusal::no_package().into_response() };
        let document: Result<Value, _> = serde_json::from_slice(&body);
        if let Some(document) = document.as_ref().ok().filter(|document| document["_attachments"].is_null()) {
            let write = update::write(&registry, "PUT", update::PLACE, scissors);
            return write.answer(|_| update::take(&registry, &headers, &name, document)).await;
        }
        let sent = document.map_err(|error| Refusal::bad(error.to_string())).and_then(|it| Sent::read(&name, it));
        let file = sent.as_ref().map(|sent| file_name(&name, &sent.version)).unwrap_or_default();
        let upload = registry.upload(registry.arrives(), &file, &entry, scissors);
        upload.answer(|upload| take(&registry, &headers, &name, sent, upload)).await
    })
    .await
}

/// A version that is published, as `libnpmpublish` sends it.
struct Sent {
    version: String,
    manifest: Value,
    tags: Vec<String>,
    access: Option<String>,
    file: Vec<u8>,
}

impl Sent {
    fn read(name: &str, mut document: Value) -> Result<Self, Refusal> {
        if document["name"] != name {
            return Err(Refusal::bad(format!("the document is not that of \"{name}\"")));
        }
        let versions = document["versions"].as_object_mut().map(std::mem::take).unwrap_or_default();
        let mut versions = versions.into_iter();
        let (Some((version, manifest)), None) = (versions.next(), versions.next()) else {
            return Err(Refusal::bad("one version is published at a time"));
        };
        let points = document["dist-tags"].as_object().into_iter().flatten();
        let tags = points.filter(|(_, to)| *to == version.as_str()).map(|(tag, _)| tag.clone()).collect();
        let file = Self::file(&document["_attachments"])?;
        let access = document["access"].as_str().map(str::to_owned);
        Ok(Self { version, manifest, tags, access, file })
    }

    /// The one file among what is attached, beside which provenance may be.
    fn file(attached: &Value) -> Result<Vec<u8>, Refusal> {
        let mut attached = attached.as_object().into_iter().flatten();
        let (_, file) = attached.find(|(name, _)| name.ends_with(".tgz")).ok_or_else(|| Refusal::bad("no file"))?;
        let bytes = file["data"].as_str().and_then(|data| STANDARD.decode(data).ok());
        let bytes = bytes.ok_or_else(|| Refusal::bad("the file is not in base64"))?;
        match file["length"].as_u64() == Some(bytes.len() as u64) {
            true => Ok(bytes),
            false => Err(Refusal::bad("the file is not as long as its length")),
        }
    }

    /// Whether it is what it says.
    fn check(&self, name: &str) -> Result<(), Refusal> {
        let version = SemVer.parse(&self.version);
        if version.is_err() || self.manifest["version"] != self.version.as_str() {
            return Err(Refusal::bad(format!("Invalid version: \"{}\"", self.version)));
        }
        let told = self.manifest["dist"]["integrity"].as_str().and_then(integrity::sha512);
        if told.map(|digest| digest.value) != Some(sha512(&self.file)) {
            return Err(Refusal::bad("the file does not have the integrity that is told"));
        }
        let inside = tarball::manifest(&file_name(name, &self.version), &self.file).map_err(Refusal::bad)?;
        match tarball::identity(&inside) == Some((name, self.version.as_str())) {
            true => Ok(()),
            false => Err(Refusal::bad("the package file inside has another name or version")),
        }
    }
}

/// Checks what was sent and stores what its faults leave of the file.
fn take(
    registry: &Served<Registry>,
    headers: &HeaderMap,
    name: &str,
    sent: Result<Sent, Refusal>,
    upload: &Upload,
) -> Result<Json<Value>, Refusal> {
    let owner = access::writer(registry, headers, name, Write::Publish)?;
    let sent = sent?;
    let restricted = restricted(registry, name, sent.access.as_deref())?;
    if registry.store().all(name).any(|stored| stored.meta.version == sent.version) {
        let why = format!("You cannot publish over the previously published versions: {}.", sent.version);
        return Err(Refusal::forbidden(why));
    }
    sent.check(name)?;
    store(registry, name, sent, (owner, restricted), upload)?;
    Ok(Json(json!({ "ok": "created new entry", "success": true })))
}

/// Whether a package is one that only its owner may read: as is said, else as it was, else as its name has it.
fn restricted(registry: &Served<Registry>, name: &str, access: Option<&str>) -> Result<bool, Refusal> {
    let before = registry.store().all(name).next().map(|stored| stored.meta.restricted);
    let is_scoped = scope(name).is_some();
    match access {
        Some("restricted") if !is_scoped => Err(Refusal::bad("Can't restrict access to unscoped packages.")),
        Some("public") => Ok(false),
        None if !before.unwrap_or(is_scoped) => Ok(false),
        _ if registry.options.own.unpaid => {
            Err(Refusal::new(StatusCode::PAYMENT_REQUIRED, "You must sign up for private packages"))
        }
        _ => Ok(true),
    }
}

fn store(
    registry: &Served<Registry>,
    name: &str,
    sent: Sent,
    (owner, restricted): (Option<String>, bool),
    upload: &Upload,
) -> Result<(), Refusal> {
    let Some(kept) = upload.kept(&sent.file) else { return Ok(()) };
    let mut meta = Meta::new(sent.version.clone(), sent.manifest);
    (meta.owner, meta.restricted) = (owner, restricted);
    let mut stored = Stored::new(&file_name(name, &sent.version), kept, (registry.options.clock)(), meta);
    upload.spoil(&mut stored);
    let mut store = registry.store();
    let is_first = !store.knows(name);
    let failed = |error: std::io::Error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    store.put(name.to_owned(), stored).map_err(failed)?;
    for tag in &sent.tags {
        points::point(&mut store, name, tag, &sent.version);
    }
    // Whatever its publisher said.
    if is_first {
        points::point(&mut store, name, points::LATEST, &sent.version);
    }
    Ok(())
}
