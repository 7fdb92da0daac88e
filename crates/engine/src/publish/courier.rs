//! Publishes one package: proves what is live, sends what is missing, verifies what then is there.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use releasekit_core::confinement::{Isolation, Workplace};
use releasekit_core::event::{Event, Progress, Step};
use releasekit_core::model::{Digest, LiveFile, PackageId, Requirement, Target};
use releasekit_core::package_manager::SmokeRequest;
use releasekit_core::policy::{PublishPolicy, VerifyChecksums};
use releasekit_core::registry::Observed;
use releasekit_core::{Diagnostic, ErrorKind, PackageManager, Registry};
use tokio::sync::{RwLock, RwLockWriteGuard};
use tokio::time::Instant;

use super::PublishOptions;
use super::comparison::Difference;
use super::report::{Live, Outcome, Proof};
use super::resolve::Resolution;
use super::sent::{self, Past, SentFile};
use super::upload::{Delivery, Origin, Sent};
use super::verify::{self, Likeness};
use crate::artifacts::{Built, BuiltFile, Sources};
use crate::error::{Error, Result};
use crate::failure::Failure;
use crate::journal::Journal;
use crate::observe::{self, Observation, Registries, Releasing, registry_name};
use crate::receipt::{self, Proven, Receipt, ReceiptFile};
use crate::scratch::Scratch;
use crate::session::Session;
use crate::state::ReleaseState;
use crate::surroundings::Surroundings;

/// What the packages of a run share.
pub(super) struct Courier<'a> {
    pub(super) session: &'a Session,
    pub(super) sources: &'a Sources,
    pub(super) options: &'a PublishOptions,
    pub(super) policy: &'a PublishPolicy,
    pub(super) registries: &'a Registries<'a>,
    pub(super) observation: &'a Observation,
    pub(super) built: &'a Built,
    /// What receipts have proven, by package and registry.
    pub(super) proven: &'a BTreeMap<(PackageId, Target), Receipt>,
    /// What uploads let point to their versions, by package.
    pub(super) channels: &'a BTreeMap<PackageId, String>,
    pub(super) state: &'a ReleaseState,
    pub(super) journal: &'a Journal,
    pub(super) hold: Option<Arc<File>>,
    pub(super) scratch: &'a Scratch,
    /// What programs with credentials read, as it was before anything of the repository ran.
    pub(super) surroundings: Surroundings,
    pub(super) begun: Instant,
    /// Registries that know no credential of ours, and who found it out: nothing more is sent there.
    pub(super) closed: Mutex<BTreeMap<Target, PackageId>>,
    /// What the artifacts of packages require, as far as they have been looked at.
    pub(super) required: Mutex<BTreeMap<PackageId, Vec<Requirement>>>,
    /// Held by many while programs have a credential, and by one while a package's own code runs.
    pub(super) apart: RwLock<()>,
}

/// What one registry has of a package.
enum Served {
    /// All of it.
    Files(Vec<Verified>),
    /// It holds the package for approval.
    Staged,
    /// It takes nothing from us, as another package found.
    Closed(PackageId),
}

/// How one file of a package is found to be live.
struct Verified {
    proven: Proven,
    served: ReceiptFile,
    /// Whether this run sent it.
    sent: bool,
}

/// How much of a package is live and proven so far.
#[derive(Debug, Default)]
struct Tally {
    targets: usize,
    files: usize,
}

impl Tally {
    fn of(&self, targets: usize) -> Live {
        match (self.targets, self.files) {
            (done, _) if done == targets => Live::All,
            (0, 0) => Live::Nothing,
            _ => Live::Some,
        }
    }
}

impl Courier<'_> {
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
            let files = match self.publish_to(package, target, live).await? {
                Served::Files(files) => files,
                Served::Staged => return Ok(Outcome::AwaitingApproval),
                Served::Closed(by) => return Ok(Outcome::Blocked { by }),
            };
            sent |= files.iter().any(|file| file.sent);
            if let Err(error) = (Resolution { courier: self, package, target }).wait().await {
                // What installers do not find is not out yet.
                live.files = 0;
                return Err(error);
            }
            proofs.push(Proof::Compared(self.keep_receipt(package, target, files)?));
            live.targets += 1;
        }
        if sent {
            self.smoke_test(package).await?;
        }
        let weakest = proofs.into_iter().max().unwrap_or(Proof::Receipt);
        Ok(if sent { Outcome::Published(weakest) } else { Outcome::AlreadyLive(weakest) })
    }

    /// Proves what one registry has of a package and sends the rest.
    async fn publish_to(&self, package: &Releasing, target: &Target, tally: &mut Tally) -> Result<Served> {
        let registry = self.registries.get(target)?;
        let files = self.files(package)?;
        let live: &[LiveFile] = match self.observation.of(&package.id, target) {
            Some(Observed::Live(live)) => live,
            Some(Observed::Staged) => return Ok(Served::Staged),
            _ => &[],
        };
        self.refuse_strangers(package, target, files, live)?;
        // All of them before the first is sent: a package is sent whole or not begun.
        files.iter().try_for_each(|file| file.still_as_checked(&package.id, self.manager(package)))?;
        let mut verified = Vec::new();
        let mut missing = Vec::new();
        for file in files {
            match live.iter().find(|live| live.file_name == file.artifact.file_name) {
                Some(live) => {
                    verified.push(self.verify(package, file, live, registry.as_ref(), Origin::Found).await?);
                    tally.files += 1;
                }
                None => missing.push(file),
            }
        }
        for file in missing {
            if let Some(by) = self.closed().get(target) {
                return Ok(Served::Closed(by.clone()));
            }
            match self.delivery(package, file, registry.as_ref()).send().await {
                Ok(Sent::Listed { live, origin }) => {
                    let listed = std::slice::from_ref(&live);
                    observe::warn_of_yanked(self.session, &package.id, &package.version, target, listed);
                    verified.push(self.verify(package, file, &live, registry.as_ref(), origin).await?);
                    tally.files += 1;
                }
                Ok(Sent::Staged) => return Ok(Served::Staged),
                Err(error) => {
                    if error.kind() == ErrorKind::Unauthenticated {
                        self.closed().entry(target.clone()).or_insert_with(|| package.id.clone());
                    }
                    return Err(error);
                }
            }
        }
        Ok(Served::Files(verified))
    }

    fn closed(&self) -> MutexGuard<'_, BTreeMap<Target, PackageId>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn required(&self) -> MutexGuard<'_, BTreeMap<PackageId, Vec<Requirement>>> {
        self.required.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn files(&self, package: &Releasing) -> Result<&[BuiltFile]> {
        let what = || "nothing was built".to_owned();
        let missing =
            || Failure::Incomplete { package: package.id.clone(), version: package.version.clone(), what: what() };
        Ok(self.built.packages.get(&package.id).ok_or_else(missing)?)
    }

    /// A live file that is none of ours is somebody else's release.
    fn refuse_strangers(
        &self,
        package: &Releasing,
        target: &Target,
        files: &[BuiltFile],
        live: &[LiveFile],
    ) -> Result<()> {
        let ours = |live: &&LiveFile| files.iter().any(|file| file.artifact.file_name == live.file_name);
        match live.iter().find(|live| !ours(live)) {
            Some(stranger) => {
                let what = format!("`{}` is no part of this release", stranger.file_name);
                Err(conflict(package, target, what))
            }
            None => Ok(()),
        }
    }

    fn delivery<'a>(&'a self, package: &'a Releasing, file: &'a BuiltFile, registry: &'a dyn Registry) -> Delivery<'a> {
        Delivery { courier: self, package, file, target: registry.target(), registry, manager: self.manager(package) }
    }

    /// Compares a live file with ours.
    async fn verify(
        &self,
        package: &Releasing,
        file: &BuiltFile,
        live: &LiveFile,
        registry: &dyn Registry,
        origin: Origin,
    ) -> Result<Verified> {
        let verified = self.compare(package, file, live, registry, origin).await;
        match &verified {
            Ok(it) => {
                let digest = it.served.digests.first().map(ToString::to_string).unwrap_or_default();
                self.report(package, Step::Verify, Progress::Done, Some(format!("{} {digest}", it.served.name)));
            }
            Err(error) => self.report(package, Step::Verify, Progress::Failed, Some(error.to_string())),
        }
        verified
    }

    async fn compare(
        &self,
        package: &Releasing,
        file: &BuiltFile,
        live: &LiveFile,
        registry: &dyn Registry,
        origin: Origin,
    ) -> Result<Verified> {
        let folder = self.downloads(package)?;
        let compared = verify::compare(registry, self.manager(package), self.policy, file, live, &folder);
        let likeness = self.options.cancel.or(compared).await??;
        let place = registry_name(registry.target());
        let of_it = SentFile { package: &package.id, name: &file.artifact.file_name, registry: &place };
        let mut accepted = sent::accepted(self.journal, of_it);
        if origin == Origin::Accepted {
            accepted.extend(file.artifact.digests.iter().cloned());
        }
        match likeness {
            Likeness::Same(proven, served) if self.came_back(&accepted, proven, file, &served) => {
                if proven == Proven::Bytes {
                    sent::seen(self.journal, of_it, &file.artifact.digests)?;
                }
                Ok(Verified { proven, served, sent: origin != Origin::Found })
            }
            other => Err(self.difference(package, file, registry, other, accepted.first())),
        }
    }

    /// What this run or an earlier one sent, and the registry accepted, must come back byte by byte; what was there may be
    /// of another build of the same source.
    fn came_back(&self, accepted: &[Digest], proven: Proven, file: &BuiltFile, served: &ReceiptFile) -> bool {
        let is_served = |digest: &Digest| {
            served.digests.contains(digest) || (proven == Proven::Bytes && file.artifact.digests.contains(digest))
        };
        let strict = self.policy.verify_checksums == VerifyChecksums::Bytes;
        !strict || accepted.is_empty() || accepted.iter().any(is_served)
    }

    /// What is wrong with a live file. `accepted` is the digest of what the registry took from us.
    fn difference(
        &self,
        package: &Releasing,
        file: &BuiltFile,
        registry: &dyn Registry,
        likeness: Likeness,
        accepted: Option<&Digest>,
    ) -> Error {
        let (name, ours) = (file.artifact.file_name.clone(), file.artifact.size);
        let interrupted = self.delivery(package, file, registry).past() == Past::Uncertain;
        let partial = |theirs| Failure::PartialFile {
            package: package.id.clone(),
            file: name.clone(),
            registry: registry_name(registry.target()),
            ours,
            theirs,
        };
        let served = match likeness {
            Likeness::Partial { theirs } => return partial(theirs).into(),
            Likeness::Different { size, .. } if interrupted && size < ours => return partial(size).into(),
            Likeness::OtherMaker { ours, theirs, .. } if accepted.is_none() => {
                return Failure::Unproven { package: package.id.clone(), file: name, ours, theirs }.into();
            }
            Likeness::Mislisted { theirs, .. } => {
                return mismatch(package, file, registry, accepted, theirs.to_string());
            }
            Likeness::OtherMaker { digest, .. } => digest.to_string(),
            Likeness::Longer { than } => format!("more than {than} bytes"),
            Likeness::Different { theirs, members, .. } => match accepted {
                Some(_) => theirs.to_string(),
                None => format!("{theirs}{}", listed(&members)),
            },
            Likeness::Same(_, served) => {
                let theirs = served.digests.first().map_or_else(|| "other bytes".to_owned(), ToString::to_string);
                return mismatch(package, file, registry, accepted, theirs);
            }
        };
        match accepted {
            Some(_) => mismatch(package, file, registry, accepted, served),
            None => conflict(package, registry.target(), format!("`{name}` is served as {served}")),
        }
    }

    fn keep_receipt(&self, package: &Releasing, target: &Target, files: Vec<Verified>) -> Result<Proven> {
        let proven = files.iter().map(|file| file.proven).max().unwrap_or(Proven::Bytes);
        let mut served: Vec<ReceiptFile> = files.into_iter().map(|file| file.served).collect();
        served.sort();
        self.state.keep(&Receipt {
            schema: receipt::SCHEMA,
            package: package.id.name.clone(),
            label: package.id.label.clone(),
            version: package.version.clone(),
            registry: registry_name(target),
            commit: self.sources.commit.id.clone(),
            time: self.now(),
            proven,
            files: served,
        })?;
        Ok(proven)
    }

    /// What an upload to a registry lets point to its version.
    pub(super) fn channel(&self, package: &Releasing, registry: &dyn Registry) -> Option<String> {
        let has_channels = registry.capabilities().channels;
        self.channels.get(&package.id).filter(|_| has_channels).cloned()
    }

    async fn smoke_test(&self, package: &Releasing) -> Result<()> {
        let manager = self.manager(package);
        if !self.policy.smoke_test || !manager.capabilities().smoke_test {
            return Ok(());
        }
        for (index, target) in package.targets.iter().enumerate() {
            self.report(package, Step::Smoke, Progress::Started, None);
            let folder = self.scratch.path().join(format!("smoke-{}-{index}", package.member));
            fs::create_dir_all(&folder).map_err(Failure::file("make the folder", &folder))?;
            let request = SmokeRequest {
                package: package.published_name.clone(),
                version: package.version.clone(),
                target: target.clone(),
                workplace: Some(Workplace { folder: folder.clone(), ..self.scratch.workplace() }),
                folder,
                timeout: self.policy.task_timeout,
            };
            let smoke = async {
                let _alone = self.without_credentials().await;
                manager.smoke_test(&request).await?;
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

    /// Waits until no program that we started has a credential, and lets none start; not where namespaces hide them anyway.
    async fn without_credentials(&self) -> Option<RwLockWriteGuard<'_, ()>> {
        if self.session.context.confinement.isolation == Isolation::Namespaces {
            return None;
        }
        Some(self.apart.write().await)
    }

    pub(super) fn manager(&self, package: &Releasing) -> &dyn PackageManager {
        self.sources.manager(package.member)
    }

    /// A folder for downloads of one package.
    fn downloads(&self, package: &Releasing) -> Result<PathBuf> {
        let folder = self.scratch.path().join(package.member.to_string());
        fs::create_dir_all(&folder).map_err(Failure::file("make the folder", &folder))?;
        Ok(folder)
    }

    /// The time: that of the start, which came in by parameter, and what has passed since.
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.begun.elapsed()).unwrap_or_default();
        self.options.now.checked_add(passed).unwrap_or(self.options.now)
    }

    pub(super) fn report(&self, package: &Releasing, step: Step, progress: Progress, detail: Option<String>) {
        let (package, version) = (package.id.clone(), package.version.clone());
        self.session.report(Event::Step { package, version, step, progress, detail });
    }
}

fn mismatch(
    package: &Releasing,
    file: &BuiltFile,
    registry: &dyn Registry,
    accepted: Option<&Digest>,
    theirs: String,
) -> Error {
    let ours = accepted.or(file.artifact.digests.first()).cloned();
    Failure::ChecksumMismatch {
        package: package.id.clone(),
        file: file.artifact.file_name.clone(),
        registry: registry_name(registry.target()),
        ours: ours.unwrap_or_else(|| Digest::sha256("unknown")),
        theirs,
    }
    .into()
}

/// The first members that differ.
fn listed(members: &[Difference]) -> String {
    const SHOWN: usize = 3;
    let shown: String = members.iter().take(SHOWN).map(|member| format!("; {member}")).collect();
    let more = members.len().saturating_sub(SHOWN);
    if more == 0 { shown } else { format!("{shown}; and {more} more differences") }
}

fn conflict(package: &Releasing, target: &Target, what: String) -> Error {
    let (id, version) = (package.id.clone(), package.version.clone());
    Failure::ContentConflict { package: id, version, registry: registry_name(target), what }.into()
}
