//! What the journal remembers of uploads. It is never forgotten: neither that a file may have arrived, nor what was accepted.

use releasekit_core::model::{Digest, PackageId};

use crate::error::Result;
use crate::journal::{Effect, Journal, UploadOutcome};

/// What is known of a file from all attempts to send it, of this run and of earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Past {
    /// It was never sent, or each time refused.
    Unsent,
    /// It may have arrived, by some attempt, and may still.
    Uncertain,
    /// It was accepted.
    Accepted,
}

/// A file at a registry. A name alone tells no file: two packages may have files of one name.
#[derive(Debug)]
pub(super) struct SentFile<'a> {
    pub(super) package: &'a PackageId,
    pub(super) name: &'a str,
    pub(super) registry: String,
}

/// What the journal knows of a file. Whatever came after it, one attempt that may have arrived stays one.
pub(super) fn past(journal: &Journal, file: &SentFile<'_>) -> Past {
    let attempts = journal.entries_of(|effect| file.is_of(effect));
    let outcomes: Vec<Option<UploadOutcome>> = attempts.into_iter().map(|entry| entry.outcome).collect();
    if outcomes.contains(&Some(UploadOutcome::Accepted)) {
        Past::Accepted
    } else if outcomes.iter().all(|outcome| matches!(outcome, Some(UploadOutcome::Refused { .. }))) {
        Past::Unsent
    } else {
        Past::Uncertain
    }
}

/// The digests of what the registry accepted under this name.
pub(super) fn accepted(journal: &Journal, file: &SentFile<'_>) -> Vec<Digest> {
    let of_it = journal.entries_of(|effect| file.is_of(effect));
    let accepted = of_it.into_iter().filter(|entry| entry.outcome == Some(UploadOutcome::Accepted));
    let sent = accepted.filter_map(|entry| match entry.effect {
        Effect::Upload { sha256, .. } => Some(sha256),
        Effect::Dispatch { .. } => None,
    });
    sent.filter(|sha256| !sha256.is_empty()).map(Digest::sha256).collect()
}

/// Remembers of a file that these very bytes were seen at the registry: then no attempt to send them is uncertain any more.
pub(super) fn seen(journal: &Journal, file: &SentFile<'_>, served: &[Digest]) -> Result<()> {
    journal.confirm(|effect| {
        let Effect::Upload { sha256, .. } = effect else { return false };
        file.is_of(effect) && served.contains(&Digest::sha256(sha256.as_str()))
    })
}

impl SentFile<'_> {
    fn is_of(&self, effect: &Effect) -> bool {
        let Effect::Upload { package, file, registry, .. } = effect else { return false };
        *package == self.package.to_string() && file == self.name && *registry == self.registry
    }
}
