//! Publishes one package to all its registries, and tries it once what was sent is live.

use super::publication::Publication;
use super::publisher::Publisher;
use super::reconcile::{Served, Tally};
use super::report::{Live, Outcome, Proof};
use super::resolve::Resolution;
use crate::error::Result;
use crate::observe::Releasing;

impl Publisher<'_> {
    /// Publishes a package to all its targets, and says how much of it is live and proven then.
    pub(super) async fn publish(&self, package: &Releasing) -> (Outcome, Live) {
        let mut live = Tally::default();
        let outcome = match self.publish_all(package, &mut live).await {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Failed(error),
        };
        (outcome, live.of(package.targets.len()))
    }

    async fn publish_all(&self, package: &Releasing, live: &mut Tally) -> Result<Outcome> {
        let mut sent = false;
        let mut proofs = Vec::new();
        for target in &package.targets {
            if self.proven.contains_key(&(package.id.clone(), target.clone())) {
                proofs.push(Proof::Receipt);
                live.targets += 1;
                continue;
            }
            let registry = self.registries.get(target)?;
            let publication = Publication { publisher: self, package, target, registry: registry.as_ref() };
            let files = match publication.publish(live).await? {
                Served::Files(files) => files,
                Served::Staged => return Ok(Outcome::AwaitingApproval),
                Served::Closed(by) => return Ok(Outcome::Blocked { by }),
            };
            sent |= files.iter().any(|file| file.sent);
            publication.settle_channel(&files).await?;
            if let Err(error) = (Resolution { publisher: self, package, target }).wait().await {
                // What installers do not find is not out yet.
                live.files = 0;
                return Err(error);
            }
            proofs.push(Proof::Compared(publication.keep_receipt(files)?));
            live.targets += 1;
        }
        if sent {
            self.smoke_test(package).await?;
        }
        let weakest = proofs.into_iter().max().unwrap_or(Proof::Receipt);
        Ok(if sent { Outcome::Published(weakest) } else { Outcome::AlreadyLive(weakest) })
    }
}
