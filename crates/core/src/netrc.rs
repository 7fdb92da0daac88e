//! Reads a `.netrc`, the file in which logins of hosts stand for every tool. Pure: whoever has the file's text brings it.

use crate::secret::Secret;

/// An entry; no host for `default`.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The host.
    pub host: Option<String>,
    /// The user, empty where none is named.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// Reads the words of a `.netrc`; entries without a password are left out, macros are skipped.
pub fn parse(text: &str) -> Vec<Machine> {
    let mut machines = Vec::new();
    let mut entry: Option<Entry> = None;
    let text = without_macros(text);
    let mut words = words(&text);
    while let Some(word) = words.next() {
        match word.as_str() {
            "machine" => machines.extend(entry.replace(Entry::of(words.next())).and_then(Entry::finish)),
            "default" => machines.extend(entry.replace(Entry::default()).and_then(Entry::finish)),
            "login" => set(&mut entry, |entry| entry.user = words.next()),
            "password" => set(&mut entry, |entry| entry.password = words.next()),
            "account" => drop(words.next()),
            _ => {}
        }
    }
    machines.extend(entry.and_then(Entry::finish));
    machines
}

#[derive(Default)]
struct Entry {
    host: Option<String>,
    user: Option<String>,
    password: Option<String>,
}

impl Entry {
    fn of(host: Option<String>) -> Self {
        Self { host, ..Self::default() }
    }

    fn finish(self) -> Option<Machine> {
        let (user, password) = (self.user.unwrap_or_default(), Secret::new(self.password?));
        Some(Machine { host: self.host, user, password })
    }
}

fn set(entry: &mut Option<Entry>, change: impl FnOnce(&mut Entry)) {
    if let Some(entry) = entry {
        change(entry);
    }
}

/// A macro goes from `macdef` to the next empty line; comments are lines that begin with `#`.
fn without_macros(text: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for line in text.lines() {
        inside = if inside { !line.trim().is_empty() } else { line.trim_start().starts_with("macdef") };
        if !inside && !line.trim_start().starts_with('#') {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Words between white space; one in double quotes may hold white space, and `\` takes the next character as it is.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let quoted = chars.next_if_eq(&'"').is_some();
        let mut word = String::new();
        chars.peek().filter(|_| !quoted).or(quoted.then_some(&'"'))?;
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted => break,
                '\\' => word.extend(chars.next()),
                c if c.is_whitespace() && !quoted => break,
                c => word.push(c),
            }
        }
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETRC: &str = "\
# machine commented.test login a password b
machine index.test login rk password s3cret
machine MIXED.test
    account none
    login \"two words\"
    password \"quo\\\"ted\"
macdef init
machine macro.test login m password m

machine nobody.test login nobody
default login anyone password anything
";

    #[test]
    fn netrc_is_read_as_other_tools_read_it() {
        let machines = parse(NETRC);
        let read =
            |machine: &Machine| (machine.host.clone(), machine.user.clone(), machine.password.expose().to_owned());
        let found: Vec<_> = machines.iter().map(read).collect();
        let entry = |host: Option<&str>, user: &str, password: &str| {
            (host.map(str::to_owned), user.to_owned(), password.to_owned())
        };
        assert_eq!(
            found,
            [
                entry(Some("index.test"), "rk", "s3cret"),
                entry(Some("MIXED.test"), "two words", "quo\"ted"),
                entry(None, "anyone", "anything"),
            ]
        );
    }
}
