//! Proves what one registry has of a package, sends what is missing, and keeps the proof.

use releasekit_core::model::{LiveFile, PackageId};
use releasekit_core::registry::Observed;
use releasekit_core::{Diagnostic, ErrorKind};

use super::delivery::{Delivery, Origin, Sent};
use super::publication::Publication;
use super::report::Live;
use super::verify::Verified;
use crate::artifacts::BuiltFile;
use crate::error::Result;
use crate::observe::{self, registry_name};
use crate::receipt::{self, Proven, Receipt, ReceiptFile};

/// What one registry has of a package.
pub(super) enum Served {
    /// All of it.
    Files(Vec<Verified>),
    /// It holds the package for approval.
    Staged,
    /// It takes nothing from us, as another package found.
    Closed(PackageId),
}

/// How much of a package is live and proven so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) targets: usize,
    pub(super) files: usize,
}

impl Tally {
    pub(super) fn of(&self, targets: usize) -> Live {
        match (self.targets, self.files) {
            (done, _) if done == targets => Live::All,
            (0, 0) => Live::Nothing,
            _ => Live::Some,
        }
    }
}

impl Publication<'_> {
    /// Proves what the registry has of the package and sends the rest.
    pub(super) async fn publish(&self, tally: &mut Tally) -> Result<Served> {
        let Self { publisher, package, .. } = self;
        let files = publisher.files(package)?;
        let live: &[LiveFile] = match publisher.observations.of(&package.id, self.target) {
            Some(Observed::Live(live)) => live,
            Some(Observed::Staged) => return Ok(Served::Staged),
            _ => &[],
        };
        self.refuse_strangers(files, live)?;
        // All of them before the first is sent: a package is sent whole or not begun.
        files.iter().try_for_each(|file| file.still_as_checked(&package.id, publisher.manager(package)))?;
        let mut verified = Vec::new();
        let mut missing = Vec::new();
        for file in files {
            match live.iter().find(|live| live.file_name == file.artifact.file_name) {
                Some(live) => {
                    verified.push(self.delivery(file).verify(live, Origin::Found).await?);
                    tally.files += 1;
                }
                None => missing.push(file),
            }
        }
        for file in missing {
            if let Some(by) = publisher.found.closed().get(self.target) {
                return Ok(Served::Closed(by.clone()));
            }
            match self.send(file).await? {
                Some(file) => verified.push(file),
                None => return Ok(Served::Staged),
            }
            tally.files += 1;
        }
        Ok(Served::Files(verified))
    }

    /// Sends a file and verifies it; `None` where it waits for approval.
    async fn send(&self, file: &BuiltFile) -> Result<Option<Verified>> {
        let Self { publisher, package, target, .. } = self;
        let delivery = self.delivery(file);
        match delivery.send().await {
            Ok(Sent::Listed { live, origin }) => {
                observe::warn_of_yanked(
                    publisher.session,
                    (&package.id, &package.version),
                    target,
                    std::slice::from_ref(&live),
                );
                delivery.verify(&live, origin).await.map(Some)
            }
            Ok(Sent::Staged) => Ok(None),
            Err(error) => {
                if error.kind() == ErrorKind::Unauthenticated {
                    publisher.found.closed().entry((*target).clone()).or_insert_with(|| package.id.clone());
                }
                Err(error)
            }
        }
    }

    fn delivery<'b>(&'b self, file: &'b BuiltFile) -> Delivery<'b> {
        Delivery { publication: *self, file }
    }

    /// A live file that is none of ours is somebody else's release.
    pub(super) fn refuse_strangers(&self, files: &[BuiltFile], live: &[LiveFile]) -> Result<()> {
        let ours = |live: &&LiveFile| files.iter().any(|file| file.artifact.file_name == live.file_name);
        match live.iter().find(|live| !ours(live)) {
            Some(stranger) => Err(self.conflict(format!("`{}` is no part of this release", stranger.file_name))),
            None => Ok(()),
        }
    }

    /// Keeps what was proven, and says how.
    pub(super) fn keep_receipt(&self, files: Vec<Verified>) -> Result<Proven> {
        let Self { publisher, package, .. } = self;
        let proven = files.iter().map(|file| file.proven).max().unwrap_or(Proven::Bytes);
        let mut served: Vec<ReceiptFile> = files.into_iter().map(|file| file.served).collect();
        served.sort();
        publisher.state.keep(&Receipt {
            schema: receipt::SCHEMA,
            package: package.id.name.clone(),
            label: package.id.label.clone(),
            version: package.version.clone(),
            registry: registry_name(self.target),
            commit: publisher.sources.commit.id.clone(),
            time: publisher.now(),
            proven,
            files: served,
        })?;
        Ok(proven)
    }
}
