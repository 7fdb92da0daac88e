//! Withdraws a version from the registries of its package, or offers it again. Its files stay, and so do its tag and its release.

use std::time::Duration;

use releasekit_core::Registry;
use releasekit_core::model::{LiveFile, PackageId, Target, Version};
use releasekit_core::policy::PublishPolicy;
use releasekit_core::registry::{Observed, Offer, YankRequest};
use tokio::time::{Instant, sleep};

use crate::error::{Error, Result};
use crate::observe::{self, Question, Registries, Releasing, Tagged, registry_name};
use crate::patience::{Patience, Waited};
use crate::session::{Session, Snapshot};

/// What became of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yanked {
    /// Of which package.
    pub id: PackageId,
    /// Which version.
    pub version: Version,
    /// What became of it at each registry that the package goes to.
    pub registries: Vec<(String, Outcome)>,
}

/// What became of a version at one registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is as was asked, and listed so.
    Done,
    /// It was so before, and nothing was sent.
    Already,
    /// The registry said yes, and does not list it so yet.
    Unseen,
}

/// Withdraws a version of a package, or offers it again, at each registry that the package goes to.
///
/// Where it is so already nothing is sent, so that a second run ends what a first one began. Fails at the first registry that
/// refuses, that has no such version ([`Error::NotLive`]), or whose API cannot do it.
pub async fn yank(session: &Session, name: &str, version: &str, offer: Offer) -> Result<Yanked> {
    let snapshot = session.work_tree().await?;
    let package = wanted(&snapshot, name, version)?;
    let registries = Registries::new(session);
    let mut outcomes = Vec::new();
    for target in &package.targets {
        let registry = registries.get(target)?;
        let work = Work { registries: &registries, package: &package, target, registry: registry.as_ref(), offer };
        let outcome = work.done(&snapshot.policy.publish).await?;
        outcomes.push((registry_name(target), outcome));
    }
    Ok(Yanked { id: package.id, version: package.version, registries: outcomes })
}

/// The version, as its registries know it.
fn wanted(snapshot: &Snapshot, name: &str, version: &str) -> Result<Releasing> {
    let index = snapshot.discovery.find(name)?;
    let member = &snapshot.discovery.members[index];
    let version = snapshot.discovery.scheme(member).parse(version)?;
    let (published_name, targets) = (snapshot.published_name(member, &version), snapshot.targets(member)?);
    Ok(Releasing { member: index, id: member.id.clone(), published_name, version, targets, order: 0 })
}

/// One version at one registry.
struct Work<'a> {
    registries: &'a Registries<'a>,
    package: &'a Releasing,
    target: &'a Target,
    registry: &'a dyn Registry,
    offer: Offer,
}

impl Work<'_> {
    async fn done(&self, policy: &PublishPolicy) -> Result<Outcome> {
        let Releasing { published_name, version, .. } = self.package;
        let request = YankRequest::new(published_name.clone(), version.clone(), self.offer);
        // What its API cannot do it says, whether or not there is such a version.
        if self.registry.capabilities().yank && self.is_so().await? {
            return Ok(Outcome::Already);
        }
        self.registry.yank(&request).await?;
        let mut waited = Waited::new(policy);
        loop {
            let asked = Instant::now();
            if self.is_so().await? {
                return Ok(Outcome::Done);
            }
            waited.count(asked.elapsed(), true);
            match waited.next(Patience::full(policy), Duration::ZERO, policy) {
                Some(pause) => sleep(pause).await,
                None => return Ok(Outcome::Unseen),
            }
        }
    }

    /// Whether the registry lists the version as is wanted.
    async fn is_so(&self) -> Result<bool> {
        let question = Question::of(self.package, self.target, Tagged::Yes);
        let observation = observe::ask(self.registries, &[question]).await?.pop();
        let wanted = |file: &LiveFile| file.yanked == (self.offer == Offer::Withdrawn);
        match observation.map(|observation| observation.observed) {
            Some(Observed::Live(files)) => Ok(files.iter().all(wanted)),
            Some(Observed::Unknown(error)) => Err(error.into()),
            _ => Err(Error::NotLive {
                package: self.package.id.clone(),
                version: self.package.version.clone(),
                registry: registry_name(self.target),
            }),
        }
    }
}
