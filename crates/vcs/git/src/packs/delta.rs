//! How packs store an object as a difference to another: pieces that are copied from that one, and new bytes in between.

/// What a copied piece is long of whose length nothing is said.
const DEFAULT_LENGTH: usize = 0x1_0000;

/// Writes what a difference makes of an object; `None` where it is no difference to that one.
pub(super) fn apply(base: &[u8], delta: &[u8], into: &mut Vec<u8>) -> Option<()> {
    let mut delta = Bytes(delta);
    let (base_length, length) = (delta.length()?, delta.length()?);
    if base_length != base.len() {
        return None;
    }
    into.clear();
    into.try_reserve(length).ok()?;
    while let Some(command) = delta.next() {
        let piece = match command {
            0 => return None,
            1..0x80 => delta.take(usize::from(command))?,
            _ => {
                let start = delta.number(command, 4)?;
                let length = delta.number(command >> 4, 3)?;
                let length = if length == 0 { DEFAULT_LENGTH } else { length };
                base.get(start..start.checked_add(length)?)?
            }
        };
        into.extend_from_slice(piece);
    }
    (into.len() == length).then_some(())
}

/// What is left to read of a difference.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A length, seven bits in each byte, the lowest first.
    fn length(&mut self) -> Option<usize> {
        let mut length = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.next()?;
            length |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(length);
            }
        }
        None
    }

    /// A number of which only those bytes are written that are set in `present`, the lowest first.
    fn number(&mut self, present: u8, bytes: u32) -> Option<usize> {
        let mut number = 0;
        for at in (0..bytes).filter(|at| present >> at & 1 == 1) {
            number |= usize::from(self.next()?) << (8 * at);
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::apply;

    fn applied(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
        let mut found = b"what was there before".to_vec();
        apply(base, delta, &mut found).map(|()| found)
    }

    #[test]
    fn pieces_are_copied_and_inserted() {
        // From 6 on five bytes, two new ones, and from 0 on one.
        let delta = [11, 8, 0b1001_0001, 6, 5, 2, b'!', b' ', 0b1001_0000, 1];
        assert_eq!(applied(b"hello world", &delta).as_deref(), Some(&b"world! h"[..]));
    }

    #[test]
    fn lengths_and_places_may_take_several_bytes() {
        let base: Vec<u8> = (0..70_000_u32).map(|number| (number / 256) as u8).collect();
        let length =
            |length: u32| [(length & 0x7f) as u8 | 0x80, (length >> 7 & 0x7f) as u8 | 0x80, (length >> 14) as u8];
        // Nothing is said of the length of the first piece; the second one starts at 0x1_0100 and has 0x0102 bytes.
        let copies = [0b1000_0000, 0b1011_0110, 0x01, 0x01, 0x02, 0x01];
        let delta = [&length(70_000)[..], &length(0x1_0102), &copies].concat();
        let expected = [&base[..0x1_0000], &base[0x1_0100..0x1_0202]].concat();
        assert_eq!(applied(&base, &delta), Some(expected));
    }

    #[test]
    fn what_is_no_difference_to_this_object_is_refused() {
        for delta in [
            &[][..],
            &[2, 1, 0b1001_0000, 1],
            &[3, 2, 0b1001_0000, 1],
            &[3, 1, 0],
            &[3, 4, 0b1001_0000, 4],
            &[3, 2, 2, b'a'],
            &[3, 1, 0b1001_0001, 0],
            &[0xff; 12],
        ] {
            assert_eq!(applied(b"abc", delta), None, "{delta:?}");
        }
    }
}
