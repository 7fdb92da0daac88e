//! A rule for what is made for every backend: it names none.

use super::{File, Finding, words};

/// Folders, and words that belong to one backend and do not stand there.
const NEUTRAL: &[(&[&str], &[&str])] = &[
    (&["crates/core/src/", "crates/engine/src/"], &["git"]),
    (
        &["tests/src/journey", "tests/src/soak/", "tests/tests/journeys/"],
        &["cargo", "devpi", "npm", "pnpm", "py", "pypi", "pypiserver", "pyproject", "python", "sdist", "uv", "wheel"],
    ),
];

/// Which folders are a version control system's own has to be known for all of them at once, before one is open.
const APART: &str = "crates/core/src/model/path.rs";

/// What users of one system read is said by its backend. Tests may take one for an example.
pub(super) fn names_no_backend(file: &File) -> Vec<Finding> {
    let is_neutral = |(folders, _): &&(&[&str], &[&str])| folders.iter().any(|folder| file.path.starts_with(folder));
    let Some((_, owned)) = NEUTRAL.iter().find(is_neutral).filter(|_| file.path != APART && file.is(".rs")) else {
        return Vec::new();
    };
    let code = File { path: file.path.clone(), text: file.code().to_owned() };
    code.lines(|line| {
        let word = words(line).find(|word| owned.iter().any(|owned| word.eq_ignore_ascii_case(owned)))?;
        Some(format!("`{word}` is the name of a backend: let the backend say it"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::{APART, names_no_backend};

    #[test]
    fn a_backend_is_found_wherever_it_is_named() {
        for line in ["help(\"run `git fetch`\")", "/// As Git does it.", "const OWN: &str = \".git\";"] {
            for path in ["crates/core/src/vcs.rs", "crates/engine/src/error/text.rs"] {
                assert_eq!(names_no_backend(&file(path, &format!("//! X.\n{line}\n"))).len(), 1, "{line}");
            }
        }
    }

    #[test]
    fn journeys_name_no_ecosystem_and_may_name_git() {
        let journey = |line: &str| names_no_backend(&file("tests/tests/journeys/kill.rs", line)).len();
        assert_eq!(["uv lock\n", "\"packages/base/pyproject.toml\"\n", "git(&[])\n"].map(journey), [1, 1, 0]);
        assert_eq!(names_no_backend(&file("tests/tests/uv/check.rs", "uv\n")), []);
    }

    #[test]
    fn other_words_other_crates_and_tests_are_free() {
        let free = "use git_conventional::Commit;\nlet digit = 1;\n#[cfg(test)]\nmod tests {\n    // git\n}\n";
        assert_eq!(names_no_backend(&file("crates/engine/src/commit.rs", free)), []);
        for path in ["crates/vcs/git/src/lib.rs", "crates/cli/src/backends.rs", "crates/engine/README.md", APART] {
            assert_eq!(names_no_backend(&file(path, "git\n")), []);
        }
    }
}
