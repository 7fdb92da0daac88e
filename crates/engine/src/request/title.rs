//! The title of a change request, and whether people have given it another one.

use releasekit_core::model::BranchName;
use releasekit_core::policy::PullRequestPolicy;

use crate::words;

/// The title that the change request of a release of so many packages has, given the one that is there.
pub(super) fn title(policy: &PullRequestPolicy, base: &BranchName, count: usize, there: Option<&str>) -> String {
    let form = policy.title.as_deref().unwrap_or(&policy.commit_message);
    match there {
        Some(there) if policy.title.is_none() && !is_of_form(there, form, base) => there.to_owned(),
        _ => words::subject(form, base.as_str(), count),
    }
}

/// Whether we gave a title to a release of some number of packages.
fn is_of_form(title: &str, form: &str, base: &BranchName) -> bool {
    let numbers = title.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok());
    numbers.chain([1]).any(|count| words::subject(form, base.as_str(), count) == title.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(set: Option<&str>, there: Option<&str>) -> String {
        let policy = PullRequestPolicy { title: set.map(str::to_owned), ..PullRequestPolicy::default() };
        title(&policy, &BranchName::new("v1"), 3, there)
    }

    #[test]
    fn a_title_that_people_edited_stays_unless_one_is_configured() {
        let ours = "chore(release): release 3 packages";
        for there in [None, Some("chore(release): release 12 packages"), Some("chore(release): release 1 package")] {
            assert_eq!(titled(None, there), ours, "{there:?}");
        }
        for people in ["chore(release): the spring release", "chore(release): release 1 packages", ""] {
            assert_eq!(titled(None, Some(people)), people);
        }
        assert_eq!(titled(Some("{base}: {count}"), Some("the spring release")), "v1: 3");
    }
}
