//! Every operation that is asked of GitHub, with the permission it needs. No request goes past this table.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use releasekit_http::Method;

/// What a name may not bring into a path. A slash is encoded too: tags and branches have some.
const UNSAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An operation of GitHub's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// What GitHub's description calls it: an `operationId`, or the name of a GraphQL mutation.
    pub operation: &'static str,
    /// What is sent.
    pub method: Method,
    /// Where to, below the root of the API, with a name in braces for each part that differs.
    pub path: &'static str,
    /// What a token needs for it in this repository, as settings of tokens and of workflows name it.
    pub permission: &'static str,
    /// What it is needed for.
    pub purpose: &'static str,
}

impl Endpoint {
    /// Whether it changes nothing. All of GraphQL that is asked here changes something.
    pub(crate) fn is_read(&self) -> bool {
        self.method.is_read()
    }

    /// The path with its parts filled in, in the order in which they stand there; each is one segment.
    pub(crate) fn filled(&self, parts: &[&str]) -> String {
        let mut parts = parts.iter();
        let segments = self.path.split('/').map(|segment| match segment.starts_with('{') {
            true => parts.next().map_or_else(String::new, |part| encoded(part)),
            false => segment.to_owned(),
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

/// A name as one segment of a path, or as one value of a query.
pub(crate) fn encoded(part: &str) -> String {
    utf8_percent_encode(part, UNSAFE).to_string()
}

macro_rules! endpoints {
    ($($name:ident = $method:ident $path:literal, $operation:literal, $permission:literal, $purpose:literal;)+) => {
        $(
            pub(crate) const $name: Endpoint = Endpoint {
                operation: $operation,
                method: Method::$method,
                path: $path,
                permission: $permission,
                purpose: $purpose,
            };
        )+

        /// Every operation that is asked.
        pub const ENDPOINTS: &[Endpoint] = &[$($name),+];
    };
}

endpoints! {
    REPOSITORY = Get "/repos/{owner}/{repo}", "repos/get", "metadata: read",
        "the repository's path today and its default branch";
    PULLS = Get "/repos/{owner}/{repo}/pulls", "pulls/list", "pull-requests: read", "finding the pull request of a branch";
    PULL = Get "/repos/{owner}/{repo}/pulls/{pull_number}", "pulls/get", "pull-requests: read", "looking before a change";
    CREATE_PULL = Post "/repos/{owner}/{repo}/pulls", "pulls/create", "pull-requests: write", "opening a pull request";
    UPDATE_PULL = Patch "/repos/{owner}/{repo}/pulls/{pull_number}", "pulls/update", "pull-requests: write",
        "its title and text, and closing it";
    REVIEWS = Get "/repos/{owner}/{repo}/pulls/{pull_number}/reviews", "pulls/list-reviews", "pull-requests: read",
        "asking nobody again who has reviewed";
    REQUEST_REVIEWERS = Post "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", "pulls/request-reviewers",
        "pull-requests: write", "asking people and teams to review";
    CHECK_ASSIGNEE = Get "/repos/{owner}/{repo}/assignees/{assignee}", "issues/check-user-can-be-assigned",
        "metadata: read", "whether somebody can be assigned, which GitHub passes over in silence otherwise";
    ADD_ASSIGNEES = Post "/repos/{owner}/{repo}/issues/{issue_number}/assignees", "issues/add-assignees",
        "pull-requests: write", "assigning people";
    ISSUE = Get "/repos/{owner}/{repo}/issues/{issue_number}", "issues/get", "pull-requests: read",
        "who closed a pull request";
    LABELS = Get "/repos/{owner}/{repo}/issues/{issue_number}/labels", "issues/list-labels-on-issue",
        "pull-requests: read", "the labels of a pull request";
    ADD_LABELS = Post "/repos/{owner}/{repo}/issues/{issue_number}/labels", "issues/add-labels", "pull-requests: write",
        "putting labels on, and making those that the repository lacks";
    REMOVE_LABEL = Delete "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", "issues/remove-label",
        "pull-requests: write", "taking a label off";
    COMMENTS = Get "/repos/{owner}/{repo}/issues/{issue_number}/comments", "issues/list-comments",
        "pull-requests: read", "finding a comment by its marker";
    CREATE_COMMENT = Post "/repos/{owner}/{repo}/issues/{issue_number}/comments", "issues/create-comment",
        "pull-requests: write", "saying why a pull request was closed, and what released one";
    UPDATE_COMMENT = Patch "/repos/{owner}/{repo}/issues/comments/{comment_id}", "issues/update-comment",
        "pull-requests: write", "bringing that comment up to date";
    AUTO_MERGE = Post "/graphql", "enablePullRequestAutoMerge", "pull-requests: write, contents: write",
        "having GitHub merge a pull request once its checks have passed";
    RELEASES = Get "/repos/{owner}/{repo}/releases", "repos/list-releases", "contents: write",
        "finding releases, and drafts, which only those see who may write";
    RELEASE = Get "/repos/{owner}/{repo}/releases/{release_id}", "repos/get-release", "contents: write",
        "how a release is now, before something of it is replaced";
    RELEASE_BY_TAG = Get "/repos/{owner}/{repo}/releases/tags/{tag}", "repos/get-release-by-tag", "contents: read",
        "the published release of a tag";
    LATEST_RELEASE = Get "/repos/{owner}/{repo}/releases/latest", "repos/get-latest-release", "contents: read",
        "which release is the latest";
    CREATE_RELEASE = Post "/repos/{owner}/{repo}/releases", "repos/create-release", "contents: write",
        "making the release of a tag";
    UPDATE_RELEASE = Patch "/repos/{owner}/{repo}/releases/{release_id}", "repos/update-release", "contents: write",
        "its title and notes, and publishing a draft";
    UPLOAD_ASSET = Post "/repos/{owner}/{repo}/releases/{release_id}/assets", "repos/upload-release-asset",
        "contents: write", "files of a release, at the address that the release names for them";
    DELETE_ASSET = Delete "/repos/{owner}/{repo}/releases/assets/{asset_id}", "repos/delete-release-asset",
        "contents: write", "removing a file whose upload stopped half way";
    ASSET = Get "/repos/{owner}/{repo}/releases/assets/{asset_id}", "repos/get-release-asset", "contents: read",
        "downloading a file of a release";
    REF = Get "/repos/{owner}/{repo}/git/ref/{ref}", "git/get-ref", "contents: read",
        "whether a tag is there, and where a branch is";
    MATCHING_REFS = Get "/repos/{owner}/{repo}/git/matching-refs/{ref}", "git/list-matching-refs", "contents: read",
        "which tags are there, where many are looked for";
    CREATE_REF = Post "/repos/{owner}/{repo}/git/refs", "git/create-ref", "contents: write",
        "the branch for a commit that GitHub signs";
    COMMIT = Get "/repos/{owner}/{repo}/commits/{ref}", "repos/get-commit", "contents: read",
        "whether a commit that was asked for has been made";
    CONTENT = Get "/repos/{owner}/{repo}/contents/{path}", "repos/get-content", "contents: read",
        "whether a file holds what was asked for";
    CREATE_COMMIT = Post "/graphql", "createCommitOnBranch", "contents: write",
        "a commit that GitHub signs, where signatures are required and no key is at hand";
    DISPATCH = Post "/repos/{owner}/{repo}/dispatches", "repos/create-dispatch-event", "contents: write there",
        "starting workflows of the repositories that `[dispatch]` names";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_fill_a_path_and_cannot_leave_their_segment() {
        let filled = RELEASE_BY_TAG.filled(&["o", "n.m", "sub/v1+é?x=../"]);
        assert_eq!(filled, "/repos/o/n.m/releases/tags/sub%2Fv1%2B%C3%A9%3Fx%3D..%2F");
    }

    #[test]
    fn every_operation_stands_in_the_table_once() {
        let operations: BTreeSet<_> = ENDPOINTS.iter().map(|endpoint| endpoint.operation).collect();
        assert_eq!(operations.len(), ENDPOINTS.len());
    }
}
