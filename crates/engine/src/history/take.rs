//! Gives each package what the commits of a walk say to it.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::{Bump, CommitId};
use releasekit_core::policy::BumpSource;
use releasekit_core::vcs::{History, TouchingCommit};

use super::change::{Change, Idle, Level};
use super::merges::{Merges, Voice};
use super::reverts::Reverts;
use super::said::{Said, Sayings};
use super::trailers::{Addressees, Asked, Reach};
use super::{Changes, Since, SinceFinal};
use crate::error::{Error, Result, TrailerFault, Unfollowed};
use crate::session::{Session, Snapshot};

/// The packages that a commit concerns: since their last releases, and since their last final ones.
#[derive(Debug, Default)]
struct Members {
    own: Vec<usize>,
    again: Vec<usize>,
}

impl Members {
    fn all(&self) -> Vec<usize> {
        let all: BTreeSet<usize> = self.own.iter().chain(&self.again).copied().collect();
        all.into_iter().collect()
    }
}

/// Changes that are being filled.
#[derive(Debug)]
pub(super) struct Taking<'a> {
    session: &'a Session,
    snapshot: &'a Snapshot,
    since: &'a Since,
    addressees: Addressees<'a>,
    sayings: &'a Sayings,
    changes: &'a mut Changes,
    faults: Vec<TrailerFault>,
}

impl<'a> Taking<'a> {
    pub(super) fn new(
        session: &'a Session,
        snapshot: &'a Snapshot,
        since: &'a Since,
        sayings: &'a Sayings,
        changes: &'a mut Changes,
    ) -> Self {
        for (member, last) in &since.0 {
            let since = SinceFinal { version: last.version.clone(), commits: Vec::new(), addressed: Vec::new() };
            changes.members[*member].since_final = Some(since);
        }
        let addressees = Addressees::new(&snapshot.discovery);
        Self { session, snapshot, since, addressees, sayings, changes, faults: Vec::new() }
    }

    pub(super) async fn take(mut self, history: &History) -> Result<()> {
        let head = self.changes.head.clone();
        let merges = Merges::new(self.session, &self.snapshot.policy, &head, self.sayings);
        let voices = merges.judge(&history.commits).await?;
        for touching in &history.commits {
            let voice = touching.merged_into.as_ref().and_then(|_| voices.get(&touching.id));
            match voice {
                Some(Voice::To(scopes)) => self.heard(touching, scopes).await?,
                voice => self.commit(touching, voice.is_some()).await?,
            }
        }
        self.cancel_reverted(history).await?;
        if self.faults.is_empty() { Ok(()) } else { Err(Error::Trailers { faults: self.faults }) }
    }

    /// A merge that speaks to some of the scopes that it touched.
    async fn heard(&mut self, merge: &TouchingCommit, scopes: &[usize]) -> Result<()> {
        let others = merge.scopes.iter().copied().filter(|scope| !scopes.contains(scope));
        let others = self.members(&others.collect::<Vec<_>>());
        let said = self.sayings.of(merge, &self.snapshot.policy);
        for index in others.own {
            self.changes.members[index].idle.push((said.own.clone(), Idle::Known));
        }
        let mut heard = merge.clone();
        heard.scopes = scopes.to_vec();
        self.commit(&heard, false).await
    }

    async fn commit(&mut self, touching: &TouchingCommit, is_silent: bool) -> Result<()> {
        let policy = &self.snapshot.policy;
        let said = self.sayings.of(touching, policy);
        let touched = self.members(&touching.scopes);
        if policy.counts(BumpSource::Trailers) && said.has_trailers() {
            let in_range = self.members(&touching.in_range);
            self.with_trailers(&said, &touched, &in_range, is_silent);
            self.forgive_empty(touching).await?;
        } else {
            for change in said.changes() {
                self.tell(change, &said, &touched, &BTreeMap::new(), is_silent);
            }
        }
        self.changes.undeclared.extend(said.undeclared.iter().map(|title| (touching.id.clone(), title.clone())));
        Ok(())
    }

    /// A commit whose trailers are heard. Those of a message that it lists are for that message, its own for all.
    fn with_trailers(&mut self, said: &Said, touched: &Members, in_range: &Members, is_silent: bool) {
        let mut whole = self.asked(&said.own, &touched.all(), in_range);
        for change in &said.listed {
            let own = said.touched(change, &self.snapshot.discovery.members, &touched.all());
            let mut asked = self.asked(change, &own, in_range);
            if said.is_list {
                let levels = whole.levels.iter().chain(&asked.levels).map(|(index, level)| (*index, level.clone()));
                self.tell(change, said, touched, &levels.collect(), is_silent);
                asked.levels.retain(|index, _| !own.contains(index));
            }
            self.address(change, asked, in_range);
        }
        if !said.is_list {
            self.tell(&said.own, said, touched, &whole.levels, is_silent);
        }
        if !is_silent {
            whole.levels.retain(|index, _| !touched.all().contains(index));
        }
        self.address(&said.own, whole, in_range);
    }

    fn asked(&self, change: &Change, touched: &[usize], in_range: &Members) -> Asked {
        let in_range = in_range.all();
        self.addressees.asked(&change.parsed.trailers, Reach { commit: &change.commit, touched, in_range: &in_range })
    }

    /// Gives a change to the packages that it is for.
    fn tell(
        &mut self,
        change: &Change,
        said: &Said,
        touched: &Members,
        levels: &BTreeMap<usize, Level>,
        is_silent: bool,
    ) {
        let members = &self.snapshot.discovery.members;
        let with_level = |index: usize| Change { level: levels.get(&index).cloned(), ..change.clone() };
        for index in said.touched(change, members, &touched.own) {
            let member = &mut self.changes.members[index];
            if is_silent {
                member.idle.push((change.clone(), Idle::Merge));
            } else {
                member.commits.push(with_level(index));
            }
        }
        for index in said.touched(change, members, &touched.again).into_iter().filter(|_| !is_silent) {
            let since = self.changes.members[index].since_final.as_mut();
            since.into_iter().for_each(|since| since.commits.push(with_level(index)));
        }
    }

    /// Gives packages what a message asks of them by its trailers alone.
    fn address(&mut self, change: &Change, asked: Asked, in_range: &Members) {
        for (index, level) in asked.levels.into_iter().filter(|(_, level)| level.bump > Bump::None) {
            let change = Change { level: Some(level), ..change.clone() };
            let member = &mut self.changes.members[index];
            if let Some(since) = member.since_final.as_mut().filter(|_| in_range.again.contains(&index)) {
                since.addressed.push(change.clone());
            }
            if in_range.own.contains(&index) {
                member.addressed.push(change);
            }
        }
        let versions = asked.versions.into_iter().filter(|(index, _)| in_range.own.contains(index));
        versions.for_each(|(index, version)| self.changes.members[index].asked.push(version));
        self.faults.extend(asked.faults);
    }

    /// The packages of scopes, of which those behind the first ones are about final versions.
    fn members(&self, scopes: &[usize]) -> Members {
        let count = self.changes.members.len();
        let (own, again): (Vec<usize>, Vec<usize>) = scopes.iter().copied().partition(|scope| *scope < count);
        Members { own, again: again.into_iter().map(|scope| self.since.0[scope - count].0).collect() }
    }

    /// Drops the fault that a version is for nobody where the commit has files. Packages may have been released with it since,
    /// and files that no package owns move none.
    async fn forgive_empty(&mut self, touching: &TouchingCommit) -> Result<()> {
        let is_for_nobody = |fault: &TrailerFault| {
            fault.commit == touching.id && fault.why == Unfollowed::Unnamed { touched: Vec::new() }
        };
        if self.faults.iter().any(is_for_nobody)
            && (touching.merged_into.is_some() || !self.session.vcs.own_changes(&touching.id).await?.paths.is_empty())
        {
            self.faults.retain(|fault| !is_for_nobody(fault));
        }
        Ok(())
    }

    /// Takes out what was reverted, with all that it asked.
    async fn cancel_reverted(&mut self, history: &History) -> Result<()> {
        let changes = self.changes.members.iter().flat_map(|member| {
            let since = member.since_final.iter().flat_map(|since| &since.commits);
            member.commits.iter().chain(since)
        });
        let reverts = Reverts::of(self.session, &self.changes.head, changes, &history.commits).await?;
        let mut undone: BTreeSet<CommitId> = BTreeSet::new();
        for member in &mut self.changes.members {
            let cancelled = reverts.cancel(&mut member.commits);
            undone.extend(cancelled.iter().map(|change| change.commit.clone()));
            member.idle.extend(cancelled.into_iter().map(|change| (change, Idle::Reverted)));
            if let Some(since) = &mut member.since_final {
                reverts.cancel(&mut since.commits);
            }
        }
        for member in &mut self.changes.members {
            let since = member.since_final.iter_mut().map(|since| &mut since.addressed);
            since.chain([&mut member.addressed]).for_each(|it| it.retain(|change| !undone.contains(&change.commit)));
            member.asked.retain(|asked| !undone.contains(&asked.commit));
        }
        self.faults.retain(|fault| !undone.contains(&fault.commit));
        Ok(())
    }
}
