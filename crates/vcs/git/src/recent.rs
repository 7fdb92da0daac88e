//! What was asked for lately, bounded in bytes.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::mem;

/// Keeps values while they are likely to be asked for again.
///
/// There are two generations: what is asked for moves to the younger one, and when that is full the older one goes.
pub(crate) struct Recent<K, V, S = RandomState> {
    young: HashMap<K, (V, usize), S>,
    old: HashMap<K, (V, usize), S>,
    bytes: usize,
    limit: usize,
}

impl<K: Hash + Eq + Copy, V: Clone, S: BuildHasher + Default> Recent<K, V, S> {
    /// Keeps at most about `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { young: HashMap::default(), old: HashMap::default(), bytes: 0, limit: limit / 2 }
    }

    /// A value that is kept.
    pub(crate) fn get(&mut self, key: &K) -> Option<V> {
        if let Some((value, _)) = self.young.get(key) {
            return Some(value.clone());
        }
        let (value, bytes) = self.old.remove(key)?;
        self.add(*key, value.clone(), bytes);
        Some(value)
    }

    /// Keeps a value of so many bytes.
    pub(crate) fn add(&mut self, key: K, value: V, bytes: usize) {
        if self.bytes + bytes > self.limit {
            self.old = mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.young.insert(key, (value, bytes));
    }
}

/// Hashes numbers fast. For what is small, and no harm where somebody makes all hashes alike.
#[derive(Debug, Default)]
pub(crate) struct Scatter(u64);

impl Hasher for Scatter {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_u64(&mut self, number: u64) {
        // The table takes high and low bits of a hash, and a product has its own only in the high ones.
        self.0 = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn what_is_asked_for_stays_and_what_is_not_goes() {
        let mut recent: Recent<u32, &str> = Recent::new(4);
        recent.add(1, "asked for", 1);
        for key in 2..20 {
            assert_eq!(recent.get(&1), Some("asked for"), "{key}");
            recent.add(key, "not asked for", 1);
        }
        assert_eq!(recent.get(&2), None);
        assert_eq!(recent.get(&19), Some("not asked for"));
    }
}
