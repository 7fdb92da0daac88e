//! Compares two git trees on their raw bytes: what is equal is skipped in bulk, and nothing is decoded twice.

use std::cmp::Ordering;

use memchr::memchr;

/// The mode of a folder, as git writes it.
const TREE_MODE: &[u8] = b"40000";

/// More bytes than any mode has, which git writes as six digits at most.
const LONGEST_MODE: usize = 11;

/// One entry of a tree, borrowed from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    mode: &'a [u8],
    /// The last part of the path.
    pub(super) name: &'a [u8],
    /// The name of the object.
    pub(super) id: &'a [u8],
}

impl Entry<'_> {
    /// Whether the entry is a folder, and not a file, a link or a submodule.
    pub(super) fn is_tree(&self) -> bool {
        self.mode == TREE_MODE
    }

    /// Whether the entry is a file with content of its own.
    pub(super) fn is_file(&self) -> bool {
        self.mode.starts_with(b"100")
    }
}

/// Bytes that are no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Corrupt;

/// Reads the bytes of one tree from front to back.
struct Cursor<'a> {
    rest: &'a [u8],
    id_len: usize,
}

impl<'a> Cursor<'a> {
    /// The next entry and how many bytes it takes; `None` at the end.
    fn peek(&self) -> Result<Option<(Entry<'a>, usize)>, Corrupt> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let space = self.rest.iter().take(LONGEST_MODE + 1).position(|byte| *byte == b' ').ok_or(Corrupt)?;
        let nul = memchr(0, &self.rest[space..]).ok_or(Corrupt)? + space;
        let end = nul + 1 + self.id_len;
        let id = self.rest.get(nul + 1..end).ok_or(Corrupt)?;
        Ok(Some((Entry { mode: &self.rest[..space], name: &self.rest[space + 1..nul], id }, end)))
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    /// How many bytes the whole entries within the first `limit` bytes take.
    fn whole_entries(&self, limit: usize) -> usize {
        // An id may hold any byte, so entries cannot be found backwards from the limit: they are stepped over from the front.
        let mut end = 0;
        while let Some(nul) = memchr(0, &self.rest[end..limit]) {
            let next = end + nul + 1 + self.id_len;
            if next > limit {
                break;
            }
            end = next;
        }
        end
    }
}

/// Calls `on_entry` for every entry of a tree.
pub(super) fn entries<'a, E: From<Corrupt>>(
    tree: &'a [u8],
    id_len: usize,
    mut on_entry: impl FnMut(Entry<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let mut cursor = Cursor { rest: tree, id_len };
    while let Some((entry, len)) = cursor.peek()? {
        cursor.skip(len);
        on_entry(entry)?;
    }
    Ok(())
}

/// The file of a name in a tree. Git sorts files by their names, so the search ends where a greater name stands.
pub(super) fn file<'a>(tree: &'a [u8], id_len: usize, name: &[u8]) -> Result<Option<Entry<'a>>, Corrupt> {
    let mut cursor = Cursor { rest: tree, id_len };
    while let Some((entry, len)) = cursor.peek()? {
        match entry.name.cmp(name) {
            Ordering::Less => cursor.skip(len),
            // A folder of that name comes later among the others than a file would.
            Ordering::Equal => return Ok(Some(entry).filter(Entry::is_file)),
            Ordering::Greater => return Ok(None),
        }
    }
    Ok(None)
}

/// Calls `on_change` for every entry that differs, with its old and its new side. Bytes that are no tree are [`Corrupt`].
pub(super) fn diff<'a, E: From<Corrupt>>(
    old: &'a [u8],
    new: &'a [u8],
    id_len: usize,
    mut on_change: impl FnMut(Option<Entry<'a>>, Option<Entry<'a>>) -> Result<(), E>,
) -> Result<(), E> {
    let mut old = Cursor { rest: old, id_len };
    let mut new = Cursor { rest: new, id_len };
    loop {
        // Two versions of a tree are mostly alike, and comparing blocks of bytes is much faster than entries. What is alike
        // may end in the middle of one, as in two ids that begin alike; that entry is then read on both sides.
        let same = old.whole_entries(common_prefix(old.rest, new.rest));
        old.skip(same);
        new.skip(same);
        match (old.peek()?, new.peek()?) {
            (None, None) => return Ok(()),
            (Some((left, left_len)), Some((right, right_len))) => match order(&left, &right) {
                Ordering::Less => {
                    old.skip(left_len);
                    on_change(Some(left), None)?;
                }
                Ordering::Greater => {
                    new.skip(right_len);
                    on_change(None, Some(right))?;
                }
                Ordering::Equal => {
                    old.skip(left_len);
                    new.skip(right_len);
                    on_change(Some(left), Some(right))?;
                }
            },
            (Some((left, len)), None) => {
                old.skip(len);
                on_change(Some(left), None)?;
            }
            (None, Some((right, len))) => {
                new.skip(len);
                on_change(None, Some(right))?;
            }
        }
    }
}

fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    const BLOCK: usize = 64;
    let blocks = left.chunks_exact(BLOCK).zip(right.chunks_exact(BLOCK));
    let start = blocks.take_while(|(left, right)| left == right).count() * BLOCK;
    start + left[start..].iter().zip(&right[start..]).take_while(|(left, right)| left == right).count()
}

/// Git sorts a folder as if its name ended with a slash.
fn order(left: &Entry<'_>, right: &Entry<'_>) -> Ordering {
    let common = left.name.len().min(right.name.len());
    let last = |entry: &Entry<'_>| entry.name.get(common).copied().unwrap_or(if entry.is_tree() { b'/' } else { 0 });
    left.name[..common].cmp(&right.name[..common]).then_with(|| last(left).cmp(&last(right)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(entries: &[(&str, &str, u8)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (mode, name, id) in entries {
            bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            bytes.extend_from_slice(&[*id; 20]);
        }
        bytes
    }

    fn changes(old: &[(&str, &str, u8)], new: &[(&str, &str, u8)]) -> Vec<String> {
        let (old, new) = (tree(old), tree(new));
        let mut seen = Vec::new();
        diff::<Corrupt>(&old, &new, 20, |left, right| {
            let sign = match (left, right) {
                (Some(_), Some(_)) => '~',
                (Some(_), None) => '-',
                _ => '+',
            };
            let entry = left.or(right).expect("one side is there");
            seen.push(format!(
                "{sign}{}{}",
                String::from_utf8_lossy(entry.name),
                if entry.is_tree() { "/" } else { "" }
            ));
            Ok(())
        })
        .expect("the bytes are trees");
        seen
    }

    #[test]
    fn additions_removals_and_changes_are_told_apart() {
        let old = [("100644", "a", 1), ("40000", "b", 2), ("100644", "c", 3), ("40000", "e", 9)];
        let new = [("100644", "a", 1), ("40000", "b", 4), ("100644", "d", 3), ("40000", "e", 9)];
        assert_eq!(changes(&old, &new), ["~b/", "-c", "+d"]);
        assert_eq!(changes(&[], &new[..1]), ["+a"]);
        assert_eq!(changes(&old, &old), Vec::<String>::new());
    }

    #[test]
    fn a_mode_alone_is_a_change() {
        assert_eq!(changes(&[("100644", "run", 1)], &[("100755", "run", 1)]), ["~run"]);
    }

    #[test]
    fn a_folder_sorts_behind_a_file_whose_name_goes_on() {
        let old = [("100644", "a", 1), ("100644", "a.txt", 2)];
        let new = [("100644", "a.txt", 2), ("40000", "a", 1)];
        assert_eq!(changes(&old, &new), ["-a", "+a/"]);
    }

    #[test]
    fn a_file_is_found_by_its_name_among_files_and_folders() {
        let all = tree(&[("100644", "a", 1), ("40000", "b", 2), ("100755", "b.toml", 3), ("120000", "c", 4)]);
        let found = |name: &[u8]| file(&all, 20, name).expect("the bytes are a tree").map(|entry| entry.id[0]);
        let names: [&[u8]; 6] = [b"a", b"b.toml", b"b", b"c", b"a.toml", b"z"];
        assert_eq!(names.map(found), [Some(1), Some(3), None, None, None, None]);
        assert_eq!(file(b"100644 a", 20, b"b"), Err(Corrupt));
    }

    #[test]
    fn a_prefix_that_ends_within_an_id_is_not_taken_for_an_entry() {
        let (mut old, mut new) = (tree(&[("100644", "same", 1)]), tree(&[("100644", "same", 1)]));
        old[30] = 7;
        new[30] = 8;
        let mut count = 0;
        diff::<Corrupt>(&old, &new, 20, |left, right| {
            assert_eq!(left.map(|entry| entry.name), right.map(|entry| entry.name));
            count += 1;
            Ok(())
        })
        .expect("the bytes are trees");
        assert_eq!(count, 1);
    }

    #[test]
    fn bytes_that_are_no_tree_are_an_error() {
        assert_eq!(diff::<Corrupt>(b"100644 a", b"", 20, |_, _| Ok(())), Err(Corrupt));
        assert_eq!(diff::<Corrupt>(b"100644 a\0short", b"", 20, |_, _| Ok(())), Err(Corrupt));
    }
}
