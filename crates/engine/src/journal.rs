//! What a run was about to do and what came of it, one JSON line each, on disk before the effect and after it.
//!
//! Append-only. A line that a crash cut off is no line. An effect that begins and does not end may have happened: it is
//! looked at, never repeated blindly.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use releasekit_core::Diagnostic;
use releasekit_core::package_manager::Reply;
use serde::{Deserialize, Serialize};

use crate::durable;
use crate::error::Result;
use crate::failure::Failure;

/// A change of the world outside of our own folders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub(crate) enum Effect {
    /// A file is sent.
    Upload {
        /// Whose, `py:genkit`.
        package: String,
        /// The file's name.
        file: String,
        /// SHA-256 of its bytes.
        sha256: String,
        /// Where to.
        registry: String,
        /// Which attempt of this run, from 1.
        attempt: u32,
    },
    /// Another repository is told of the release.
    Dispatch {
        /// Which repository.
        repository: String,
        /// What its workflows wait for.
        event: String,
    },
}

/// What came of an effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[non_exhaustive]
pub(crate) enum UploadOutcome {
    /// It happened.
    Accepted,
    /// It did not happen.
    Refused {
        /// The code of the reason.
        code: String,
        /// Before which time the registry wants no other attempt, where it named one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Nobody knows; also where it was looked for in vain, for what is late is not lost. Earlier versions wrote `absent`
    /// then, which is no other knowledge.
    #[serde(alias = "absent")]
    Unknown {
        /// The code of the reason.
        #[serde(default)]
        code: String,
    },
}

impl UploadOutcome {
    /// What a reply to an upload tells that came now.
    pub(crate) fn of(reply: &Reply, now: Timestamp) -> Self {
        let code = |error: &releasekit_core::BackendError| error.code().to_string();
        match reply {
            Reply::Refused(error) => {
                let delay = error.retry_after().and_then(|delay| SignedDuration::try_from(delay).ok());
                Self::Refused { code: code(error), until: delay.and_then(|delay| now.checked_add(delay).ok()) }
            }
            Reply::Unknown(error) | Reply::ServerError { error, .. } => Self::Unknown { code: code(error) },
            _ => Self::Accepted,
        }
    }
}

/// What is known of an effect that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What was begun.
    pub effect: Effect,
    /// What came of it; `None` where the run ended first.
    pub outcome: Option<UploadOutcome>,
}

/// The journal of one release.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: Option<File>,
    entries: BTreeMap<u64, Entry>,
    next: u64,
}

/// An effect that was begun. Says how it ended by [`Ticket::end`], more than once where more is found out: the last word
/// counts. Dropped, it stays open.
#[derive(Debug)]
#[must_use = "an effect without an end may have happened"]
pub(crate) struct Ticket<'a> {
    journal: &'a Journal,
    number: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Begin {
        begin: u64,
        effect: Effect,
    },
    End {
        end: u64,
        #[serde(flatten)]
        outcome: UploadOutcome,
    },
}

impl Journal {
    /// Reads a journal; nothing is made before the first effect. Fails with `Precondition` on one that is damaged.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let text = match durable::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(Failure::file("read", path)(error).into()),
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let entries = read(&text[..whole]).map_err(|why| Failure::StateUnreadable { path: path.to_owned(), why })?;
        let next = entries.keys().next_back().map_or(Some(1), |last| last.checked_add(1));
        let full =
            || Failure::StateUnreadable { path: path.to_owned(), why: "its numbers have come to an end".to_owned() };
        let next = next.ok_or_else(full)?;
        Ok(Self { path: path.to_owned(), inner: Mutex::new(Inner { file: None, entries, next }) })
    }

    /// Says what is about to happen. It is on disk when this returns.
    pub(crate) fn begin(&self, effect: Effect) -> Result<Ticket<'_>> {
        let mut inner = self.inner();
        let number = inner.next;
        self.append(&mut inner, &Line::Begin { begin: number, effect: effect.clone() })?;
        inner.next += 1;
        inner.entries.insert(number, Entry { effect, outcome: None });
        Ok(Ticket { journal: self, number })
    }

    /// The effects that fit, in order.
    pub(crate) fn entries_of(&self, fits: impl Fn(&Effect) -> bool) -> Vec<Entry> {
        self.inner().entries.values().filter(|entry| fits(&entry.effect)).cloned().collect()
    }

    /// Says of the effects that fit that they happened, where nobody knew: what they were to do has been seen since.
    pub(crate) fn confirm(&self, fits: impl Fn(&Effect) -> bool) -> Result<()> {
        let open =
            |entry: &Entry| matches!(entry.outcome, None | Some(UploadOutcome::Unknown { .. })) && fits(&entry.effect);
        let numbers: Vec<u64> =
            self.inner().entries.iter().filter(|(_, entry)| open(entry)).map(|(number, _)| *number).collect();
        numbers.into_iter().try_for_each(|number| Ticket { journal: self, number }.end(UploadOutcome::Accepted))
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, inner: &mut Inner, line: &Line) -> Result<()> {
        let failed = || Failure::file("write", &self.path);
        if inner.file.is_none() {
            inner.file = Some(open_for_append(&self.path).map_err(failed())?);
        }
        let mut text = serde_json::to_vec(line).expect("a line is always JSON");
        text.push(b'\n');
        let file = inner.file.as_mut().expect("it was opened just now");
        file.write_all(&text).and_then(|()| file.sync_data()).map_err(failed())?;
        Ok(())
    }
}

impl Ticket<'_> {
    /// Says what came of it.
    pub(crate) fn end(&self, outcome: UploadOutcome) -> Result<()> {
        let mut inner = self.journal.inner();
        self.journal.append(&mut inner, &Line::End { end: self.number, outcome: outcome.clone() })?;
        if let Some(entry) = inner.entries.get_mut(&self.number) {
            entry.outcome = Some(outcome);
        }
        Ok(())
    }
}

/// Opens the file at its end, without what a crash left of its last line.
fn open_for_append(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        durable::create_dir(folder)?;
    }
    let mut file = durable::open(path, File::options().read(true).write(true).create(true).truncate(false))?;
    let text = durable::read(path)?;
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    file.set_len(whole as u64)?;
    file.seek(SeekFrom::End(0))?;
    path.parent().map_or(Ok(()), durable::sync_dir)?;
    Ok(file)
}

fn read(text: &[u8]) -> Result<BTreeMap<u64, Entry>, String> {
    let mut entries = BTreeMap::new();
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
        let line: Line = serde_json::from_slice(line).map_err(|error| format!("line {}: {error}", index + 1))?;
        match line {
            Line::Begin { begin, effect } => drop(entries.insert(begin, Entry { effect, outcome: None })),
            Line::End { end, outcome } => {
                let entry: &mut Entry =
                    entries.get_mut(&end).ok_or_else(|| format!("line {} ends what never began", index + 1))?;
                entry.outcome = Some(outcome);
            }
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn upload(file: &str) -> Effect {
        let text = str::to_owned;
        Effect::Upload {
            package: text("py:a"),
            file: text(file),
            sha256: text("00"),
            registry: text("http://localhost"),
            attempt: 1,
        }
    }

    fn outcomes(journal: &Journal) -> Vec<Option<UploadOutcome>> {
        journal.entries_of(|_| true).into_iter().map(|entry| entry.outcome).collect()
    }

    #[test]
    fn what_began_and_ended_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/journal.jsonl");
        let journal = Journal::open(&path).unwrap();
        assert!(!path.exists(), "reading makes nothing");
        let first = journal.begin(upload("one")).unwrap();
        let _interrupted = journal.begin(upload("two")).unwrap();
        first.end(UploadOutcome::Unknown { code: "RK-TEST-LOST".to_owned() }).unwrap();
        first.end(UploadOutcome::Accepted).unwrap();
        let again = Journal::open(&path).unwrap();
        assert_eq!(again.entries_of(|_| true), journal.entries_of(|_| true));
        let refused = UploadOutcome::Refused { code: "RK-TEST-NO".to_owned(), until: None };
        again.begin(upload("three")).unwrap().end(refused.clone()).unwrap();
        let outcomes: Vec<_> =
            Journal::open(&path).unwrap().entries_of(|_| true).into_iter().map(|entry| entry.outcome).collect();
        assert_eq!(outcomes, [Some(UploadOutcome::Accepted), None, Some(refused)]);
    }

    #[test]
    fn a_line_that_a_crash_cut_off_is_no_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let journal = Journal::open(&path).unwrap();
        journal.begin(upload("one")).unwrap().end(UploadOutcome::Accepted).unwrap();
        let whole = fs::read(&path).unwrap();
        for cut in 1..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let torn = Journal::open(&path).unwrap();
            let known = torn.entries_of(|_| true).len();
            let _ = torn.begin(upload("after")).unwrap();
            let healed = Journal::open(&path).unwrap();
            assert_eq!(healed.entries_of(|_| true).len(), known + 1, "cut at {cut}");
            assert_eq!(healed.entries_of(|_| true).last().unwrap().effect, upload("after"));
        }
    }

    #[test]
    fn what_an_earlier_version_called_absent_is_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let _open = Journal::open(&path).unwrap().begin(upload("one")).unwrap();
        let begun = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{begun}{{\"end\":1,\"outcome\":\"absent\"}}\n")).unwrap();
        let journal = Journal::open(&path).unwrap();
        assert_eq!(outcomes(&journal), [Some(UploadOutcome::Unknown { code: String::new() })]);
    }

    #[test]
    fn what_nobody_knew_can_be_confirmed_and_what_was_refused_cannot() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let journal = Journal::open(&path).unwrap();
        let refused = UploadOutcome::Refused { code: "RK-TEST-NO".to_owned(), until: None };
        let unknown = UploadOutcome::Unknown { code: "RK-TEST-LOST".to_owned() };
        journal.begin(upload("one")).unwrap().end(refused.clone()).unwrap();
        journal.begin(upload("one")).unwrap().end(unknown.clone()).unwrap();
        let _killed = journal.begin(upload("one")).unwrap();
        journal.begin(upload("two")).unwrap().end(unknown.clone()).unwrap();
        journal.confirm(|effect| *effect == upload("one")).unwrap();
        let expected = [Some(refused), Some(UploadOutcome::Accepted), Some(UploadOutcome::Accepted), Some(unknown)];
        assert_eq!(outcomes(&journal), expected);
        assert_eq!(outcomes(&Journal::open(&path).unwrap()), expected);
    }

    #[test]
    fn damage_before_the_end_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let last =
            format!("{{\"begin\":{},\"effect\":{}}}\n", u64::MAX, serde_json::to_string(&upload("one")).unwrap());
        for text in [last.as_str(), "{\"begin\":1}\n{}\n", "{\"end\":1,\"outcome\":\"accepted\"}\n"] {
            fs::write(&path, text).unwrap();
            let error = Journal::open(&path).unwrap_err();
            assert_eq!(releasekit_core::Diagnostic::code(&error), crate::codes::STATE_UNREADABLE);
        }
    }
}
