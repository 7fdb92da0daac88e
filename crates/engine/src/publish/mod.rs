//! Brings a release to its registries, proves what they serve, and has installers choose it. A reconciler: what is wanted,
//! what is there, and only the effects that close the gap.

mod adopt;
mod bounds;
mod channel;
mod comparison;
mod credential;
mod delivery;
mod inquiry;
mod options;
mod pace;
mod package;
mod prove;
mod publication;
mod publisher;
mod reconcile;
mod report;
mod resolve;
mod retry;
mod run;
mod sent;
mod settle;
mod smoke;
mod verify;
mod wait;

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::Diagnostic;
use releasekit_core::ErrorKind;
use releasekit_core::event::Event;
use releasekit_core::model::{PackageId, Target};
use releasekit_core::registry::Observed;
use tokio::sync::RwLock;
use tokio::time::Instant;

pub(crate) use adopt::Adoption;
pub use options::PublishOptions;
pub use report::{Live, Outcome, Proof, PublishReport, Published};
pub(crate) use verify::same_digest;

use crate::announce::{self, Announced, Announcer, Proven};
use crate::artifacts::{self, Built, Job, Sources};
use crate::check;
use crate::error::Result;
use crate::journal::Journal;
use crate::locate::ReleaseCommit;
use crate::observe::{self, Observations, Registries, Releasing, Tagged, registry_name};
use crate::receipt::{self, Receipt};
use crate::scratch::Scratch;
use crate::session::Session;
use crate::state::State;
use crate::surroundings::Surroundings;
use crate::{tools, waiting, words};
use inquiry::Inquiry;
use prove::ReceiptCheck;
use publisher::{Found, Publisher};
use run::Outcomes;

/// Publishes a release.
///
/// Fails before anything is built where the release commit is not what its manifest and its tags say, and before the first
/// upload where a registry does not answer, a dependency is not live, or artifacts from elsewhere
/// are not complete. What fails later stops its own dependents alone, and is in the report.
pub async fn publish(
    session: &Session,
    release: &ReleaseCommit,
    state: &State,
    options: &PublishOptions,
) -> Result<PublishReport> {
    let begun = Instant::now();
    let sources = Sources::with_snapshot(session, release, check::published(session, release).await?).await?;
    let folder = state.of_release(&sources.commit.id, sources.run.as_deref());
    let journal = folder.journal()?;
    let registries = Registries::new(session);
    session.phase(format!("asking what is live of {}", words::count(sources.releasing.len(), "package")));
    let asked = observe::observe(&registries, sources.inquiry(Tagged::Yes));
    let observations = options.cancel.or(asked).await??;
    waiting::refuse(session, &sources, &observations.lacking).await?;
    let scratch = Scratch::create(&session.context.cache, "publish")?;
    let mut receipts = folder.receipts()?;
    receipts.extend(options.receipt.as_deref().map(receipt::read_file).transpose()?.unwrap_or_default());
    let held = Receipts { registries: &registries, observations: &observations, journal: &journal, scratch: &scratch };
    let mut proven = BTreeMap::new();
    held.prove(&sources, &receipts, &mut proven).await?;
    let announcer = options.forge.as_deref().map(|forge| {
        let cancel = &options.cancel;
        Announcer { session, forge, release, cancel }
    });
    if let Some(announcer) = &announcer
        && held.may_prove_more(&sources, &proven)
    {
        held.prove(&sources, &announcer.receipts(&sources).await?, &mut proven).await?;
    }
    for receipt in proven.values() {
        folder.keep(receipt)?;
    }
    let mut wanted = unproven(&sources, &proven);
    let inquiry =
        Inquiry { session, sources: &sources, registries: &registries, observations: &observations, journal: &journal };
    let unsendable = inquiry.unsendable(&wanted)?;
    wanted.retain(|id| !unsendable.has(id));
    let needed = sources.releasing.iter().filter(|package| wanted.contains(&package.id));
    tools::require(&sources.snapshot.discovery, needed.map(|package| package.member)).await?;
    let surroundings = Surroundings::of(session).await?;
    let job = Job { session, sources: &sources, cancel: &options.cancel };
    let mut built = if wanted.is_empty() {
        Built::default()
    } else {
        artifacts::obtain(job, &wanted, options.artifacts.as_deref(), &folder).await?
    };
    unsendable.add_to(&mut built);
    inquiry.drop_unreadable(&mut built);
    let failed = std::mem::take(&mut built.failed);
    let chosen = channel::choose(session, &sources, &registries, &observations);
    let channels = options.cancel.or(chosen).await??;
    let paces = options.cancel.or(inquiry.paces(options.now)).await??;
    let publisher = Publisher {
        session,
        sources: &sources,
        options,
        policy: &sources.snapshot.policy.publish,
        registries: &registries,
        observations: &observations,
        built: &built,
        proven: &proven,
        channels: &channels,
        paces: &paces,
        state: &folder,
        journal: &journal,
        hold: state.hold(),
        scratch: &scratch,
        surroundings,
        begun,
        found: Found::default(),
        apart: RwLock::default(),
    };
    let outcomes = run::run(&publisher, failed).await;
    let mut report = finish(state, &sources, options, outcomes)?;
    if announcer.is_none() && report.is_complete() {
        announce::warn_of_owed(session, &sources.snapshot.policy.dispatch, &journal);
    }
    if let Some(announcer) = announcer.filter(|_| !report.cancelled) {
        let open = report.packages.iter().filter(|package| !package.is_live());
        let open = open.map(|package| package.id.clone()).collect();
        let proven = Proven { open, receipts: &report.receipts, journal: &journal };
        report.announced = announcer.published((&sources, state), proven).await;
    }
    if report.is_complete() && report.announced.errors.is_empty() {
        folder.drop_artifacts()?;
    }
    session.report(Event::Phase(said(&report)));
    Ok(report)
}

/// How much of it is there.
fn said(report: &PublishReport) -> String {
    let (live, all) = (report.packages.iter().filter(|package| package.is_live()).count(), report.packages.len());
    format!("{live} of {} {} live and proven", words::count(all, "package"), words::verb(all, "is", "are"))
}

/// What receipts are held against.
struct Receipts<'a> {
    registries: &'a Registries<'a>,
    observations: &'a Observations,
    journal: &'a Journal,
    scratch: &'a Scratch,
}

impl Receipts<'_> {
    /// Whether something is live that no receipt has proven.
    fn may_prove_more(&self, sources: &Sources, proven: &BTreeMap<(PackageId, Target), Receipt>) -> bool {
        let is_open = |package: &Releasing, target: &Target| {
            let is_live = matches!(self.observations.of(&package.id, target), Some(Observed::Live(_)));
            is_live && !proven.contains_key(&(package.id.clone(), target.clone()))
        };
        sources.releasing.iter().any(|package| package.targets.iter().any(|target| is_open(package, target)))
    }

    /// Adds what receipts prove to what is proven, by package and target.
    async fn prove(
        &self,
        sources: &Sources,
        receipts: &[Receipt],
        proven: &mut BTreeMap<(PackageId, Target), Receipt>,
    ) -> Result<()> {
        for package in &sources.releasing {
            for target in &package.targets {
                let key = (package.id.clone(), target.clone());
                let observed = self.observations.of(&package.id, target);
                let Some(observed) = observed.filter(|_| !proven.contains_key(&key)) else { continue };
                let registry = self.registries.get(target)?;
                let check = ReceiptCheck {
                    commit: &sources.commit.id,
                    registry: registry.as_ref(),
                    manager: sources.manager(package.member),
                    scratch: self.scratch.path(),
                    policy: &sources.snapshot.policy.publish,
                    journal: self.journal,
                };
                if let Some(receipt) = check.find(receipts, package, observed).await? {
                    proven.insert(key, receipt.clone());
                }
            }
        }
        Ok(())
    }
}

/// The packages whose artifacts are needed: to be sent, or to be compared.
fn unproven(sources: &Sources, proven: &BTreeMap<(PackageId, Target), Receipt>) -> BTreeSet<PackageId> {
    let is_proven = |package: &&Releasing| {
        package.targets.iter().all(|target| proven.contains_key(&(package.id.clone(), target.clone())))
    };
    sources.releasing.iter().filter(|package| !is_proven(package)).map(|package| package.id.clone()).collect()
}

/// Gathers the report, and hands out the receipts.
fn finish(state: &State, sources: &Sources, options: &PublishOptions, mut outcomes: Outcomes) -> Result<PublishReport> {
    let folder = state.of_release(&sources.commit.id, sources.run.as_deref());
    let package = |package: &Releasing| {
        let (outcome, live) = outcomes.remove(&package.id).unwrap_or((Outcome::NotStarted, Live::Nothing));
        let registries = package.targets.iter().map(registry_name).collect();
        Published { id: package.id.clone(), version: package.version.clone(), registries, outcome, live }
    };
    let packages: Vec<Published> = sources.releasing.iter().map(package).collect();
    let live = |receipt: &Receipt| packages.iter().any(|package| package.id == receipt.id() && package.is_live());
    let mut receipts = folder.receipts()?;
    receipts.retain(live);
    let cancelled = options.cancel.is_cancelled() || packages.iter().any(was_cancelled);
    let announced = Announced::default();
    let report = PublishReport { commit: sources.commit.id.clone(), packages, receipts, cancelled, announced };
    if let Some(path) = options.receipt.as_deref().filter(|_| state.hold().is_some()) {
        receipt::write_file(path, &options.earlier.iter().chain(&report.receipts).collect::<Vec<_>>())?;
    }
    Ok(report)
}

fn was_cancelled(package: &Published) -> bool {
    matches!(&package.outcome, Outcome::Failed(error) if error.kind() == ErrorKind::Cancelled)
}
