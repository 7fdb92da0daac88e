//! `.npmrc`: keys with values, read as data.
//!
//! What is read here is npm's own reading of `ini`, as far as registries and who publishes to them go: sections and lists are passed over,
//! for npm keeps neither of those in them.

/// The settings of one file. A key that stands there twice has its last value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Npmrc {
    entries: Vec<(String, String)>,
}

impl Npmrc {
    /// Reads a file. Lines that are no settings are passed over, as npm does.
    ///
    /// ```
    /// use releasekit_formats::npm::npmrc::Npmrc;
    ///
    /// let npmrc = Npmrc::parse("; a comment\nregistry = \"https://r.test/\"\n@house:registry=https://h.test\n");
    /// assert_eq!(npmrc.get("registry"), Some("https://r.test/"));
    /// assert_eq!(npmrc.get("@house:registry"), Some("https://h.test"));
    /// ```
    pub fn parse(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        Self { entries: text.lines().filter_map(entry).collect() }
    }

    /// The value of a key, as it stands there: variables are not put in.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Adds what another file says, which counts where both have a key.
    #[must_use]
    pub fn outranked_by(mut self, other: Self) -> Self {
        self.entries.extend(other.entries);
        self
    }

    /// Every key with its value, in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

fn entry(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    if line.is_empty() || line.starts_with([';', '#', '[']) {
        return None;
    }
    let (key, value) = line.split_once('=').unwrap_or((line, "true"));
    Some((unquoted(key.trim()), unquoted(value.trim())))
}

/// A text without its quotes, or without the comment behind it.
fn unquoted(text: &str) -> String {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inside.to_owned();
        }
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            ';' | '#' => break,
            '\\' => match characters.next() {
                Some(escaped @ (';' | '#' | '\\')) => plain.push(escaped),
                other => plain.extend(['\\'].into_iter().chain(other)),
            },
            other => plain.push(other),
        }
    }
    plain.trim().to_owned()
}

/// A value with the variables that it names, `${NAME}` or `${NAME?}`, put in. `None` where one is not set; with the question mark it
/// is empty then. A backslash before it leaves it as it is.
///
/// ```
/// use releasekit_formats::npm::npmrc::expanded;
///
/// let variable = |name: &str| (name == "A").then(|| "1".to_owned());
/// assert_eq!(expanded("x${A}y${B?}", variable), Some("x1y".to_owned()));
/// assert_eq!(expanded("${B}", variable), None);
/// assert_eq!(expanded(r"\${A}", variable), Some("${A}".to_owned()));
/// ```
pub fn expanded(value: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let (before, named) = (&rest[..start], &rest[start + 2..start + length]);
        match before.strip_suffix('\\') {
            Some(before) => text.extend([before, "${", named, "}"]),
            None => text.extend([before, &put_in(named, &variable)?]),
        }
        rest = &rest[start + length + 1..];
    }
    text.push_str(rest);
    Some(text)
}

fn put_in(named: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    match named.strip_suffix('?') {
        Some(named) => Some(variable(named).unwrap_or_default()),
        None => variable(named),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_npm_reads_them() {
        let text = "\u{feff}registry=https://one.test/\r\n  # no setting\n;no=setting\n[section]\nsave-exact\n\
                    '//h.test/:_authToken' = 'a;b'\nkey = value ; behind\nkey2 = a\\;b\\c\nregistry=https://two.test/\n";
        let npmrc = Npmrc::parse(text);
        let found: Vec<_> = npmrc.entries().collect();
        let expected = [
            ("registry", "https://one.test/"),
            ("save-exact", "true"),
            ("//h.test/:_authToken", "a;b"),
            ("key", "value"),
            ("key2", "a;b\\c"),
            ("registry", "https://two.test/"),
        ];
        assert_eq!(found, expected);
        assert_eq!(npmrc.get("registry"), Some("https://two.test/"));
        assert_eq!(npmrc.get("no"), None);
    }

    #[test]
    fn a_variable_that_does_not_end_is_text() {
        assert_eq!(expanded("a${B", |_| None), Some("a${B".to_owned()));
    }
}
