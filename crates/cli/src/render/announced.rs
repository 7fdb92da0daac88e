//! What a release has on its forge, for people and for programs.

use releasekit_core::words::count;
use releasekit_engine::announce::{Announced, Announcement, Standing};
use releasekit_engine::forge::Absence;
use serde::Serialize;

use super::absence;
use super::json::Failure;
use super::style::{Meaning, clean};
use super::table::{Cell, table};

/// The releases, and what else was done; or why no forge was asked, where that is not plain.
pub(crate) fn text(announced: &Announced, absence: Option<&Absence>, dry_run: bool) -> String {
    if let Some(why) = absence {
        let why = absence::words(why).map(|why| format!("nothing on a forge: {}\n", clean(&why)));
        return why.unwrap_or_default();
    }
    let row = |release: &Announcement| {
        let (words, meaning) = standing(release.standing, dry_run && release.changed);
        vec![Cell::new(&release.title, Meaning::Strong), Cell::new(words, meaning), Cell::from(&release.url)]
    };
    let rows: Vec<Vec<Cell>> = announced.releases.iter().map(row).collect();
    let releases = if rows.is_empty() { String::new() } else { table(&["RELEASE", "ON THE FORGE", "PAGE"], &rows) };
    let verb = |done: &'static str, would: &'static str| if dry_run { would } else { done };
    let labelled =
        announced.labelled.iter().map(|url| format!("{} {}\n", clean(url), verb("is labelled", "would be labelled")));
    let told = announced.told.iter().map(|name| format!("{} {}\n", clean(name), verb("was told", "would be told")));
    let commented = Some(announced.commented.len()).filter(|number| *number > 0).map(|number| {
        let requests = count(number, "pull request");
        format!("{requests} {}\n", verb("told of the release", "would be told of the release"))
    });
    labelled.chain(commented).chain(told).fold(releases, |text, line| text + &line)
}

fn standing(standing: Standing, would: bool) -> (&'static str, Meaning) {
    match (standing, would) {
        (Standing::Public, false) => ("published", Meaning::Good),
        (Standing::Public, true) => ("would be published", Meaning::Good),
        (Standing::Draft, false) => ("draft, until all of it is live", Meaning::Warning),
        (Standing::Draft, true) => ("would be a draft, until all of it is live", Meaning::Warning),
        (Standing::ToCome, _) => ("comes once all of it is live", Meaning::Faint),
    }
}

/// The same as JSON.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    releases: Vec<Release<'a>>,
    labelled: Option<&'a str>,
    commented: &'a [u64],
    told: &'a [String],
    errors: Vec<Failure>,
}

#[derive(Serialize)]
struct Release<'a> {
    tag: &'a str,
    title: &'a str,
    url: &'a str,
    state: &'static str,
    changed: bool,
}

impl<'a> Release<'a> {
    fn of(release: &'a Announcement) -> Self {
        let state = match release.standing {
            Standing::ToCome => "to_come",
            Standing::Draft => "draft",
            Standing::Public => "published",
        };
        let Announcement { tag, title, url, changed, .. } = release;
        Self { tag: tag.as_str(), title, url, state, changed: *changed }
    }
}

/// What programs are told.
pub(crate) fn document(announced: &Announced) -> Document<'_> {
    Document {
        releases: announced.releases.iter().map(Release::of).collect(),
        labelled: announced.labelled.as_deref(),
        commented: &announced.commented,
        told: &announced.told,
        errors: announced.errors.iter().map(|error| Failure::of(error)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::TagName;
    use releasekit_core::{BackendError, Code, ErrorKind};

    use super::*;

    fn announced() -> Announced {
        let release = |name: &str, standing, changed| Announcement {
            tag: TagName::new(format!("{name}-v1")),
            title: format!("{name} 1"),
            url: format!("https://forge.test/{name}"),
            standing,
            changed,
        };
        let error = BackendError::new(Code::new("RK-TEST-FORGE", ErrorKind::Transient), "no answer");
        Announced {
            releases: vec![
                release("a", Standing::Public, true),
                release("b", Standing::Draft, false),
                release("c", Standing::ToCome, false),
            ],
            labelled: Some("https://forge.test/12".to_owned()),
            commented: vec![3, 4],
            told: vec!["owner/one".to_owned()],
            errors: vec![error.into()],
        }
    }

    /// The words of a line, without its styles.
    fn words(line: &str) -> Vec<String> {
        anstream::adapter::strip_str(line).to_string().split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn people_see_how_each_release_stands_and_what_a_dry_run_would_change() {
        let said = text(&announced(), None, false);
        let lines: Vec<Vec<String>> = said.lines().map(words).collect();
        let expected = [
            "RELEASE ON THE FORGE PAGE",
            "a 1 published https://forge.test/a",
            "b 1 draft, until all of it is live https://forge.test/b",
            "c 1 comes once all of it is live https://forge.test/c",
            "https://forge.test/12 is labelled",
            "2 pull requests told of the release",
            "owner/one was told",
        ];
        assert_eq!(lines, expected.map(words));
        let would = text(&announced(), None, true);
        assert!(would.contains("would be published") && would.contains("would be labelled"), "{would}");
        assert!(would.contains("draft, until all of it is live") && !would.contains("would be a draft"), "{would}");
        assert_eq!(text(&Announced::default(), None, false), "");
        assert_eq!(
            text(&Announced::default(), Some(&Absence::Unwanted), false),
            "nothing on a forge: `--no-forge` asks for none\n"
        );
        assert_eq!(text(&Announced::default(), Some(&Absence::Local), false), "");
    }

    #[test]
    fn programs_are_told_the_same_in_words_that_stay() {
        let document = serde_json::to_value(document(&announced())).expect("texts are JSON");
        let state = |at: usize| document["releases"][at]["state"].as_str().map(str::to_owned);
        assert_eq!([0, 1, 2].map(state).map(Option::unwrap_or_default), ["published", "draft", "to_come"]);
        assert_eq!(document["releases"][0]["tag"], "a-v1");
        assert_eq!(document["errors"], serde_json::json!([{"code": "RK-TEST-FORGE", "message": "no answer"}]));
        assert_eq!(
            (&document["labelled"], &document["told"][0]),
            (&"https://forge.test/12".into(), &"owner/one".into())
        );
    }
}
