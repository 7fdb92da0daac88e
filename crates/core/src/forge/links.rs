//! The pages of a repository, as templates that a backend fills in once.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::model::{BranchName, CommitId, TagName};

/// What a name may not bring into the path of a URL. A slash stays: forges take names with slashes as they are.
const UNSAFE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`');

/// The pages of a repository.
///
/// They are made once, from [`LinkTemplates`]. Names are percent-encoded as they go in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Links {
    /// The repository's own page.
    pub repository: String,
    commit: String,
    compare: String,
    change_request: String,
    new_change_request: String,
    tag: String,
    release: Option<String>,
}

impl Links {
    /// The pages below a repository's own, `https://host/owner/name`; each template is what follows it, `/commit/{commit}`.
    pub fn new(repository: impl Into<String>, templates: &LinkTemplates<'_>) -> Self {
        let repository = repository.into();
        let whole = |template: &str| format!("{repository}{template}");
        Self {
            commit: whole(templates.commit),
            compare: whole(templates.compare),
            change_request: whole(templates.change_request),
            new_change_request: whole(templates.new_change_request),
            tag: whole(templates.tag),
            release: templates.release.map(whole),
            repository,
        }
    }

    /// The page of a commit.
    pub fn commit(&self, commit: &CommitId) -> String {
        self.commit.replace("{commit}", commit.as_str())
    }

    /// The page that compares two tags.
    pub fn compare(&self, from: &TagName, to: &TagName) -> String {
        between(&self.compare, from.as_str(), to.as_str())
    }

    /// The page of a change request.
    pub fn change_request(&self, number: u64) -> String {
        self.change_request.replace("{number}", &number.to_string())
    }

    /// The page on which people open a change request by hand.
    pub fn new_change_request(&self, head: &BranchName, base: &BranchName) -> String {
        between(&self.new_change_request, base.as_str(), head.as_str())
    }

    /// The page of a tag.
    pub fn tag(&self, tag: &TagName) -> String {
        self.tag.replace("{tag}", &encoded(tag.as_str()))
    }

    /// The page of a tag's release; the tag's own where the forge has no releases.
    pub fn release(&self, tag: &TagName) -> String {
        self.release.as_ref().map_or_else(|| self.tag(tag), |release| release.replace("{tag}", &encoded(tag.as_str())))
    }
}

/// The templates of [`Links`], each below the repository's own page.
#[derive(Debug, Clone, Copy)]
pub struct LinkTemplates<'a> {
    /// With `{commit}`.
    pub commit: &'a str,
    /// With `{from}` and `{to}`, two tags.
    pub compare: &'a str,
    /// With `{number}`.
    pub change_request: &'a str,
    /// With `{from}`, the base, and `{to}`, the head.
    pub new_change_request: &'a str,
    /// With `{tag}`.
    pub tag: &'a str,
    /// With `{tag}`; `None` where the forge has no releases.
    pub release: Option<&'a str>,
}

/// Fills in both names at once, for a branch may be called `{to}`.
fn between(template: &str, from: &str, to: &str) -> String {
    let fill = |part: &str| part.replace("{to}", &encoded(to));
    match template.split_once("{from}") {
        Some((before, after)) => format!("{}{}{}", fill(before), encoded(from), fill(after)),
        None => fill(template),
    }
}

fn encoded(name: &str) -> String {
    utf8_percent_encode(name, UNSAFE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(release: Option<&str>) -> Links {
        let templates = LinkTemplates {
            commit: "/commit/{commit}",
            compare: "/compare/{from}...{to}",
            change_request: "/pull/{number}",
            new_change_request: "/compare/{from}...{to}?expand=1",
            tag: "/tree/{tag}",
            release,
        };
        Links::new("https://forge.test/o/n", &templates)
    }

    #[test]
    fn names_are_encoded_into_the_templates() {
        let links = links(Some("/releases/tag/{tag}"));
        let [one, two] = ["sub/v1", "a#{to}?"].map(TagName::new);
        assert_eq!(links.compare(&one, &two), "https://forge.test/o/n/compare/sub/v1...a%23{to}%3F");
        assert_eq!(links.compare(&two, &one), "https://forge.test/o/n/compare/a%23{to}%3F...sub/v1");
        assert_eq!(links.release(&one), "https://forge.test/o/n/releases/tag/sub/v1");
        let [head, base] = ["releasekit--release--main", "main"].map(BranchName::new);
        let expected = "https://forge.test/o/n/compare/main...releasekit--release--main?expand=1";
        assert_eq!(links.new_change_request(&head, &base), expected);
        assert_eq!(links.commit(&CommitId::new("abc")), "https://forge.test/o/n/commit/abc");
        assert_eq!(links.change_request(12), "https://forge.test/o/n/pull/12");
    }

    #[test]
    fn without_releases_the_page_of_the_tag_is_shown() {
        let links = links(None);
        assert_eq!(links.release(&TagName::new("v1")), links.tag(&TagName::new("v1")));
    }
}
