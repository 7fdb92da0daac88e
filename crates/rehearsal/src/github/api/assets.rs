//! Files of releases.

use axum::http::header;
use serde_json::Value;

use super::super::answer::{Answer, Refusal, Reply};
use super::super::call::Call;
use super::super::model::Asset;
use super::super::shape;
use super::super::state::State;
use crate::headers;

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let id = call.number("release_id")?;
    let found = call.repo().releases.iter().find(|release| release.id == id).ok_or_else(Refusal::not_found)?;
    let files = found.assets.iter().map(|asset| shape::asset(call.state, call.repo(), found, asset));
    let files: Vec<Value> = files.collect();
    Ok(call.page(files))
}

/// What is known of a file; whoever asks for its bytes is sent to the host that has them.
pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let id = call.number("asset_id")?;
    let all = call.sees_drafts();
    let releases = call.repo().releases.iter().filter(|release| all || !release.draft);
    let mut files = releases.flat_map(|release| release.assets.iter().map(move |asset| (release, asset)));
    let (release, asset) = files.find(|(_, asset)| asset.id == id).ok_or_else(Refusal::not_found)?;
    let accept = headers::text(&call.headers, header::ACCEPT).unwrap_or_default();
    if !accept.contains("octet-stream") {
        return Ok(Reply::ok(shape::asset(call.state, call.repo(), release, asset)));
    }
    if !asset.complete {
        return Err(Refusal::not_found());
    }
    Ok(Reply::found(address(call.state, asset)))
}

/// Where the bytes of a file are for a while.
pub(in super::super) fn address(state: &State, asset: &Asset) -> String {
    format!("{}/assets/{}?signature=once", state.urls.downloads, asset.id)
}

/// Takes a file; what is there already by its name stays.
pub(super) fn upload(call: &mut Call<'_>) -> Answer {
    let id = call.number("release_id")?;
    let name = call.query.get("name").filter(|name| !name.is_empty());
    let name = listed(name.ok_or_else(|| Refusal::new(400, "Bad Content-Length or missing name"))?);
    let label = call.query.get("label").cloned();
    let content_type = headers::text(&call.headers, header::CONTENT_TYPE);
    let content_type = content_type.ok_or_else(|| Refusal::new(415, "Unsupported Media Type"))?.to_owned();
    let (asset_id, uploader, created) = (call.state.id(), call.login(), call.now());
    let (length, kept) = (call.bytes.len(), call.kept.take());
    let release = call.repo_mut().release_mut(id).ok_or_else(Refusal::not_found)?;
    if release.immutable {
        return Err(Refusal::unprocessable("Cannot upload assets to an immutable release."));
    }
    if release.assets.iter().any(|asset| asset.name == name) {
        return Err(Refusal::field("ReleaseAsset", "name", "already_exists"));
    }
    let bytes = kept.unwrap_or_default();
    let complete = bytes.len() >= length;
    let asset = Asset { id: asset_id, name, label, content_type, bytes, uploader, created, complete };
    release.assets.push(asset.clone());
    let release = release.clone();
    Ok(Reply::created(shape::asset(call.state, call.repo(), &release, &asset)))
}

/// The name that a file is listed by: what is neither letter nor digit nor one of a few signs becomes a dot.
fn listed(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-+@".contains(c) { c } else { '.' };
    name.trim_matches('.').chars().map(plain).collect()
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let id = call.number("asset_id")?;
    let releases = call.repo_mut().releases.iter_mut();
    let mut having = releases.filter(|release| release.assets.iter().any(|asset| asset.id == id));
    let release = having.next().ok_or_else(Refusal::not_found)?;
    if release.immutable {
        return Err(Refusal::unprocessable("Cannot delete asset from an immutable release."));
    }
    release.assets.retain(|asset| asset.id != id);
    Ok(Reply::nothing())
}
