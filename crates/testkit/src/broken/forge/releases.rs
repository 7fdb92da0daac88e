//! What can be wrong with releases and their files.

use std::fs;

use releasekit_core::forge::{
    Asset, AssetFetch, AssetRequest, AssetState, PublishReleaseRequest, Release, ReleaseUpsert, Written,
};
use releasekit_core::model::{Digest, TagName};
use releasekit_core::registry::Fetched;
use releasekit_core::{Diagnostic, ErrorKind, Forge, Result};

use super::{BrokenForge, cut, fault, nothing_for_silence, refused};
use crate::snapshot::sha256;

impl BrokenForge {
    pub(super) async fn broken_release(&self, tag: &TagName) -> Result<Option<Release>> {
        let mut found = self.memory.release(tag).await;
        if let Ok(Some(release)) = &mut found {
            match self.case {
                "a_release_is_made" => release.body.truncate(release.body.trim_end().len()),
                "a_draft_is_found_with_its_tag" => release.draft = false,
                _ => {}
            }
        }
        match self.case {
            "what_is_not_said_is_no_release" => nothing_for_silence(found),
            "two_drafts_are_a_conflict" if found.as_ref().is_err_and(|error| error.kind() == ErrorKind::Conflict) => {
                Ok(self.memory.look(|content| content.releases.last().map(|stored| stored.release.clone())))
            }
            _ => found,
        }
    }

    /// Changes the releases of a tag.
    fn change_release(&self, tag: &TagName, change: impl Fn(&mut Release)) {
        self.memory.meddle(|content| {
            let all = content.releases.iter_mut().map(|stored| &mut stored.release);
            all.filter(|release| release.tag == *tag).for_each(change);
        });
    }

    fn has(&self, tag: &TagName, is_so: impl Fn(&Release) -> bool) -> bool {
        self.memory
            .look(|content| content.releases.iter().any(|stored| stored.release.tag == *tag && is_so(&stored.release)))
    }

    pub(super) fn is_frozen(&self, tag: &TagName) -> bool {
        self.has(tag, |release| release.immutable)
    }

    pub(super) async fn broken_release_upsert(&self, wanted: &ReleaseUpsert) -> Written<Release> {
        let mut wanted = wanted.clone();
        let limit = self.memory.capabilities().release_body;
        let is_plain = !wanted.draft && !wanted.prerelease && !wanted.latest;
        match self.case {
            "without_releases_none_is_made" if is_plain => return Written::Created(Release::new(wanted.tag, "")),
            "without_drafts_none_is_made" => wanted.draft = false,
            "without_prereleases_none_is_made" | "a_prerelease_says_so" => wanted.prerelease &= wanted.latest,
            "without_latest_none_is_chosen" => wanted.latest = false,
            "a_prerelease_is_not_the_latest" => wanted.latest &= !wanted.prerelease,
            "the_latest_moves_where_it_is_asked" if self.has(&wanted.tag, |_| true) => wanted.latest = false,
            "a_missing_tag_is_refused" => {
                self.memory.meddle(|content| content.tags.insert(wanted.tag.clone()));
            }
            "the_longest_notes_are_taken" if limit.measure(&wanted.body) == limit.most => {
                return refused(ErrorKind::Invalid);
            }
            "longer_notes_are_refused" if !limit.admits(&wanted.body) => wanted.body = cut(&wanted.body),
            _ => {}
        }
        let written = self.memory.upsert_release(&wanted).await;
        if matches!(written, Written::Updated(_)) {
            match self.case {
                "a_release_is_updated" => self.memory.meddle(|content| {
                    content.releases.iter_mut().for_each(|stored| stored.release.body.clone_from(&wanted.body));
                }),
                "a_published_release_is_no_draft_again" => {
                    self.change_release(&wanted.tag, |it| it.draft = wanted.draft)
                }
                _ => {}
            }
        }
        written
    }

    pub(super) async fn broken_publish(&self, wanted: &PublishReleaseRequest) -> Written<Release> {
        let mut wanted = wanted.clone();
        match self.case {
            "the_latest_stays_where_nobody_asks" => wanted.latest = self.memory.capabilities().latest,
            "half_a_file_is_not_published" => {
                self.change_release(&wanted.tag, |release| {
                    release.assets.retain(|it| it.state == AssetState::Complete)
                });
            }
            _ => {}
        }
        let written = self.memory.publish_release(&wanted).await;
        if self.breaks("a_draft_is_published") && matches!(written, Written::Updated(_)) {
            self.change_release(&wanted.tag, |release| release.draft = true);
        }
        written
    }

    pub(super) async fn broken_upload(&self, wanted: &AssetRequest) -> Written<Asset> {
        let mut wanted = wanted.clone();
        let is_half = |asset: &Asset| asset.state == AssetState::Half;
        let has_half = self.has(&wanted.tag, |release| release.asset(&wanted.name).is_some_and(is_half));
        match self.case {
            "without_releases_no_file_is_sent" => return Written::Created(Asset::new(wanted.name, wanted.size, "")),
            "other_bytes_are_a_conflict" => {
                let (name, digest) = (wanted.name.clone(), Some(wanted.digest.clone()));
                let stays = |asset: &Asset| asset.name != name || asset.digest == digest || is_half(asset);
                self.change_release(&wanted.tag, |release| release.assets.retain(stays));
            }
            "half_a_file_is_replaced" if has_half => return refused(ErrorKind::Conflict),
            "a_frozen_release_takes_no_file" => self.change_release(&wanted.tag, |release| release.immutable = false),
            "another_file_on_disk_is_refused" => {
                let bytes = fs::read(&wanted.path).unwrap_or_default();
                (wanted.size, wanted.digest) = (bytes.len() as u64, Digest::sha256(sha256(&bytes)));
            }
            "a_name_that_would_change_is_refused" => wanted.name = wanted.name.replace([' ', '/'], "."),
            "a_file_needs_a_release" if !self.has(&wanted.tag, |_| true) => {
                self.memory.upsert_release(&ReleaseUpsert::new(wanted.tag.clone(), "made", "")).await.value().ok();
            }
            _ => {}
        }
        self.memory.upload_asset(&wanted).await
    }

    pub(super) async fn broken_fetch(&self, wanted: &AssetFetch) -> Result<Fetched> {
        let fetched = self.memory.fetch_asset(wanted).await;
        let write = |bytes: &[u8]| fs::write(&wanted.into, bytes).map_err(|_| fault(ErrorKind::Internal));
        let has_half = self.has(&wanted.tag, |release| !release.assets.is_empty()) && fetched.is_err();
        match (self.case, &fetched) {
            ("a_file_is_uploaded_and_fetched", Ok(Fetched::Whole)) => write(b"bytes\n")?,
            ("a_file_that_is_too_long_is_not_kept", Ok(Fetched::TooLong)) => write(b"byte")?,
            ("half_a_file_is_not_fetched", _) if has_half => {
                write(b"by")?;
                return Ok(Fetched::Whole);
            }
            _ => {}
        }
        fetched
    }
}
