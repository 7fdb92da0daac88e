//! Proof by receipt: what the registry serves now is what was proven before.

use std::path::Path;

use releasekit_core::model::{CommitId, LiveFile};
use releasekit_core::policy::VerifyChecksums;
use releasekit_core::registry::Observed;
use releasekit_core::{PackageManager, Registry};

use super::verify::same_digest;
use crate::error::Result;
use crate::observe::{Releasing, registry_name};
use crate::receipt::{Proven, Receipt, ReceiptFile};

/// Where and how to look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) registry: &'a dyn Registry,
    pub(super) manager: &'a dyn PackageManager,
    /// An empty folder for downloads.
    pub(super) scratch: &'a Path,
    pub(super) strictness: VerifyChecksums,
}

impl Look<'_> {
    /// Whether a receipt is proof enough: one of a publish that compared nothing proves nothing to one that does.
    fn counts(self, receipt: &Receipt) -> bool {
        receipt.proven != Proven::Unchecked || self.strictness == VerifyChecksums::Off
    }
}

/// The receipt of this release commit that equals what a registry serves of a package, file by file.
///
/// A file whose digest the registry does not serve is downloaded: a receipt replaces a build, never a look.
pub(super) async fn holding<'a>(
    receipts: &'a [Receipt],
    commit: &CommitId,
    package: &Releasing,
    observed: &Observed,
    look: Look<'_>,
) -> Result<Option<&'a Receipt>> {
    let Observed::Live(live) = observed else { return Ok(None) };
    let registry = registry_name(look.registry.target());
    let about = |receipt: &&Receipt| {
        let same_package = receipt.id() == package.id && receipt.version == package.version;
        same_package && receipt.commit == *commit && receipt.registry == registry && look.counts(receipt)
    };
    for receipt in receipts.iter().filter(about) {
        if equals(receipt, live, look).await? {
            return Ok(Some(receipt));
        }
    }
    Ok(None)
}

async fn equals(receipt: &Receipt, live: &[LiveFile], look: Look<'_>) -> Result<bool> {
    if receipt.files.len() != live.len() {
        return Ok(false);
    }
    for file in &receipt.files {
        let Some(served) = live.iter().find(|served| served.file_name == file.name) else { return Ok(false) };
        let same = match same_digest(look.registry, &file.digests, served) {
            Some(same) => same,
            None => same_file(file, served, look).await?,
        };
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn same_file(file: &ReceiptFile, served: &LiveFile, look: Look<'_>) -> Result<bool> {
    let name = Path::new(&file.name).file_name().filter(|name| *name == file.name.as_str());
    let Some(name) = name else { return Ok(false) };
    let path = look.scratch.join(name);
    look.registry.fetch(served, &path).await?;
    let found = look.manager.artifact(&path)?;
    drop(std::fs::remove_file(&path));
    Ok(found.is_some_and(|found| found.digests.iter().any(|digest| file.digests.contains(digest))))
}
