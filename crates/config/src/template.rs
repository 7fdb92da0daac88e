//! Texts with `{placeholders}`: which are known, and what the result must be. Pure.

use crate::error::listed;
use crate::rule::{Problem, branch_name, ref_name};
use releasekit_core::nearest;

const TAG: &[&str] = &["name", "version", "label", "path", "folder"];
const UMBRELLA: &[&str] = &["version"];
const BRANCH: &[&str] = &["base"];
const SUBJECT: &[&str] = &["name", "version", "count", "base"];

/// A tag format: known placeholders, the version exactly once, a legal tag when filled in.
pub(crate) fn tag_format(text: &str) -> Result<(), Problem> {
    says_its_version(text, TAG, "every tag must say its version: `\"{name}-v{version}\"`")
}

/// The format of a tag that belongs to no package.
pub(crate) fn umbrella_tag(text: &str) -> Result<(), Problem> {
    says_its_version(text, UMBRELLA, "every tag must say its version: `\"v{version}\"`")
}

fn says_its_version(text: &str, known: &[&str], help: &str) -> Result<(), Problem> {
    let used = placeholders(text, known)?;
    match used.iter().filter(|name| **name == "version").count() {
        1 => ref_name(&filled(text, &used)),
        0 => Err(Problem::new(format!("is `{text}`, which has no `{{version}}`")).help(help)),
        _ => Err(Problem::new(format!("is `{text}`, which has `{{version}}` more than once"))
            .help("a tag is read back, so it says its version once")),
    }
}

/// The release branch, which must never be the branch it is for: it is pushed over.
pub(crate) fn branch(text: &str) -> Result<(), Problem> {
    let used = placeholders(text, BRANCH)?;
    if text == "{base}" {
        return Err(Problem::new("is `{base}`, the branch that releases are made from, which would be pushed over")
            .help("give the release branch a name of its own, as `releasekit--release--{base}`"));
    }
    branch_name(&filled(text, &used))
}

/// The first line of the release commit's message.
pub(crate) fn subject(text: &str) -> Result<(), Problem> {
    placeholders(text, SUBJECT).map(drop)
}

/// The placeholders of a text, in order.
fn placeholders<'a>(text: &'a str, known: &[&str]) -> Result<Vec<&'a str>, Problem> {
    let mut used = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let inner = rest[at..].strip_prefix('{').and_then(|after| after.split_once('}'));
        let Some((name, after)) = inner.filter(|(name, _)| !name.contains('{')) else {
            return Err(Problem::new(format!("is `{text}`, where a brace has no partner"))
                .help(format!("braces stand around placeholders only: {}", spelled(known))));
        };
        if !known.contains(&name) {
            let known_names = format!("it knows {}", spelled(known));
            let help = nearest(name, known.iter().copied())
                .map_or_else(|| known_names.clone(), |word| format!("did you mean `{{{word}}}`? {known_names}"));
            return Err(Problem::new(format!("has no placeholder `{{{name}}}`")).help(help));
        }
        used.push(name);
        rest = after;
    }
    Ok(used)
}

fn spelled(known: &[&str]) -> String {
    listed(&known.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>())
}

/// The text with something plain for each placeholder.
fn filled(text: &str, used: &[&str]) -> String {
    used.iter().fold(text.to_owned(), |text, name| text.replace(&format!("{{{name}}}"), "x"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(result: Result<(), Problem>) -> String {
        result.map_or_else(|problem| problem.reason, |()| "legal".to_owned())
    }

    #[test]
    fn tag_formats_are_legal_tags_that_say_their_version_once() {
        let cases = [
            ("{name}-v{version}", "legal"),
            ("{label}/{path}/{name}@{version}", "legal"),
            ("{folder}=={version}", "legal"),
            ("v{version}", "legal"),
            ("{name}", "has no `{version}`"),
            ("{version}-{version}", "more than once"),
            ("{nmae}-{version}", "has no placeholder `{nmae}`"),
            ("{name-v{version}", "a brace has no partner"),
            ("name}-v{version}", "a brace has no partner"),
            ("{name} v{version}", "no branch or tag may hold ` `"),
            ("/{name}-v{version}", "which no branch or tag may be called"),
            ("-{version}", "which no branch or tag may be called"),
            ("{name}-v{version}.lock", "which no branch or tag may be called"),
            ("{name}..{version}", "which no branch or tag may be called"),
        ];
        for (text, expected) in cases {
            let reason = reason(tag_format(text));
            assert!(reason.contains(expected), "{text}: {reason}");
        }
    }

    #[test]
    fn a_release_branch_is_a_plain_branch_of_its_own() {
        let other = "which git takes for something else than a branch";
        let cases = [
            ("releasekit--release--{base}", "legal"),
            ("release/{base}/next", "legal"),
            ("heads", "legal"),
            ("{base}", "the branch that releases are made from"),
            ("HEAD", other),
            ("Head", other),
            ("FETCH_HEAD", other),
            ("@", other),
            ("refs/tags/v1", other),
            ("refs/heads/{base}-next", other),
            ("heads/{base}", other),
            ("tags/{base}", other),
            ("-{base}", "which no branch or tag may be called"),
        ];
        for (text, expected) in cases {
            let reason = reason(branch(text));
            assert!(reason.contains(expected), "{text}: {reason}");
        }
    }

    #[test]
    fn a_near_placeholder_is_offered() {
        let problem = tag_format("{verison}").expect_err("misspelled");
        assert!(problem.help.expect("has help").starts_with("did you mean `{version}`?"));
        assert!(reason(branch("releasekit--{count}")).contains("no placeholder `{count}`"));
        assert_eq!(reason(subject("chore(release): {count} of {base}, {name} {version}")), "legal");
    }
}
