//! What the journal remembers of uploads. It is never forgotten: neither that a file may have arrived, nor what was accepted.

use releasekit_core::model::Digest;

use crate::error::Result;
use crate::journal::{Effect, Journal, Outcome};

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

/// What the journal knows of a file at a registry. Whatever came after it, one attempt that may have arrived stays one.
pub(super) fn past(journal: &Journal, file: &str, registry: &str) -> Past {
    let attempts = journal.entries_of(|effect| is_of(effect, file, registry));
    let outcomes: Vec<Option<Outcome>> = attempts.into_iter().map(|entry| entry.outcome).collect();
    if outcomes.contains(&Some(Outcome::Accepted)) {
        Past::Accepted
    } else if outcomes.iter().all(|outcome| matches!(outcome, Some(Outcome::Refused { .. }))) {
        Past::Unsent
    } else {
        Past::Uncertain
    }
}

/// The digests of what the registry accepted under this name.
pub(super) fn accepted(journal: &Journal, file: &str, registry: &str) -> Vec<Digest> {
    let of_it = journal.entries_of(|effect| is_of(effect, file, registry));
    let accepted = of_it.into_iter().filter(|entry| entry.outcome == Some(Outcome::Accepted));
    let sent = accepted.map(|entry| match entry.effect {
        Effect::Upload { sha256, .. } => sha256,
    });
    sent.filter(|sha256| !sha256.is_empty()).map(Digest::sha256).collect()
}

/// Remembers of a file that these very bytes were seen at the registry: then no attempt to send them is uncertain any more.
pub(super) fn seen(journal: &Journal, file: &str, registry: &str, served: &[Digest]) -> Result<()> {
    journal.confirm(|effect| {
        let Effect::Upload { sha256, .. } = effect;
        is_of(effect, file, registry) && served.contains(&Digest::sha256(sha256.as_str()))
    })
}

fn is_of(effect: &Effect, file: &str, registry: &str) -> bool {
    let Effect::Upload { file: sent, registry: to, .. } = effect;
    sent == file && to == registry
}
