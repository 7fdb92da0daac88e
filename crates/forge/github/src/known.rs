//! What is known of releases and tags: GitHub counts every request, and a release of many packages asks for the same again
//! and again.
//!
//! What others do meanwhile is not known. So nothing is made before a look at the newest releases, nothing is taken away or
//! written over before a look at the release itself, and what GitHub refuses is looked at anew.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use releasekit_core::model::TagName;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use crate::api::Call;
use crate::endpoint;
use crate::error::{Error, Result};
use crate::wire::{Ref, StoredRelease};

/// How long it is remembered: long enough that the lists of thousands are few of the requests that an hour has.
pub(crate) const LASTS: Duration = Duration::from_secs(15 * 60);

/// How many are asked for one by one before all are listed, for most releases are of few packages.
const FEW: usize = 3;

/// How many releases GitHub lists at most.
const LISTED: usize = 10_000;

/// What is known, and for how long.
#[derive(Debug)]
pub(crate) struct Known {
    lasts: Duration,
    memory: Mutex<Memory>,
}

#[derive(Debug)]
struct Memory {
    since: Instant,
    releases: Releases,
    tags: Tags,
    /// The latest release, once somebody asked.
    latest: Option<Option<u64>>,
}

/// The releases that are known, by their numbers.
#[derive(Debug, Default)]
struct Releases {
    known: BTreeMap<u64, StoredRelease>,
    /// Those of which nobody knows how they are now.
    doubted: BTreeSet<u64>,
    /// How many were listed, once all were.
    listed: Option<usize>,
    asked: usize,
}

#[derive(Debug, Default)]
struct Tags {
    known: BTreeSet<String>,
    is_listed: bool,
    asked: usize,
}

impl Known {
    /// Nothing yet; what comes is remembered for a time.
    pub(crate) fn new(lasts: Duration) -> Self {
        Self { lasts, memory: Mutex::new(Memory::new()) }
    }

    /// The release of a tag: the published one, else the only draft.
    pub(crate) async fn release(&self, call: &Call<'_>, tag: &TagName) -> Result<Option<StoredRelease>> {
        self.open().await.releases.find(call, tag).await
    }

    /// The same after a look at what is new, so that what another run has just made is seen.
    pub(crate) async fn release_now(&self, call: &Call<'_>, tag: &TagName) -> Result<Option<StoredRelease>> {
        let mut memory = self.open().await;
        let newest: Vec<StoredRelease> = call.first_page(call.ask(&endpoint::RELEASES, &[])).await?;
        newest.into_iter().for_each(|release| memory.releases.put(release));
        memory.releases.find(call, tag).await
    }

    /// A release as it is now.
    pub(crate) async fn again(&self, call: &Call<'_>, id: u64) -> Result<Option<StoredRelease>> {
        self.open().await.releases.read(call, id).await
    }

    /// Knows how a release is.
    pub(crate) async fn put(&self, release: &StoredRelease) {
        self.open().await.releases.put(release.clone());
    }

    /// Nobody knows how a release is now.
    pub(crate) async fn doubt(&self, id: u64) {
        self.open().await.releases.doubted.insert(id);
    }

    /// Nobody knows whether a release was made.
    pub(crate) async fn forget(&self) {
        *self.open().await = Memory::new();
    }

    /// Whether a release is the latest.
    pub(crate) async fn is_latest(&self, call: &Call<'_>, release: &StoredRelease) -> Result<bool> {
        if release.draft || release.prerelease {
            return Ok(false);
        }
        let mut memory = self.open().await;
        let latest = match memory.latest {
            Some(latest) => latest,
            None => {
                let latest: Option<StoredRelease> = call.find(call.ask(&endpoint::LATEST_RELEASE, &[])).await?;
                *memory.latest.insert(latest.map(|latest| latest.id))
            }
        };
        Ok(latest == Some(release.id))
    }

    /// Knows which release was said to be the latest, or not to be.
    pub(crate) async fn set_latest(&self, release: &StoredRelease, is_latest: bool) {
        let mut memory = self.open().await;
        memory.latest = match memory.latest {
            _ if is_latest => Some(Some(release.id)),
            Some(Some(other)) if other != release.id => Some(Some(other)),
            // GitHub chooses one where none is left.
            _ => None,
        };
    }

    /// Whether a tag is there.
    pub(crate) async fn has_tag(&self, call: &Call<'_>, tag: &TagName) -> Result<bool> {
        self.open().await.tags.has(call, tag).await
    }

    async fn open(&self) -> MutexGuard<'_, Memory> {
        let mut memory = self.memory.lock().await;
        if memory.since.elapsed() >= self.lasts {
            *memory = Memory::new();
        }
        memory
    }
}

impl Memory {
    fn new() -> Self {
        Self { since: Instant::now(), releases: Releases::default(), tags: Tags::default(), latest: None }
    }
}

impl Releases {
    async fn find(&mut self, call: &Call<'_>, tag: &TagName) -> Result<Option<StoredRelease>> {
        let of_tag = |release: &&StoredRelease| release.tag_name == tag.as_str();
        let mut own: Vec<u64> = self.known.values().filter(of_tag).map(|release| release.id).collect();
        own.retain(|id| self.doubted.contains(id));
        for id in own {
            self.read(call, id).await?;
        }
        if let Some(published) = self.published(tag) {
            return Ok(Some(published));
        }
        if self.listed.is_none() {
            if let Some(published) = self.by_tag(call, tag).await? {
                return Ok(Some(published));
            }
            self.list(call).await?;
        }
        // What is older than all that GitHub lists.
        if self.listed >= Some(LISTED) && !self.known.values().any(|release| of_tag(&release)) {
            return self.ask(call, tag).await;
        }
        self.the_only(tag)
    }

    fn published(&self, tag: &TagName) -> Option<StoredRelease> {
        self.known.values().find(|release| release.tag_name == tag.as_str() && !release.draft).cloned()
    }

    fn the_only(&self, tag: &TagName) -> Result<Option<StoredRelease>> {
        if let Some(published) = self.published(tag) {
            return Ok(Some(published));
        }
        let drafts: Vec<_> = self.known.values().filter(|release| release.tag_name == tag.as_str()).collect();
        match drafts.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some((*only).clone())),
            several => Err(Error::SeveralDrafts { tag: tag.to_string(), count: several.len() }),
        }
    }

    /// The published release of one of the first few tags that are asked for.
    async fn by_tag(&mut self, call: &Call<'_>, tag: &TagName) -> Result<Option<StoredRelease>> {
        if self.asked == FEW {
            return Ok(None);
        }
        self.asked += 1;
        self.ask(call, tag).await
    }

    async fn ask(&mut self, call: &Call<'_>, tag: &TagName) -> Result<Option<StoredRelease>> {
        let found: Option<StoredRelease> = call.find(call.ask(&endpoint::RELEASE_BY_TAG, &[tag.as_str()])).await?;
        let published = found.filter(|release| !release.draft);
        self.known.extend(published.clone().map(|release| (release.id, release)));
        Ok(published)
    }

    async fn list(&mut self, call: &Call<'_>) -> Result<()> {
        let all: Vec<StoredRelease> = call.pages(call.ask(&endpoint::RELEASES, &[])).await?;
        self.listed = Some(all.len());
        all.into_iter().for_each(|release| self.put(release));
        Ok(())
    }

    async fn read(&mut self, call: &Call<'_>, id: u64) -> Result<Option<StoredRelease>> {
        let found: Option<StoredRelease> = call.find(call.ask(&endpoint::RELEASE, &[&id.to_string()])).await?;
        self.known.remove(&id);
        self.doubted.remove(&id);
        self.known.extend(found.clone().map(|release| (id, release)));
        Ok(found)
    }

    fn put(&mut self, release: StoredRelease) {
        self.doubted.remove(&release.id);
        self.known.insert(release.id, release);
    }
}

impl Tags {
    async fn has(&mut self, call: &Call<'_>, tag: &TagName) -> Result<bool> {
        let name = format!("refs/tags/{tag}");
        if !self.known.contains(&name) && !self.is_listed && self.asked >= FEW {
            self.list(call).await?;
        }
        if self.known.contains(&name) {
            return Ok(true);
        }
        self.asked += 1;
        let found: Option<Ref> = call.find(call.ask(&endpoint::REF, &[&format!("tags/{tag}")])).await?;
        let is_it = found.is_some_and(|found| found.name == name);
        if is_it {
            self.known.insert(name);
        }
        Ok(is_it)
    }

    async fn list(&mut self, call: &Call<'_>) -> Result<()> {
        let all: Vec<Ref> = call.pages(call.ask(&endpoint::MATCHING_REFS, &["tags/"])).await?;
        self.known.extend(all.into_iter().map(|found| found.name));
        self.is_listed = true;
        Ok(())
    }
}
