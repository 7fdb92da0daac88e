//! Says in the requests that a release brings to users which release that is, where one wants it.

use std::collections::BTreeMap;

use releasekit_core::forge::{CommentUpsert, Written};
use releasekit_core::{BackendError, Diagnostic, ErrorKind};

use super::{Announced, Announcer};
use crate::bump::Reason;
use crate::error::Result;
use crate::forge::settled;
use crate::manifest::Manifest;
use crate::notes::request_of;
use crate::plan::Row;
use crate::words;

/// How many packages a comment names; a request that moves more of them is told how many more.
const NAMED: usize = 20;

/// The requests that a manifest's commits name behind their subjects, each with the packages that it moved.
fn requests(manifest: &Manifest) -> BTreeMap<u64, Vec<&Row>> {
    let mut found: BTreeMap<u64, Vec<&Row>> = BTreeMap::new();
    for row in &manifest.packages {
        for reason in &row.reasons {
            let Reason::Commit { summary, .. } = reason else { continue };
            let Some(number) = request_of(summary) else { continue };
            let rows = found.entry(number).or_default();
            if rows.last().is_none_or(|last| last.id() != row.id()) {
                rows.push(row);
            }
        }
    }
    found
}

impl Announcer<'_> {
    /// Comments on the requests. Nothing hangs on a comment: what cannot be said is a warning, and the next run says it.
    pub(super) async fn comment(&self, announced: &mut Announced) -> Result<()> {
        let mut failed: Vec<String> = Vec::new();
        let mut first: Option<BackendError> = None;
        for (number, rows) in requests(&self.release.manifest) {
            self.cancel.check()?;
            let marker = format!("releasekit:released/{}", self.release.commit.id);
            let comment = CommentUpsert::new(number, marker, self.text(&rows));
            match settled(async || self.forge.upsert_comment(&comment).await).await {
                Written::Created(_) | Written::Updated(_) => announced.commented.push(number),
                Written::Unchanged(_) => {}
                // A number need not be one of this repository.
                Written::Refused(error) if error.kind() == ErrorKind::NotFound => {}
                Written::Refused(error) | Written::Unknown(error) => {
                    let ends_all = error.kind().is_retryable() || error.kind() == ErrorKind::Unauthenticated;
                    failed.push(format!("#{number}"));
                    first.get_or_insert(error);
                    if ends_all {
                        break;
                    }
                }
            }
        }
        if let Some(error) = first {
            let message = format!("{} could not be told of the release: {error}", failed.join(", "));
            self.session.warn(message, Some("run the same command again where the forge lets you".to_owned()));
        }
        Ok(())
    }

    /// What is released, each package by its name in code, which calls nobody, with the page of its tag.
    fn text(&self, rows: &[&Row]) -> String {
        let package = |row: &&&Row| {
            let (tag, next) = (row.tag.as_ref()?, row.next.as_ref()?);
            Some(format!("[`{}` {next}]({})", row.name, self.forge.links().tag(tag)))
        };
        let packages: Vec<String> = rows.iter().take(NAMED).filter_map(|row| package(&row)).collect();
        let more = match rows.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {}", words::count(more, "more package")),
        };
        format!("This is released in {}{more}.", packages.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::{BranchName, CommitId};

    use super::*;
    use crate::announce::wanted::tests::row;
    use crate::manifest::PlanOptions;
    use crate::plan::SCHEMA;

    fn moved(name: &str, summaries: &[&str]) -> Row {
        let commit = |summary: &&str| Reason::Commit { commit: CommitId::new("c"), summary: (*summary).to_owned() };
        let mut row = row("py", name);
        row.reasons = summaries.iter().map(commit).collect();
        row
    }

    #[test]
    fn each_request_is_known_by_the_number_behind_a_subject_with_all_that_it_moved() {
        let packages = vec![
            moved("a", &["feat: one (#7)", "fix: also (#7)", "fix: two", "fix: three (#9)"]),
            moved("b", &["feat: one (#7)", "feat: (#8) inside"]),
        ];
        let (base, branch) = (CommitId::new("base"), BranchName::new("main"));
        let manifest =
            Manifest { schema: SCHEMA, base, branch, options: PlanOptions::default(), umbrella: None, packages };
        let names = |rows: &Vec<&Row>| rows.iter().map(|row| row.name.to_string()).collect::<Vec<_>>().join(" ");
        let found: Vec<(u64, String)> =
            requests(&manifest).iter().map(|(number, rows)| (*number, names(rows))).collect();
        assert_eq!(found, [(7, "a b".to_owned()), (9, "a".to_owned())]);
    }
}
