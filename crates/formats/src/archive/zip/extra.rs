//! Extra fields of members: sizes beyond 4 GiB, times and owners. Others could name or hide something.

/// The kind of the field that holds large numbers.
const ZIP64: u16 = 1;

/// Kinds that say when and by whom a file was made, and how long they are at most: NTFS times, extended times, owners.
const KNOWN: &[(u16, usize)] = &[(0x000a, 32), (0x5455, 13), (0x5855, 12), (0x7855, 4), (0x7875, 24)];

/// The large numbers of an extra field, none where it has none; an error says what else is in it.
pub(super) fn large(mut bytes: &[u8]) -> Result<Vec<u64>, String> {
    let mut large = None;
    let mut seen = Vec::new();
    while let [kind_low, kind_high, low, high, rest @ ..] = bytes {
        let kind = u16::from_le_bytes([*kind_low, *kind_high]);
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let (body, next) = rest.split_at_checked(length).ok_or("has an extra field that is cut off")?;
        if seen.contains(&kind) {
            return Err(format!("has extra field {kind:#06x} twice"));
        }
        if kind == ZIP64 {
            let (numbers, left) = body.as_chunks::<8>();
            if !left.is_empty() {
                return Err("has an extra field of large sizes that is cut off".to_owned());
            }
            large = Some(numbers.iter().map(|number| u64::from_le_bytes(*number)).collect());
        } else if !KNOWN.iter().any(|(known, most)| *known == kind && body.len() <= *most) {
            return Err(format!("has extra field {kind:#06x}, which says more than times and owners"));
        }
        seen.push(kind);
        bytes = next;
    }
    if bytes.is_empty() { Ok(large.unwrap_or_default()) } else { Err("has an extra field that is cut off".to_owned()) }
}

/// Puts large numbers where the record says by its largest number that there is one. Gives `None` where there are more
/// or fewer of them than it asks for.
pub(super) fn put<const N: usize>(short: [u32; N], large: &[u64]) -> Option<[u64; N]> {
    let mut large = large.iter();
    let mut numbers = [0; N];
    for (number, short) in numbers.iter_mut().zip(short) {
        *number = if short == u32::MAX { *large.next()? } else { short.into() };
    }
    large.next().is_none().then_some(numbers)
}
