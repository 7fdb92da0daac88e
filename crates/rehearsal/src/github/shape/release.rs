//! Releases and their files.

use releasekit_formats::archive::digest::sha256;
use serde_json::{Value, json};

use super::super::model::{Asset, Release, Repo};
use super::super::page::{encode, encode_path};
use super::super::state::State;
use super::fields::node_id;
use super::issue::addresses;
use super::user::user;

/// A release with its files.
pub(in super::super) fn release(state: &State, repo: &Repo, release: &Release) -> Value {
    let (api, web) = addresses(state, repo);
    let url = format!("{api}/releases/{}", release.id);
    let tag = encode_path(&release.tag);
    let uploads = format!("{}/repos/{}/releases/{}/assets", state.urls.uploads, repo.full_name(), release.id);
    // A draft has no tag yet that an archive could be made of.
    let archive = |kind: &str| (!release.draft).then(|| format!("{api}/{kind}/{tag}"));
    json!({
        "id": release.id,
        "node_id": node_id("RE", release.id),
        "url": url,
        "assets_url": format!("{url}/assets"),
        "upload_url": format!("{uploads}{{?name,label}}"),
        "html_url": format!("{web}/releases/{}/{tag}", if release.draft { "tag-draft" } else { "tag" }),
        "tarball_url": archive("tarball"),
        "zipball_url": archive("zipball"),
        "tag_name": release.tag,
        "target_commitish": release.target,
        "name": release.name,
        "body": release.body,
        "draft": release.draft,
        "prerelease": release.prerelease,
        "immutable": release.immutable,
        "author": user(state, &release.author),
        "created_at": release.created.text(),
        "published_at": release.published.map(|at| at.text()),
        "assets": release.assets.iter().map(|file| asset(state, repo, release, file)).collect::<Vec<_>>(),
    })
}

/// A file of a release.
pub(in super::super) fn asset(state: &State, repo: &Repo, release: &Release, asset: &Asset) -> Value {
    let (api, web) = addresses(state, repo);
    let tag = encode_path(&release.tag);
    json!({
        "id": asset.id,
        "node_id": node_id("RA", asset.id),
        "url": format!("{api}/releases/assets/{}", asset.id),
        "browser_download_url": format!("{web}/releases/download/{tag}/{}", encode(&asset.name)),
        "name": asset.name,
        "label": asset.label,
        // GitHub's words call it `starter`, its description knows `open` alone.
        "state": if asset.complete { "uploaded" } else { "open" },
        "content_type": asset.content_type,
        "size": asset.bytes.len(),
        "digest": asset.complete.then(|| format!("sha256:{}", sha256(&asset.bytes))),
        "download_count": 0,
        "uploader": user(state, &asset.uploader),
        "created_at": asset.created.text(),
        "updated_at": asset.created.text(),
    })
}
