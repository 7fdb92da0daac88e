//! Files of releases.

use std::fs;
use std::path::Path;

use releasekit_core::forge::{Asset, AssetFetch, AssetRequest, Written};
use releasekit_core::model::{Digest, TagName};
use releasekit_core::registry::Fetched;
use releasekit_formats::archive::digest::sha256;
use releasekit_http::{Bounds, shown};

use crate::api::{Api, Call};
use crate::endpoint;
use crate::error::{Error, Result};
use crate::releases::{find, missing};
use crate::wire::{StoredAsset, StoredRelease};

/// Uploads a file. What the forge serves no digest of is fetched into the folder and compared.
pub(crate) async fn upload(api: &Api, wanted: &AssetRequest, scratch: &Path) -> Result<Written<Asset>> {
    keeps_its_name(&wanted.name)?;
    let bytes = described(wanted)?;
    let call = api.call().await?;
    let release = with_release(&call, &wanted.tag).await?;
    let file = (wanted, bytes.as_slice());
    match release.asset(&wanted.name) {
        Some(asset) if asset.is_whole() => is_same(&call, asset, file, scratch).await,
        Some(_) => after_a_look(&call, &release, file, scratch).await,
        None => match send(&call, &release, file).await {
            Err(error) if error.refuses("name", "already_exists") => after_a_look(&call, &release, file, scratch).await,
            sent => Ok(Written::Created(sent?)),
        },
    }
}

/// What another run has sent counts, if it is whole and the same; what stopped half way is sent anew.
async fn after_a_look(
    call: &Call<'_>,
    release: &StoredRelease,
    file: (&AssetRequest, &[u8]),
    scratch: &Path,
) -> Result<Written<Asset>> {
    let release = call.api.known.again(call, release.id).await?.ok_or_else(|| missing(&file.0.tag))?;
    match release.asset(&file.0.name) {
        Some(asset) if asset.is_whole() => is_same(call, asset, file, scratch).await,
        Some(half) => {
            takes_files(&release)?;
            call.api.known.doubt(release.id).await;
            call.remove(call.ask(&endpoint::DELETE_ASSET, &[&half.id.to_string()])).await?;
            Ok(Written::Updated(send(call, &release, file).await?))
        }
        None => Ok(Written::Created(send(call, &release, file).await?)),
    }
}

pub(crate) async fn fetch(api: &Api, wanted: &AssetFetch) -> Result<Fetched> {
    let absent = || Error::NotFound { what: format!("file `{}` in the release of `{}`", wanted.name, wanted.tag) };
    let call = api.call().await?;
    let release = find(&call, &wanted.tag).await?.ok_or_else(|| missing(&wanted.tag))?;
    let asset = release.asset(&wanted.name).filter(|asset| asset.is_whole()).ok_or_else(absent)?;
    let bounds = Bounds { bytes: wanted.largest, time: wanted.timeout };
    match download(&call, asset, &wanted.into, bounds).await {
        Err(Error::Http(error)) if matches!(*error, releasekit_http::Error::TooLarge { .. }) => Ok(Fetched::TooLong),
        fetched => fetched.map(|()| Fetched::Whole),
    }
}

/// GitHub lists a file by another name where this one has other characters, or begins or ends with a dot.
fn keeps_its_name(name: &str) -> Result<()> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    if !name.is_empty() && name.chars().all(is_plain) && name.trim_matches('.') == name {
        return Ok(());
    }
    Err(Error::Invalid { reason: format!("GitHub would list `{name}` by another name") })
}

/// The bytes on disk, where they are those that the request describes.
fn described(wanted: &AssetRequest) -> Result<Vec<u8>> {
    let refused = |reason: String| Error::AssetRefused { reason: format!("`{}` {reason}", wanted.path.display()) };
    let bytes = fs::read(&wanted.path).map_err(|error| refused(format!("cannot be read: {error}")))?;
    if bytes.len() as u64 == wanted.size && Digest::sha256(sha256(&bytes)) == wanted.digest {
        return Ok(bytes);
    }
    Err(refused("is not the file that was described".to_owned()))
}

async fn with_release(call: &Call<'_>, tag: &TagName) -> Result<StoredRelease> {
    let reason = || Error::AssetRefused { reason: format!("the tag `{tag}` has no release that takes files") };
    find(call, tag).await?.ok_or_else(reason)
}

fn takes_files(release: &StoredRelease) -> Result<()> {
    if !release.immutable {
        return Ok(());
    }
    let reason = format!("the release of `{}` is immutable and takes no more files", release.tag_name);
    Err(Error::AssetRefused { reason })
}

/// What is there already, where it has the bytes that are asked for.
async fn is_same(
    call: &Call<'_>,
    asset: &StoredAsset,
    (wanted, bytes): (&AssetRequest, &[u8]),
    scratch: &Path,
) -> Result<Written<Asset>> {
    let is_it = match asset.digest() {
        Some(digest) => digest == wanted.digest,
        None => asset.size == wanted.size && fetched(call, asset, wanted, scratch).await? == bytes,
    };
    if is_it {
        return Ok(Written::Unchanged(asset.shown()));
    }
    Err(Error::AssetDiffers { tag: wanted.tag.to_string(), name: wanted.name.clone() })
}

async fn fetched(call: &Call<'_>, asset: &StoredAsset, wanted: &AssetRequest, scratch: &Path) -> Result<Vec<u8>> {
    let unusable = |error: std::io::Error| Error::AssetRefused {
        reason: format!("`{}` takes no file to compare with: {error}", scratch.display()),
    };
    fs::create_dir_all(scratch).map_err(unusable)?;
    let folder = tempfile::tempdir_in(scratch).map_err(unusable)?;
    let into = folder.path().join("asset");
    download(call, asset, &into, Bounds { bytes: wanted.size, time: wanted.timeout }).await?;
    fs::read(&into).map_err(unusable)
}

async fn download(call: &Call<'_>, asset: &StoredAsset, into: &Path, bounds: Bounds) -> Result<()> {
    call.download(call.ask(&endpoint::ASSET, &[&asset.id.to_string()]), into, bounds).await
}

/// Sends a file, and knows then that the release has it.
async fn send(call: &Call<'_>, release: &StoredRelease, file: (&AssetRequest, &[u8])) -> Result<Asset> {
    takes_files(release)?;
    let sent = uploaded(call, release, file).await;
    match &sent {
        Ok(asset) => call.api.known.put(&release.with(asset)).await,
        Err(_) => call.api.known.doubt(release.id).await,
    }
    sent.map(|asset| asset.shown())
}

async fn uploaded(
    call: &Call<'_>,
    release: &StoredRelease,
    (wanted, bytes): (&AssetRequest, &[u8]),
) -> Result<StoredAsset> {
    let url = release.uploads().to_owned();
    if !call.api.site.takes_uploads(&url) {
        return Err(Error::Redirected { from: shown(&release.html_url), to: shown(&url) });
    }
    let ask = call.ask(&endpoint::UPLOAD_ASSET, &[&release.id.to_string()]);
    let asset: StoredAsset =
        call.with_time(wanted.timeout).write(ask.file(url, bytes.to_vec()).query("name", &wanted.name)).await?;
    let is_it =
        asset.is_whole() && asset.name == wanted.name && asset.digest().is_none_or(|digest| digest == wanted.digest);
    match is_it {
        true => Ok(asset),
        false => {
            Err(call.unclear(&endpoint::UPLOAD_ASSET, format!("it lists `{}` otherwise than it was sent", asset.name)))
        }
    }
}
