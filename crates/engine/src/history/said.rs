//! What a commit says to the packages that it touched: its own message, or where its title says nothing of how far they
//! move, the messages that it lists.

use releasekit_core::policy::Policy;
use releasekit_core::vcs::TouchingCommit;

use super::change::Change;
use crate::commit::{self, ParsedCommit};
use crate::discover::Member;

/// What a commit says.
pub(super) struct Said {
    /// Newest first.
    pub(super) changes: Vec<Change>,
    /// Whether these are messages that it lists, of which each may be for one package alone.
    is_list: bool,
    /// The titles of breaking changes that it lists, and that its own title, which counts, says nothing of.
    pub(super) undeclared: Vec<String>,
}

impl Said {
    /// Reads a commit. A title with a known type speaks for all that is listed below it.
    pub(super) fn by(touching: &TouchingCommit, policy: &Policy) -> Self {
        let own = match touching.merged_into {
            Some(_) => change(touching, commit::of_request(&touching.message)),
            None => read(touching, &touching.message),
        };
        let title = &own.parsed;
        let is_known = title.kind.as_ref().is_some_and(|kind| policy.commit_types.contains_key(kind));
        let listed: Vec<Change> = title.listed.iter().map(|message| read(touching, message)).collect();
        if listed.is_empty() || touching.merged_into.is_some() {
            return Self { changes: vec![own], is_list: false, undeclared: Vec::new() };
        }
        if is_known || title.breaking {
            let is_breaking = |change: &&Change| change.parsed.breaking && !title.breaking;
            let undeclared = listed.iter().filter(is_breaking).map(|change| change.summary.clone()).collect();
            return Self { changes: vec![own], is_list: false, undeclared };
        }
        Self { changes: listed, is_list: true, undeclared: Vec::new() }
    }

    /// Which of the touched packages a change is for: all, but where a listed message names one of them, that one.
    pub(super) fn touched<'a>(&self, change: &Change, members: &[Member], touched: &'a [usize]) -> Vec<&'a usize> {
        let scope = change.parsed.scope.as_deref().filter(|_| self.is_list);
        let named: Vec<&usize> =
            touched.iter().filter(|index| scope.is_some_and(|scope| is_name_of(&members[**index], scope))).collect();
        if named.len() == 1 { named } else { touched.iter().collect() }
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
    Change { commit: touching.id.clone(), summary: parsed.title.clone(), parsed }
}
