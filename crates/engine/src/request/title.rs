//! The title of a change request, and whether people have given it another one.

use releasekit_core::policy::PullRequestPolicy;

use crate::subject::Subject;

/// The title that the change request of a release has, given the one that is there.
pub(super) fn title(policy: &PullRequestPolicy, subject: &Subject, there: Option<&str>) -> String {
    let form = policy.title.as_deref().or(policy.commit_message.as_deref());
    match there {
        Some(there) if policy.title.is_none() && !subject.is_line(there, form) => there.to_owned(),
        _ => subject.line(form),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(set: Option<&str>, there: Option<&str>) -> String {
        let policy = PullRequestPolicy { title: set.map(str::to_owned), ..PullRequestPolicy::default() };
        let subject = Subject { base: "v1".to_owned(), count: 3, name: None, version: None };
        title(&policy, &subject, there)
    }

    #[test]
    fn a_title_that_people_edited_stays_unless_one_is_configured() {
        let ours = "chore(release): release 3 packages";
        for there in [
            None,
            Some("chore(release): release 12 packages"),
            Some("chore(release): release 1 package"),
            Some("chore(release): release core 1.2.0-rc.1"),
        ] {
            assert_eq!(titled(None, there), ours, "{there:?}");
        }
        for people in ["chore(release): the spring release", ""] {
            assert_eq!(titled(None, Some(people)), people);
        }
        assert_eq!(titled(Some("{base}: {count}"), Some("the spring release")), "v1: 3");
    }
}
