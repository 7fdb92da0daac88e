//! Brings a release to its registries, proves what they serve, and has installers choose it. A reconciler: what is wanted,
//! what is there, and only the effects that close the gap.

mod bounds;
mod channel;
mod comparison;
mod courier;
mod prove;
mod report;
mod resolve;
mod retry;
mod sent;
mod upload;
mod verify;
mod wait;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Mutex;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use releasekit_core::Diagnostic;
use releasekit_core::ErrorKind;
use releasekit_core::event::{Event, Progress, Step};
use releasekit_core::model::{PackageId, Target};
use tokio::sync::RwLock;
use tokio::time::Instant;

pub use report::{Live, Outcome, Proof, PublishReport, Published};
pub(crate) use verify::same_digest;

use crate::artifacts::{self, Built, Sources};
use crate::cancel::Cancel;
use crate::check;
use crate::error::{Error, Result};
use crate::journal::Journal;
use crate::locate::ReleaseCommit;
use crate::observe::{self, Observation, Registries, Releasing, Tagged, registry_name};
use crate::receipt::{self, Receipt};
use crate::scheduler::{JobState, Scheduler};
use crate::scratch::Scratch;
use crate::session::Session;
use crate::state::State;
use crate::surroundings::Surroundings;
use courier::Courier;

/// How a release is to be published.
#[derive(Debug, Clone)]
pub struct PublishOptions {
    /// A folder with artifacts that were built elsewhere; without it they are built.
    pub artifacts: Option<PathBuf>,
    /// A file whose receipts are read, where it exists, and which gets all receipts.
    pub receipt: Option<PathBuf>,
    /// Sends a file again that was accepted and is not listed.
    pub resend: bool,
    /// When the command was started.
    pub now: Timestamp,
    /// The request to stop.
    pub cancel: Cancel,
}

impl PublishOptions {
    /// Builds what is missing, and sends nothing twice.
    pub fn new(now: Timestamp, cancel: Cancel) -> Self {
        Self { artifacts: None, receipt: None, resend: false, now, cancel }
    }
}

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
    let sources = Sources::of(session, release, check::published(session, release).await?).await?;
    let folder = state.release(&sources.commit.id);
    let journal = folder.journal()?;
    let registries = Registries::new(session);
    session.phase(format!("asking what is live of {} packages", sources.releasing.len()));
    let asked = observe::observe(&registries, sources.inquiry(Tagged::Yes));
    let observation = options.cancel.or(asked).await??;
    let scratch = Scratch::create(&session.context.cache, "publish")?;
    let mut receipts = folder.receipts()?;
    receipts.extend(options.receipt.as_deref().map(receipt::read_file).transpose()?.unwrap_or_default());
    let look = Receipts { registries: &registries, observation: &observation, journal: &journal, scratch: &scratch };
    let proven = look.prove(&sources, &receipts).await?;
    for receipt in proven.values() {
        folder.keep(receipt)?;
    }
    let wanted = unproven(&sources, &proven);
    let surroundings = Surroundings::of(session).await?;
    let mut built = if wanted.is_empty() {
        Built::default()
    } else {
        artifacts::obtain(session, &sources, &wanted, options.artifacts.as_deref(), &folder, &options.cancel).await?
    };
    let failed = std::mem::take(&mut built.failed);
    let channels = channel::choose(session, &sources, &registries).await?;
    let courier = Courier {
        session,
        sources: &sources,
        options,
        policy: &sources.snapshot.policy.publish,
        registries: &registries,
        observation: &observation,
        built: &built,
        proven: &proven,
        channels: &channels,
        state: &folder,
        journal: &journal,
        hold: state.hold(),
        scratch: &scratch,
        surroundings,
        begun,
        closed: Mutex::default(),
        required: Mutex::default(),
        apart: RwLock::default(),
    };
    let outcomes = run(&courier, failed).await;
    finish(session, state, &sources, options, outcomes)
}

/// What receipts are held against.
struct Receipts<'a> {
    registries: &'a Registries<'a>,
    observation: &'a Observation,
    journal: &'a Journal,
    scratch: &'a Scratch,
}

impl Receipts<'_> {
    /// What receipts prove, by package and target.
    async fn prove(&self, sources: &Sources, receipts: &[Receipt]) -> Result<BTreeMap<(PackageId, Target), Receipt>> {
        let mut proven = BTreeMap::new();
        for package in &sources.releasing {
            for target in &package.targets {
                let Some(observed) = self.observation.of(&package.id, target) else { continue };
                let registry = self.registries.get(target)?;
                let look = prove::Look {
                    registry: registry.as_ref(),
                    manager: sources.manager(package.member),
                    scratch: self.scratch.path(),
                    policy: &sources.snapshot.policy.publish,
                    journal: self.journal,
                };
                let held = prove::holding(receipts, &sources.commit.id, package, observed, look).await?;
                if let Some(receipt) = held {
                    proven.insert((package.id.clone(), target.clone()), receipt.clone());
                }
            }
        }
        Ok(proven)
    }
}

/// The packages whose artifacts are needed: to be sent, or to be compared.
fn unproven(sources: &Sources, proven: &BTreeMap<(PackageId, Target), Receipt>) -> BTreeSet<PackageId> {
    let is_proven = |package: &&Releasing| {
        package.targets.iter().all(|target| proven.contains_key(&(package.id.clone(), target.clone())))
    };
    sources.releasing.iter().filter(|package| !is_proven(package)).map(|package| package.id.clone()).collect()
}

/// What became of each package, and how much of it is live.
type Outcomes = BTreeMap<PackageId, (Outcome, Live)>;

/// Works on all packages, each the moment that what it needs is available.
async fn run(courier: &Courier<'_>, mut failed: BTreeMap<PackageId, Error>) -> Outcomes {
    let releasing = &courier.sources.releasing;
    let graph = &courier.sources.snapshot.graph;
    let mut scheduler = Scheduler::new(courier.policy.concurrency);
    for (index, package) in releasing.iter().enumerate() {
        let needs = graph.closure(package.member, false);
        let earlier = releasing.iter().enumerate().filter(|(_, other)| needs.contains(&other.member));
        scheduler.add(index, package.order, earlier.map(|(index, _)| index));
    }
    let mut outcomes = BTreeMap::new();
    let mut running = FuturesUnordered::new();
    loop {
        while !courier.options.cancel.is_cancelled()
            && let Some(index) = scheduler.start()
        {
            let hindrance = hindrance(courier.built, &releasing[index].id, &mut failed);
            running.push(async move {
                match hindrance {
                    Some(outcome) => (index, (outcome, Live::Nothing)),
                    None => (index, courier.publish(&releasing[index]).await),
                }
            });
        }
        let Some((index, (outcome, live))) = running.next().await else { break };
        let package = &releasing[index];
        if let Outcome::Failed(_) | Outcome::Blocked { .. } = &outcome {
            for lost in scheduler.fail(&index) {
                courier.report(&releasing[lost], Step::Upload, Progress::Blocked, Some(package.id.to_string()));
                let blocked = Outcome::Blocked { by: package.id.clone() };
                outcomes.insert(releasing[lost].id.clone(), (blocked, Live::Nothing));
            }
        } else {
            scheduler.finish(&index);
        }
        outcomes.insert(package.id.clone(), (outcome, live));
    }
    let waiting = releasing.iter().enumerate().filter(|(index, _)| scheduler.state(index) == Some(JobState::Waiting));
    outcomes.extend(waiting.map(|(_, package)| (package.id.clone(), (Outcome::NotStarted, Live::Nothing))));
    outcomes
}

/// What keeps a package from being published before it begins: a build that failed, its own or one that it needed.
fn hindrance(built: &Built, id: &PackageId, failed: &mut BTreeMap<PackageId, Error>) -> Option<Outcome> {
    let by = built.blocked.get(id);
    // A sibling that is no part of the release has no row of its own to tell its failure in.
    let error = failed.remove(id).or_else(|| failed.remove(by?));
    error.map(Outcome::Failed).or_else(|| Some(Outcome::Blocked { by: by?.clone() }))
}

/// Gathers the report, hands out the receipts, and removes artifacts that nobody needs any more.
fn finish(
    session: &Session,
    state: &State,
    sources: &Sources,
    options: &PublishOptions,
    mut outcomes: Outcomes,
) -> Result<PublishReport> {
    let folder = state.release(&sources.commit.id);
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
    let report = PublishReport { commit: sources.commit.id.clone(), packages, receipts, cancelled };
    if let Some(path) = options.receipt.as_deref().filter(|_| state.hold().is_some()) {
        receipt::write_file(path, &report.receipts)?;
    }
    if report.is_complete() {
        folder.drop_artifacts()?;
    }
    let live = report.packages.iter().filter(|package| package.is_live()).count();
    session.report(Event::Phase(format!("{live} of {} packages are live and proven", report.packages.len())));
    Ok(report)
}

fn was_cancelled(package: &Published) -> bool {
    matches!(&package.outcome, Outcome::Failed(error) if error.kind() == ErrorKind::Cancelled)
}
