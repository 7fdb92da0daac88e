//! What our part of a change request says: a table of what is released, and the notes of each package, as far as they fit.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use releasekit_core::forge::TextLimit;

use crate::mentions::silenced;
use crate::words::{count, verb};

/// A release, as people read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Body {
    /// The branch that it is merged into.
    pub(super) base: String,
    /// What is released, in the order of the plan.
    pub(super) packages: Vec<Line>,
}

/// One package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its name, with its label where others have it too.
    pub(super) name: String,
    /// Its version now; `None` where it was never released.
    pub(super) from: Option<String>,
    /// Its version to come.
    pub(super) to: String,
    /// How far it moves.
    pub(super) bump: String,
    /// Its notes, without their heading.
    pub(super) notes: String,
}

impl Body {
    /// The text, at most `room` long as `limit` counts. Where all does not fit the largest notes are left out, and where that
    /// is not enough, the last rows of the table; how many, it says. `None` where not even its sentences fit.
    pub(super) fn fitting(&self, limit: TextLimit, room: usize) -> Option<String> {
        let entries: Vec<Entry<'_>> = self.packages.iter().map(|line| Entry::of(line, limit)).collect();
        let all: Vec<&Entry<'_>> = entries.iter().collect();
        let room = room.checked_sub(limit.measure(&self.shell()))?;
        let rows = first(&all, room);
        if rows.len() < all.len() {
            return Some(self.written(&rows, &[]));
        }
        let taken: usize = all.iter().map(|entry| entry.row_size).sum();
        Some(self.written(&all, &shortest(&all, room - taken)))
    }

    fn written(&self, rows: &[&Entry<'_>], notes: &[&Entry<'_>]) -> String {
        let (first, moving): (Vec<&Entry<'_>>, Vec<_>) = rows.iter().partition(|entry| entry.line.from.is_none());
        let mut text = self.intro();
        table(&mut text, MOVING, &moving);
        table(&mut text, FIRST, &first);
        if rows.len() < self.packages.len() {
            text.push_str(&rows_left(self.packages.len() - rows.len()));
        }
        notes.iter().for_each(|entry| text.push_str(&entry.notes));
        if notes.len() < self.packages.len() {
            text.push_str(&notes_left(self.packages.len() - notes.len()));
        }
        text
    }

    /// All that stands around rows and notes, at its longest.
    fn shell(&self) -> String {
        let all = self.packages.len();
        [self.intro(), MOVING.to_owned(), FIRST.to_owned(), rows_left(all), notes_left(all)].concat()
    }

    fn intro(&self) -> String {
        let packages = count(self.packages.len(), "package");
        format!("Merging this releases {packages} from `{}`.\n", self.base)
    }
}

const MOVING: &str = "\n| Package | Version | Bump |\n|---|---|---|\n";
const FIRST: &str = "\nFirst releases:\n\n| Package | Version |\n|---|---|\n";

fn table(text: &mut String, head: &str, rows: &[&Entry<'_>]) {
    if !rows.is_empty() {
        text.push_str(head);
        rows.iter().for_each(|entry| text.push_str(&entry.row));
    }
}

fn rows_left(number: usize) -> String {
    let (packages, stand) = (count(number, "more package"), verb(number, "stands", "stand"));
    format!("\n{packages} {stand} in the manifest of this branch, for this text may be no longer.\n")
}

fn notes_left(number: usize) -> String {
    let (packages, are) = (count(number, "package"), verb(number, "is", "are"));
    format!(
        "\nThe notes of {packages} {are} left out, the longest first, for this text may be no longer. The changelogs of this \
         branch have them.\n"
    )
}

/// A package as text, measured once.
struct Entry<'l> {
    line: &'l Line,
    row: String,
    row_size: usize,
    notes: String,
    notes_size: usize,
}

impl<'l> Entry<'l> {
    fn of(line: &'l Line, limit: TextLimit) -> Self {
        let (row, notes) = (row(line), notes(line));
        let (row_size, notes_size) = (limit.measure(&row), limit.measure(&notes));
        Self { line, row, row_size, notes, notes_size }
    }
}

fn row(Line { name, from, to, bump, .. }: &Line) -> String {
    let name = name.replace('|', "\\|");
    match from {
        Some(from) => format!("| `{name}` | {from} → {to} | {bump} |\n"),
        None => format!("| `{name}` | {to} |\n"),
    }
}

fn notes(Line { name, to, notes, .. }: &Line) -> String {
    let name = name.replace('&', "&amp;").replace('<', "&lt;");
    format!("\n<details>\n<summary><code>{name}</code> {to}</summary>\n\n{}\n\n</details>\n", tame(notes).trim())
}

/// Notes that can end neither their own part nor ours, and notify nobody, whatever commits say. A backslash would not do: one
/// more before it takes it away.
fn tame(notes: &str) -> String {
    let ends = |rest: &str| {
        let is = |tag: &str| rest.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
        ["!--", "details", "/details"].into_iter().any(is)
    };
    let mut parts = notes.split('<');
    let first = parts.next().unwrap_or_default().to_owned();
    silenced(&parts.fold(first, |tamed, rest| tamed + if ends(rest) { "&lt;" } else { "<" } + rest))
}

/// The first entries whose rows have room.
fn first<'e>(all: &[&'e Entry<'e>], room: usize) -> Vec<&'e Entry<'e>> {
    let mut taken = 0;
    let fits = |entry: &&&Entry<'_>| {
        taken += entry.row_size;
        taken <= room
    };
    all.iter().take_while(fits).copied().collect()
}

/// The entries whose notes have room once the largest are left out, in their order.
fn shortest<'e>(all: &[&'e Entry<'e>], room: usize) -> Vec<&'e Entry<'e>> {
    let mut total: usize = all.iter().map(|entry| entry.notes_size).sum();
    let mut by_size: Vec<usize> = (0..all.len()).collect();
    by_size.sort_by_key(|index| Reverse(all[*index].notes_size));
    let drop = |index: &usize| {
        let is_over = total > room;
        total -= if is_over { all[*index].notes_size } else { 0 };
        is_over
    };
    let dropped: BTreeSet<usize> = by_size.into_iter().take_while(drop).collect();
    all.iter().enumerate().filter(|(index, _)| !dropped.contains(index)).map(|(_, entry)| *entry).collect()
}

#[cfg(test)]
mod tests {
    use releasekit_core::forge::TextUnit;

    use super::*;

    const UNITS: [TextUnit; 3] = [TextUnit::Bytes, TextUnit::Characters, TextUnit::Utf16];

    /// Packages whose notes are of several lengths, with characters that every unit counts otherwise.
    fn release(number: usize) -> Body {
        let line = |index: usize| Line {
            name: format!("package-{index}"),
            from: (!index.is_multiple_of(10)).then(|| "1.0.0".to_owned()),
            to: "1.1.0".to_owned(),
            bump: "minor".to_owned(),
            notes: format!("### Features\n\n{}", "- feed the 🦀 über all\n".repeat(1 + index * 7 % 97)),
        };
        Body { base: "main".to_owned(), packages: (0..number).map(line).collect() }
    }

    fn left_out(text: &str) -> usize {
        let said = text.split_once("The notes of ").map(|(_, rest)| rest.split_once(' ').unwrap_or_default().0);
        said.map_or(0, |number| number.parse().expect("a number is said"))
    }

    #[test]
    fn a_text_fits_whatever_is_counted_and_says_what_it_leaves_out() {
        for unit in UNITS {
            for number in [0, 1, 67, 300, 1000] {
                let (limit, release) = (TextLimit::new(65_536, unit), release(number));
                let text = release.fitting(limit, limit.most).expect("the sentences fit");
                assert!(limit.admits(&text), "{number} {unit:?}: {}", limit.measure(&text));
                let shown = text.matches("\n<details>\n").count();
                assert_eq!(shown + left_out(&text), number, "{number} {unit:?}");
                assert_eq!(left_out(&text) == 0, number < 67, "{number} {unit:?}");
                assert_eq!(text.matches("\n| `package-").count(), number, "{number} {unit:?}: the table is whole");
            }
        }
    }

    #[test]
    fn the_largest_notes_go_first_and_the_order_stays() {
        let mut release = release(5);
        for (index, length) in [30, 500, 20, 400, 10].into_iter().enumerate() {
            release.packages[index].notes = "x".repeat(length);
        }
        let limit = TextLimit::new(0, TextUnit::Bytes);
        let whole = limit.measure(&release.fitting(limit, 100_000).expect("it fits"));
        let text = release.fitting(limit, whole).expect("the sentences fit");
        let kept: Vec<&str> =
            text.split("<summary><code>").skip(1).filter_map(|rest| rest.split_once('<')).map(|it| it.0).collect();
        assert_eq!(kept, ["package-0", "package-2", "package-3", "package-4"], "the sentence needs room too");
        let text = release.fitting(limit, whole - 500).expect("the sentences fit");
        assert!(text.contains("The notes of 2 packages are left out"), "{text}");
        assert!(!text.contains("package-1</code>") && !text.contains("package-3</code>"), "{text}");
    }

    #[test]
    fn where_the_table_does_not_fit_its_end_is_left_out_and_counted() {
        let (limit, release) = (TextLimit::new(0, TextUnit::Utf16), release(300));
        let shell = limit.measure(&release.shell());
        assert_eq!(release.fitting(limit, shell - 1), None);
        for room in [shell, shell + 39, shell + 1000] {
            let text = release.fitting(limit, room).expect("the sentences fit");
            assert!(limit.measure(&text) <= room);
            let rows = text.matches("\n| `package-").count();
            assert!(text.contains(&format!("\n{} more packages stand in the manifest", 300 - rows)), "{room}: {text}");
            assert_eq!(left_out(&text), 300);
        }
    }

    #[test]
    fn a_release_reads_so() {
        let mut release = release(3);
        release.packages[1].name = "a|<b>".to_owned();
        release.packages[1].notes =
            "- close </details> and <!-- releasekit:end -->\n- \\</DETAILS> <dl>\n- thank @ana, `@b`\n".to_owned();
        let expected = "\
Merging this releases 3 packages from `main`.

| Package | Version | Bump |
|---|---|---|
| `a\\|<b>` | 1.0.0 → 1.1.0 | minor |
| `package-2` | 1.0.0 → 1.1.0 | minor |

First releases:

| Package | Version |
|---|---|
| `package-0` | 1.1.0 |

<details>
<summary><code>package-0</code> 1.1.0</summary>

### Features

- feed the 🦀 über all

</details>

<details>
<summary><code>a|&lt;b></code> 1.1.0</summary>

- close &lt;/details> and &lt;!-- releasekit:end -->
- \\&lt;/DETAILS> <dl>
- thank @\u{200b}ana, `@b`

</details>
";
        let text = release.fitting(TextLimit::new(0, TextUnit::Bytes), 65_536).expect("it fits");
        assert!(text.starts_with(expected), "{text}");
    }
}
