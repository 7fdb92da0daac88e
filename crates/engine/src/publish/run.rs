//! Works on the packages of a release, each the moment that what it needs is available.

use std::collections::BTreeMap;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use releasekit_core::event::{Progress, Step};
use releasekit_core::model::PackageId;

use super::publisher::Publisher;
use super::report::{Live, Outcome};
use crate::error::Error;
use crate::scheduler::{JobState, Scheduler};

/// What became of each package, and how much of it is live.
pub(super) type Outcomes = BTreeMap<PackageId, (Outcome, Live)>;

/// Works on all packages, each the moment that what it needs is available.
pub(super) async fn run(publisher: &Publisher<'_>, mut failed: BTreeMap<PackageId, Error>) -> Outcomes {
    let releasing = &publisher.sources.releasing;
    let graph = &publisher.sources.snapshot.graph;
    let mut scheduler = Scheduler::new(publisher.policy.concurrency);
    for (index, package) in releasing.iter().enumerate() {
        let needs = graph.closure(package.member, false);
        let earlier = releasing.iter().enumerate().filter(|(_, other)| needs.contains(&other.member));
        scheduler.add(index, package.order, earlier.map(|(index, _)| index));
    }
    let mut outcomes = BTreeMap::new();
    let mut running = FuturesUnordered::new();
    loop {
        while !publisher.options.cancel.is_cancelled()
            && let Some(index) = scheduler.start()
        {
            let hindrance = hindrance(publisher, &releasing[index].id, &mut failed);
            running.push(async move {
                match hindrance {
                    Some(outcome) => (index, (outcome, Live::Nothing)),
                    None => (index, publisher.publish(&releasing[index]).await),
                }
            });
        }
        let Some((index, (outcome, live))) = running.next().await else { break };
        let package = &releasing[index];
        if let Outcome::Failed(_) | Outcome::Blocked { .. } = &outcome {
            for lost in scheduler.fail(&index) {
                publisher.report(&releasing[lost], Step::Upload, Progress::Blocked, Some(package.id.to_string()));
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

/// What keeps a package from being published before it begins: a build that failed, its own or one that it needed, or a
/// credential that is missing.
fn hindrance(publisher: &Publisher<'_>, id: &PackageId, failed: &mut BTreeMap<PackageId, Error>) -> Option<Outcome> {
    let by = publisher.built.blocked.get(id);
    // A sibling that is no part of the release has no row of its own to tell its failure in.
    let has_a_row = |by: &PackageId| publisher.sources.releasing.iter().any(|package| package.id == *by);
    let error = failed.remove(id).or_else(|| failed.remove(by.filter(|by| !has_a_row(by))?));
    error.map(Outcome::Failed).or_else(|| Some(Outcome::Blocked { by: by?.clone() }))
}
