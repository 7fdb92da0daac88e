//! What a commit says to the packages that it touched: its own message, or where its title says nothing of how far they
//! move, the messages that it lists.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use releasekit_core::model::{Bump, CommitId};
use releasekit_core::policy::{BumpSource, Policy};
use releasekit_core::vcs::TouchingCommit;

use super::change::Change;
use crate::commit::{self, ParsedCommit};
use crate::discover::Member;

/// What the commits of a history say. Each is read once: while the history is walked, or when somebody asks.
#[derive(Debug, Default)]
pub(super) struct Sayings(Mutex<HashMap<CommitId, Arc<Said>>>);

impl Sayings {
    /// What a commit says.
    pub(super) fn of(&self, touching: &TouchingCommit, policy: &Policy) -> Arc<Said> {
        let sayings = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(said) = sayings().get(&touching.id) {
            return said.clone();
        }
        // Not while the lock is held: other threads have commits of their own to read.
        let said = Arc::new(Said::by(touching, policy));
        sayings().insert(touching.id.clone(), said.clone());
        said
    }
}

/// What a commit says.
#[derive(Debug)]
pub(super) struct Said {
    /// Its own message, whose trailers are meant of all that it lists.
    pub(super) own: Change,
    /// The messages that it lists, newest first, each with trailers of its own.
    pub(super) listed: Vec<Change>,
    /// Whether these count in place of its own message, of which each may be for one package alone.
    pub(super) is_list: bool,
    /// The titles of breaking changes that it lists, and that its own title, which counts, says nothing of.
    pub(super) undeclared: Vec<String>,
}

impl Said {
    /// Reads a commit. A title with a known type speaks for all that is listed below it.
    fn by(touching: &TouchingCommit, policy: &Policy) -> Self {
        let own = match touching.merged_into {
            Some(_) => change(touching, commit::of_request(&touching.message)),
            None => read(touching, &touching.message),
        };
        let title = &own.parsed;
        if title.listed.is_empty() || touching.merged_into.is_some() {
            return Self { own, listed: Vec::new(), is_list: false, undeclared: Vec::new() };
        }
        let is_known = title.kind.as_ref().is_some_and(|kind| policy.commit_types.contains_key(kind));
        let listed: Vec<Change> = title.listed.iter().map(|message| read(touching, message)).collect();
        if is_known || title.breaking {
            let is_breaking = |change: &&Change| change.parsed.breaking && !title.breaking;
            let undeclared = listed.iter().filter(is_breaking).map(|change| change.summary().to_owned()).collect();
            return Self { own, listed, is_list: false, undeclared };
        }
        Self { own, listed, is_list: true, undeclared: Vec::new() }
    }

    /// What counts by its type, newest first: its own message, or those that it lists.
    pub(super) fn changes(&self) -> &[Change] {
        if self.is_list { &self.listed } else { std::slice::from_ref(&self.own) }
    }

    /// Whether any of its messages has a trailer.
    pub(super) fn has_trailers(&self) -> bool {
        self.listed.iter().chain([&self.own]).any(|change| !change.parsed.trailers.is_empty())
    }

    /// Whether it says how far it moves packages.
    pub(super) fn speaks(&self, policy: &Policy) -> bool {
        let is_asked = policy.counts(BumpSource::Trailers) && self.has_trailers();
        is_asked || self.changes().iter().any(|change| change.bump(policy) > Bump::None)
    }

    /// Which of the touched packages a change is for: all, but where a listed message names one of them, that one.
    pub(super) fn touched(&self, change: &Change, members: &[Member], touched: &[usize]) -> Vec<usize> {
        let scope = change.parsed.scope.as_deref().filter(|_| self.is_list);
        let is_named = |index: &usize| scope.is_some_and(|scope| is_name_of(&members[*index], scope));
        let named: Vec<usize> = touched.iter().copied().filter(is_named).collect();
        if named.len() == 1 { named } else { touched.to_vec() }
    }
}

/// Whether a scope is the name of a package, or of its folder.
fn is_name_of(member: &Member, scope: &str) -> bool {
    member.id.name.as_str() == scope || member.package.path.as_str().rsplit('/').next() == Some(scope)
}

fn read(touching: &TouchingCommit, message: &str) -> Change {
    change(touching, commit::parse(message))
}

fn change(touching: &TouchingCommit, parsed: ParsedCommit) -> Change {
    Change { commit: touching.id.clone(), parsed: Arc::new(parsed), level: None }
}
