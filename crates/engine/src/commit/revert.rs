//! What a commit undoes.

use super::text::has;

/// How a line begins that says which commit is undone.
const REVERTS: &str = "This reverts commit ";

/// The fewest digits by which people name a commit.
const SHORTEST_NAME: usize = 7;

/// The commits that lines such as `This reverts commit 1234567.` name.
pub(super) fn commits(body: Option<&str>) -> Vec<String> {
    let body = body.filter(|body| has(body, REVERTS)).unwrap_or_default();
    let lines = body.lines().filter_map(|line| line.trim_start().strip_prefix(REVERTS));
    let name = |rest: &str| rest.chars().take_while(char::is_ascii_hexdigit).collect::<String>();
    lines.map(name).filter(|name| name.len() >= SHORTEST_NAME).collect()
}

/// The title of what a title says it undoes, as it is usually written: `Revert "…"`, `Reapply "…"`, `revert: …`.
pub(super) fn title(title: &str) -> Option<String> {
    let bare = without_number(title);
    let quoted = |word: &str| bare.strip_prefix(word)?.strip_prefix(" \"")?.strip_suffix('"');
    if let Some(reverted) = quoted("Revert") {
        return Some(reverted.to_owned());
    }
    if let Some(applied) = quoted("Reapply") {
        return Some(format!("Revert \"{applied}\""));
    }
    let (kind, rest) = bare.split_once(": ")?;
    let kind = kind.trim_end_matches('!');
    let kind = kind.split_once('(').map_or(kind, |(kind, _)| kind);
    kind.eq_ignore_ascii_case("revert").then(|| rest.trim().to_owned())
}

/// A title without the number of the request that a forge puts at its end.
pub(crate) fn without_number(title: &str) -> &str {
    let title = title.trim_end();
    let number = title.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (#"));
    number
        .filter(|(_, digits)| !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()))
        .map_or(title, |it| it.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_title_undoes_is_read_in_every_usual_form() {
        let cases = [
            ("Revert \"feat: a\"", "feat: a"),
            ("Revert \"feat: a (#12)\" (#13)", "feat: a (#12)"),
            ("Revert \"Revert \"feat: a\"\"", "Revert \"feat: a\""),
            ("Reapply \"feat: a\"", "Revert \"feat: a\""),
            ("revert: feat: a", "feat: a"),
            ("revert(core)!: feat: a (#13)", "feat: a"),
        ];
        for (text, expected) in cases {
            assert_eq!(title(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["Revert that", "fix: revert: a", "reverts: a", "feat: Revert \"a\""] {
            assert_eq!(title(text), None, "{text}");
        }
    }
}
