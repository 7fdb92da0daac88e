//! Finds a name among the sorted names of a pack's objects, which are digests: so each lies about where its first bytes say.

use std::cmp::Ordering;

use gix::oid;

/// So many guesses, and the rest by halves: names that somebody has made up may all lie elsewhere.
const GUESSES: usize = 6;

/// The place of a name among `count` sorted ones.
pub(super) fn find<'a>(wanted: &oid, count: u32, name: impl Fn(u32) -> &'a oid) -> Option<u32> {
    let (mut start, mut end) = (0, count);
    let (mut low, mut high) = (0, u64::MAX);
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

    use super::find;

    fn names(numbers: impl Iterator<Item = u128>) -> Vec<ObjectId> {
        let name = |number: u128| [&number.to_be_bytes()[..], &[0; 4]].concat();
        let mut names: Vec<ObjectId> = numbers.map(|number| ObjectId::from_bytes_or_panic(&name(number))).collect();
        names.sort();
        names
    }

    fn check(all: &[ObjectId], others: &[ObjectId]) {
        let at = |name: &ObjectId| find(name, all.len() as u32, |at| &all[at as usize]);
        for (place, name) in all.iter().enumerate() {
            assert_eq!(at(name), Some(place as u32), "{name}");
        }
        for other in others {
            assert_eq!(at(other), None, "{other}");
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
