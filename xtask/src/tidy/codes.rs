//! The codes of failures: what is used is declared, and what is declared is declared once, raised, in a test, and in the list that users
//! look it up in.

use std::collections::BTreeSet;

use super::{File, Finding, words};

/// The macro that declares codes, as it is called.
const TABLE: &str = "codes! {";

/// Codes of examples in documentation and of tests.
const MADE_UP: &[&str] = &["RK-DEMO-", "RK-TEST-"];

/// The crate whose codes others raise.
const CORE: &str = "crates/core";

/// The list of all codes that the released program knows.
const LIST: &str = "docs/reference/errors.md";

/// A crate that the released program is built without.
const UNRELEASED: &str = "crates/rehearsal";

/// A line of a table: a constant and its code.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Declared<'a> {
    file: &'a File,
    line: usize,
    constant: &'a str,
    code: &'a str,
}

/// Complains about codes that no table has, that two tables have, that nothing raises, that no test names, and whose table the released
/// program is not told.
///
/// A test names a code by its text, or in the crate that declares it by its constant.
pub(super) fn declared_raised_and_tested(files: &[File]) -> Vec<Finding> {
    let declared: Vec<_> = files.iter().filter(|file| is_source(file)).flat_map(declarations).collect();
    let mut findings = undeclared(files, &declared);
    findings.extend(repeated(&declared));
    findings.extend(unraised(files, &declared));
    findings.extend(untested(files, &declared));
    findings.extend(unlisted(files, &declared));
    findings
}

fn repeated(declared: &[Declared<'_>]) -> Vec<Finding> {
    let mut known = BTreeSet::new();
    let again = declared.iter().filter(|entry| !known.insert(entry.code));
    again.map(|entry| entry.file.at(entry.line, format!("another table declares {} as well", entry.code))).collect()
}

/// Looks for the constant in the crate that declares it, anywhere but where it is declared. What core declares is raised by whoever
/// implements its traits.
fn unraised(files: &[File], declared: &[Declared<'_>]) -> Vec<Finding> {
    let raised = |entry: &Declared<'_>| {
        let home = crate_of(&entry.file.path);
        let may_raise =
            |file: &File| crate_of(&file.path) == home || home == CORE && file.code().contains("releasekit_core");
        let sources = files.iter().filter(|file| is_source(file) && may_raise(file));
        let lines =
            sources.flat_map(|file| file.code().lines().enumerate().map(move |(index, line)| (file, index + 1, line)));
        let mut elsewhere = lines.filter(|(file, line, _)| *line != entry.line || file.path != entry.file.path);
        elsewhere.any(|(_, _, line)| words(line).any(|word| word == entry.constant))
    };
    let unraised = declared.iter().filter(|entry| !made_up(entry.code) && !raised(entry));
    unraised.map(|entry| entry.file.at(entry.line, format!("nothing raises {}", entry.code))).collect()
}

/// Whether a code exists in an example or a test alone.
fn made_up(code: &str) -> bool {
    MADE_UP.iter().any(|prefix| code.starts_with(prefix))
}

fn undeclared(files: &[File], declared: &[Declared<'_>]) -> Vec<Finding> {
    let known: BTreeSet<_> = declared.iter().map(|entry| entry.code).collect();
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| is_source(file)) {
        for (index, line) in file.code().lines().enumerate() {
            let unknown = codes(line).filter(|code| !known.contains(code) && !made_up(code));
            findings.extend(unknown.map(|code| file.at(index + 1, format!("no table declares {code}"))));
        }
    }
    findings
}

fn untested(files: &[File], declared: &[Declared<'_>]) -> Vec<Finding> {
    let tests: Vec<_> = files.iter().map(|file| (crate_of(&file.path), tests_of(file))).collect();
    let named: BTreeSet<_> = tests.iter().flat_map(|(_, text)| codes(text)).collect();
    let tested = |entry: &Declared<'_>| {
        let home = crate_of(&entry.file.path);
        let by_constant =
            || tests.iter().any(|(name, text)| *name == home && words(text).any(|word| word == entry.constant));
        named.contains(entry.code) || by_constant()
    };
    let missing = declared.iter().filter(|entry| !made_up(entry.code) && !tested(entry));
    missing.map(|entry| entry.file.at(entry.line, format!("no test names {}", entry.code))).collect()
}

fn unlisted(files: &[File], declared: &[Declared<'_>]) -> Vec<Finding> {
    let Some(list) = files.iter().find(|file| file.path == LIST) else { return Vec::new() };
    let listed: BTreeSet<_> = list.text.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let is_known = |entry: &&Declared<'_>| {
        made_up(entry.code) || crate_of(&entry.file.path) == UNRELEASED || listed.contains(entry.code)
    };
    let missing = declared.iter().filter(|entry| !is_known(entry));
    let message = |entry: &Declared<'_>| format!("{LIST} lacks {}: register the table of its crate", entry.code);
    missing.map(|entry| entry.file.at(entry.line, message(entry))).collect()
}

/// What a file's tables declare; a line reads `NAME = "RK-…", …`.
fn declarations(file: &File) -> Vec<Declared<'_>> {
    let mut inside = false;
    let mut found = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        inside = (inside || line.contains(TABLE)) && !line.starts_with('}');
        let Some((constant, rest)) = line.trim_start_matches(['/', ' ']).split_once(" = \"RK-") else { continue };
        let code = codes(&line[line.len() - rest.len() - 3..]).next().filter(|_| inside);
        found.extend(code.map(|code| Declared { file, line: index + 1, constant, code }));
    }
    found
}

/// Every code in a text.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    let part_of_code = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    let starts = text.match_indices("RK-").map(|(at, _)| &text[at..]);
    let ends = starts.map(move |rest| &rest[..rest.find(|c| !part_of_code(c)).unwrap_or(rest.len())]);
    // Two parts at least: less is a pattern such as `RK-…`, and a trailing dash is the beginning of several.
    ends.filter(|code| !code.ends_with('-') && code.matches('-').count() >= 2)
}

fn is_source(file: &File) -> bool {
    file.is(".rs") && file.path.starts_with("crates/") && file.path.contains("/src/") && !is_test(file)
}

fn is_test(file: &File) -> bool {
    file.path.split('/').any(|part| part == "tests" || part == "tests.rs") || file.is(".snap")
}

/// The tests in a file; all of it where the file is one.
fn tests_of(file: &File) -> &str {
    if is_test(file) {
        return &file.text;
    }
    file.text.split_once("#[cfg(test)]\nmod ").map_or("", |(_, tests)| tests)
}

/// The folder of the crate that a file belongs to.
fn crate_of(path: &str) -> &str {
    let end = ["/src/", "/tests/"].iter().filter_map(|part| path.find(part)).min();
    &path[..end.unwrap_or(path.len())]
}

#[cfg(test)]
mod tests {
    use super::super::{File, file};
    use super::{codes, declared_raised_and_tested};

    fn table(rows: &str) -> File {
        file("crates/x/src/codes.rs", &format!("//! Codes.\nreleasekit_core::codes! {{\n{rows}}}\n"))
    }

    fn messages(files: &[File]) -> Vec<String> {
        declared_raised_and_tested(files).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn codes_are_found_in_text() {
        let text = "RK-A-B, `RK-C-D-E2`: RK-<AREA>-<WHAT>, RK-…, RK-AREA-*";
        assert_eq!(codes(text).collect::<Vec<_>>(), ["RK-A-B", "RK-C-D-E2"]);
    }

    #[test]
    fn a_code_that_is_used_and_not_declared_is_found() {
        let files = [file("crates/x/src/lib.rs", "//! X.\nraise(\"RK-X-LOST\");\n")];
        assert_eq!(messages(&files), ["no table declares RK-X-LOST"]);
    }

    /// A table with one code, and the line that raises it.
    fn gone() -> [File; 2] {
        let raise = file("crates/x/src/raise.rs", "//! Raises.\nfn code() -> Code {\n    codes::GONE\n}\n");
        [table("    /// Gone.\n    GONE = \"RK-X-GONE\", \"gone\", \"Look.\";\n"), raise]
    }

    fn with(more: File) -> Vec<File> {
        gone().into_iter().chain([more]).collect()
    }

    #[test]
    fn a_code_that_no_test_names_is_found() {
        assert_eq!(messages(&gone()), ["no test names RK-X-GONE"]);
        let elsewhere = file("crates/y/tests/a.rs", "assert_eq!(code, GONE);\n");
        assert_eq!(messages(&with(elsewhere)), ["no test names RK-X-GONE"]);
    }

    #[test]
    fn a_code_that_nothing_raises_is_found() {
        let [table, _] = gone();
        let test = file("crates/x/tests/a.rs", "assert_eq!(code, GONE);\n");
        assert_eq!(messages(&[table, test]), ["nothing raises RK-X-GONE"]);
    }

    #[test]
    fn a_code_that_users_cannot_look_up_is_found() {
        let test = || file("crates/x/tests/a.rs", "assert_eq!(code, GONE);\n");
        let lists =
            |text: &str| with(test()).into_iter().chain([file("docs/reference/errors.md", text)]).collect::<Vec<_>>();
        let missing = "docs/reference/errors.md lacks RK-X-GONE: register the table of its crate";
        assert_eq!(messages(&lists("## X\n\nSee RK-X-GONE.\n")), [missing]);
        assert_eq!(messages(&lists("## X\n\n### RK-X-GONE\n")), Vec::<String>::new());
    }

    #[test]
    fn what_core_declares_may_be_raised_elsewhere() {
        let text = "codes! {\n    GONE = \"RK-X-GONE\", \"gone\", \"Look.\";\n}\n";
        let core = || file("crates/core/src/codes.rs", text);
        let test = || file("crates/x/tests/a.rs", "assert_eq!(code, \"RK-X-GONE\");\n");
        let raises = |text: &str| file("crates/x/src/error.rs", text);
        let [own, of_core] = ["codes::GONE\n", "use releasekit_core::codes;\n\ncodes::GONE\n"].map(raises);
        assert_eq!(messages(&[core(), test(), own]), ["nothing raises RK-X-GONE"]);
        assert_eq!(messages(&[core(), test(), of_core]), Vec::<String>::new());
    }

    #[test]
    fn a_code_that_two_tables_declare_is_found() {
        let rows = "    LOST = \"RK-X-GONE\", \"lost\", \"Look.\";\n";
        let text =
            format!("//! Y.\ncodes! {{\n{rows}}}\nfn code() -> Code {{ LOST }}\n#[cfg(test)]\nmod tests {{ GONE }}\n");
        assert_eq!(messages(&with(file("crates/y/src/lib.rs", &text)))[0], "another table declares RK-X-GONE as well");
    }

    #[test]
    fn a_test_names_a_code_by_text_or_by_constant() {
        for test in [
            file("tests/tests/journey.rs", "assert!(out.contains(\"RK-X-GONE\"));\n"),
            file("crates/x/tests/a.rs", "assert_eq!(code, codes::GONE);\n"),
            file("crates/x/src/a.rs", "//! A.\n#[cfg(test)]\nmod tests {\n    // GONE\n}\n"),
            file("crates/x/src/tests.rs", "GONE\n"),
        ] {
            assert_eq!(messages(&with(test)), Vec::<String>::new());
        }
    }

    #[test]
    fn an_example_in_a_doc_comment_needs_no_test() {
        let text = "//! D.\n/// releasekit_core::codes! {\n///     A = \"RK-DEMO-A\", \"a\", \"A.\";\n/// }\n";
        assert_eq!(messages(&[file("crates/x/src/lib.rs", text)]), Vec::<String>::new());
    }
}
