//! Releases of tags.

use releasekit_core::forge::{PublishReleaseRequest, Release, ReleaseUpsert, Written};
use releasekit_core::model::TagName;
use serde_json::{Value, json};

use crate::api::{Api, Call};
use crate::endpoint;
use crate::error::{Error, Result};
use crate::limit;
use crate::wire::{Ref, StoredAsset, StoredRelease};

pub(crate) async fn release(api: &Api, tag: &TagName) -> Result<Option<Release>> {
    let call = api.call().await?;
    match find(&call, tag).await? {
        Some(release) => Ok(Some(release.shown(is_latest(&call, &release).await?))),
        None => Ok(None),
    }
}

pub(crate) async fn upsert(api: &Api, wanted: &ReleaseUpsert) -> Result<Written<Release>> {
    limit::release_body(&wanted.body)?;
    no_latest_prerelease(&wanted.tag, wanted.prerelease && wanted.latest)?;
    let call = api.call().await?;
    has_tag(&call, &wanted.tag).await?;
    if let Some(release) = find(&call, &wanted.tag).await? {
        return update(&call, &release, wanted).await;
    }
    match create(&call, wanted).await {
        Ok(release) => Ok(Written::Created(release.shown(wanted.latest && !wanted.draft))),
        Err(error) if error.refuses("tag_name", "already_exists") => {
            // Another run was faster.
            let release = find(&call, &wanted.tag).await?.ok_or(error)?;
            update(&call, &release, wanted).await
        }
        Err(error) => Err(error),
    }
}

pub(crate) async fn publish(api: &Api, wanted: &PublishReleaseRequest) -> Result<Written<Release>> {
    let call = api.call().await?;
    let release = find(&call, &wanted.tag).await?.ok_or_else(|| missing(&wanted.tag))?;
    no_latest_prerelease(&wanted.tag, release.prerelease && wanted.latest)?;
    is_whole(&release)?;
    let was_latest = is_latest(&call, &release).await?;
    if !release.draft && (was_latest || !wanted.latest) {
        return Ok(Written::Unchanged(release.shown(was_latest)));
    }
    // Publishing would make the tag where it is missing.
    has_tag(&call, &wanted.tag).await?;
    let body = json!({"draft": false, "make_latest": word(wanted.latest)});
    let release = change(&call, &release, body).await?;
    Ok(Written::Updated(release.shown(wanted.latest)))
}

/// The release of a tag: the published one, else the only draft.
pub(crate) async fn find(call: &Call<'_>, tag: &TagName) -> Result<Option<StoredRelease>> {
    let published: Option<StoredRelease> = call.find(call.ask(&endpoint::RELEASE_BY_TAG, &[tag.as_str()])).await?;
    if let Some(release) = published.filter(|release| !release.draft) {
        return Ok(Some(release));
    }
    let mut drafts = call.api.drafts.of(call, tag).await?;
    match drafts.len() {
        0 | 1 => Ok(drafts.pop()),
        count => Err(Error::SeveralDrafts { tag: tag.to_string(), count }),
    }
}

pub(crate) fn missing(tag: &TagName) -> Error {
    Error::NotFound { what: format!("release of `{tag}`") }
}

async fn is_latest(call: &Call<'_>, release: &StoredRelease) -> Result<bool> {
    if release.draft || release.prerelease {
        return Ok(false);
    }
    let latest: Option<StoredRelease> = call.find(call.ask(&endpoint::LATEST_RELEASE, &[])).await?;
    Ok(latest.is_some_and(|latest| latest.id == release.id))
}

/// A release of a tag that is missing would make one.
async fn has_tag(call: &Call<'_>, tag: &TagName) -> Result<()> {
    let name = format!("tags/{tag}");
    let found: Option<Ref> = call.find(call.ask(&endpoint::REF, &[&name])).await?;
    let is_it = found.is_some_and(|found| found.name == format!("refs/{name}"));
    if is_it { Ok(()) } else { Err(Error::TagMissing { tag: tag.to_string() }) }
}

async fn create(call: &Call<'_>, wanted: &ReleaseUpsert) -> Result<StoredRelease> {
    let body = json!({
        "tag_name": wanted.tag.as_str(),
        "name": wanted.title,
        "body": wanted.body,
        "draft": wanted.draft,
        "prerelease": wanted.prerelease,
        "make_latest": word(wanted.latest && !wanted.draft),
    });
    let made = call.write(call.ask(&endpoint::CREATE_RELEASE, &[]).json(&body)).await;
    match &made {
        Ok(release) => call.api.drafts.add(release).await,
        Err(_) => call.api.drafts.forget().await,
    }
    made
}

async fn update(call: &Call<'_>, release: &StoredRelease, wanted: &ReleaseUpsert) -> Result<Written<Release>> {
    let was_latest = is_latest(call, release).await?;
    // The latest stays it, where nobody asks for another.
    let is_latest = !release.draft && !wanted.prerelease && (wanted.latest || was_latest);
    let is_same = release.name.as_deref().unwrap_or_default() == wanted.title
        && release.body.as_deref().unwrap_or_default() == wanted.body
        && release.prerelease == wanted.prerelease
        && is_latest == was_latest;
    if is_same {
        return Ok(Written::Unchanged(release.shown(was_latest)));
    }
    let body = json!({
        "name": wanted.title,
        "body": wanted.body,
        "prerelease": wanted.prerelease,
        "make_latest": word(is_latest),
    });
    Ok(Written::Updated(change(call, release, body).await?.shown(is_latest)))
}

async fn change(call: &Call<'_>, release: &StoredRelease, body: Value) -> Result<StoredRelease> {
    call.write(call.ask(&endpoint::UPDATE_RELEASE, &[&release.id.to_string()]).json(&body)).await
}

fn no_latest_prerelease(tag: &TagName, is_one: bool) -> Result<()> {
    if is_one { Err(Error::LatestPrerelease { tag: tag.to_string() }) } else { Ok(()) }
}

/// Once it is published, a file whose upload stopped may stay half for ever.
fn is_whole(release: &StoredRelease) -> Result<()> {
    let Some(StoredAsset { name, .. }) = release.assets.iter().find(|asset| !asset.is_whole()) else { return Ok(()) };
    Err(Error::AssetRefused {
        reason: format!("the upload of `{name}` to the release of `{}` is half done", release.tag_name),
    })
}

fn word(is_so: bool) -> &'static str {
    if is_so { "true" } else { "false" }
}
