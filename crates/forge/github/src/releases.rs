//! Releases of tags.

use releasekit_core::forge::{PublishReleaseRequest, Release, ReleaseUpsert, Written};
use releasekit_core::model::TagName;
use serde_json::{Value, json};

use crate::api::{Api, Call};
use crate::endpoint;
use crate::error::{Error, Result};
use crate::limit;
use crate::wire::{StoredAsset, StoredRelease};

pub(crate) async fn release(api: &Api, tag: &TagName) -> Result<Option<Release>> {
    let call = api.call().await?;
    match find(&call, tag).await? {
        Some(release) => Ok(Some(release.shown(api.known.is_latest(&call, &release).await?))),
        None => Ok(None),
    }
}

pub(crate) async fn upsert(api: &Api, wanted: &ReleaseUpsert) -> Result<Written<Release>> {
    limit::release_body(&wanted.body)?;
    no_latest_prerelease(&wanted.tag, wanted.prerelease && wanted.latest)?;
    let call = api.call().await?;
    has_tag(&call, &wanted.tag).await?;
    let known = match find(&call, &wanted.tag).await? {
        Some(release) => Some(release),
        None => api.known.release_now(&call, &wanted.tag).await?,
    };
    if let Some(release) = known {
        return update(&call, release, wanted).await;
    }
    match create(&call, wanted).await {
        Ok(release) => Ok(Written::Created(release.shown(wanted.latest && !wanted.draft))),
        Err(error) if error.refuses("tag_name", "already_exists") => {
            // Another run was faster.
            let release = find(&call, &wanted.tag).await?.ok_or(error)?;
            update(&call, release, wanted).await
        }
        Err(error) => Err(error),
    }
}

pub(crate) async fn publish(api: &Api, wanted: &PublishReleaseRequest) -> Result<Written<Release>> {
    let call = api.call().await?;
    let release = find(&call, &wanted.tag).await?.ok_or_else(|| missing(&wanted.tag))?;
    no_latest_prerelease(&wanted.tag, release.prerelease && wanted.latest)?;
    is_whole(&release)?;
    let was_latest = api.known.is_latest(&call, &release).await?;
    if !release.draft && (was_latest || !wanted.latest) {
        return Ok(Written::Unchanged(release.shown(was_latest)));
    }
    // Publishing would make the tag where it is missing.
    has_tag(&call, &wanted.tag).await?;
    let body = json!({"draft": false, "make_latest": word(wanted.latest)});
    let release = change(&call, &release, body, wanted.latest).await?;
    Ok(Written::Updated(release.shown(wanted.latest)))
}

/// The release of a tag: the published one, else the only draft.
pub(crate) async fn find(call: &Call<'_>, tag: &TagName) -> Result<Option<StoredRelease>> {
    call.api.known.release(call, tag).await
}

pub(crate) fn missing(tag: &TagName) -> Error {
    Error::NotFound { what: format!("release of `{tag}`") }
}

/// A release of a tag that is missing would make one.
async fn has_tag(call: &Call<'_>, tag: &TagName) -> Result<()> {
    match call.api.known.has_tag(call, tag).await? {
        true => Ok(()),
        false => Err(Error::TagMissing { tag: tag.to_string() }),
    }
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
    let made: Result<StoredRelease> = call.write(call.ask(&endpoint::CREATE_RELEASE, &[]).json(&body)).await;
    match &made {
        Ok(release) => knows(call, release, wanted.latest).await,
        Err(error) if error.is_unclear() || error.refuses("tag_name", "already_exists") => {
            call.api.known.forget().await;
        }
        Err(_) => {}
    }
    made
}

/// Brings what is there to what is wanted, after a look at it where something would be written over.
async fn update(call: &Call<'_>, known: StoredRelease, wanted: &ReleaseUpsert) -> Result<Written<Release>> {
    let was_latest = call.api.known.is_latest(call, &known).await?;
    if is_as(&known, wanted) && (was_latest || !wants_latest(&known, wanted)) {
        return Ok(Written::Unchanged(known.shown(was_latest)));
    }
    let release = call.api.known.again(call, known.id).await?.ok_or_else(|| missing(&wanted.tag))?;
    // The latest stays it, where nobody asks for another.
    let is_latest = !release.draft && !wanted.prerelease && (wanted.latest || was_latest);
    if is_as(&release, wanted) && is_latest == was_latest {
        return Ok(Written::Unchanged(release.shown(was_latest)));
    }
    let body = json!({
        "name": wanted.title,
        "body": wanted.body,
        "prerelease": wanted.prerelease,
        "make_latest": word(is_latest),
    });
    Ok(Written::Updated(change(call, &release, body, is_latest).await?.shown(is_latest)))
}

fn is_as(release: &StoredRelease, wanted: &ReleaseUpsert) -> bool {
    release.name.as_deref().unwrap_or_default() == wanted.title
        && release.body.as_deref().unwrap_or_default() == wanted.body
        && release.prerelease == wanted.prerelease
}

fn wants_latest(release: &StoredRelease, wanted: &ReleaseUpsert) -> bool {
    wanted.latest && !wanted.prerelease && !release.draft
}

async fn change(call: &Call<'_>, release: &StoredRelease, body: Value, is_latest: bool) -> Result<StoredRelease> {
    let ask = call.ask(&endpoint::UPDATE_RELEASE, &[&release.id.to_string()]).json(&body);
    let changed = call.write(ask).await;
    match &changed {
        Ok(release) => knows(call, release, is_latest).await,
        Err(_) => call.api.known.doubt(release.id).await,
    }
    changed
}

async fn knows(call: &Call<'_>, release: &StoredRelease, is_latest: bool) {
    call.api.known.put(release).await;
    if !release.draft {
        call.api.known.set_latest(release, is_latest).await;
    }
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
