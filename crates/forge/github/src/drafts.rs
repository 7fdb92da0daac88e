//! Drafts of releases, which GitHub has no other way to find than to list all releases: thousands, where packages are many.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::TagName;
use tokio::sync::Mutex;

use crate::api::Call;
use crate::endpoint;
use crate::error::Result;
use crate::wire::StoredRelease;

/// The drafts that are known, by their numbers; nothing before all releases were listed once.
///
/// Later looks read the first page, on which GitHub shows what is new, so that other runs' drafts are seen too, and each draft
/// that they do not see there by itself.
#[derive(Debug, Default)]
pub(crate) struct Drafts(Mutex<Option<BTreeMap<u64, StoredRelease>>>);

impl Drafts {
    /// The drafts of a tag, as they are now, oldest first.
    pub(crate) async fn of(&self, call: &Call<'_>, tag: &TagName) -> Result<Vec<StoredRelease>> {
        let mut known = self.0.lock().await;
        let ask = call.ask(&endpoint::RELEASES, &[]);
        let listed: Vec<StoredRelease> =
            if known.is_some() { call.first_page(ask).await? } else { call.pages(ask).await? };
        let known = known.get_or_insert_default();
        let seen: BTreeSet<u64> = listed.iter().map(|release| release.id).collect();
        known.retain(|id, _| !seen.contains(id));
        known.extend(listed.into_iter().filter(|release| release.draft).map(|release| (release.id, release)));
        let is_of_tag = |release: &&StoredRelease| release.tag_name == tag.as_str();
        let unseen: Vec<u64> = known.values().filter(is_of_tag).map(|release| release.id).collect();
        for id in unseen.into_iter().filter(|id| !seen.contains(id)) {
            let now: Option<StoredRelease> = call.find(call.ask(&endpoint::RELEASE, &[&id.to_string()])).await?;
            known.remove(&id);
            known.extend(now.filter(|release| release.draft).map(|release| (id, release)));
        }
        Ok(known.values().filter(is_of_tag).cloned().collect())
    }

    /// Knows of one that was made.
    pub(crate) async fn add(&self, release: &StoredRelease) {
        if let Some(known) = self.0.lock().await.as_mut().filter(|_| release.draft) {
            known.insert(release.id, release.clone());
        }
    }

    /// Nobody knows whether one was made: all are listed anew.
    pub(crate) async fn forget(&self) {
        *self.0.lock().await = None;
    }
}
