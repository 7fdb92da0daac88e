//! What uv's ending and words say of a resolution.

use std::collections::BTreeMap;

use releasekit_core::VersionScheme;
use releasekit_core::model::Version;
use releasekit_formats::python::Pep440;
use releasekit_formats::python::name::normalize;

use crate::words::{Fault, failure, refused, status};

/// What uv found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// There is a solution.
    Chosen,
    /// There is none, as the index is now.
    NotChosen,
    /// It could not find out.
    Failed(Fault),
}

/// What an ending means. A listed file that cannot be had yet is as good as none.
pub(super) fn answer(code: Option<i32>, stderr: &str) -> Answer {
    match code {
        Some(0) => Answer::Chosen,
        Some(_) => match refused(stderr) {
            Some(fault) => Answer::Failed(fault),
            None if stderr.contains("No solution found") => Answer::NotChosen,
            None if matches!(status(stderr), Some(404 | 410)) => Answer::NotChosen,
            None => Answer::Failed(failure(stderr)),
        },
        None => Answer::Failed(Fault::network("uv was ended by a signal")),
    }
}

/// The versions of what `uv pip compile` printed, by name.
pub(super) fn chosen(stdout: &str) -> BTreeMap<String, String> {
    let pinned = stdout.lines().filter_map(|line| line.split_once("=="));
    let version = |text: &str| text.split([' ', ';']).next().unwrap_or_default().to_owned();
    pinned.map(|(name, rest)| (normalize(name), version(rest))).collect()
}

/// Whether a version that uv printed is this one.
pub(super) fn same_version(printed: &str, version: &Version) -> bool {
    Pep440.parse(printed).is_ok_and(|printed| Pep440.compare(&printed, version).is_eq())
}

/// Whether a text speaks of a package.
pub(super) fn name(text: &str, package: &str) -> bool {
    let package = normalize(package);
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.split(|c| !is_part(c)).any(|word| normalize(word.trim_matches('.')) == package)
}

#[cfg(test)]
mod tests {
    use releasekit_core::ErrorKind;

    use super::*;

    #[test]
    fn an_ending_says_whether_there_is_a_solution() {
        let none =
            "error: No solution found when resolving dependencies\n  cause: Because there is no version of lib==1.0.0";
        assert_eq!(answer(Some(0), ""), Answer::Chosen);
        assert_eq!(answer(Some(1), none), Answer::NotChosen);
        let gone =
            "error: Failed to fetch: http://h/lib-1.whl\n  cause: HTTP status client error (404 Not Found) for url (…)";
        assert_eq!(answer(Some(2), gone), Answer::NotChosen);
    }

    #[test]
    fn what_uv_could_not_find_out_is_no_answer() {
        for text in [
            "No solution found\n\nhint: … due to a lack of valid authentication credentials (401 Unauthorized)",
            "error: Failed to fetch: http://h/\n  cause: HTTP status server error (503 Service Unavailable) for url (http://h/)",
        ] {
            assert!(matches!(answer(Some(1), text), Answer::Failed(_)), "{text}");
        }
        assert!(matches!(answer(None, ""), Answer::Failed(fault) if fault.kind == ErrorKind::Transient));
    }

    #[test]
    fn what_was_printed_is_read_by_name_and_without_markers() {
        let chosen = chosen("lib==1.0.0\nMy_App==1.0a1 ; python_version >= '3.9'\n    # via x\n-e .\n");
        assert_eq!(chosen.get("my-app").map(String::as_str), Some("1.0a1"));
        assert_eq!(chosen.len(), 2);
        assert!(same_version("1.0.0", &Version::from_canonical("1.0")));
        assert!(!same_version("1.0.1", &Version::from_canonical("1.0")));
    }

    #[test]
    fn a_name_is_found_as_a_whole_word() {
        let text = "Because there is no version of my-lib==1.0.0 and you require my-lib.";
        assert!(name(text, "My_Lib"));
        assert!(!name(text, "lib") && !name(text, "my"));
    }
}
