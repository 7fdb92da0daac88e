//! The word that somebody may have meant. Pure.

/// Longer words are nobody's typing error.
const LONGEST: usize = 64;

/// From this length on, the beginning of a word is taken for the word.
const UNFINISHED: usize = 4;

/// The candidate nearest to `word`, where one is near enough to be worth saying.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let wanted = folded(word);
    let limit = (wanted.chars().count() / 3).max(1);
    let scored = candidates.into_iter().map(|candidate| (distance(&wanted, candidate), candidate));
    scored.filter(|(distance, _)| *distance <= limit).min().map(|(_, candidate)| candidate)
}

fn distance(wanted: &str, candidate: &str) -> usize {
    let candidate = folded(candidate);
    match candidate.len() {
        ..=LONGEST if wanted.len() >= UNFINISHED && candidate.starts_with(wanted) => 1,
        ..=LONGEST => strsim::damerau_levenshtein(wanted, &candidate),
        _ => usize::MAX,
    }
}

/// Case and separators are what people get wrong first, so they cost nothing.
fn folded(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_words_are_offered() {
        let words = ["tag_format", "synchronize", "sign", "stale"];
        let cases = [
            ("tagFormat", Some("tag_format")),
            ("synchronise", Some("synchronize")),
            ("sing", Some("sign")),
            ("sync", Some("synchronize")),
            ("syn", None),
            ("umbrella", None),
            ("x", None),
        ];
        for (word, expected) in cases {
            assert_eq!(nearest(word, words), expected, "{word}");
        }
        assert_eq!(nearest(&"s".repeat(100), words), None);
    }
}
