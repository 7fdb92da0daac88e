//! Receipts as a file of a forge release: what one machine has proven, any other can hold against the registry.

use std::path::Path;

use releasekit_core::Forge;
use releasekit_core::forge::{AssetFetch, AssetState, Release};
use releasekit_core::model::Digest;
use releasekit_core::policy::PublishPolicy;
use releasekit_core::registry::Fetched;
use sha2::{Digest as _, Sha256};

use super::assets::AssetFile;
use crate::error::Result;
use crate::failure::Failure;
use crate::receipt::{self, Receipt};

/// The name that they are listed by.
pub(super) const NAME: &str = "releasekit-receipts.json";

/// How long the file may be, in bytes: that of a release of ten thousand packages is shorter.
const LONGEST: u64 = 16 << 20;

/// Writes receipts into a folder, for a release to have them.
pub(super) fn file(folder: &Path, receipts: &[&Receipt]) -> Result<AssetFile> {
    let path = folder.join(NAME);
    receipt::write_file(&path, receipts)?;
    let content = std::fs::read(&path).map_err(Failure::file("read", &path))?;
    let digest = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Ok(AssetFile { name: NAME.to_owned(), path, size: content.len() as u64, digest: Digest::sha256(digest) })
}

/// Whether a release has receipts.
pub(super) fn are_in(release: &Release) -> bool {
    release.asset(NAME).is_some_and(|asset| asset.state == AssetState::Complete)
}

/// The receipts of a release; none where it has none. What is too long was written by nobody of ours.
pub(super) async fn fetch(
    forge: &dyn Forge,
    release: &Release,
    folder: &Path,
    policy: &PublishPolicy,
) -> Result<Vec<Receipt>> {
    if !are_in(release) {
        return Ok(Vec::new());
    }
    let path = folder.join(NAME);
    let request = AssetFetch::new(release.tag.clone(), NAME, path.clone(), LONGEST).with_timeout(policy.task_timeout);
    if forge.fetch_asset(&request).await? == Fetched::TooLong {
        return Ok(Vec::new());
    }
    let found = receipt::read_file(&path);
    drop(std::fs::remove_file(&path));
    found
}
