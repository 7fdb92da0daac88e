//! Numbers of things in sentences, for messages that people read.

/// A number of things, in words: `1 package`, `2 packages`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", verb(number, "", "s"))
}

/// The verb, or any other word, that goes with a number of things.
pub fn verb<'a>(number: usize, one: &'a str, several: &'a str) -> &'a str {
    if number == 1 { one } else { several }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_one_thing() {
        assert_eq!([0, 1, 2].map(|number| count(number, "file")), ["0 files", "1 file", "2 files"]);
        assert_eq!([0, 1, 2].map(|number| verb(number, "is", "are")), ["are", "is", "are"]);
    }
}
