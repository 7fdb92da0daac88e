//! A plan for people: what moves, first releases apart, and how much stays.

use releasekit_core::model::Bump;
use releasekit_engine::bump::Reason;
use releasekit_engine::plan::{ReleasePlan, Row, Status};

use super::style::{Meaning, clean};
use super::table::{Cell, table};

const HEADINGS: &[&str] = &["PACKAGE", "CURRENT", "NEXT", "BUMP", "WHY"];

/// What each status is called where packages are counted.
const COUNTED: &[(Status, &str)] = &[(Status::Skipped, "unchanged"), (Status::Excluded, "excluded")];

/// The rows that move and a line that counts the others.
pub(crate) fn summary(plan: &ReleasePlan) -> String {
    let mut text = moves(&plan.packages);
    if plan.is_empty() {
        text.push_str("nothing to release\n");
    }
    text + &others(plan)
}

/// The rows that move, first releases apart.
pub(crate) fn moves(rows: &[Row]) -> String {
    let (first, moved): (Vec<&Row>, Vec<&Row>) =
        rows.iter().filter(|row| row.is_included()).partition(|row| is_first(row));
    let mut text = String::new();
    if !moved.is_empty() {
        text.push_str(&listed(&moved));
    }
    if !first.is_empty() {
        let gap = if moved.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{gap}{}\n{}", Meaning::Strong.paint("first releases:"), listed(&first)));
    }
    text
}

/// Every row, with its place in the order.
pub(crate) fn all(plan: &ReleasePlan) -> String {
    let row = |row: &Row| {
        let mut cells = vec![Cell::new(row.order, Meaning::Faint), Cell::new(row.level, Meaning::Faint)];
        cells.extend(cells_of(row));
        cells.push(Cell::optional(row.tag.as_ref(), Meaning::Plain));
        cells
    };
    let headings = ["ORDER", "LEVEL"].iter().chain(HEADINGS).chain(&["TAG"]).copied().collect::<Vec<_>>();
    table(&headings, &plan.packages.iter().map(row).collect::<Vec<_>>())
}

fn listed(rows: &[&Row]) -> String {
    table(HEADINGS, &rows.iter().map(|row| cells_of(row)).collect::<Vec<_>>())
}

fn cells_of(row: &Row) -> Vec<Cell> {
    let moving = if row.is_included() { Meaning::Good } else { Meaning::Faint };
    vec![
        Cell::new(row.id(), Meaning::Strong),
        Cell::optional(row.current.as_ref(), Meaning::Plain),
        Cell::optional(row.next.as_ref(), moving),
        Cell::new(row.bump, if row.bump == Bump::Major { Meaning::Warning } else { Meaning::Plain }),
        Cell::new(why(row), Meaning::Faint),
    ]
}

/// The first reason, and how many follow. That a package was never released says it all: nothing else counts.
fn why(row: &Row) -> String {
    match row.reasons.as_slice() {
        [Reason::FirstRelease, ..] => reason(&Reason::FirstRelease),
        [] => COUNTED.iter().find(|(status, _)| *status == row.status).map_or("", |(_, word)| word).to_owned(),
        [only] => reason(only),
        [first, rest @ ..] => format!("{} (and {} more)", reason(first), rest.len()),
    }
}

/// A reason in words.
pub(crate) fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Commit { commit, summary } => format!("{} {}", commit.short(), clean(summary)),
        Reason::Dependency { package } => format!("needs {package}"),
        Reason::FirstRelease => "never released".to_owned(),
        Reason::VersionAhead => "the package file is ahead of the last tag".to_owned(),
        Reason::Requirement => "its published requirements changed".to_owned(),
        Reason::Group { group: None } => "all packages move together".to_owned(),
        Reason::Group { group: Some(group) } => format!("moves with group {}", clean(group)),
        other => format!("{other:?}"),
    }
}

fn is_first(row: &Row) -> bool {
    row.reasons.contains(&Reason::FirstRelease)
}

fn others(plan: &ReleasePlan) -> String {
    let count = |status: Status| plan.packages.iter().filter(|row| row.status == status).count();
    let counted = COUNTED.iter().map(|(status, word)| (count(*status), word)).filter(|(count, _)| *count > 0);
    let parts: Vec<String> = counted.map(|(count, word)| format!("{count} {word}")).collect();
    if parts.is_empty() { String::new() } else { format!("{}\n", Meaning::Faint.paint(&parts.join(", "))) }
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::{CommitId, EcosystemLabel, PackageId, PackageName, RepoPath, Version};

    use super::*;

    fn row(name: &str, next: Option<&str>, reasons: Vec<Reason>) -> Row {
        Row {
            name: PackageName::new(name),
            ecosystem: "python".to_owned(),
            label: EcosystemLabel::new("py"),
            path: RepoPath::root(),
            group: None,
            current: Some(Version::from_canonical("1.0.0")),
            next: next.map(Version::from_canonical),
            bump: if next.is_some() { Bump::Patch } else { Bump::None },
            status: if next.is_some() { Status::Included } else { Status::Skipped },
            level: 0,
            order: 1,
            tag: None,
            reasons,
        }
    }

    fn shown(rows: Vec<Row>) -> String {
        let plan = ReleasePlan { schema: 1, commit: CommitId::new("0".repeat(40)), packages: rows };
        anstream::adapter::strip_str(&summary(&plan)).to_string()
    }

    #[test]
    fn first_releases_are_listed_apart_and_the_rest_is_counted() {
        let commit = Reason::Commit { commit: CommitId::new("abcdef0123456"), summary: "fix: it".to_owned() };
        let dependency =
            Reason::Dependency { package: PackageId::new(EcosystemLabel::new("py"), PackageName::new("core")) };
        let expected = "\
PACKAGE  CURRENT  NEXT   BUMP   WHY
py:a     1.0.0    1.0.1  patch  abcdef012 fix: it (and 1 more)

first releases:
PACKAGE  CURRENT  NEXT   BUMP   WHY
py:new   1.0.0    1.0.0  patch  never released
1 unchanged
";
        let rows = vec![
            row("a", Some("1.0.1"), vec![commit, dependency.clone()]),
            row("new", Some("1.0.0"), vec![Reason::FirstRelease, dependency.clone()]),
            row("c", None, Vec::new()),
        ];
        assert_eq!(shown(rows), expected);
    }

    #[test]
    fn an_empty_plan_says_so() {
        assert_eq!(shown(Vec::new()), "nothing to release\n");
    }
}
