//! A rule for the crates that are made for every backend: they name none.

use super::{File, Finding, words};

/// The sources of those crates.
const NEUTRAL: &[&str] = &["crates/core/src/", "crates/engine/src/"];

/// Words that belong to one backend.
const OWNED: &[&str] = &["git"];

/// Which folders are a version control system's own has to be known for all of them at once, before one is open.
const APART: &str = "crates/core/src/model/path.rs";

/// What users of one system read is said by its backend. Tests may take one for an example.
pub(super) fn names_no_backend(file: &File) -> Vec<Finding> {
    let is_neutral = NEUTRAL.iter().any(|folder| file.path.starts_with(folder)) && file.path != APART;
    if !is_neutral || !file.is(".rs") {
        return Vec::new();
    }
    let code = File { path: file.path.clone(), text: file.code().to_owned() };
    code.lines(|line| {
        let word = words(line).find(|word| OWNED.iter().any(|owned| word.eq_ignore_ascii_case(owned)))?;
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
    fn other_words_other_crates_and_tests_are_free() {
        let free = "use git_conventional::Commit;\nlet digit = 1;\n#[cfg(test)]\nmod tests {\n    // git\n}\n";
        assert_eq!(names_no_backend(&file("crates/engine/src/commit.rs", free)), []);
        for path in ["crates/vcs/git/src/lib.rs", "crates/cli/src/backends.rs", "crates/engine/README.md", APART] {
            assert_eq!(names_no_backend(&file(path, "git\n")), []);
        }
    }
}
