//! What notes are made of beside commits: the template that the configuration names, and the day.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use releasekit_core::Tree;
use releasekit_core::model::RepoPath;
use releasekit_core::vcs::CommitInfo;

use crate::error::{Error, Result};
use crate::plan::Planned;

/// The changelog template that the configuration names.
pub(crate) fn template(planned: &Planned) -> Result<Option<String>> {
    let Some(path) = &planned.snapshot.policy.changelog.template else { return Ok(None) };
    let text = read_text(planned.snapshot.tree.as_ref(), path)?;
    text.map(Some).ok_or_else(|| Error::ChangelogTemplate { why: format!("there is no `{path}`") })
}

/// The day a commit was made, in UTC; a date beyond the calendar is its first or last day.
pub(crate) fn date_of(commit: &CommitInfo) -> String {
    let seconds = commit.time.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let time = Timestamp::from_second(seconds).expect("the seconds are within the calendar");
    time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
}

/// A text file of a tree; `None` where it is not there.
pub(crate) fn read_text(tree: &dyn Tree, path: &RepoPath) -> Result<Option<String>> {
    let Some(content) = tree.read(path)? else { return Ok(None) };
    String::from_utf8(content).map(Some).map_err(|_| Error::NotText { path: path.clone() })
}
