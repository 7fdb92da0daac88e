//! Installs and tries what was sent. Code of the package runs then, and no program beside it has a credential.

use releasekit_core::confinement::{Isolation, Workplace};
use releasekit_core::event::{Progress, Step};
use releasekit_core::model::Target;
use releasekit_core::package_manager::SmokeRequest;
use tokio::sync::RwLockWriteGuard;

use super::publisher::Publisher;
use crate::error::Result;
use crate::observe::Releasing;

impl Publisher<'_> {
    /// Tries a package from each of its registries, where the configuration and the tool allow.
    pub(super) async fn smoke_test(&self, package: &Releasing) -> Result<()> {
        if !self.policy.smoke_test || !self.manager(package).capabilities().smoke_test {
            return Ok(());
        }
        for (index, target) in package.targets.iter().enumerate() {
            self.report(package, Step::Smoke, Progress::Started, None);
            let request = self.smoke_request(package, target, index)?;
            let smoke = async {
                let _alone = self.without_credentials().await;
                self.manager(package).smoke_test(&request).await?;
                // Whatever is sent after is held against the same; where nothing is, this alone tells of it.
                self.surroundings.check()
            };
            if let Err(error) = self.options.cancel.or(smoke).await? {
                self.report(package, Step::Smoke, Progress::Failed, Some(error.to_string()));
                return Err(error);
            }
            self.report(package, Step::Smoke, Progress::Done, None);
        }
        Ok(())
    }

    fn smoke_request(&self, package: &Releasing, target: &Target, index: usize) -> Result<SmokeRequest> {
        let folder = self.folder(format!("smoke-{}-{index}", package.member))?;
        let workplace = Workplace { folder: folder.clone(), ..self.scratch.workplace() };
        Ok(SmokeRequest::new(
            package.published_name.clone(),
            package.version.clone(),
            target.clone(),
            folder,
            self.policy.task_timeout,
        )
        .with_workplace(Some(workplace)))
    }

    /// Waits until no program that we started has a credential, and lets none start; not where namespaces hide them anyway.
    pub(super) async fn without_credentials(&self) -> Option<RwLockWriteGuard<'_, ()>> {
        if self.session.context.confinement.isolation == Isolation::Namespaces {
            return None;
        }
        Some(self.apart.write().await)
    }
}
