//! Proof by receipt: what the registry serves now is what was proven before.

use std::path::Path;

use releasekit_core::model::{CommitId, DigestAlgorithm, LiveFile};
use releasekit_core::policy::{PublishPolicy, VerifyChecksums};
use releasekit_core::registry::{FetchRequest, Fetched, Observed};
use releasekit_core::{PackageManager, Registry};

use super::bounds::Bounds;
use super::sent::{self, SentFile};
use super::verify::same_digest;
use crate::error::Result;
use crate::journal::Journal;
use crate::observe::{Releasing, registry_name};
use crate::receipt::{Proven, Receipt, ReceiptFile};

/// Holds receipts of a release commit against what one registry serves.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReceiptCheck<'a> {
    pub(super) commit: &'a CommitId,
    pub(super) registry: &'a dyn Registry,
    pub(super) manager: &'a dyn PackageManager,
    /// An empty folder for downloads.
    pub(super) scratch: &'a Path,
    pub(super) policy: &'a PublishPolicy,
    /// What was sent.
    pub(super) journal: &'a Journal,
}

impl ReceiptCheck<'_> {
    /// Whether a receipt is proof enough: one of a publish that compared nothing proves nothing to one that does, and none
    /// proves what differs from the bytes that we sent where bytes are wanted.
    fn counts(self, receipt: &Receipt) -> bool {
        match self.policy.verify_checksums {
            VerifyChecksums::Off => true,
            VerifyChecksums::Bytes => receipt.proven != Proven::Unchecked && self.is_as_sent(receipt),
            _ => receipt.proven != Proven::Unchecked,
        }
    }

    fn is_as_sent(self, receipt: &Receipt) -> bool {
        receipt.files.iter().all(|file| {
            let (package, registry) = (&receipt.id(), receipt.registry.clone());
            let sent = sent::accepted(self.journal, &SentFile { package, name: &file.name, registry });
            // A digest of another kind says nothing, and the receipt then says itself that bytes were compared.
            let comparable = file.digests.iter().any(|digest| digest.algorithm == DigestAlgorithm::Sha256);
            sent.is_empty()
                || sent.iter().any(|digest| file.digests.contains(digest))
                || (!comparable && receipt.proven == Proven::Bytes)
        })
    }

    /// The receipt that equals what the registry serves of a package, file by file.
    ///
    /// A file whose digest the registry does not serve is downloaded: a receipt replaces a build, never a look.
    pub(super) async fn find<'r>(
        self,
        receipts: &'r [Receipt],
        package: &Releasing,
        observed: &Observed,
    ) -> Result<Option<&'r Receipt>> {
        let Observed::Live(live) = observed else { return Ok(None) };
        let registry = registry_name(self.registry.target());
        let about = |receipt: &&Receipt| {
            let same_package = receipt.id() == package.id && receipt.version == package.version;
            same_package && receipt.commit == *self.commit && receipt.registry == registry && self.counts(receipt)
        };
        for receipt in receipts.iter().filter(about) {
            if self.equals(receipt, live).await? {
                return Ok(Some(receipt));
            }
        }
        Ok(None)
    }

    async fn equals(self, receipt: &Receipt, live: &[LiveFile]) -> Result<bool> {
        if receipt.files.len() != live.len() {
            return Ok(false);
        }
        for file in &receipt.files {
            let Some(served) = live.iter().find(|served| served.file_name == file.name) else { return Ok(false) };
            let same = match same_digest(self.registry, &file.digests, served) {
                Some(same) => same,
                None => self.same_file(file, served).await?,
            };
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn same_file(self, file: &ReceiptFile, served: &LiveFile) -> Result<bool> {
        let name = Path::new(&file.name).file_name().filter(|name| *name == file.name.as_str());
        let Some(name) = name else { return Ok(false) };
        let path = self.scratch.join(name);
        let Bounds { largest, timeout } = Bounds::exact(file.size, self.policy);
        let request = FetchRequest::new(served.clone(), path.clone(), largest, timeout);
        if self.registry.fetch(&request).await? == Fetched::TooLong {
            return Ok(false);
        }
        let found = self.manager.artifact(&path);
        drop(std::fs::remove_file(&path));
        Ok(found?.is_some_and(|found| found.digests.iter().any(|digest| file.digests.contains(digest))))
    }
}
