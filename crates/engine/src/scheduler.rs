//! Which package may start now. Pure: no clock, no I/O, no package model.
//!
//! A package starts the moment all that it needs is available; the longest remaining chain goes first, then the order
//! given. Packages may be added while others run. What a package needs and nobody has added is taken to be
//! available already.

use std::collections::BTreeMap;

/// How far a package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobState {
    /// It has not been started.
    Waiting,
    /// It has been started.
    Running,
    /// Those that need it may start.
    Available,
    /// It failed.
    Failed,
    /// Something that it needs failed, directly or not.
    Blocked,
}

#[derive(Debug, Clone)]
struct Entry<K> {
    order: usize,
    needs: Vec<K>,
    state: JobState,
}

/// The packages of a run and how far they are.
#[derive(Debug, Clone)]
pub(crate) struct Scheduler<K> {
    limit: usize,
    entries: BTreeMap<K, Entry<K>>,
    /// How many packages wait in a row on each, itself included; counted again when packages come.
    chains: Option<BTreeMap<K, usize>>,
}

impl<K: Ord + Clone> Scheduler<K> {
    /// Runs at most `limit` packages at once, and at least one.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), entries: BTreeMap::new(), chains: None }
    }

    /// Adds a package, also while others run. It is blocked at once where something that it needs has failed. A package
    /// that is known stays as it is.
    pub(crate) fn add(&mut self, key: K, order: usize, needs: impl IntoIterator<Item = K>) -> JobState {
        if let Some(known) = self.state(&key) {
            return known;
        }
        let needs: Vec<K> = needs.into_iter().filter(|need| *need != key).collect();
        let lost = |need: &K| matches!(self.state(need), Some(JobState::Failed | JobState::Blocked));
        let state = if needs.iter().any(lost) { JobState::Blocked } else { JobState::Waiting };
        self.entries.insert(key.clone(), Entry { order, needs, state });
        self.chains = None;
        if state == JobState::Blocked {
            self.block_dependents(&key);
        }
        state
    }

    /// Starts the next package, where one may.
    pub(crate) fn start(&mut self) -> Option<K> {
        if self.running() >= self.limit {
            return None;
        }
        let chains = self.chains.take().unwrap_or_else(|| self.count_chains());
        let rank = |key: &K, entry: &Entry<K>| (std::cmp::Reverse(chains.get(key).copied()), entry.order);
        let ready = self.entries.iter().filter(|(_, entry)| self.is_ready(entry));
        let next = ready.min_by_key(|(key, entry)| (rank(key, entry), (*key).clone())).map(|(key, _)| key.clone());
        self.chains = Some(chains);
        self.set(next.as_ref()?, JobState::Running);
        next
    }

    /// A running package is available.
    pub(crate) fn finish(&mut self, key: &K) {
        if self.state(key) == Some(JobState::Running) {
            self.set(key, JobState::Available);
        }
    }

    /// A running package failed. Gives those that can no longer start, dependencies first.
    pub(crate) fn fail(&mut self, key: &K) -> Vec<K> {
        if self.state(key) != Some(JobState::Running) {
            return Vec::new();
        }
        self.set(key, JobState::Failed);
        self.block_dependents(key)
    }

    /// How far a package is; `None` where nobody has added it.
    pub(crate) fn state(&self, key: &K) -> Option<JobState> {
        self.entries.get(key).map(|entry| entry.state)
    }

    /// How many run.
    pub(crate) fn running(&self) -> usize {
        self.entries.values().filter(|entry| entry.state == JobState::Running).count()
    }

    fn set(&mut self, key: &K, state: JobState) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.state = state;
        }
    }

    fn is_ready(&self, entry: &Entry<K>) -> bool {
        let available = |need: &K| self.state(need).is_none_or(|state| state == JobState::Available);
        entry.state == JobState::Waiting && entry.needs.iter().all(available)
    }

    fn block_dependents(&mut self, key: &K) -> Vec<K> {
        let blocked = self.waiting_dependents(key);
        for key in &blocked {
            self.set(key, JobState::Blocked);
        }
        blocked
    }

    /// Those that wait for a package, directly or not, nearest first.
    fn waiting_dependents(&self, key: &K) -> Vec<K> {
        let mut found: Vec<K> = Vec::new();
        let mut near = vec![key.clone()];
        while let Some(next) = near.pop() {
            let waits = |(other, entry): &(&K, &Entry<K>)| {
                entry.state == JobState::Waiting && entry.needs.contains(&next) && !found.contains(other)
            };
            let more: Vec<K> = self.entries.iter().filter(waits).map(|(other, _)| other.clone()).collect();
            found.extend(more.iter().cloned());
            near.extend(more);
        }
        found.sort_by_key(|key| self.entries[key].order);
        found.retain(|other| other != key);
        found
    }

    /// The longest chain of packages that need each other, counted up from each.
    fn count_chains(&self) -> BTreeMap<K, usize> {
        let mut dependents: BTreeMap<&K, Vec<&K>> = BTreeMap::new();
        let mut open: BTreeMap<&K, usize> = BTreeMap::new();
        for (key, entry) in &self.entries {
            for need in entry.needs.iter().filter(|need| self.entries.contains_key(need)) {
                dependents.entry(need).or_default().push(key);
                *open.entry(need).or_default() += 1;
            }
        }
        let mut chains: BTreeMap<K, usize> = self.entries.keys().map(|key| (key.clone(), 1)).collect();
        let mut tops: Vec<&K> = self.entries.keys().filter(|key| !open.contains_key(key)).collect();
        // From those that nobody needs downwards; packages in a circle keep a chain of one.
        while let Some(top) = tops.pop() {
            let length = chains[top] + 1;
            for need in self.entries[top].needs.iter().filter(|need| self.entries.contains_key(need)) {
                let chain = chains.entry(need.clone()).or_insert(1);
                *chain = (*chain).max(length);
                if let Some(count) = open.get_mut(need) {
                    *count -= 1;
                    if *count == 0 {
                        tops.push(need);
                    }
                }
            }
        }
        chains
    }
}

#[cfg(test)]
mod tests;
