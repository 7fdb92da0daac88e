//! A rule for the table that says which tests hold which promise: a test that was renamed or deleted leaves no name behind.

use std::collections::BTreeSet;

use super::{File, Finding};

/// Where the table stands.
const TABLE: &str = "tests/README.md";

/// Every test that a row of the table names has to be there: a function, or a path from the root.
pub(super) fn held_by_tests(files: &[File]) -> Vec<Finding> {
    let Some(table) = files.iter().find(|file| file.path == TABLE) else { return Vec::new() };
    let functions: BTreeSet<&str> = files.iter().filter(|file| file.is(".rs")).flat_map(functions).collect();
    let is_there = |name: &str| match name.contains('/') {
        true => files.iter().any(|file| file.path.starts_with(name)),
        false => functions.contains(name),
    };
    let missing =
        |line: &str| names(line).find(|name| !is_there(name)).map(|name| format!("no test is called `{name}`"));
    table.lines(|line| if line.starts_with("| ") { missing(line) } else { None })
}

/// The names in the second column of a row.
fn names(row: &str) -> impl Iterator<Item = &str> {
    let tests = row.split(" | ").nth(1).unwrap_or_default();
    tests.split('`').skip(1).step_by(2)
}

fn functions(file: &File) -> impl Iterator<Item = &str> {
    let after = file.text.split("fn ").skip(1);
    after.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[test]
    fn a_test_that_is_not_there_is_found() {
        let tests = file("tests/tests/a.rs", "#[test]\nfn a_thing_holds() {}\n");
        let table = "| promise | tests |\n|---|---|\n| X `y` | `a_thing_holds`, `tests/tests`; `gone` |\n";
        let found = held_by_tests(&[tests, file(TABLE, table)]);
        assert_eq!(found, [file(TABLE, "").at(3, "no test is called `gone`")]);
    }
}
