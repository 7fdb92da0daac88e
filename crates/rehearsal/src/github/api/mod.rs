//! The operations, by subject, and the table of all of them.

mod assets;
mod comments;
mod contents;
mod git;
mod labels;
mod merge;
mod people;
mod pulls;
mod releases;
mod repositories;

use super::answer::Refusal;
use super::call::{Call, Operation};
use super::need::{CONTENTS, ISSUES, NOTHING, PULLS, READ_CONTENTS, READ_ISSUES, READ_PULLS};

use super::places::UPLOAD;
pub(super) use assets::address;
pub(super) use merge::{Merge, merge};
pub(super) use pulls::{Opened, close, open, reopen};

/// What the host of uploads does.
pub(super) const UPLOADS: &[Operation] = &[Operation::post(UPLOAD, CONTENTS, assets::upload)];

/// What the API does.
#[rustfmt::skip]
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get("/user", NOTHING, people::user),
    Operation::get("/repos/{owner}/{repo}", NOTHING, repositories::get),
    Operation::get("/repos/{owner}/{repo}/assignees", NOTHING, people::assignees),
    Operation::get("/repos/{owner}/{repo}/assignees/{assignee}", NOTHING, people::assignee),
    Operation::get("/repos/{owner}/{repo}/branches/{ref}", READ_CONTENTS, git::branch),
    Operation::get("/repos/{owner}/{repo}/commits/{commit_sha}", READ_CONTENTS, git::commit),
    Operation::get("/repos/{owner}/{repo}/commits/{commit_sha}/pulls", READ_PULLS, pulls::of_commit),
    Operation::get("/repos/{owner}/{repo}/contents/{path}", READ_CONTENTS, contents::get),
    Operation::get("/repos/{owner}/{repo}/git/commits/{commit_sha}", READ_CONTENTS, git::git_commit),
    Operation::get("/repos/{owner}/{repo}/git/matching-refs/{ref}", READ_CONTENTS, git::matching),
    Operation::get("/repos/{owner}/{repo}/git/ref/{ref}", READ_CONTENTS, git::reference),
    Operation::post("/repos/{owner}/{repo}/git/refs", CONTENTS, git::create),
    Operation::patch("/repos/{owner}/{repo}/git/refs/{ref}", CONTENTS, git::update),
    Operation::delete("/repos/{owner}/{repo}/git/refs/{ref}", CONTENTS, git::delete),
    Operation::post("/repos/{owner}/{repo}/dispatches", CONTENTS, repositories::dispatch),
    Operation::get("/repos/{owner}/{repo}/pulls", READ_PULLS, pulls::list),
    Operation::post("/repos/{owner}/{repo}/pulls", PULLS, pulls::create),
    Operation::get("/repos/{owner}/{repo}/pulls/{pull_number}", READ_PULLS, pulls::get),
    Operation::patch("/repos/{owner}/{repo}/pulls/{pull_number}", PULLS, pulls::update),
    Operation::put("/repos/{owner}/{repo}/pulls/{pull_number}/merge", CONTENTS, merge::call),
    Operation::get("/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", READ_PULLS, people::reviewers),
    Operation::post("/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", PULLS, people::ask),
    Operation::get("/repos/{owner}/{repo}/pulls/{pull_number}/reviews", READ_PULLS, people::reviews),
    Operation::get("/repos/{owner}/{repo}/issues/{issue_number}", READ_ISSUES, pulls::issue),
    Operation::post("/repos/{owner}/{repo}/issues/{issue_number}/assignees", ISSUES, people::assign),
    Operation::get("/repos/{owner}/{repo}/issues/{issue_number}/comments", READ_ISSUES, comments::list),
    Operation::post("/repos/{owner}/{repo}/issues/{issue_number}/comments", ISSUES, comments::create),
    Operation::patch("/repos/{owner}/{repo}/issues/comments/{comment_id}", ISSUES, comments::update),
    Operation::get("/repos/{owner}/{repo}/issues/{issue_number}/labels", READ_ISSUES, labels::of_issue),
    Operation::post("/repos/{owner}/{repo}/issues/{issue_number}/labels", ISSUES, labels::add),
    Operation::delete("/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", ISSUES, labels::remove),
    Operation::get("/repos/{owner}/{repo}/labels", READ_ISSUES, labels::list),
    Operation::post("/repos/{owner}/{repo}/labels", ISSUES, labels::create),
    Operation::get("/repos/{owner}/{repo}/labels/{name}", READ_ISSUES, labels::get),
    Operation::get("/repos/{owner}/{repo}/releases", READ_CONTENTS, releases::list),
    Operation::post("/repos/{owner}/{repo}/releases", CONTENTS, releases::create),
    Operation::get("/repos/{owner}/{repo}/releases/latest", READ_CONTENTS, releases::latest),
    Operation::get("/repos/{owner}/{repo}/releases/tags/{ref}", READ_CONTENTS, releases::by_tag),
    Operation::get("/repos/{owner}/{repo}/releases/{release_id}", READ_CONTENTS, releases::get),
    Operation::patch("/repos/{owner}/{repo}/releases/{release_id}", CONTENTS, releases::update),
    Operation::delete("/repos/{owner}/{repo}/releases/{release_id}", CONTENTS, releases::delete),
    Operation::get("/repos/{owner}/{repo}/releases/{release_id}/assets", READ_CONTENTS, assets::list),
    Operation::get("/repos/{owner}/{repo}/releases/assets/{asset_id}", READ_CONTENTS, assets::get),
    Operation::delete("/repos/{owner}/{repo}/releases/assets/{asset_id}", CONTENTS, assets::delete),
];

/// How long texts may be, in units of UTF-16, which is the least that a text may be counted as.
const LONGEST_BODY: usize = 65_536;
const LONGEST_NOTES: usize = 125_000;
const LONGEST_TITLE: usize = 256;

/// Whether a text is short enough.
fn bounded(resource: &str, field: &str, text: Option<&str>, most: usize) -> Result<(), Refusal> {
    let length = text.map_or(0, |text| text.encode_utf16().count());
    let message = || format!("{field} is too long (maximum is {most} characters)");
    if length > most { Err(Refusal::custom(resource, field, &message())) } else { Ok(()) }
}

impl Call<'_> {
    /// Whether texts of an issue or pull request are short enough.
    fn bounded(&self, resource: &str) -> Result<(), Refusal> {
        bounded(resource, "title", self.body["title"].as_str(), LONGEST_TITLE)?;
        bounded(resource, "body", self.body["body"].as_str(), LONGEST_BODY)
    }
}

#[cfg(test)]
mod tests {
    use super::{OPERATIONS, UPLOADS};

    /// What the official description is cut to, by which tests hold the forge against it.
    const DESCRIBED: &str = include_str!("../../../../../xtask/tools/node/operations.txt");

    /// Without the names of placeholders.
    fn bare(path: &str) -> String {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        parts.collect::<Vec<_>>().join("/")
    }

    #[test]
    fn every_operation_is_held_against_the_description() {
        let own =
            OPERATIONS.iter().chain(UPLOADS).map(|operation| format!("{} {}", operation.method, bare(operation.path)));
        let own: std::collections::BTreeSet<String> = own.collect();
        let described = DESCRIBED.lines().filter(|line| !line.starts_with('#')).map(bare).collect();
        assert_eq!(own, described);
    }
}
