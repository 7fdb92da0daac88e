//! Past releases for people: what would have been planned beside what shipped, and why the two differ.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use releasekit_core::model::Bump;
use releasekit_core::words::count;
use releasekit_engine::replay::{Difference, Release, Replay, Row};

use super::style::Meaning;
use super::table::{Cell, table};

const HEADINGS: &[&str] = &["PACKAGE", "LAST", "PLANNED", "SHIPPED", "WHY"];

/// How many names a line holds before it counts the rest.
const NAMED: usize = 3;

/// All releases, newest first, and what came of them.
pub(crate) fn text(replay: &Replay) -> String {
    if replay.releases.is_empty() {
        return "no release: no tag reads as a version of a package\n".to_owned();
    }
    let releases: Vec<String> = replay.releases.iter().map(release).collect();
    format!("{}\n{}", releases.join("\n"), summary(replay))
}

fn release(release: &Release) -> String {
    let day = release.time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d");
    let tags: Vec<String> = release.tags.iter().map(ToString::to_string).collect();
    let title = format!("{day} {} at {}", some(&tags), release.commit.short());
    let rows: Vec<Vec<Cell>> = alike(release).iter().map(|rows| cells(rows)).collect();
    let mut text = format!("{}\n{}", Meaning::Strong.paint(&title), table(HEADINGS, &rows));
    if !release.waiting.is_empty() {
        let waiting: Vec<String> = release.waiting.iter().map(|it| format!("{} {}", it.name, it.planned)).collect();
        let line = format!("moves and did not ship: {}", some(&waiting));
        text.push_str(&format!("{}\n", Meaning::Faint.paint(&line)));
    }
    text
}

fn some(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", names[..names.len() - more].join(", "))
}

/// Packages of a release to which the same happened, as to those of a group.
fn alike(release: &Release) -> Vec<Vec<&Row>> {
    let mut found: Vec<Vec<&Row>> = Vec::new();
    let key = |row: &Row| (row.last.clone(), row.planned.clone(), row.shipped.clone(), row.difference.clone());
    for row in &release.packages {
        match found.iter_mut().find(|rows| key(rows[0]) == key(row)) {
            Some(rows) => rows.push(row),
            None => found.push(vec![row]),
        }
    }
    found
}

fn cells(rows: &[&Row]) -> Vec<Cell> {
    let row = rows[0];
    let names: Vec<String> = rows.iter().map(|row| row.id().to_string()).collect();
    let meaning = match &row.difference {
        None => Meaning::Good,
        Some(Difference::Unexplained) => Meaning::Bad,
        Some(_) => Meaning::Warning,
    };
    let why = row.difference.as_ref().map_or_else(|| "exact".to_owned(), |difference| reason(row, difference));
    vec![
        Cell::new(some(&names), Meaning::Strong),
        Cell::optional(row.last.as_ref(), Meaning::Plain),
        Cell::optional(row.planned.as_ref(), meaning),
        Cell::new(&row.shipped, Meaning::Plain),
        Cell::new(why, Meaning::Faint),
    ]
}

/// A reason in words.
fn reason(row: &Row, difference: &Difference) -> String {
    match difference {
        Difference::NotThere => "no such package there, or none that is released".to_owned(),
        Difference::Refused { code, message } => format!("cannot be planned there: {} ({code})", message),
        Difference::OffBranch { tag } => format!("`{}` lies on another branch", tag),
        Difference::Asked { by, text } => format!("{} asked for it: {}", short(by), text),
        Difference::NoKnownType => "no commit in range has a type that moves a version".to_owned(),
        Difference::NoChangeFile => "no change file named it".to_owned(),
        Difference::Chosen { commit, summary, said, shipped, file } => {
            let chose = |said: String| format!("people chose {} {said}: {} {summary}", row.shipped, commit.short());
            match file {
                Some(file) => chose(format!("where the package file says {file}")),
                None if said == shipped => chose(format!("for a {said}")),
                None if *said == Bump::None => chose("where nothing says so".to_owned()),
                None => chose(format!("where the plan says a {said}")),
            }
        }
        Difference::Unexplained => "unexplained, which is a fault of releasekit".to_owned(),
    }
}

/// A commit's name is shortened; the path of a file is not.
fn short(by: &str) -> String {
    let is_commit = by.len() >= 40 && by.chars().all(|c| c.is_ascii_hexdigit());
    if is_commit { by[..9].to_owned() } else { by.to_owned() }
}

/// How many packages are exact, and how many differ for each reason.
fn summary(replay: &Replay) -> String {
    let rows: Vec<&Row> = replay.releases.iter().flat_map(|release| &release.packages).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for difference in rows.iter().filter_map(|row| row.difference.as_ref()) {
        *counts.entry(difference.kind()).or_default() += 1;
    }
    let exact = rows.iter().filter(|row| row.difference.is_none()).count();
    let parts = counts.iter().map(|(kind, count)| format!("{count} {kind}"));
    let parts: Vec<String> = std::iter::once(format!("{exact} exact")).chain(parts).collect();
    let (releases, packages) = (count(replay.releases.len(), "release"), count(rows.len(), "version"));
    let mut text = format!("{releases}, {packages}: {}\n", parts.join(", "));
    if counts.contains_key(Difference::Unexplained.kind()) {
        text.push_str("please report what is unexplained, with the repository and the release\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use releasekit_core::model::{CommitId, EcosystemLabel, PackageName, RepoPath, TagName, Version};
    use releasekit_engine::replay::Waiting;

    use super::*;

    const COMMIT: &str = "abcdef0123456789abcdef0123456789abcdef01";

    fn row(name: &str, difference: Option<Difference>) -> Row {
        Row {
            name: PackageName::new(name),
            ecosystem: "python".to_owned(),
            label: EcosystemLabel::new("py"),
            path: RepoPath::root(),
            tag: TagName::new(format!("{name}-v1.1.0")),
            planned_at: CommitId::new(COMMIT),
            last: Some(Version::from_canonical("1.0.0")),
            planned: difference.is_none().then(|| Version::from_canonical("1.1.0")),
            shipped: Version::from_canonical("1.1.0"),
            difference,
        }
    }

    fn shown(packages: Vec<Row>, waiting: Vec<Waiting>) -> String {
        let tags = packages.iter().map(|row| row.tag.clone()).collect();
        let release = Release { commit: CommitId::new(COMMIT), time: Timestamp::UNIX_EPOCH, tags, packages, waiting };
        let replay = Replay { schema: 1, head: CommitId::new(COMMIT), releases: vec![release] };
        anstream::adapter::strip_str(&text(&replay)).to_string()
    }

    fn chosen(said: Bump, shipped: Bump, file: Option<&str>) -> Option<Difference> {
        let (commit, summary) = (CommitId::new(COMMIT), "Release".to_owned());
        Some(Difference::Chosen { commit, summary, said, shipped, file: file.map(Version::from_canonical) })
    }

    #[test]
    fn what_happened_alike_is_one_line_and_the_rest_is_counted() {
        let waiting = Waiting {
            name: PackageName::new("x"),
            label: EcosystemLabel::new("py"),
            planned: Version::from_canonical("2.0.0"),
        };
        let packages = ["a", "b", "c", "d"].map(|name| row(name, None)).into_iter();
        let text = shown(packages.chain([row("e", Some(Difference::NoKnownType))]).collect(), vec![waiting]);
        let expected = "\
1970-01-01 a-v1.1.0, b-v1.1.0, c-v1.1.0 and 2 more at abcdef012
PACKAGE                      LAST   PLANNED  SHIPPED  WHY
py:a, py:b, py:c and 1 more  1.0.0  1.1.0    1.1.0    exact
py:e                         1.0.0  -        1.1.0    no commit in range has a type that moves a version
moves and did not ship: x 2.0.0

1 release, 5 versions: 4 exact, 1 no-known-type
";
        assert_eq!(text, expected);
    }

    #[test]
    fn each_reason_has_its_words() {
        let asked = |by: &str| Some(Difference::Asked { by: by.to_owned(), text: "minor".to_owned() });
        for (difference, words) in [
            (Some(Difference::NotThere), "no such package there"),
            (Some(Difference::OffBranch { tag: TagName::new("a-v1.0.1") }), "`a-v1.0.1` lies on another branch"),
            (asked(COMMIT), "abcdef012 asked for it: minor"),
            (asked(".changeset/a.md"), ".changeset/a.md asked for it: minor"),
            (
                chosen(Bump::Patch, Bump::Minor, None),
                "people chose 1.1.0 where the plan says a patch: abcdef012 Release",
            ),
            (chosen(Bump::None, Bump::Minor, None), "people chose 1.1.0 where nothing says so: "),
            (chosen(Bump::Minor, Bump::Minor, None), "people chose 1.1.0 for a minor: "),
            (chosen(Bump::None, Bump::Minor, Some("1.2.0")), "people chose 1.1.0 where the package file says 1.2.0: "),
            (
                Some(Difference::Refused { code: "RK-X".to_owned(), message: "no".to_owned() }),
                "cannot be planned there: no (RK-X)",
            ),
            (Some(Difference::Unexplained), "unexplained, which is a fault of releasekit"),
        ] {
            let text = shown(vec![row("a", difference)], Vec::new());
            assert!(text.contains(words), "{words}\n{text}");
        }
    }

    #[test]
    fn only_what_is_unexplained_is_to_be_reported() {
        let report = "please report";
        assert!(shown(vec![row("a", Some(Difference::Unexplained))], Vec::new()).contains(report));
        assert!(!shown(vec![row("a", Some(Difference::NotThere))], Vec::new()).contains(report));
        let nothing = Replay { schema: 1, head: CommitId::new(COMMIT), releases: Vec::new() };
        assert!(text(&nothing).starts_with("no release"));
    }
}
