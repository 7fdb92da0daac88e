//! Registries in memory that break a promise each.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use releasekit_core::model::{DigestAlgorithm, LiveFile, PackageName, Target, Version};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::{
    ChannelRequest, FetchRequest, Fetched, Keeper, NameStatus, Observed, Offer, RegistryCapabilities, Wanted,
    YankRequest,
};
use releasekit_core::{Diagnostic, ErrorKind, Registry, Result};

use crate::memory::{Index, fault, key};
use crate::suite::Caught;

/// What it does other than it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// It says that it would take nothing of ours, and does.
    Doubts,
    /// It lists another name than the file's.
    Renames,
    /// It lists a size that is not the file's.
    Sizes,
    /// It is verified by digests that it does not list.
    Digest,
    /// It lists every file as withdrawn.
    YanksAll,
    /// It lists no file as withdrawn.
    YanksNone,
    /// What is withdrawn is absent.
    DropsYanked,
    /// It says of a version what it said first.
    Remembers,
    /// What is absent it does not know.
    Unsure,
    /// It lists all versions that begin like the one that is asked for.
    Prefixes,
    /// It answers the latest version first.
    Sorts,
    /// It answers each question once.
    Dedups,
    /// It knows one spelling of a name.
    Literal,
    /// What cannot be asked is absent.
    Guesses,
    /// What was not answered is absent.
    Deaf,
    /// What was absent stays so.
    Insists,
    /// It says that it fills itself from tags.
    SaysFilled,
    /// It fills itself from tags and does not say so.
    Fills,
    /// It keeps half of a download.
    FetchesHalf,
    /// It keeps what is too long.
    KeepsLong,
    /// What is gone comes empty.
    FetchesNothing,
    /// It downloads over what lies there.
    FetchesOver,
    /// A download leaves a part of it beside.
    Litters,
    /// It takes other bytes.
    Overwrites,
    /// It refuses other bytes as if they were no file.
    Misnames,
    /// It says yes to what it has already.
    Accepts,
    /// It says yes to files that it does not take.
    Pretends,
    /// What is not on disk is sent empty.
    SendsNothing,
    /// It says that it has channels.
    SaysChannels,
    /// It moves `latest`, and does not say that it has channels.
    Channels,
    /// It points `latest` to what comes first, whatever is asked for.
    FirstIsLatest,
    /// It says yes to what it has already, and the channel stays where it is.
    Stays,
    /// It moves the channel of what it refuses.
    MovesFirst,
    /// Of channels it tells `latest` alone.
    PointsBack,
    /// It lists `latest` with every version.
    AllLatest,
    /// It says yes to a channel that is to move, and moves none.
    KeepsChannels,
    /// It points a channel to what is not there.
    PointsAway,
    /// It says that it can yank.
    SaysYank,
    /// It yanks, and does not say that it can.
    Yanks,
    /// It says yes to a yank, and yanks nothing.
    YanksNothing,
    /// It yanks every version.
    YanksOthers,
    /// What is yanked it never offers again.
    KeepsYanked,
    /// It says yes to a yank of what is not there.
    YanksAbsent,
    /// Every name is new to it.
    ForgetsNames,
}

/// A registry in memory that breaks one promise.
#[derive(Debug)]
pub struct Broken {
    inner: Arc<dyn Registry>,
    index: Arc<Mutex<Index>>,
    /// What it said of a version first; nothing of what was absent.
    seen: Mutex<BTreeMap<String, Vec<LiveFile>>>,
    lie: Lie,
}

impl Broken {
    /// Lets a registry over an index break a promise.
    pub fn new(inner: Arc<dyn Registry>, index: Arc<Mutex<Index>>, lie: Lie) -> Self {
        Self { inner, index, seen: Mutex::default(), lie }
    }
}

impl Lie {
    /// Each with the cases of [the suite](crate::suite::registry) that catch it.
    pub const CAUGHT: &[Caught<Self>] = &[
        (Self::Doubts, &["who_can_send_lacks_no_credential"]),
        (Self::Renames, &["what_was_sent_is_listed_under_its_name"]),
        (Self::Sizes, &["sizes_are_true"]),
        (Self::Digest, &["digests_are_those_it_is_verified_by"]),
        (
            Self::YanksAll,
            &["what_is_withdrawn_is_said_to_be", "what_is_yanked_is_passed_over_until_it_is_offered_again"],
        ),
        (Self::YanksNone, &["what_is_withdrawn_is_said_to_be"]),
        (Self::DropsYanked, &["what_is_withdrawn_is_said_to_be"]),
        (Self::Remembers, &["what_is_withdrawn_is_said_to_be"]),
        (Self::Unsure, &["what_is_not_there_is_absent"]),
        (Self::Prefixes, &["versions_are_told_apart"]),
        (Self::Sorts, &["answers_come_in_the_order_of_the_questions"]),
        (Self::Dedups, &["a_question_that_is_asked_twice_is_answered_twice"]),
        (Self::Literal, &["spellings_of_a_name_are_one"]),
        (Self::Guesses, &["a_question_that_has_no_answer_is_unknown"]),
        (Self::Deaf, &["a_registry_that_does_not_answer_has_nothing_absent"]),
        (Self::Insists, &["what_was_absent_is_seen_once_it_is_sent"]),
        (Self::SaysFilled, &["tags_fill_it"]),
        (Self::Fills, &["tags_fill_it"]),
        (Self::FetchesHalf, &["a_file_is_fetched_whole"]),
        (Self::KeepsLong, &["a_file_that_is_too_long_is_not_kept"]),
        (Self::FetchesNothing, &["a_file_that_is_gone_is_not_found"]),
        (Self::FetchesOver, &["what_lies_there_is_not_written_over"]),
        (Self::Litters, &["a_download_leaves_nothing_beside"]),
        (Self::Overwrites, &["other_bytes_are_refused"]),
        (Self::Misnames, &["other_bytes_are_refused"]),
        (Self::Accepts, &["the_same_bytes_change_nothing"]),
        (Self::Pretends, &["the_api_takes_a_file_or_nothing"]),
        (Self::SendsNothing, &["what_is_not_on_disk_is_not_sent"]),
        (
            Self::SaysChannels,
            &[
                "a_channel_points_to_what_was_sent",
                "where_channels_point_is_told",
                "a_channel_is_moved_alone",
                "a_channel_points_to_nothing_that_is_not_there",
            ],
        ),
        (
            Self::Channels,
            &["a_channel_points_to_what_was_sent", "where_channels_point_is_told", "a_channel_is_moved_alone"],
        ),
        (Self::FirstIsLatest, &["a_channel_points_to_what_was_sent"]),
        (Self::Stays, &["a_yes_says_that_the_channel_points_there"]),
        (Self::MovesFirst, &["a_refused_upload_moves_no_channel"]),
        (Self::PointsBack, &["where_channels_point_is_told"]),
        (Self::AllLatest, &["a_listing_names_no_channel_that_points_elsewhere"]),
        (Self::KeepsChannels, &["a_channel_is_moved_alone"]),
        (Self::PointsAway, &["a_channel_points_to_nothing_that_is_not_there"]),
        (
            Self::SaysYank,
            &["what_is_yanked_is_passed_over_until_it_is_offered_again", "what_is_not_there_is_not_yanked"],
        ),
        (Self::Yanks, &["what_is_yanked_is_passed_over_until_it_is_offered_again"]),
        (
            Self::YanksNothing,
            &["what_is_yanked_is_passed_over_until_it_is_offered_again", "what_is_not_there_is_not_yanked"],
        ),
        (Self::YanksOthers, &["what_is_yanked_is_passed_over_until_it_is_offered_again"]),
        (Self::KeepsYanked, &["what_is_yanked_is_passed_over_until_it_is_offered_again"]),
        (Self::YanksAbsent, &["what_is_not_there_is_not_yanked"]),
        (Self::ForgetsNames, &["a_name_is_new_until_it_is_sent"]),
    ];
}

impl Broken {
    fn with_index<T>(&self, look: impl FnOnce(&mut Index) -> T) -> T {
        look(&mut self.index.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn listed(&self, mut file: LiveFile) -> LiveFile {
        match self.lie {
            Lie::Renames => file.file_name.insert_str(0, "renamed-"),
            Lie::Sizes => file.size = Some(0),
            Lie::YanksAll => file.yanked = true,
            Lie::YanksNone => file.yanked = false,
            Lie::AllLatest => file.channels.push("latest".to_owned()),
            _ => {}
        }
        file
    }

    /// The files of a version, with all others that begin like them.
    fn beginning(&self, wanted: &Wanted, mut files: Vec<LiveFile>) -> Observed {
        let stem = format!("{}-{}", wanted.name, wanted.version);
        let is_new = |key: &&String| key.starts_with(&stem) && !files.iter().any(|file| file.file_name == **key);
        let more = self.with_index(|index| index.files.keys().filter(is_new).cloned().collect::<Vec<_>>());
        files.extend(more.into_iter().map(|key| LiveFile::new(key.clone(), format!("memory:{key}"))));
        Observed::Live(files)
    }

    /// What was said of the version first, where that is what it says now.
    fn remembered(&self, wanted: &Wanted, observed: Observed) -> Observed {
        let now = match &observed {
            Observed::Live(files) => files.clone(),
            Observed::Absent => Vec::new(),
            _ => return observed,
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let first = seen.entry(format!("{} {}", wanted.name, wanted.version)).or_insert(now).clone();
        match self.lie {
            Lie::Insists if first.is_empty() => Observed::Absent,
            Lie::Remembers if !first.is_empty() => Observed::Live(first),
            _ => observed,
        }
    }

    fn said(&self, wanted: &Wanted, observed: Observed) -> Observed {
        let observed = self.remembered(wanted, observed);
        match (self.lie, observed) {
            (Lie::Literal, _) if wanted.name.as_str() != wanted.name.as_str().to_lowercase() => Observed::Absent,
            (Lie::Unsure, Observed::Absent) => Observed::Unknown(fault(ErrorKind::Transient)),
            (Lie::Guesses, Observed::Unknown(error)) if error.kind() == ErrorKind::Invalid => Observed::Absent,
            (Lie::Deaf, Observed::Unknown(error)) if error.kind() == ErrorKind::Transient => Observed::Absent,
            (Lie::DropsYanked, Observed::Live(files)) if files.iter().all(|file| file.yanked) => Observed::Absent,
            (Lie::Prefixes, Observed::Live(files)) => self.beginning(wanted, files),
            (_, Observed::Live(files)) => Observed::Live(files.into_iter().map(|file| self.listed(file)).collect()),
            (_, observed) => observed,
        }
    }

    /// Whether the bytes of an upload are stored already; `None` where there is no such file.
    fn stored(&self, request: &UploadRequest) -> Option<bool> {
        let bytes = fs::read(&request.artifact.path).ok()?;
        let key = key(&request.package, &request.artifact.file_name);
        self.with_index(|index| index.bytes(&key).map(|stored| stored == bytes))
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Registry for Broken {
    fn capabilities(&self) -> RegistryCapabilities {
        let mut capabilities = self.inner.capabilities();
        match self.lie {
            Lie::Digest => capabilities.digest = DigestAlgorithm::Sha512,
            Lie::SaysFilled => capabilities.filled_from_tags = true,
            Lie::Fills => capabilities.filled_from_tags = false,
            Lie::SaysChannels => capabilities.channels = true,
            Lie::Channels => capabilities.channels = false,
            Lie::SaysYank => capabilities.yank = true,
            Lie::Yanks => capabilities.yank = false,
            _ => {}
        }
        capabilities
    }

    fn target(&self) -> &Target {
        self.inner.target()
    }

    fn check_credential(&self) -> Result<()> {
        match self.lie {
            Lie::Doubts => Err(fault(ErrorKind::Unauthenticated)),
            _ => self.inner.check_credential(),
        }
    }

    fn keeper(&self) -> Keeper {
        self.inner.keeper()
    }

    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed> {
        let mut asked = wanted.to_vec();
        match self.lie {
            Lie::Sorts => asked.sort_by(|a, b| b.version.as_str().cmp(a.version.as_str())),
            Lie::Dedups => asked.dedup(),
            _ => {}
        }
        let observed = self.inner.observe(&asked).await;
        asked.iter().zip(observed).map(|(wanted, observed)| self.said(wanted, observed)).collect()
    }

    async fn name_status(&self, names: &[PackageName]) -> Vec<NameStatus> {
        let status = self.inner.name_status(names).await;
        match self.lie {
            Lie::ForgetsNames => names.iter().map(|_| NameStatus::New).collect(),
            _ => status,
        }
    }

    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched> {
        if self.lie == Lie::FetchesOver && request.into.exists() {
            fs::remove_file(&request.into).expect("the folder is a test's");
        }
        if self.lie == Lie::Litters {
            fs::write(request.into.with_extension("part"), "").expect("the folder is a test's");
        }
        let fetched = self.inner.fetch(request).await;
        let whole = fs::read(&request.into).unwrap_or_default();
        let kept: &[u8] = match (self.lie, &fetched) {
            (Lie::FetchesHalf, Ok(Fetched::Whole)) => &whole[..whole.len() / 2],
            (Lie::KeepsLong, Ok(Fetched::TooLong)) => b"more",
            (Lie::FetchesNothing, Err(error)) if error.kind() == ErrorKind::NotFound => b"",
            _ => return fetched,
        };
        fs::write(&request.into, kept).expect("the folder is a test's");
        Ok(fetched.unwrap_or(Fetched::Whole))
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        let mut request = request.clone();
        let stored = self.stored(&request);
        match (self.lie, stored) {
            (Lie::SendsNothing, None) if !request.artifact.path.exists() => {
                self.with_index(|index| index.put(&key(&request.package, &request.artifact.file_name), ""));
                return Reply::Accepted;
            }
            (Lie::Pretends, _) | (Lie::Accepts, Some(true)) => return Reply::Accepted,
            (Lie::Overwrites, Some(false)) => {
                self.with_index(|index| index.remove(&key(&request.package, &request.artifact.file_name)));
            }
            (Lie::SaysChannels, _) => request.channel = None,
            (Lie::Channels, _) => request.channel = Some("latest".to_owned()),
            (Lie::Stays, Some(true)) if request.channel.as_deref() == Some("beta") => return Reply::Accepted,
            _ => {}
        }
        if self.lie == Lie::FirstIsLatest {
            let latest = (request.package.clone(), "latest".to_owned());
            let version = request.version.clone();
            self.with_index(|index| {
                index.points.entry(latest).or_insert(version);
            });
        }
        match (self.lie, self.inner.upload(&request).await) {
            (Lie::Misnames, Reply::Refused(_)) => Reply::Refused(fault(ErrorKind::Invalid)),
            (Lie::MovesFirst, reply @ Reply::Refused(_)) if stored == Some(false) => {
                let channel = request.channel.map(|channel| (request.package, channel));
                self.with_index(|index| index.points.extend(channel.map(|channel| (channel, request.version))));
                reply
            }
            (_, reply) => reply,
        }
    }

    async fn channels(&self, package: &PackageName) -> Result<BTreeMap<String, Version>> {
        let mut points = self.inner.channels(package).await?;
        if self.lie == Lie::PointsBack {
            points.retain(|channel, _| channel == "latest");
        }
        Ok(points)
    }

    async fn set_channel(&self, request: &ChannelRequest) -> Result<()> {
        match self.lie {
            Lie::KeepsChannels => {
                let wanted = Wanted::new(request.package.clone(), request.version.clone());
                match self.inner.observe(&[wanted]).await.pop() {
                    Some(Observed::Live(_)) => Ok(()),
                    _ => self.inner.set_channel(request).await,
                }
            }
            Lie::PointsAway => {
                let channel = (request.package.clone(), request.channel.clone());
                self.with_index(|index| index.points.insert(channel, request.version.clone()));
                Ok(())
            }
            _ => self.inner.set_channel(request).await,
        }
    }

    async fn yank(&self, request: &YankRequest) -> Result<()> {
        let yanked = match self.lie {
            Lie::YanksNothing => return Ok(()),
            Lie::KeepsYanked if request.offer == Offer::Offered => return Ok(()),
            _ => self.inner.yank(request).await,
        };
        match self.lie {
            Lie::YanksOthers => self.with_index(|index| index.yanked = index.files.keys().cloned().collect()),
            Lie::YanksAbsent => return Ok(()),
            _ => {}
        }
        yanked
    }
}
