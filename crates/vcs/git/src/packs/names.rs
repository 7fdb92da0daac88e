//! Finds a name among the sorted names of a pack's objects, which are digests: so each lies about where its first bytes say.

use std::cmp::Ordering;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use gix::oid;

/// So many guesses, and the rest by halves: names that somebody has made up may all lie elsewhere.
const GUESSES: usize = 6;

/// How many names begin with each byte or one below it, as an index says.
pub(super) struct Fan([u32; FIRST_BYTES]);

const FIRST_BYTES: usize = 256;

/// How an index begins that says its version, which takes four bytes more.
const MAGIC: &[u8] = b"\xfftOc";

impl Fan {
    /// That of an index. Where it cannot be read the names may begin with anything.
    pub(super) fn of(index: &Path) -> Self {
        Self::read(index).unwrap_or(Self([u32::MAX; FIRST_BYTES]))
    }

    fn read(index: &Path) -> Option<Self> {
        let mut bytes = [0; 2 * MAGIC.len() + 4 * FIRST_BYTES];
        File::open(index).ok()?.read_exact(&mut bytes).ok()?;
        let counts = if bytes.starts_with(MAGIC) { &bytes[2 * MAGIC.len()..] } else { &bytes[..] };
        let mut fan = [0; FIRST_BYTES];
        for (count, bytes) in fan.iter_mut().zip(counts.as_chunks().0) {
            *count = u32::from_be_bytes(*bytes);
        }
        Some(Self(fan))
    }

    /// Where the names are that begin with a byte, and the first bytes that they may have.
    fn range(&self, first: u8, count: u32) -> ((u32, u32), (u64, u64)) {
        let at = usize::from(first);
        let (start, end) = (if at == 0 { 0 } else { self.0[at - 1] }, self.0[at]);
        let low = u64::from(first) << 56;
        if start <= end && end <= count {
            ((start, end), (low, low | u64::MAX >> 8))
        } else {
            ((0, count), (0, u64::MAX))
        }
    }
}

/// The place of a name among `count` sorted ones.
pub(super) fn find<'a>(wanted: &oid, fan: &Fan, count: u32, name: impl Fn(u32) -> &'a oid) -> Option<u32> {
    let ((mut start, mut end), (mut low, mut high)) = fan.range(wanted.first_byte(), count);
    let target = first_bytes(wanted);
    let mut guesses = 0;
    while start < end {
        let at = if guesses < GUESSES { guess(target, (low, high), (start, end)) } else { start + (end - start) / 2 };
        guesses += 1;
        let found = name(at);
        match wanted.cmp(found) {
            Ordering::Equal => return Some(at),
            Ordering::Less => (end, high) = (at, first_bytes(found)),
            Ordering::Greater => (start, low) = (at + 1, first_bytes(found)),
        }
    }
    None
}

/// A place in proportion to where the wanted name lies between the lowest and the highest that there may be.
fn guess(target: u64, (low, high): (u64, u64), (start, end): (u32, u32)) -> u32 {
    let (above, all) = (u128::from(target.saturating_sub(low)), u128::from(high.saturating_sub(low)).max(1));
    let steps = u128::from(end - start) * above / all;
    start + u32::try_from(steps).unwrap_or(u32::MAX).min(end - start - 1)
}

fn first_bytes(id: &oid) -> u64 {
    id.as_bytes().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use gix::ObjectId;

    use super::{FIRST_BYTES, Fan, find};

    fn fan(names: &[ObjectId]) -> Fan {
        Fan(std::array::from_fn(|byte| {
            names.iter().filter(|name| usize::from(name.first_byte()) <= byte).count() as u32
        }))
    }

    fn names(numbers: impl Iterator<Item = u128>) -> Vec<ObjectId> {
        let name = |number: u128| [&number.to_be_bytes()[..], &[0; 4]].concat();
        let mut names: Vec<ObjectId> = numbers.map(|number| ObjectId::from_bytes_or_panic(&name(number))).collect();
        names.sort();
        names
    }

    fn check(all: &[ObjectId], others: &[ObjectId]) {
        for fan in [fan(all), Fan([u32::MAX; FIRST_BYTES])] {
            let at = |name: &ObjectId| find(name, &fan, all.len() as u32, |at| &all[at as usize]);
            for (place, name) in all.iter().enumerate() {
                assert_eq!(at(name), Some(place as u32), "{name}");
            }
            for other in others {
                assert_eq!(at(other), None, "{other}");
            }
        }
    }

    #[test]
    fn each_name_is_found_wherever_the_names_lie() {
        let spread = |number: u128| number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let ends = names([0, 1, u128::MAX - 1, u128::MAX].into_iter());
        check(&[], &ends);
        check(&ends, &names([2, 1 << 127, u128::MAX - 2].into_iter()));
        check(&names((1..1000).map(spread)), &names((1000..2000).map(spread)));
        // All alike in their first bytes, and all but one at the low end.
        check(&names((1..1000).map(|number| number * 2)), &names((1..1000).map(|number| number * 2 + 1)));
        check(&names((1..1000).map(|number| (number * 2) << 64).chain([u128::MAX])), &ends[..3]);
    }
}
