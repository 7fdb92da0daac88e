//! What the registry of the world holds, and what goes wrong with it.

use std::collections::BTreeMap;
use std::time::Duration;

use releasekit_core::ErrorKind;
use releasekit_core::package_manager::Installable;
use tokio::time::Instant;

/// What goes wrong with the next upload of a file.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
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
    /// Held for approval.
    Staged,
    /// Stored, and nobody hears of the reply, for the process is gone.
    Hang,
}

/// How a look brings no answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Silence {
    /// Nothing ever comes.
    Drip,
    /// The registry wants to be asked later.
    Later(Duration),
    /// It answers, after so long.
    Slow(Duration),
}

/// A file of a registry, and since when it is listed.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) bytes: Vec<u8>,
    pub(crate) from: Instant,
}

/// What a registry holds.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) files: BTreeMap<String, Stored>,
    /// File names, as they were sent.
    pub(crate) uploads: Vec<String>,
    pub(crate) faults: BTreeMap<String, Vec<Fault>>,
    /// When each arrived.
    pub(crate) sent_at: Vec<Instant>,
    /// How often it was looked at.
    pub(crate) looks: usize,
    /// Answers to looks that are given first: none for so long, or none and what is asked for.
    pub(crate) silences: Vec<Silence>,
    /// Whether the tool says what the registry asks for.
    pub(crate) says_delays: bool,
    /// Whether it says what the digests are.
    pub(crate) silent_on_digests: bool,
    /// The files that it lists as yanked.
    pub(crate) yanked: Vec<String>,
    /// Whether it answers at all.
    pub(crate) down: bool,
    /// Whether names point to versions, and what uploads wanted to point where.
    pub(crate) has_channels: bool,
    pub(crate) channels: Vec<(String, Option<String>)>,
    /// Whether the registry takes files itself; else it has no such operation.
    pub(crate) takes_files: bool,
    /// A registry that fills itself has these once it is asked for them.
    pub(crate) from_tags: BTreeMap<String, Vec<u8>>,
    pub(crate) most_at_once: usize,
    /// How many smoke tests went through.
    pub(crate) smoked: usize,
    /// What the installer was asked to choose, by name, in order.
    pub(crate) resolutions: Vec<Vec<Installable>>,
    /// Packages that it does not choose, and for how many questions more.
    pub(crate) unseen: BTreeMap<String, usize>,
    /// How questions to the installer fail that are asked first.
    pub(crate) unasked: Vec<ErrorKind>,
    pub(crate) at_once: usize,
}

impl Index {
    pub(crate) fn fault(&mut self, file: &str, fault: Fault) {
        self.faults.entry(file.to_owned()).or_default().push(fault);
    }

    pub(crate) fn put(&mut self, file: &str, bytes: impl Into<Vec<u8>>) {
        self.files.insert(file.to_owned(), Stored { bytes: bytes.into(), from: Instant::now() });
    }

    pub(crate) fn bytes(&self, file: &str) -> Option<&[u8]> {
        self.files.get(file).map(|stored| stored.bytes.as_slice())
    }

    pub(crate) fn remove(&mut self, file: &str) {
        self.files.remove(file);
    }
}
