//! Brings a release to the forge, once its tags are pushed: releases of tags with notes and files, labels, and a word to other
//! repositories. A reconciler as [`publish`](crate::publish) is: what is there as wanted is left alone, a second run writes
//! nothing, and whatever a run could not do the next one does.
//!
//! The forge is never asked what to release, and what people wrote there stays.

mod assets;
mod comments;
mod dispatch;
mod labels;
mod look;
mod notes;
mod receipts;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::event::Event;
use releasekit_core::forge::{AssetState, ForgeCapabilities, PublishReleaseRequest, Release, ReleaseUpsert, Written};
use releasekit_core::model::{PackageId, TagName};
use releasekit_core::policy::{ForgeReleases, PublishFrom};
use releasekit_core::vcs::RemoteRefs;
use releasekit_core::{BackendError, Diagnostic, ErrorKind, Forge};

use crate::artifacts::{self, BuiltFile, Sources};
use crate::bump::Reason;
use crate::cancel::Cancel;
use crate::changelogs::Sections;
use crate::error::{Error, Result};
use crate::forge::settled;
use crate::journal::Journal;
use crate::locate::ReleaseCommit;
use crate::mentions::silenced;
use crate::plan::Row;
use crate::receipt::Receipt;
use crate::scratch::Scratch;
use crate::session::{Session, Snapshot};
use crate::state::State;
use crate::words;
use assets::AssetFile;
pub(crate) use dispatch::warn_of_owed;
use labels::Stage;
pub use look::{Expected, OnForge, look};
use notes::Part;
use wanted::{Marks, Wanted};

/// How a release stands on the forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not there: the forge has no drafts, so it is made once all is live.
    ToCome,
    /// A draft.
    Draft,
    /// For all to see.
    Public,
}

/// A release on the forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The tag that it belongs to.
    pub tag: TagName,
    /// What it is called.
    pub title: String,
    /// Its page.
    pub url: String,
    /// How it stands now.
    pub standing: Standing,
    /// Whether anything of it was written by this run.
    pub changed: bool,
}

/// What was brought to the forge.
#[derive(Debug, Default)]
pub struct Announced {
    /// Its releases, in the order of the manifest.
    pub releases: Vec<Announcement>,
    /// The page of the change request whose labels were changed.
    pub labelled: Option<String>,
    /// The requests that were told in a comment what released them.
    pub commented: Vec<u64>,
    /// The repositories that were told.
    pub told: Vec<String>,
    /// What could not be done; the next run does it.
    pub errors: Vec<Error>,
}

/// What is brought, and to which forge.
#[derive(Debug, Clone, Copy)]
pub struct Announcer<'a> {
    /// Where from.
    pub session: &'a Session,
    /// Where to.
    pub forge: &'a dyn Forge,
    /// What.
    pub release: &'a ReleaseCommit,
    /// The request to stop.
    pub cancel: &'a Cancel,
}

/// What a publish has made of a release.
#[derive(Debug)]
pub(crate) struct Proven<'a> {
    /// The packages that are not live, or not proven.
    pub open: BTreeSet<PackageId>,
    /// What proves the others.
    pub receipts: &'a [Receipt],
    /// What was sent.
    pub journal: &'a Journal,
}

/// What a release is made of, whatever the forge has of it by now.
struct Material<'a> {
    sources: &'a Sources,
    sections: Sections<'a>,
    marks: Marks<'a>,
    built: BTreeMap<PackageId, Vec<BuiltFile>>,
    scratch: Scratch,
}

impl Announcer<'_> {
    /// Brings a release to the forge whose tags are pushed. Its releases stay drafts where they are to be published from
    /// elsewhere. What was done and what failed is in the result, whatever it was.
    pub async fn tagged(&self, state: &State) -> Announced {
        let mut announced = Announced::default();
        let done = async {
            let sources = Sources::of_release(self.session, self.release).await?;
            let remote = self.remote(&sources).await?;
            let is_public = sources.snapshot.policy.publish_from == PublishFrom::Local;
            let goal = |_: &Wanted<'_>| Goal { is_public, receipts: Vec::new() };
            self.bring(Place { sources: &sources, state, remote: &remote }, &mut announced, goal).await?;
            self.set_labels(&sources, &remote, Stage::Tagged, &mut announced).await
        };
        let done = done.await;
        announced.errors.extend(done.err());
        announced
    }

    /// Brings to the forge what a publish has made of a release: receipts, releases out of draft whose packages are all live
    /// and proven, and once everything is, the label and the word to other repositories.
    pub(crate) async fn published(&self, (sources, state): (&Sources, &State), proven: Proven<'_>) -> Announced {
        let mut announced = Announced::default();
        let done = self.bring_published((sources, state), &proven, &mut announced).await;
        announced.errors.extend(done.err());
        announced
    }

    async fn bring_published(
        &self,
        (sources, state): (&Sources, &State),
        Proven { open, receipts, journal }: &Proven<'_>,
        announced: &mut Announced,
    ) -> Result<()> {
        let remote = self.remote(sources).await?;
        let is_local = sources.snapshot.policy.publish_from == PublishFrom::Local;
        let goal = |wanted: &Wanted<'_>| {
            let all = wanted.packages().all(|id| !open.contains(&id));
            let own = receipts.iter().filter(|receipt| all && wanted.packages().any(|id| id == receipt.id()));
            Goal { is_public: is_local || all, receipts: own.collect() }
        };
        self.bring(Place { sources, state, remote: &remote }, announced, goal).await?;
        if open.is_empty() {
            self.dispatch(sources, journal, announced).await?;
            if sources.snapshot.policy.forge.comments {
                self.comment(announced).await?;
            }
            self.set_labels(sources, &remote, Stage::Published, announced).await?;
        }
        Ok(())
    }

    /// The receipts that the releases on the forge have by now. What cannot be had is warned of: packages are then built and
    /// compared.
    pub(crate) async fn receipts(&self, sources: &Sources) -> Result<Vec<Receipt>> {
        let policy = &sources.snapshot.policy;
        let scratch = Scratch::create(&self.session.context.cache, "receipts")?;
        let mut found = Vec::new();
        if !self.forge.capabilities().releases {
            return Ok(found);
        }
        for wanted in self.wanted(sources) {
            let read = async {
                match self.forge.release(wanted.tag).await? {
                    Some(release) => receipts::fetch(self.forge, &release, scratch.path(), &policy.publish).await,
                    None => Ok(Vec::new()),
                }
            };
            match self.cancel.or(read).await? {
                Ok(receipts) => found.extend(receipts),
                Err(error) => {
                    let message = format!("the receipts of `{}` on the forge cannot be read: {error}", wanted.tag);
                    self.session.warn(message, Some("what they would prove is built and compared".to_owned()));
                    if ends_all(&error) {
                        break;
                    }
                }
            }
        }
        Ok(found)
    }

    fn wanted(&self, sources: &Sources) -> Vec<Wanted<'_>> {
        let Snapshot { policy, discovery, .. } = &sources.snapshot;
        wanted::of(&self.release.manifest, policy.forge.releases, |row| discovery.called(&row.id()))
    }

    async fn remote(&self, sources: &Sources) -> Result<RemoteRefs> {
        Ok(self.session.vcs.remote_refs(&sources.snapshot.policy.remote).await?)
    }

    /// Brings every release to where it is wanted. One that the forge refuses does not stop the others; a forge that does not
    /// answer does.
    async fn bring<'r>(
        &self,
        Place { sources, state, remote }: Place<'_>,
        announced: &mut Announced,
        goal: impl Fn(&Wanted<'_>) -> Goal<'r>,
    ) -> Result<()> {
        let releases = sources.snapshot.policy.forge.releases;
        let all = self.wanted(sources);
        if all.is_empty() {
            return Ok(());
        }
        if !self.forge.capabilities().releases {
            self.session.warn("the forge has no releases: the tags are all", None);
            return Ok(());
        }
        self.say_which(&all, releases);
        let tags: Vec<TagName> = remote.tags().into_iter().map(|tag| tag.name).collect();
        let material = Material {
            sources,
            sections: Sections::of(&sources.snapshot)?,
            marks: Marks::of(&sources.snapshot, &tags)?,
            built: artifacts::at_hand(
                self.session,
                sources,
                &state.of_release(&sources.commit.id, sources.run.as_deref()),
            )?,
            scratch: Scratch::create(&self.session.context.cache, "announce")?,
        };
        for wanted in &all {
            let brought = Bringing { announcer: self, material: &material, wanted }.bring(&goal(wanted)).await;
            match brought {
                Ok(announcement) => announced.releases.push(announcement),
                Err(error) if ends_all(&error) => return Err(error),
                Err(error) => announced.errors.push(error),
            }
        }
        Ok(())
    }

    fn say_which(&self, all: &[Wanted<'_>], releases: ForgeReleases) {
        let count = words::count(all.len(), "release");
        self.session.phase(format!("looking at {count} on the forge"));
        if releases == ForgeReleases::Umbrella && wanted::whole(&self.release.manifest).is_none() {
            self.session.phase("no umbrella tag moves with this release, so each package has a release of its own");
        }
    }

    /// Sets the labels, or warns of why not: nothing hangs on them, and the next run sets them.
    async fn set_labels(
        &self,
        sources: &Sources,
        remote: &RemoteRefs,
        stage: Stage,
        announced: &mut Announced,
    ) -> Result<()> {
        match self.label(&sources.snapshot.policy, remote, stage).await {
            Ok(labelled) => announced.labelled = labelled.map(|request| request.url),
            Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
            Err(error) => self.session.report(Event::warning_of(&error)),
        }
        Ok(())
    }
}

/// Whether nothing more is asked of a forge after such a failure: it would fail in the same way at once, or the user wants
/// an end.
fn ends_all(error: &dyn Diagnostic) -> bool {
    let kind = error.kind();
    kind.is_retryable() || kind.is_credential() || kind == ErrorKind::Cancelled
}

/// Where a release comes from.
#[derive(Clone, Copy)]
struct Place<'a> {
    sources: &'a Sources,
    state: &'a State,
    remote: &'a RemoteRefs,
}

/// Where a release is to be brought.
struct Goal<'a> {
    is_public: bool,
    /// The proof of all its packages; none as long as one lacks it.
    receipts: Vec<&'a Receipt>,
}

/// One release on its way.
#[derive(Clone, Copy)]
struct Bringing<'a> {
    announcer: &'a Announcer<'a>,
    material: &'a Material<'a>,
    wanted: &'a Wanted<'a>,
}

impl Bringing<'_> {
    async fn bring(self, goal: &Goal<'_>) -> Result<Announcement> {
        let Announcer { forge, cancel, .. } = self.announcer;
        let tag = self.wanted.tag;
        let found = cancel.or(forge.release(tag)).await?.map_err(|error| self.failed(error))?;
        let (mut release, made) = match found {
            // A text that is there is people's to change.
            Some(release) if !release.body.is_empty() => (release, false),
            None if !goal.is_public && !forge.capabilities().draft_releases => return Ok(self.to_come()),
            _ => {
                let upsert = self.upsert()?;
                self.written(settled(async || forge.upsert_release(&upsert).await).await)?
            }
        };
        let mut changed = made;
        for file in self.files(&release, goal)? {
            changed |= self.upload(&release, &file).await?;
        }
        if release.draft && goal.is_public {
            cancel.check()?;
            let latest = self.is_latest(forge.capabilities());
            let request = PublishReleaseRequest::new(tag.clone(), latest);
            let (published, did) = self.written(settled(async || forge.publish_release(&request).await).await)?;
            (release, changed) = (published, changed | did);
        }
        let standing = if release.draft { Standing::Draft } else { Standing::Public };
        Ok(Announcement { tag: tag.clone(), title: release.title, url: release.url, standing, changed })
    }

    fn to_come(self) -> Announcement {
        let Wanted { tag, title, .. } = self.wanted;
        let url = self.announcer.forge.links().tag(tag);
        Announcement { tag: (*tag).clone(), title: title.clone(), url, standing: Standing::ToCome, changed: false }
    }

    fn upsert(self) -> Result<ReleaseUpsert> {
        let can = self.announcer.forge.capabilities();
        let body = notes::body(&self.parts()?, can.release_body);
        let mut wanted = ReleaseUpsert::new(self.wanted.tag.clone(), &self.wanted.title, body);
        wanted.draft = can.draft_releases;
        wanted.prerelease = can.prereleases && self.material.marks.is_prerelease(self.wanted);
        wanted.latest = !wanted.draft && self.is_latest(can);
        Ok(wanted)
    }

    fn is_latest(self, can: ForgeCapabilities) -> bool {
        can.latest && self.material.marks.is_latest(self.wanted)
    }

    fn parts(self) -> Result<Vec<Part>> {
        self.wanted.rows.iter().map(|row| self.part(row)).collect()
    }

    /// What a package's changelog says of the version now, whoever wrote it; where it says nothing, what the manifest knows.
    fn part(self, row: &Row) -> Result<Part> {
        let version = row.next.as_ref().map(ToString::to_string).unwrap_or_default();
        let index = self.material.sources.snapshot.discovery.index_of(&row.id());
        let section = match (index, &row.next) {
            (Some(index), Some(next)) => self.material.sections.find(index, next)?,
            _ => None,
        };
        let (text, place) = match section {
            Some((path, text)) => (text, format!("`{path}`")),
            None => (from_reasons(row), "the history of the tag".to_owned()),
        };
        let name = self.material.sources.snapshot.discovery.called(&row.id());
        Ok(Part { heading: silenced(&format!("{name} {version}")), text: silenced(&text), place })
    }

    /// The files that the release is to have and does not, as far as they are at hand.
    fn files(self, release: &Release, goal: &Goal<'_>) -> Result<Vec<AssetFile>> {
        let mut files = assets::of(self.wanted, &self.material.built);
        if !goal.receipts.is_empty() && !receipts::are_in(release) {
            files.push(receipts::file(self.material.scratch.path(), &goal.receipts)?);
        }
        let is_there = |file: &AssetFile| {
            let found = release.asset(&file.name).filter(|asset| asset.state == AssetState::Complete);
            found.is_some_and(|asset| asset.digest.as_ref() == Some(&file.digest))
        };
        files.retain(|file| !is_there(file));
        Ok(files)
    }

    /// Sends a file. What a release cannot take any more is left out.
    async fn upload(self, release: &Release, file: &AssetFile) -> Result<bool> {
        let Announcer { session, forge, cancel, .. } = self.announcer;
        if release.immutable && release.asset(&file.name).is_none() {
            let message =
                format!("`{}` is left out of the release of `{}`, which takes no more files", file.name, release.tag);
            session.warn(message, None);
            return Ok(false);
        }
        cancel.check()?;
        let timeout = self.material.sources.snapshot.policy.publish.task_timeout;
        let request = file.request(self.wanted.tag, timeout);
        self.written(settled(async || forge.upload_asset(&request).await).await).map(|(_, changed)| changed)
    }

    /// What is there now, and whether that was written just now.
    fn written<T>(self, written: Written<T>) -> Result<(T, bool)> {
        let changed = matches!(written, Written::Created(_) | Written::Updated(_));
        Ok((written.value().map_err(|source| self.failed(source))?, changed))
    }

    fn failed(self, source: BackendError) -> Error {
        Error::Unannounced {
            what: format!("the release of `{}` on the forge is not complete", self.wanted.tag),
            source,
        }
    }
}

/// The commits and change files that moved a package, as a list.
fn from_reasons(row: &Row) -> String {
    let line = |reason: &Reason| match reason {
        Reason::Commit { summary, .. } | Reason::ChangeFile { summary, .. } => Some(format!("- {summary}\n")),
        _ => None,
    };
    row.reasons.iter().filter_map(line).collect()
}
