//! What came of a write, as a case expects it.

use std::path::PathBuf;

use releasekit_core::forge::{AssetRequest, ChangeRequest, ChangeRequestUpsert, Release, ReleaseUpsert, Written};
use releasekit_core::model::{BranchName, Digest, TagName};
use releasekit_core::{BackendError, Diagnostic, ErrorKind};

use super::world::{Event, World};
use crate::snapshot::sha256;
use crate::suite::{Kept, same};

pub(super) fn created<T>(written: Written<T>, promise: &str) -> Result<T, String> {
    match written {
        Written::Created(value) => Ok(value),
        other => Err(format!("{promise}: {} in place of created", told(other))),
    }
}

pub(super) fn updated<T>(written: Written<T>, promise: &str) -> Result<T, String> {
    match written {
        Written::Updated(value) => Ok(value),
        other => Err(format!("{promise}: {} in place of updated", told(other))),
    }
}

/// What is there as asked, with no request that writes.
pub(super) async fn unchanged<T>(
    world: &World,
    before: usize,
    written: Written<T>,
    promise: &str,
) -> Result<T, String> {
    let sent = world.writes().await - before;
    match written {
        Written::Unchanged(value) if sent == 0 => Ok(value),
        other => Err(format!("{promise}: {}, and {sent} requests wrote, in place of unchanged and none", told(other))),
    }
}

/// What is refused in this way, and changed nothing.
pub(super) async fn refused<T>(
    world: &World,
    before: usize,
    (kind, written): (ErrorKind, Written<T>),
    promise: &str,
) -> Kept {
    let sent = world.writes().await - before;
    match written {
        Written::Refused(error) if error.kind() == kind && sent == 0 => Ok(()),
        other => {
            let found = format!("{}, and {sent} requests wrote", told(other));
            Err(format!("{promise}: {found}, in place of refused with `{kind:?}` and none"))
        }
    }
}

pub(super) fn unknown<T>(written: Written<T>, promise: &str) -> Kept {
    match written {
        Written::Unknown(_) => Ok(()),
        other => Err(format!("{promise}: {} in place of unknown", told(other))),
    }
}

/// A read that fails in this way.
pub(super) fn fails<T>(read: Result<T, BackendError>, kind: ErrorKind, promise: &str) -> Kept {
    same(read.err().map(|error| error.kind()), Some(kind), promise)
}

pub(super) fn text(error: BackendError) -> String {
    format!("{error} ({:?})", error.kind())
}

fn told<T>(written: Written<T>) -> String {
    match written {
        Written::Created(_) => "created".to_owned(),
        Written::Updated(_) => "updated".to_owned(),
        Written::Unchanged(_) => "unchanged".to_owned(),
        Written::Refused(error) => format!("refused, {}", text(error)),
        Written::Unknown(error) => format!("unknown, {}", text(error)),
    }
}

pub(super) fn head() -> BranchName {
    BranchName::new("releasekit--release--main")
}

pub(super) fn base() -> BranchName {
    BranchName::new("main")
}

/// The change request of the suite.
pub(super) fn request(title: &str, body: &str) -> ChangeRequestUpsert {
    ChangeRequestUpsert::new([head(), base()], title, body)
}

/// Opens the change request of the suite.
pub(super) async fn opened(world: &World) -> Result<ChangeRequest, String> {
    world.happens(&Event::Pushed(head())).await;
    created(world.forge().upsert_change_request(&request("Release", "notes")).await, "a change request is opened")
}

/// The change request of a number, as it is found.
pub(super) async fn found(world: &World, number: u64) -> Result<ChangeRequest, String> {
    let all = world.forge().change_requests(&head(), &base()).await.map_err(text)?;
    let numbers: Vec<u64> = all.iter().map(|request| request.number).collect();
    let is_missing = || format!("change request {number} is opened: {numbers:?} are found in place of it");
    all.into_iter().find(|request| request.number == number).ok_or_else(is_missing)
}

/// A tag with a slash, as tags of Go modules have.
pub(super) fn tag(name: &str) -> TagName {
    TagName::new(format!("sub/{name}"))
}

/// Pushes a tag and makes its release; a draft where the forge has drafts and one is wanted.
pub(super) async fn released(world: &World, name: &str, draft: bool) -> Result<Release, String> {
    let forge = world.forge();
    world.happens(&Event::Tagged(tag(name))).await;
    let wanted = ReleaseUpsert::new(tag(name), name, "notes");
    let wanted = if draft && forge.capabilities().draft_releases { wanted.with_draft() } else { wanted };
    created(forge.upsert_release(&wanted).await, "a release is made")
}

/// A file of the world's folder, as an asset of a tag.
pub(super) fn asset(world: &World, tag: &TagName, name: &str, bytes: &[u8]) -> Result<AssetRequest, String> {
    let path: PathBuf = world.folder().join(sha256(bytes));
    std::fs::write(&path, bytes).map_err(|error| error.to_string())?;
    let described = (bytes.len() as u64, Digest::sha256(sha256(bytes)));
    Ok(AssetRequest::new(tag.clone(), name, path, described))
}
