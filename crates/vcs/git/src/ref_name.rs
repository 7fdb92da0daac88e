//! How git spells the names of branches and tags.

use releasekit_core::model::{BranchName, TagName};
use releasekit_core::vcs::RefName;

const BRANCHES: &str = "refs/heads/";
const TAGS: &str = "refs/tags/";

/// The full name.
pub(crate) fn full(name: &RefName) -> String {
    match name {
        RefName::Branch(branch) => format!("{BRANCHES}{branch}"),
        RefName::Tag(tag) => format!("{TAGS}{tag}"),
    }
}

/// The name without what says whether it is a branch or a tag.
pub(crate) fn short(name: &RefName) -> &str {
    match name {
        RefName::Branch(branch) => branch.as_str(),
        RefName::Tag(tag) => tag.as_str(),
    }
}

/// Reads a full name; `None` for what is neither a branch nor a tag.
pub(crate) fn read(full: &str) -> Option<RefName> {
    read_branch(full).map(RefName::Branch).or_else(|| Some(RefName::Tag(TagName::new(full.strip_prefix(TAGS)?))))
}

/// Reads the full name of a branch.
pub(crate) fn read_branch(full: &str) -> Option<BranchName> {
    full.strip_prefix(BRANCHES).map(BranchName::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spelled_is_read_back() {
        for name in [RefName::Branch(BranchName::new("a/b")), RefName::Tag(TagName::new("v1"))] {
            assert_eq!(read(&full(&name)), Some(name));
        }
        assert_eq!(full(&RefName::Branch(BranchName::new("main"))), "refs/heads/main");
        assert_eq!(read("refs/pull/1/head"), None);
        assert_eq!(read_branch("refs/tags/v1"), None);
    }
}
