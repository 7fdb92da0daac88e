//! Rules for every kind of text file.

use super::{File, Finding};

/// Longer files want to be two.
const MOST_LINES: usize = 600;

/// What is written by hand, as opposed to lockfiles, pins and generated documents.
const BY_HAND: &[&str] = &[".rs", ".py", ".sh", ".toml"];

/// Folders that exist on somebody's machine only.
const MACHINE: &[&str] = &[concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];

/// No file written by hand is longer than people read.
pub(super) fn size(file: &File) -> Vec<Finding> {
    let lines = file.text.lines().count();
    let long = lines > MOST_LINES && !file.is_fixture() && BY_HAND.iter().any(|ending| file.is(ending));
    let message = || format!("{lines} lines; more than {MOST_LINES} want to be two files");
    long.then(|| file.at(lines, message())).into_iter().collect()
}

/// Every file ends with one line break.
pub(super) fn ending(file: &File) -> Vec<Finding> {
    let last = file.text.lines().count();
    let message = match &file.text {
        _ if file.is_fixture() || file.text.is_empty() => None,
        text if !text.ends_with('\n') => Some("no line break at the end"),
        text if text.ends_with("\n\n") => Some("empty lines at the end"),
        _ => None,
    };
    message.map(|message| file.at(last, message)).into_iter().collect()
}

/// No line ends in blanks.
pub(super) fn trailing_whitespace(file: &File) -> Vec<Finding> {
    if file.is_fixture() {
        return Vec::new();
    }
    file.lines(|line| (line.trim_end() != line).then(|| "blanks at the end of the line".into()))
}

/// Nothing names a folder of the machine it was written on.
pub(super) fn machine(file: &File) -> Vec<Finding> {
    file.lines(|line| {
        let found = MACHINE.iter().find(|folder| starts_a_path(line, folder))?;
        Some(format!("`{found}` is a folder of one machine"))
    })
}

/// Whether a folder occurs as the beginning of an absolute path, and not within another path.
fn starts_a_path(line: &str, folder: &str) -> bool {
    let before = |at: usize| line[..at].chars().next_back();
    let within = |c: char| c.is_alphanumeric() || "._-}$*~>)".contains(c);
    line.match_indices(folder).any(|(at, _)| !before(at).is_some_and(within))
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::{MACHINE, MOST_LINES, ending, machine, size, trailing_whitespace};

    #[test]
    fn long_files_are_found_where_people_write_them() {
        let text = "x\n".repeat(MOST_LINES + 1);
        assert_eq!(size(&file("a.rs", &text)).len(), 1);
        assert_eq!(size(&file("a.rs", &text[2..])), []);
        assert_eq!(size(&file("Cargo.lock", &text)), []);
    }

    #[test]
    fn endings_are_one_line_break() {
        assert_eq!(ending(&file("a.md", "a")).len(), 1);
        assert_eq!(ending(&file("a.md", "a\n\n")).len(), 1);
        assert_eq!(ending(&file("a.md", "a\n")), []);
        assert_eq!(ending(&file("tests/fixtures/no-final-newline.toml", "a")), []);
    }

    #[test]
    fn blanks_at_the_end_are_found() {
        assert_eq!(trailing_whitespace(&file("a.md", "a \nb\n")).len(), 1);
        assert_eq!(trailing_whitespace(&file("a.md", "a\nb\n")), []);
    }

    #[test]
    fn folders_of_a_machine_are_found() {
        for folder in MACHINE {
            assert_eq!(machine(&file("a.md", &format!("see `{folder}x`\n"))).len(), 1);
            assert_eq!(machine(&file("a.md", &format!("file://{folder}x\n"))).len(), 1);
            assert_eq!(machine(&file("a.md", &format!("target{folder}x and {{}}{folder}x\n"))), []);
        }
    }
}
