//! Which folders hold demos, tests and the like, by their names.

use releasekit_core::model::RepoPath;

/// Words that a folder's name has where nothing in it is meant for others. Plurals count too.
const WORDS: &[&str] = &["test", "fixture", "testdata", "example", "sample", "template", "doc", "benchmark", "vendor"];

/// The first part of a path, seen from a folder above it, whose name has a word for demos, tests and the like, or one of an
/// ecosystem's own, whole or between `-`, `_` and `.`.
pub fn demo<'a>(path: &'a RepoPath, above: &RepoPath, own: &[&str]) -> Option<&'a str> {
    let below = path.strip_prefix(above).unwrap_or(path.as_str());
    below.split('/').find(|part| part.split(['-', '_', '.']).any(|text| is_word(text, own)))
}

/// The first few of some folders or files.
pub fn listed(paths: &[RepoPath]) -> String {
    const SHOWN: usize = 5;
    let mut shown: Vec<String> = paths.iter().take(SHOWN).map(|path| format!("`{path}`")).collect();
    let more = paths.len().saturating_sub(SHOWN);
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown.join(", ")
}

fn is_word(text: &str, own: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    WORDS.iter().chain(own).any(|word| text.strip_prefix(word).is_some_and(|rest| matches!(rest, "" | "s" | "es")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_whole_and_in_the_plural() {
        for (path, expected) in [
            ("examples/a", Some("examples")),
            ("libs/cli/python-monorepo-example/apps/agent", Some("python-monorepo-example")),
            ("libs/cli/uv-examples/simple", Some("uv-examples")),
            ("src/unit_tests/cli", Some("unit_tests")),
            ("Docs", Some("Docs")),
            ("benches/a", None),
            ("libs/checkpoint-conformance", None),
            ("latest/docker/sampler", None),
            ("", None),
        ] {
            let path = RepoPath::new(path).expect("legal");
            assert_eq!(demo(&path, &RepoPath::root(), &[]), expected, "{path}");
        }
        let (path, above) = (RepoPath::new("samples/lib/a").expect("legal"), RepoPath::new("samples").expect("legal"));
        assert_eq!(demo(&path, &above, &[]), None, "only what lies below counts");
        for (path, expected) in [("benches/a", Some("benches")), ("fuzz", Some("fuzz")), ("docs", Some("docs"))] {
            let path = RepoPath::new(path).expect("legal");
            assert_eq!(demo(&path, &RepoPath::root(), &["bench", "fuzz"]), expected, "{path}");
        }
    }
}
