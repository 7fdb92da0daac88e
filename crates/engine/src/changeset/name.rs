//! Names of change files that people can tell apart and say aloud.

use sha2::{Digest, Sha256};

const MANY: &[&str] = &[
    "brave", "bright", "calm", "clever", "cold", "curly", "dark", "early", "eager", "fair", "famous", "fast", "fluffy",
    "fresh", "gentle", "giant", "golden", "good", "great", "happy", "heavy", "honest", "huge", "kind", "large", "late",
    "light", "little", "long", "loud", "lucky", "mighty", "modern", "neat", "new", "nice", "odd", "old", "open",
    "plain", "polite", "proud", "quick", "quiet", "rare", "ready", "rich", "sharp", "shiny", "short", "silent", "slow",
    "small", "soft", "strong", "sweet", "swift", "tall", "tame", "tidy", "tiny", "warm", "wild", "wise",
];

const THINGS: &[&str] = &[
    "apples", "bears", "bees", "bells", "birds", "boats", "books", "cats", "clouds", "coins", "cooks", "crabs",
    "crews", "cups", "deer", "dogs", "doors", "doves", "drums", "ducks", "eagles", "fans", "feet", "foxes", "frogs",
    "geese", "goats", "hats", "hills", "horses", "keys", "kings", "kites", "lamps", "lemons", "lions", "mice", "moons",
    "owls", "pans", "pears", "pens", "pigs", "planes", "plants", "poets", "ponds", "rats", "rings", "rivers", "roads",
    "rooms", "roses", "seals", "sheep", "ships", "snails", "stars", "swans", "tigers", "trees", "walls", "whales",
    "wolves",
];

const ACTS: &[&str] = &[
    "act", "agree", "arrive", "bake", "begin", "bow", "build", "call", "care", "carry", "chew", "clap", "climb",
    "come", "cook", "count", "cry", "dance", "deny", "dig", "draw", "dream", "drive", "drum", "eat", "explain", "fly",
    "follow", "give", "grin", "grow", "hear", "help", "hide", "hunt", "invite", "join", "jump", "kneel", "knock",
    "laugh", "learn", "lick", "listen", "live", "look", "march", "matter", "move", "nail", "own", "play", "read",
    "rest", "ride", "roll", "run", "sing", "sit", "smile", "swim", "wait", "walk", "yell",
];

/// A name that follows from what a file says, the first of several that is free. So two people who write the same write one
/// file, and others hardly ever do.
pub(crate) fn name(text: &str, is_free: impl Fn(&str) -> bool) -> String {
    let candidates = (0_u64..).map(|turn| {
        let digest = Sha256::new().chain_update(turn.to_le_bytes()).chain_update(text).finalize();
        let word = |words: &[&'static str], at: usize| words[usize::from(digest[at]) % words.len()];
        let three = format!("{}-{}-{}", word(MANY, 0), word(THINGS, 1), word(ACTS, 2));
        // Where most names are taken, a number makes one more.
        if turn < 1000 { three } else { format!("{three}-{turn}") }
    });
    candidates.into_iter().find(|name| is_free(name)).expect("one of names without end is free")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_from_the_text_and_is_free() {
        let first = name("a", |_| true);
        assert_eq!(first.split('-').count(), 3, "{first}");
        assert_eq!(name("a", |_| true), first);
        assert_ne!(name("b", |_| true), first);
        assert_ne!(name("a", |candidate| candidate != first), first);
        let last = name("a", |candidate| candidate.split('-').count() > 3);
        assert!(last.ends_with("-1000"), "{last}");
    }

    #[test]
    fn every_list_has_words_for_each_byte_alike() {
        for words in [MANY, THINGS, ACTS] {
            assert_eq!(words.len(), 64, "{words:?}");
            assert!(words.iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase())));
        }
    }
}
