//! Releases and assets in memory.

use std::collections::BTreeMap;
use std::fs;

use releasekit_core::forge::{
    Asset, AssetRequest, AssetState, ForgeCapabilities, PublishReleaseRequest, Release, ReleaseUpsert, Written,
};
use releasekit_core::model::{Digest, TagName};
use releasekit_core::{BackendError, ErrorKind, Forge, Result};

use super::MemoryForge;
use super::content::{Content, StoredRelease};
use super::refusal::{demand, error};
use crate::snapshot::sha256;

impl StoredRelease {
    pub(super) fn shown(&self, content: &Content, capabilities: ForgeCapabilities) -> Release {
        let mut shown = self.release.clone();
        shown.latest = capabilities.latest.then(|| !shown.draft && content.latest.as_ref() == Some(&shown.tag));
        shown
    }
}

impl Content {
    pub(super) fn release(&self, tag: &TagName) -> Result<Option<&StoredRelease>> {
        Ok(self.place_of(tag)?.map(|at| &self.releases[at]))
    }

    fn place_of(&self, tag: &TagName) -> Result<Option<usize>> {
        let of_tag = || self.releases.iter().enumerate().filter(|(_, stored)| stored.release.tag == *tag);
        if let Some((at, _)) = of_tag().find(|(_, stored)| !stored.release.draft) {
            return Ok(Some(at));
        }
        demand(of_tag().count() < 2, ErrorKind::Conflict, "several drafts share the tag")?;
        Ok(of_tag().map(|(at, _)| at).next())
    }

    fn existing(&mut self, tag: &TagName, kind: ErrorKind) -> Result<&mut StoredRelease> {
        let at = self.place_of(tag)?.ok_or_else(|| error(kind, "the tag has no release"))?;
        Ok(&mut self.releases[at])
    }

    pub(super) fn upsert_release(&mut self, wanted: &ReleaseUpsert, forge: &MemoryForge) -> Result<Written<Release>> {
        let can = forge.capabilities;
        supported(!wanted.draft || can.draft_releases, "a draft of a release")?;
        supported(!wanted.prerelease || can.prereleases, "a prerelease")?;
        supported(!wanted.latest || can.latest, "choosing the latest release")?;
        demand(!(wanted.prerelease && wanted.latest), ErrorKind::Invalid, "a prerelease is never the latest")?;
        demand(can.release_body.admits(&wanted.body), ErrorKind::Invalid, "the notes are over the limit")?;
        demand(self.tags.contains(&wanted.tag), ErrorKind::Precondition, "the forge has no such tag")?;
        let before = self.place_of(&wanted.tag)?.map(|at| self.releases[at].shown(self, can));
        if before.is_none() {
            let mut release = Release::new(wanted.tag.clone(), forge.links().release(&wanted.tag));
            release.draft = wanted.draft;
            self.releases.push(StoredRelease { release, files: BTreeMap::new() });
        }
        let stored = self.existing(&wanted.tag, ErrorKind::Internal)?;
        stored.release.title.clone_from(&wanted.title);
        stored.release.body.clone_from(&wanted.body);
        stored.release.prerelease = wanted.prerelease;
        let is_public = !stored.release.draft;
        if wanted.latest && is_public {
            self.latest = Some(wanted.tag.clone());
        }
        let after = self.existing(&wanted.tag, ErrorKind::Internal)?.clone().shown(self, can);
        Ok(match before {
            None => Written::Created(after),
            Some(before) if before == after => Written::Unchanged(after),
            Some(_) => Written::Updated(after),
        })
    }

    pub(super) fn publish(
        &mut self,
        wanted: &PublishReleaseRequest,
        can: ForgeCapabilities,
    ) -> Result<Written<Release>> {
        supported(!wanted.latest || can.latest, "choosing the latest release")?;
        let stored = self.existing(&wanted.tag, ErrorKind::NotFound)?;
        let is_half = stored.release.assets.iter().any(|asset| asset.state == AssetState::Half);
        demand(!is_half, ErrorKind::Precondition, "an upload is half done")?;
        let is_final = !(stored.release.prerelease && wanted.latest);
        demand(is_final, ErrorKind::Invalid, "a prerelease is never the latest")?;
        let was_draft = std::mem::replace(&mut stored.release.draft, false);
        let moves_latest = wanted.latest && self.latest.as_ref() != Some(&wanted.tag);
        if wanted.latest {
            self.latest = Some(wanted.tag.clone());
        }
        let after = self.existing(&wanted.tag, ErrorKind::NotFound)?.clone().shown(self, can);
        Ok(if was_draft || moves_latest { Written::Updated(after) } else { Written::Unchanged(after) })
    }

    pub(super) fn upload(&mut self, wanted: &AssetRequest, forge: &MemoryForge) -> Result<Written<Asset>> {
        let is_plain = wanted.name.chars().all(|c| c.is_ascii_alphanumeric() || "._-+".contains(c));
        demand(is_plain && !wanted.name.is_empty(), ErrorKind::Invalid, "the name would be another one here")?;
        let bytes = fs::read(&wanted.path).map_err(|failure| error(ErrorKind::Precondition, failure.to_string()))?;
        let is_it = bytes.len() as u64 == wanted.size && Digest::sha256(sha256(&bytes)) == wanted.digest;
        demand(is_it, ErrorKind::Precondition, "the file is not the one that is described")?;
        let url = format!("{}/{}", forge.links().release(&wanted.tag), wanted.name);
        let StoredRelease { release, files } = self.existing(&wanted.tag, ErrorKind::Precondition)?;
        let found = release.assets.iter().position(|asset| asset.name == wanted.name);
        if let Some(complete) = found.map(|at| &release.assets[at]).filter(|asset| asset.state == AssetState::Complete)
        {
            let is_same = files.get(&wanted.name) == Some(&bytes);
            demand(is_same, ErrorKind::Conflict, "it is there with other bytes")?;
            return Ok(Written::Unchanged(complete.clone()));
        }
        demand(!release.immutable, ErrorKind::Precondition, "the release takes no more files")?;
        let mut asset = Asset::new(&wanted.name, wanted.size, url);
        asset.digest = Some(wanted.digest.clone());
        release.assets.retain(|other| other.name != wanted.name);
        release.assets.push(asset.clone());
        release.assets.sort_by(|one, other| one.name.cmp(&other.name));
        files.insert(wanted.name.clone(), bytes);
        Ok(if found.is_some() { Written::Updated(asset) } else { Written::Created(asset) })
    }

    pub(super) fn file(&self, tag: &TagName, name: &str) -> Result<Vec<u8>> {
        let stored = self.release(tag)?;
        let is_complete = |stored: &&StoredRelease| {
            stored.release.asset(name).is_some_and(|asset| asset.state == AssetState::Complete)
        };
        let bytes = stored.filter(is_complete).and_then(|stored| stored.files.get(name));
        bytes.cloned().ok_or_else(|| error(ErrorKind::NotFound, "there is no such file"))
    }
}

fn supported(is_so: bool, what: &str) -> Result<()> {
    if is_so { Ok(()) } else { Err(BackendError::unsupported(what)) }
}
