//! From what a repository has to what it should have.

use releasekit_core::edit::FileEdit;

use super::merge::{Merged, conflicts, merge};
use super::{Ci, Subject, made_for};

/// What a repository has of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Found {
    /// The workflow.
    pub(crate) present: Option<String>,
    /// The workflow as it was made.
    pub(crate) generated: Option<String>,
}

/// Why a workflow is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// Nothing says that it was made here, and it is not what would be made.
    Foreign,
    /// People have not yet chosen at these lines.
    Undecided(Vec<usize>),
}

/// What a workflow becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Update {
    /// What people get.
    pub(crate) merged: Merged,
    /// What is kept to tell later what is theirs.
    pub(crate) generated: String,
}

impl Found {
    /// What the workflow becomes where it should be made like this.
    pub(crate) fn update(&self, generated: String) -> Result<Update, Obstacle> {
        let merged = match (&self.present, &self.generated) {
            (None, _) => Merged { text: generated.clone(), conflicts: Vec::new() },
            (Some(present), _) if !conflicts(present).is_empty() => {
                return Err(Obstacle::Undecided(conflicts(present)));
            }
            (Some(present), None) if *present != generated => return Err(Obstacle::Foreign),
            (Some(present), None) => Merged { text: present.clone(), conflicts: Vec::new() },
            (Some(present), Some(before)) => merge(before, present, &generated),
        };
        Ok(Update { merged, generated })
    }

    /// Whether the workflow was made for what the repository is. The version that made it may be another: which one is
    /// installed is no matter of the repository's.
    pub(crate) fn is_current(&self, ci: Ci, subject: &Subject) -> Result<bool, Obstacle> {
        let (Some(present), Some(generated)) = (&self.present, &self.generated) else { return Ok(false) };
        let undecided = conflicts(present);
        if !undecided.is_empty() {
            return Err(Obstacle::Undecided(undecided));
        }
        let Some((version, _)) = made_for(generated) else { return Ok(false) };
        Ok(*generated == ci.make(&Subject { version, ..subject.clone() }))
    }

    /// The files that an update writes.
    pub(crate) fn edits(&self, ci: Ci, update: &Update) -> Vec<FileEdit> {
        let files =
            [(ci.path(), &self.present, &update.merged.text), (ci.generated(), &self.generated, &update.generated)];
        let changed = files.into_iter().filter(|(_, before, after)| before.as_ref() != Some(after));
        changed.map(|(path, _, after)| FileEdit::write(path, after.as_str())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(version: &str, tools: &[&'static str]) -> Subject {
        let branches = vec!["main".to_owned()];
        Subject { version: version.to_owned(), branches, tools: tools.iter().copied().collect() }
    }

    fn found(present: &str, generated: &str) -> Found {
        Found { present: Some(present.to_owned()), generated: Some(generated.to_owned()) }
    }

    #[test]
    fn what_is_not_there_is_made_with_what_tells_later_whose_a_line_is() {
        let made = Ci::Github.make(&subject("1.0.0", &["uv"]));
        let update = Found::default().update(made.clone()).expect("nothing is in the way");
        assert_eq!((&update.merged.text, &update.generated), (&made, &made));
        let paths: Vec<String> =
            Found::default().edits(Ci::Github, &update).iter().map(|edit| edit.path.to_string()).collect();
        let path = ".github/workflows/releasekit.yml";
        assert_eq!(paths, [path.to_owned(), format!(".releasekit/generated/{path}")]);
        assert_eq!(found(&made, &made).edits(Ci::Github, &update), []);
    }

    #[test]
    fn a_newer_workflow_keeps_what_people_changed() {
        let before = Ci::Github.make(&subject("1.0.0", &["uv"]));
        let mine = before.replace("ubuntu-24.04", "our-runner");
        let after = Ci::Github.make(&subject("1.1.0", &["cargo", "uv"]));
        let update = found(&mine, &before).update(after.clone()).expect("nothing is in the way");
        assert!(update.merged.conflicts.is_empty());
        assert_eq!(update.merged.text, after.replace("ubuntu-24.04", "our-runner"));
        assert_eq!(update.generated, after);
    }

    #[test]
    fn what_nobody_made_here_is_left_alone() {
        let made = Ci::Github.make(&subject("1.0.0", &["uv"]));
        let foreign = Found { present: Some("name: mine\n".to_owned()), generated: None };
        assert_eq!(foreign.update(made.clone()), Err(Obstacle::Foreign));
        let same = Found { present: Some(made.clone()), generated: None };
        let update = same.update(made).expect("it is what would be made");
        assert_eq!(same.edits(Ci::Github, &update).len(), 1);
    }

    #[test]
    fn nothing_is_merged_into_what_people_have_not_decided() {
        let made = Ci::Github.make(&subject("1.0.0", &["uv"]));
        let found = found(&format!("<<<<<<< yours\n{made}"), &made);
        assert_eq!(found.update(made), Err(Obstacle::Undecided(vec![1])));
        assert_eq!(found.is_current(Ci::Github, &subject("1.0.0", &["uv"])), Err(Obstacle::Undecided(vec![1])));
    }

    #[test]
    fn it_is_stale_where_it_would_be_made_otherwise_and_a_newer_version_alone_makes_none_stale() {
        let made = Ci::Github.make(&subject("1.0.0", &["uv"]));
        let mine = made.replace("ubuntu-24.04", "our-runner");
        let is_current =
            |found: &Found, subject: &Subject| found.is_current(Ci::Github, subject).expect("it is decided");
        assert!(is_current(&found(&mine, &made), &subject("2.0.0", &["uv"])));
        assert!(!is_current(&found(&mine, &made), &subject("1.0.0", &["cargo", "uv"])));
        assert!(!is_current(
            &found(&made, &made.replace("timeout-minutes: 30", "timeout-minutes: 9")),
            &subject("1.0.0", &["uv"])
        ));
        assert!(!is_current(&Found { present: None, generated: Some(made.clone()) }, &subject("1.0.0", &["uv"])));
        assert!(!is_current(&Found { present: Some(made), generated: None }, &subject("1.0.0", &["uv"])));
    }
}
