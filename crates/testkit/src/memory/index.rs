//! What a registry in memory holds, and what goes wrong with it.

use std::collections::BTreeMap;
use std::time::Duration;

use releasekit_core::ErrorKind;
use releasekit_core::model::{PackageName, Version};
use releasekit_core::package_manager::Installable;
use releasekit_core::registry::{ChannelRequest, Pacing};
use tokio::time::Instant;

/// What goes wrong with the next upload of a file.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Stored, and the reply is lost.
    LostReply,
    /// Not stored, and the connection is reset.
    Reset,
    /// Accepted and dropped.
    Dropped,
    /// Accepted, and listed after a while.
    Late(Duration),
    /// Accepted, and other bytes are served.
    OtherBytes,
    /// Stored half, and the reply is lost.
    Half,
    /// Refused with this kind.
    Refused(ErrorKind),
    /// Refused for now, with what the registry asks for in seconds, where the tool says so.
    Busy(Option<u64>),
    /// Answered with this status, and stored after a while, where a time is given.
    ServerError(u16, Option<Duration>),
    /// Accepted, and so many bytes more are served.
    Endless(usize),
    /// Somebody else stores the same content just before.
    Overtaken,
    /// Stored, and no name points to it.
    Unpointed,
    /// Held for approval.
    Staged,
    /// Stored, and nobody hears of the reply, for the process is gone.
    Hang,
}

/// How a look brings no answer.
#[derive(Debug, Clone, Copy)]
pub enum Silence {
    /// Nothing ever comes.
    Drip,
    /// The registry wants to be asked later.
    Later(Duration),
    /// It answers, after so long.
    Slow(Duration),
}

/// A file of a registry, and since when it is listed.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its content.
    pub bytes: Vec<u8>,
    /// When it is listed.
    pub from: Instant,
}

/// What a registry holds, what it can do, and what it was asked. The default is an empty one that takes no files by an API.
#[derive(Debug, Default)]
pub struct Index {
    /// The files, by [their keys](key).
    pub files: BTreeMap<String, Stored>,
    /// The keys of what was sent, in order.
    pub uploads: Vec<String>,
    /// What goes wrong with the next uploads of files.
    pub faults: BTreeMap<String, Vec<Fault>>,
    /// When each upload arrived.
    pub sent_at: Vec<Instant>,
    /// How often it was looked at.
    pub looks: usize,
    /// How the next looks go.
    pub silences: Vec<Silence>,
    /// Whether the tool says what the registry asks for.
    pub says_delays: bool,
    /// Whether it keeps to itself what the digests are.
    pub silent_on_digests: bool,
    /// The files that it lists as yanked.
    pub yanked: Vec<String>,
    /// How fast it says that it lets one publisher go.
    pub pacing: Option<Pacing>,
    /// Whether versions can be yanked.
    pub yanks: bool,
    /// Whether it answers nobody.
    pub down: bool,
    /// Whether nobody has a credential for it.
    pub lacks_credential: bool,
    /// Whether the tool alone has the credential, where the registry takes files itself.
    pub is_the_tools_alone: bool,
    /// Whether names point to versions.
    pub has_channels: bool,
    /// What uploads wanted to point where, by the keys of their files.
    pub channels: Vec<(String, Option<String>)>,
    /// Where the names of a package point.
    pub points: BTreeMap<(PackageName, String), Version>,
    /// What was to point where by itself, after uploads.
    pub moved: Vec<ChannelRequest>,
    /// Why nobody may let a name point elsewhere by itself.
    pub keeps_channels: Option<ErrorKind>,
    /// How the next answers fail to requests that let a name point elsewhere; it does all the same.
    pub lost_moves: Vec<ErrorKind>,
    /// How questions for where names point fail.
    pub silent_on_points: Option<ErrorKind>,
    /// Whether what is listed of a version says nothing of the names that point to it.
    pub silent_on_channels: bool,
    /// Whether the registry takes files itself; else it has no such operation.
    pub takes_files: bool,
    /// Whether it says yes to bytes that it has already, and moves the name that they are sent for.
    pub takes_again: bool,
    /// Whether it fills itself from tags when it is asked.
    pub fills_itself: bool,
    /// What tags would have a registry that fills itself serve.
    pub from_tags: BTreeMap<String, Vec<u8>>,
    /// How long an upload takes, and each half of a smoke test.
    pub pace: Duration,
    /// How many uploads go on.
    pub at_once: usize,
    /// The most that went on together.
    pub most_at_once: usize,
    /// How many smoke tests went through.
    pub smoked: usize,
    /// What the installer was asked to choose, in order.
    pub resolutions: Vec<Vec<Installable>>,
    /// Packages that it does not choose, and for how many questions more.
    pub unseen: BTreeMap<String, usize>,
    /// How the next questions to the installer fail.
    pub unasked: Vec<ErrorKind>,
}

/// Where a registry keeps a file: by its name, where that begins with its package's, else with that before it.
pub fn key(package: &PackageName, file: &str) -> String {
    if file.starts_with(package.as_str()) { file.to_owned() } else { format!("{package}/{file}") }
}

impl Index {
    /// Lets something go wrong with the next upload of a file, after what is to go wrong already.
    pub fn fault(&mut self, file: &str, fault: Fault) {
        self.faults.entry(file.to_owned()).or_default().push(fault);
    }

    /// Stores a file, whoever sent it.
    pub fn put(&mut self, file: &str, bytes: impl Into<Vec<u8>>) {
        self.files.insert(file.to_owned(), Stored { bytes: bytes.into(), from: Instant::now() });
    }

    /// The content of a file.
    pub fn bytes(&self, file: &str) -> Option<&[u8]> {
        self.files.get(file).map(|stored| stored.bytes.as_slice())
    }

    /// Deletes a file.
    pub fn remove(&mut self, file: &str) {
        self.files.remove(file);
    }

    /// The names that point to a version, as its listing says.
    pub(super) fn channels_of(&self, name: &PackageName, version: &Version) -> Vec<String> {
        let points = self.points.iter().filter(|((of, _), to)| of == name && *to == version);
        points.filter(|_| !self.silent_on_channels).map(|((_, channel), _)| channel.clone()).collect()
    }

    /// Whether it has a package, of whichever version.
    pub(super) fn knows(&self, name: &PackageName) -> bool {
        let starts = [format!("{name}-"), format!("{name}/")];
        self.files.keys().any(|key| starts.iter().any(|start| key.starts_with(start)))
    }

    /// The files of a version that are listed now, by their keys.
    pub(super) fn listed<'a>(
        &'a self,
        name: &PackageName,
        version: &Version,
    ) -> impl Iterator<Item = (&'a String, &'a Stored)> {
        let (stem, folder, version) = (format!("{name}-{version}"), format!("{name}/"), format!("-{version}"));
        let ends = |rest: &str| rest.starts_with(['.', '-']);
        let is_of = move |key: &str| match key.strip_prefix(&folder) {
            Some(file) => file.split_once(&version).is_some_and(|(_, rest)| ends(rest)),
            None => key.strip_prefix(&stem).is_some_and(ends),
        };
        self.files.iter().filter(move |(key, stored)| is_of(key) && stored.from <= Instant::now())
    }

    /// The fault that the next upload of a file meets.
    pub(super) fn next_fault(&mut self, key: &str) -> Option<Fault> {
        let faults = self.faults.get_mut(key)?;
        (!faults.is_empty()).then(|| faults.remove(0))
    }
}
