//! What the registries show of a release, and of what it needs. Every registry is asked at once, and an answer
//! that did not come is an error: unknown is never absent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use releasekit_core::event::{Event, Progress, Step};
use releasekit_core::model::{LiveFile, PackageId, PackageName, Target, Version};
use releasekit_core::policy::Participation;
use releasekit_core::registry::{Observed, Wanted};
use releasekit_core::{BackendError, Registry};
use tokio::time::{Instant, timeout};

use crate::error::{Error, Fault, Result};
use crate::failure::Failure;
use crate::graph::Edge;
use crate::manifest::Manifest;
use crate::session::{Session, Snapshot};
use crate::words::count;

/// A package that a release publishes.
#[derive(Debug, Clone)]
pub struct Releasing {
    /// Which of the discovery's members.
    pub member: usize,
    /// Its name.
    pub id: PackageId,
    /// The name under which its registry knows the version.
    pub published_name: PackageName,
    /// The version in the manifest.
    pub version: Version,
    /// Where it goes.
    pub targets: Vec<Target>,
    /// Its place in the manifest.
    pub order: usize,
}

/// The packages of a manifest that registries take, dependencies first. One that is not there is drift.
pub(crate) fn releasing(snapshot: &Snapshot, manifest: &Manifest) -> Result<Vec<Releasing>> {
    let mut found = Vec::new();
    for row in &manifest.packages {
        let Some(version) = row.next.clone() else { continue };
        let id = row.id();
        let unknown = || Error::ManifestFault(Fault::Unknown { package: id.clone() });
        let index = snapshot.discovery.index_of(&id).ok_or_else(unknown)?;
        let member = &snapshot.discovery.members[index];
        if member.release == Participation::Publish {
            let targets = snapshot.targets(member)?;
            let published_name = snapshot.published_name(member, &version);
            found.push(Releasing { member: index, id, published_name, version, targets, order: row.order });
        }
    }
    found.sort_by_key(|package| package.order);
    Ok(found)
}

/// The registries of a run, each opened once.
#[derive(Debug)]
pub(crate) struct Registries<'a> {
    session: &'a Session,
    open: Mutex<BTreeMap<Target, Arc<dyn Registry>>>,
}

impl<'a> Registries<'a> {
    /// None is open yet.
    pub(crate) fn new(session: &'a Session) -> Self {
        Self { session, open: Mutex::default() }
    }

    /// The registry of a target.
    pub(crate) fn get(&self, target: &Target) -> Result<Arc<dyn Registry>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(registry) = open.get(target) {
            return Ok(registry.clone());
        }
        let registry = self.session.registry(target)?;
        open.insert(target.clone(), registry.clone());
        Ok(registry)
    }
}

/// A registry's name for messages and receipts: its URL without a password in it.
pub(crate) fn registry_name(target: &Target) -> String {
    target.to_string()
}

/// Whether the tags of what is asked for exist: a registry that fills itself from tags remembers a no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagged {
    /// The remote has them.
    Yes,
    /// Not yet.
    No,
}

/// What one registry shows of one version.
#[derive(Debug)]
pub(crate) struct Observation {
    /// Which package.
    pub id: PackageId,
    /// Which version.
    pub version: Version,
    /// Where.
    pub target: Target,
    /// What is there.
    pub observed: Observed,
}

/// What the registries show of a release.
#[derive(Debug)]
pub(crate) struct Observations {
    /// When they were asked for.
    pub asked: Instant,
    /// One entry for each package and target, in the order of the release.
    pub all: Vec<Observation>,
    /// What the release needs, does not move, and is not live.
    pub lacking: Vec<Lacking>,
}

/// A dependency that does not move, and that one of its registries lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lacking {
    /// A package of the release that needs it.
    pub package: PackageId,
    /// Which of the discovery's members it is.
    pub member: usize,
    /// The version that is needed.
    pub version: Version,
    /// The registry that lacks it.
    pub registry: String,
}

impl Observations {
    /// What is shown of one package at one target.
    pub(crate) fn of(&self, id: &PackageId, target: &Target) -> Option<&Observed> {
        self.all
            .iter()
            .find(|observation| observation.id == *id && observation.target == *target)
            .map(|observation| &observation.observed)
    }
}

/// What is asked about a release.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inquiry<'a> {
    /// What its commit holds.
    pub snapshot: &'a Snapshot,
    /// The version of every package there, by its index in the discovery.
    pub present: &'a [Option<Version>],
    /// The packages that it publishes.
    pub releasing: &'a [Releasing],
    /// Whether its tags exist.
    pub tagged: Tagged,
}

/// Asks about every package of a release, and about what they need that does not move.
///
/// Fails with the registry's own error where one did not say. What a dependency that is not live means is for the caller.
pub(crate) async fn observe(
    registries: &Registries<'_>,
    Inquiry { snapshot, present, releasing, tagged }: Inquiry<'_>,
) -> Result<Observations> {
    let own = releasing.iter().flat_map(|package| {
        let question = |target: &Target| Question::of(package, target, tagged);
        package.targets.iter().map(question)
    });
    let needed = needs(snapshot, releasing, present)?;
    let own: Vec<Question> = own.collect();
    let count = own.len();
    let mut questions = own;
    questions.extend(needed.iter().map(|need| need.question.clone()));
    let asked = Instant::now();
    let mut observations = known(ask(registries, &questions).await?)?;
    for Observation { id, version, target, observed } in &observations {
        if let Observed::Live(files) = observed {
            warn_of_yanked(registries.session, (id, version), target, files);
        }
    }
    let below = observations.split_off(count);
    for observation in &observations {
        report(registries.session, observation);
    }
    Ok(Observations { asked, all: observations, lacking: lacking(needed, &below) })
}

/// Something to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    id: PackageId,
    name: PackageName,
    version: Version,
    target: Target,
    tagged: Tagged,
}

impl Question {
    /// Asks a target about a package of a release.
    pub(crate) fn of(package: &Releasing, target: &Target, tagged: Tagged) -> Self {
        let Releasing { id, published_name, version, .. } = package;
        Self { id: id.clone(), name: published_name.clone(), version: version.clone(), target: target.clone(), tagged }
    }
}

#[derive(Debug)]
struct Need {
    package: PackageId,
    member: usize,
    question: Question,
}

/// What the packages of a release need directly and what does not move with them.
fn needs(snapshot: &Snapshot, releasing: &[Releasing], present: &[Option<Version>]) -> Result<Vec<Need>> {
    let members = &snapshot.discovery.members;
    let mut found: BTreeMap<(usize, Target), Need> = BTreeMap::new();
    for package in releasing {
        for (other, edges) in snapshot.graph.dependencies(package.member) {
            let orders = edges.iter().copied().any(Edge::orders);
            let moves = releasing.iter().any(|moving| moving.member == other);
            let member = &members[other];
            let Some(version) = &present[other] else { continue };
            if !orders || moves || member.release != Participation::Publish {
                continue;
            }
            for target in snapshot.targets(member)? {
                let (id, name) = (member.id.clone(), snapshot.published_name(member, version));
                let question =
                    Question { id, name, version: version.clone(), target: target.clone(), tagged: Tagged::Yes };
                found.entry((other, target)).or_insert(Need { package: package.id.clone(), member: other, question });
            }
        }
    }
    Ok(found.into_values().collect())
}

/// What a release needs, does not move, and is known not to be live. A registry that does not say is passed over.
pub(crate) async fn known_lacking(registries: &Registries<'_>, inquiry: Inquiry<'_>) -> Result<Vec<Lacking>> {
    let needed = needs(inquiry.snapshot, inquiry.releasing, inquiry.present)?;
    let questions: Vec<Question> = needed.iter().map(|need| need.question.clone()).collect();
    let observations = ask(registries, &questions).await?;
    let pairs = needed.into_iter().zip(observations);
    let (needed, observations): (Vec<Need>, Vec<Observation>) =
        pairs.filter(|(_, observation)| !matches!(observation.observed, Observed::Unknown(_))).unzip();
    Ok(lacking(needed, &observations))
}

fn lacking(needed: Vec<Need>, observations: &[Observation]) -> Vec<Lacking> {
    let pairs = needed.into_iter().zip(observations);
    let missing = pairs.filter(|(_, observation)| !matches!(observation.observed, Observed::Live(_)));
    let lacking = |(need, observation): (Need, &Observation)| Lacking {
        package: need.package,
        member: need.member,
        version: observation.version.clone(),
        registry: registry_name(&observation.target),
    };
    missing.map(lacking).collect()
}

/// Asks each target once about all that concerns it, and all targets at the same time.
pub(crate) async fn ask(registries: &Registries<'_>, questions: &[Question]) -> Result<Vec<Observation>> {
    let mut by_target: BTreeMap<&Target, Vec<usize>> = BTreeMap::new();
    for (index, question) in questions.iter().enumerate() {
        by_target.entry(&question.target).or_default().push(index);
    }
    let asked = by_target.into_iter().map(|(target, indices)| ask_one(registries, target, questions, indices));
    let mut answers: BTreeMap<usize, Observed> = BTreeMap::new();
    for answer in join_all(asked).await {
        answers.extend(answer?);
    }
    let observation = |(index, question): (usize, &Question)| Observation {
        id: question.id.clone(),
        version: question.version.clone(),
        target: question.target.clone(),
        // What cannot be there before its tag is was not asked for.
        observed: answers.remove(&index).unwrap_or(Observed::Absent),
    };
    Ok(questions.iter().enumerate().map(observation).collect())
}

async fn ask_one(
    registries: &Registries<'_>,
    target: &Target,
    questions: &[Question],
    mut indices: Vec<usize>,
) -> Result<Vec<(usize, Observed)>> {
    let registry = registries.get(target)?;
    if registry.capabilities().filled_from_tags {
        indices.retain(|index| questions[*index].tagged == Tagged::Yes);
    }
    let wanted = |index: &usize| {
        let question = &questions[*index];
        Wanted::new(question.name.clone(), question.version.clone())
    };
    let wanted: Vec<Wanted> = indices.iter().map(wanted).collect();
    let limit = longest(registries.session.policies.current().publish.poll_timeout, wanted.len());
    let observed = match timeout(limit, registry.observe(&wanted)).await {
        Ok(observed) => observed,
        Err(_) => wanted.iter().map(|_| Observed::Unknown(no_answer(registry.as_ref(), limit))).collect(),
    };
    Ok(indices.into_iter().zip(observed).collect())
}

/// How long a registry has for so many answers: `poll_timeout` for each fifty, for it gives a few at a time.
fn longest(poll_timeout: Duration, questions: usize) -> Duration {
    const AT_ONCE: usize = 50;
    poll_timeout
        .saturating_mul(u32::try_from(questions.div_ceil(AT_ONCE)).unwrap_or(u32::MAX))
        .max(Duration::from_secs(1))
}

/// Turns what a registry did not say into errors, one for each registry.
fn known(observations: Vec<Observation>) -> Result<Vec<Observation>> {
    let mut kept = Vec::new();
    let mut silent: BTreeMap<Target, BackendError> = BTreeMap::new();
    for observation in observations {
        match observation.observed {
            Observed::Unknown(error) => drop(silent.entry(observation.target).or_insert(error)),
            _ => kept.push(observation),
        }
    }
    Error::together(silent.into_values().map(Error::from).collect()).map_or(Ok(kept), Err)
}

/// What is yanked is live and stays proven, but is hardly what a release was made for.
pub(crate) fn warn_of_yanked(
    session: &Session,
    (id, version): (&PackageId, &Version),
    target: &Target,
    files: &[LiveFile],
) {
    let yanked: Vec<String> = yanked(files).iter().map(|name| format!("`{name}`")).collect();
    if !yanked.is_empty() {
        let (registry, names) = (registry_name(target), yanked.join(", "));
        session.warn(
            format!("`{registry}` lists {names} of `{id}` {version} as yanked: installers pass over yanked files"),
            Some("if nobody meant to, take the mark away there; else release a higher version".to_owned()),
        );
    }
}

/// The names of the files that are withdrawn from resolution, sorted.
pub(crate) fn yanked(files: &[LiveFile]) -> Vec<String> {
    let mut names: Vec<String> = files.iter().filter(|file| file.yanked).map(|file| file.file_name.clone()).collect();
    names.sort();
    names
}

fn report(session: &Session, observation: &Observation) {
    let detail = match &observation.observed {
        Observed::Live(files) => format!("{} live", count(files.len(), "file")),
        Observed::Staged => "waits for approval".to_owned(),
        _ => "not there".to_owned(),
    };
    session.report(Event::Step {
        package: observation.id.clone(),
        version: observation.version.clone(),
        step: Step::Observe,
        progress: Progress::Done,
        detail: Some(detail),
    });
}

/// What it means that a look had to be given up.
pub(crate) fn no_answer(registry: &dyn Registry, waited: Duration) -> BackendError {
    Failure::NoAnswer { registry: registry_name(registry.target()), waited }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_is_named_without_its_password() {
        let cases = [
            ("https://user:secret@host/simple/", "https://host/simple/"),
            ("https://host/a@b/simple", "https://host/a@b/simple"),
            ("http://127.0.0.1:80", "http://127.0.0.1:80"),
            ("/a/folder", "/a/folder"),
        ];
        for (url, expected) in cases {
            assert_eq!(registry_name(&Target::new("memory", url, url)), expected);
        }
    }
}
