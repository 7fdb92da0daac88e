//! One line that says what a release is: the first of its commit's message, and the title of its change request.

use releasekit_core::model::BranchName;

use crate::plan::ReleasePlan;

/// Of one package.
const ONE: &str = "chore(release): release {name} {version}";
/// Of several.
const SEVERAL: &str = "chore(release): release {count} packages";

/// What such a line may say of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The branch that it is merged into.
    pub base: String,
    /// How many packages it has.
    pub count: usize,
    /// The name of its package; `None` where there are several.
    pub name: Option<String>,
    /// The version that all its packages have; `None` where there are several.
    pub version: Option<String>,
}

impl Subject {
    /// What there is to say of a plan that is merged into a branch.
    pub(crate) fn new(plan: &ReleasePlan, base: &BranchName) -> Self {
        let names = plan.included().map(|row| row.name.to_string());
        let mut versions: Vec<String> =
            plan.included().filter_map(|row| Some(row.next.as_ref()?.to_string())).collect();
        let names: Vec<String> = names.collect();
        let count = names.len();
        versions.dedup();
        Self { base: base.to_string(), count, name: only(names), version: only(versions) }
    }

    /// The line by a form with placeholders. A form that asks for what this release has several of gives way to our own, as
    /// does none.
    pub(crate) fn line(&self, form: Option<&str>) -> String {
        let own = if self.count == 1 { ONE } else { SEVERAL };
        let mut line = form.filter(|form| self.has_all(form)).unwrap_or(own).to_owned();
        if self.count == 1 {
            line = line.replace("{count} packages", "1 package");
        }
        line = line.replace("{count}", &self.count.to_string());
        for (placeholder, value) in [("{name}", &self.name), ("{version}", &self.version)] {
            line = line.replace(placeholder, value.as_deref().unwrap_or_default());
        }
        line.replace("{base}", &self.base)
    }

    fn has_all(&self, form: &str) -> bool {
        let lacks = |placeholder: &str, value: &Option<String>| value.is_none() && form.contains(placeholder);
        !lacks("{name}", &self.name) && !lacks("{version}", &self.version)
    }

    /// Whether a line is one that some release would have by a form, or by our own.
    pub(crate) fn is_line(&self, line: &str, form: Option<&str>) -> bool {
        let forms = form.into_iter().chain([ONE, SEVERAL]);
        forms.map(|form| form.replace("{base}", &self.base)).any(|form| {
            is_filled(&form, line.trim()) || is_filled(&form.replace("{count} packages", "1 package"), line.trim())
        })
    }
}

fn only(mut all: Vec<String>) -> Option<String> {
    if all.len() == 1 { all.pop() } else { None }
}

/// Whether a line is a form with something in place of each placeholder.
fn is_filled(form: &str, line: &str) -> bool {
    let placeholder = form.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)));
    let Some((before, (placeholder, after))) = placeholder else { return form == line };
    let Some(rest) = line.strip_prefix(before) else { return false };
    let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
    let values = ends.map(|end| rest.split_at(end)).take_while(|(value, _)| may_be(placeholder, value));
    values.into_iter().any(|(_, rest)| is_filled(after, rest))
}

/// Whether a text may be the beginning of what stands for a placeholder.
fn may_be(placeholder: &str, value: &str) -> bool {
    match placeholder {
        "count" => value.bytes().all(|b| b.is_ascii_digit()),
        "version" => value.starts_with(|c: char| c.is_ascii_digit()) && !value.contains(char::is_whitespace),
        _ => !value.contains(char::is_whitespace),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(count: usize, name: Option<&str>, version: Option<&str>) -> Subject {
        let [name, version] = [name, version].map(|text| text.map(str::to_owned));
        Subject { base: "v1".to_owned(), count, name, version }
    }

    #[test]
    fn a_line_says_what_there_is_one_of() {
        let one = subject(1, Some("@scope/core"), Some("1.2.0"));
        let synchronized = subject(3, None, Some("0.7.2"));
        let several = subject(3, None, None);
        let own = "chore(release): release 3 packages";
        let cases = [
            (&one, None, "chore(release): release @scope/core 1.2.0"),
            (&one, Some("{name}-v{version} ({count}) to {base}"), "@scope/core-v1.2.0 (1) to v1"),
            (&one, Some("Release {count} packages"), "Release 1 package"),
            (&synchronized, None, own),
            (&synchronized, Some("chore: release {version}"), "chore: release 0.7.2"),
            (&synchronized, Some("chore: release {name} {version}"), own),
            (&several, Some("chore: release {version}"), own),
            (&several, Some("{base}: {count}"), "v1: 3"),
        ];
        for (subject, form, line) in cases {
            assert_eq!(subject.line(form), line, "{form:?}");
            assert!(several.is_line(line, form), "{line}");
        }
    }

    #[test]
    fn what_people_wrote_is_no_line_of_ours() {
        let several = subject(3, None, None);
        for line in [
            "chore(release): the spring release",
            "chore(release): release the spring",
            "chore(release): release core 1.2.0, at last",
            "chore(release): release packages",
            "chore(release): release x packages",
            "",
        ] {
            assert!(!several.is_line(line, None), "{line}");
        }
        assert!(!several.is_line("v2: 3", Some("{base}: {count}")), "of another branch");
    }
}
