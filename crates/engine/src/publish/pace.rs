//! How fast registries let one publisher go. What that means for a release is said before it begins, and a time that a registry
//! named is waited for before anything more is sent, by a later run too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use releasekit_core::model::{PackageId, PackageName, Target};
use releasekit_core::registry::{NameStatus, Pace};
use tokio::time::Instant;

use super::inquiry::Inquiry;
use crate::error::Result;
use crate::journal::UploadOutcome;
use crate::observe::{Releasing, registry_name};

/// How much longer than its interval a registry with a known pace may ask for.
const GRACE: Duration = Duration::from_secs(60);

/// What is counted together: uploads to one registry, of packages that are new to it or not.
pub(super) type Lane = (Target, bool);

/// Which packages are new to their registries, and when each lane is open again.
#[derive(Debug, Default)]
pub(super) struct Paces {
    new: BTreeSet<(PackageId, Target)>,
    due: Mutex<BTreeMap<Lane, Instant>>,
}

impl Inquiry<'_> {
    /// Asks which names are new where that makes a difference, says how long it all takes at least, and takes up the times that
    /// registries named to earlier runs.
    pub(super) async fn paces(&self, now: Timestamp) -> Result<Paces> {
        let mut paces = Paces::default();
        let targets: BTreeSet<&Target> = self.sources.releasing.iter().flat_map(|package| &package.targets).collect();
        for target in targets {
            self.ask(target, &mut paces).await?;
        }
        for package in &self.sources.releasing {
            for target in &package.targets {
                if let Some(wait) = self.remembered(package, target, now) {
                    paces.hold(paces.lane(&package.id, target), Instant::now() + wait);
                }
            }
        }
        Ok(paces)
    }

    async fn ask(&self, target: &Target, paces: &mut Paces) -> Result<()> {
        let registry = self.registries.get(target)?;
        let Some(pacing) = registry.capabilities().pacing else { return Ok(()) };
        let is_to_be_sent = |package: &&Releasing| self.is_absent(package, target);
        let packages: Vec<&Releasing> = self.sources.releasing.iter().filter(is_to_be_sent).collect();
        let names: Vec<PackageName> = packages.iter().map(|package| package.published_name.clone()).collect();
        let mut known = 0;
        for (package, status) in packages.iter().zip(registry.name_status(&names).await) {
            match status {
                NameStatus::New => drop(paces.new.insert((package.id.clone(), target.clone()))),
                // One that is not known to be new takes no longer than a version does.
                _ => known += 1,
            }
        }
        let new = packages.len() - known;
        self.announce(target, "new names", pacing.new_names, new);
        self.announce(target, "versions", pacing.versions, known);
        Ok(())
    }

    fn announce(&self, target: &Target, what: &str, pace: Pace, count: usize) {
        let least = least(pace, count);
        if !least.is_zero() {
            let (registry, burst, interval) = (registry_name(target), pace.burst, words(pace.interval));
            let message = format!(
                "{registry} takes {burst} {what} at once and then one every {interval}: the {count} of this release take at least {}",
                words(least)
            );
            let help = "it can be stopped and run again at any time: what is live is not sent again";
            self.session.warn(message, Some(help.to_owned()));
        }
    }

    /// How long it is until the latest time that a registry named for a package; `None` where that is past.
    fn remembered(&self, package: &Releasing, target: &Target, now: Timestamp) -> Option<Duration> {
        let times = self.attempts(package, target).into_iter().filter_map(|entry| match entry.outcome {
            Some(UploadOutcome::Refused { until, .. }) => until,
            _ => None,
        });
        times.max().and_then(|time| Duration::try_from(time.duration_since(now)).ok()).filter(|wait| !wait.is_zero())
    }
}

impl Paces {
    /// What an upload of a package is counted with.
    pub(super) fn lane(&self, package: &PackageId, target: &Target) -> Lane {
        let is_new = self.new.contains(&(package.clone(), target.clone()));
        (target.clone(), is_new)
    }

    /// Closes a lane until then.
    pub(super) fn hold(&self, lane: Lane, due: Instant) {
        let mut all = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let held = all.entry(lane).or_insert(due);
        *held = due.max(*held);
    }

    /// Takes a turn, or says when the next one is. Once a registry has named a time there is one turn for each interval, so that
    /// not all who waited come at once.
    pub(super) fn turn(&self, lane: &Lane, pace: Option<Pace>) -> Result<(), Instant> {
        let mut all = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(due) = all.get_mut(lane) else { return Ok(()) };
        let now = Instant::now();
        if *due > now {
            return Err(*due);
        }
        match pace {
            Some(pace) => *due = now + pace.interval,
            None => drop(all.remove(lane)),
        }
        Ok(())
    }
}

/// How long anybody waits for a time that a registry named.
pub(super) fn longest(pace: Option<Pace>, otherwise: Duration) -> Duration {
    pace.map_or(otherwise, |pace| otherwise.max(pace.interval + GRACE))
}

/// How long it takes at least until the last of so many is taken.
fn least(pace: Pace, count: usize) -> Duration {
    let later = u32::try_from(count).unwrap_or(u32::MAX).saturating_sub(pace.burst);
    pace.interval.saturating_mul(later)
}

fn words(time: Duration) -> String {
    let (hours, minutes) = (time.as_secs() / 3600, time.as_secs() % 3600 / 60);
    match (hours, minutes) {
        (0, 0) => format!("{} s", time.as_secs()),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_a_burst_takes_an_interval_each() {
        let pace = Pace { burst: 5, interval: Duration::from_secs(600) };
        let told = [0, 5, 6, 11, 26].map(|count| words(least(pace, count)));
        assert_eq!(told, ["0 s", "0 s", "10 min", "1 h", "3 h 30 min"]);
    }
}
