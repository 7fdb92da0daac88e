//! Links in notes: to the request that a squash names, and to what lies between two versions. No commit is linked, for its name
//! is another one in each history of the same work.

use releasekit_core::forge::Links;
use releasekit_core::model::TagName;

use super::collect::Notes;

/// The same notes with links; `tags` are those of the version before and of this one.
pub(crate) fn linked(mut notes: Notes, links: &Links, tags: Option<(&TagName, &TagName)>) -> Notes {
    notes.compare = tags.map(|(from, to)| links.compare(from, to));
    for entry in notes.sections.iter_mut().flat_map(|section| &mut section.entries) {
        entry.text = with_requests(&entry.text, links);
    }
    notes
}

/// A text in which each `(#12)` that ends a subject is a link.
fn with_requests(text: &str, links: &Links) -> String {
    let mut linked = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(" (#") {
        let (before, from) = rest.split_at(at + " (".len());
        linked.push_str(before);
        rest = from;
        let number = from[1..].split(')').next().unwrap_or_default();
        let behind = from.get(1 + number.len()..).unwrap_or_default();
        if let (Some(number), true) = (request(number), ends_subject(behind)) {
            linked.push_str(&format!("[#{number}]({})", links.change_request(number)));
            rest = behind;
        }
    }
    linked + rest
}

/// The request that a subject names at its end, as forges have it of a squash.
pub(crate) fn request_of(subject: &str) -> Option<u64> {
    request(subject.trim_end().strip_suffix(')')?.rsplit_once(" (#")?.1)
}

/// A number as forges give them.
fn request(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten().filter(|number| *number > 0)
}

/// What stands behind the number, with its bracket: nothing, or what a breaking change breaks.
fn ends_subject(behind: &str) -> bool {
    behind == ")" || behind.starts_with("): ")
}

#[cfg(test)]
mod tests {
    use releasekit_core::forge::LinkTemplates;

    use super::*;

    #[test]
    fn the_number_that_ends_a_subject_is_a_link_and_others_are_text() {
        let templates = LinkTemplates {
            commit: "/c/{commit}",
            compare: "/compare/{from}...{to}",
            change_request: "/pull/{number}",
            new_change_request: "/new/{from}...{to}",
            tag: "/t/{tag}",
            release: None,
        };
        let links = Links::new("https://f/o/n", &templates);
        for (text, expected) in [
            ("sing (#12)", "sing ([#12](https://f/o/n/pull/12))"),
            ("sing (#3) (#12)", "sing (#3) ([#12](https://f/o/n/pull/12))"),
            ("sing (#12): no more humming", "sing ([#12](https://f/o/n/pull/12)): no more humming"),
            ("sing (#12) loud", "sing (#12) loud"),
            ("sing #12", "sing #12"),
            ("(#12)", "(#12)"),
            ("sing (#)", "sing (#)"),
            ("sing (#0)", "sing (#0)"),
            ("sing (#1x)", "sing (#1x)"),
            ("sing (#99999999999999999999)", "sing (#99999999999999999999)"),
            ("über (#1", "über (#1"),
            ("ü (#ü)", "ü (#ü)"),
        ] {
            assert_eq!(with_requests(text, &links), expected);
        }
        let named =
            ["sing (#3) (#12)", "sing (#12) ", "sing (#12) loud", "sing #12", "(#12)", "sing (#x)"].map(request_of);
        assert_eq!(named, [Some(12), Some(12), None, None, None, None]);
    }
}
