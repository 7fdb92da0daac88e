//! The title of a request that a forge puts into the message of its merge.

use super::squash::below_first_line;
use super::text::{cleaned, is_made};
use super::{ParsedCommit, parse};

/// What a merge says: its own title, or where a forge made that, the title of the request below it.
pub(crate) fn of_request(message: &str) -> ParsedCommit {
    let text = cleaned(message);
    let below = below_first_line(&text);
    let whole = parse(&text);
    if below.is_empty() || !is_made(&text) {
        return whole;
    }
    // Where nobody gave a title, the first line below may be a trailer.
    ParsedCommit { trailers: whole.trailers, ..parse(below) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_of_the_request_is_what_a_merge_says() {
        let says = |message: &str| of_request(message).title;
        assert_eq!(says("feat(a): read tabs (!12)"), "feat(a): read tabs (!12)");
        assert_eq!(says("Merge pull request #12 from a/tabs\n\nfeat: read tabs\n\nBody."), "feat: read tabs");
        assert_eq!(
            says("Merge branch 'tabs' into 'main'\n\nfeat: read tabs\n\nSee merge request a/b!12"),
            "feat: read tabs"
        );
        assert_eq!(says("Merged in tabs (pull request #7)\n\nfeat: read tabs\n\nApproved-by: A"), "feat: read tabs");
        assert_eq!(says("Merge branch 'tabs'"), "Merge branch 'tabs'");
        assert_eq!(says("Merge the two\n\nfeat: read tabs"), "Merge the two");
    }
}
