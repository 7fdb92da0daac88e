//! What a change request tells of a plan.

use std::collections::BTreeMap;

use releasekit_core::forge::TextLimit;
use releasekit_core::model::{BranchName, PackageId, PackageName};

use super::body::{Body, Line};
use crate::bump::Reason;
use crate::notes::below_heading;
use crate::plan::{ReleasePlan, Row};
use crate::subject::Subject;

/// A plan with the notes of its packages, for people.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    body: Body,
    subject: Subject,
}

impl Content {
    /// Tells of a plan that is to be merged into a branch.
    pub(crate) fn new(plan: &ReleasePlan, base: &BranchName, notes: &BTreeMap<PackageId, String>) -> Self {
        let rows: Vec<&Row> = plan.included().collect();
        let named = |name: &PackageName| rows.iter().filter(|row| row.name == *name).count();
        let line = |row: &&Row| Line {
            name: if named(&row.name) > 1 { row.id().to_string() } else { row.name.to_string() },
            from: row
                .current
                .as_ref()
                .filter(|_| !row.reasons.contains(&Reason::FirstRelease))
                .map(ToString::to_string),
            to: row.next.as_ref().map(ToString::to_string).unwrap_or_default(),
            bump: row.bump.as_str().to_owned(),
            notes: notes_of(row, notes),
        };
        let body = Body { base: base.to_string(), packages: rows.iter().map(line).collect() };
        Self { body, subject: Subject::new(plan, base) }
    }

    /// What a line says of it.
    pub(crate) fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The text, as far as there is room for it.
    pub(super) fn fitting(&self, limit: TextLimit, room: usize) -> Option<String> {
        self.body.fitting(limit, room)
    }
}

fn notes_of(row: &Row, notes: &BTreeMap<PackageId, String>) -> String {
    let own = notes.get(&row.id()).zip(row.next.as_ref());
    own.map(|(notes, next)| below_heading(notes, next).to_owned()).unwrap_or_default()
}
