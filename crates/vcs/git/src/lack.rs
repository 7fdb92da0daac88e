//! What a clone lacks and what helps, as users of git say it.

use releasekit_core::vcs::{Lack, Need};

use crate::error::Error;

/// The command that a user would run.
pub(crate) fn hint(need: &Need) -> String {
    match need {
        Need::History => "`git fetch --unshallow`".to_owned(),
        Need::Pull => "`git pull`".to_owned(),
        Need::RemoteTags => "`git fetch --tags --force`".to_owned(),
        Need::DeleteTag(tag) => format!("`git tag --delete {tag}`"),
        Need::Object { remote, object } => format!("`git fetch {remote} {object}`"),
    }
}

/// The error that says what is not there.
pub(crate) fn error(lack: Lack) -> Error {
    match lack {
        Lack::History(at) => Error::Shallow { at: at.short().to_owned() },
        Lack::Tags(tags) => Error::TagsMissing { tags },
        Lack::Commit { name, setting } => Error::CommitMissing { name, setting },
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::Diagnostic;
    use releasekit_core::model::{CommitId, ObjectId, TagName};

    use super::*;
    use crate::codes;

    fn said(lack: Lack) -> (&'static str, String, String) {
        let error = error(lack);
        (error.code().as_str(), error.to_string(), error.help().expect("there is always help"))
    }

    #[test]
    fn what_is_missing_is_said_with_the_command_that_brings_it() {
        let (code, text, help) = said(Lack::History(CommitId::new("1234567890")));
        assert_eq!(code, codes::SHALLOW.as_str());
        assert_eq!(text, "history is cut off at 123456789, and the answer lies beyond it");
        assert_eq!(help, "run `git fetch --unshallow --tags`");
        let tags = |names: &[&str]| Lack::Tags(names.iter().map(|name| TagName::new(*name)).collect());
        let (code, text, help) = said(tags(&["a-v1"]));
        assert_eq!(code, codes::TAGS_MISSING.as_str());
        assert_eq!(text, "the clone lacks the release tag `a-v1` that the remote has");
        assert_eq!(help, "run `git fetch --tags`");
        assert!(said(tags(&["a-v1", "b-v1"])).1.contains("2 release tags, `a-v1` among them,"));
        let commit = |setting| Lack::Commit { name: "beef".to_owned(), setting };
        let (code, text, help) = said(commit(None));
        assert_eq!((code, text.as_str()), (codes::COMMIT_MISSING.as_str(), "the clone has no commit `beef`"));
        assert!(help.starts_with("mend the name, or fetch the commit: `git fetch`"), "{help}");
        assert!(said(commit(Some("bootstrap_sha"))).1.starts_with("`bootstrap_sha` is `beef`"));
    }

    #[test]
    fn a_hint_is_a_command_as_one_types_it() {
        let object = Need::Object { remote: "origin".to_owned(), object: ObjectId::new("beef") };
        let hints = [
            (Need::History, "`git fetch --unshallow`"),
            (Need::Pull, "`git pull`"),
            (Need::RemoteTags, "`git fetch --tags --force`"),
            (Need::DeleteTag(TagName::new("v1")), "`git tag --delete v1`"),
            (object, "`git fetch origin beef`"),
        ];
        for (need, expected) in hints {
            assert_eq!(hint(&need), expected);
        }
    }
}
