//! How long a text may be, in the unit that a forge counts in.

/// What a forge counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextUnit {
    /// Bytes of UTF-8.
    Bytes,
    /// Characters.
    Characters,
    /// Code units of UTF-16, of which an emoji has two.
    Utf16,
}

/// A greatest length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextLimit {
    /// How many are taken.
    pub most: usize,
    /// Of what.
    pub unit: TextUnit,
}

impl TextLimit {
    /// So many of these.
    pub const fn new(most: usize, unit: TextUnit) -> Self {
        Self { most, unit }
    }

    /// How long a text is, as it counts here.
    pub fn measure(self, text: &str) -> usize {
        match self.unit {
            TextUnit::Bytes => text.len(),
            TextUnit::Characters => text.chars().count(),
            TextUnit::Utf16 => text.encode_utf16().count(),
        }
    }

    /// Whether a text may be that long.
    pub fn admits(self, text: &str) -> bool {
        self.measure(text) <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_measured_in_the_unit_of_its_forge() {
        let measured = |unit| TextLimit::new(4, unit).measure("aé🚀");
        assert_eq!([TextUnit::Bytes, TextUnit::Characters, TextUnit::Utf16].map(measured), [7, 3, 4]);
        assert!(
            TextLimit::new(4, TextUnit::Utf16).admits("aé🚀") && !TextLimit::new(4, TextUnit::Bytes).admits("aé🚀")
        );
    }
}
