//! A plan for people: what moves, first releases apart, and how much stays.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::{Bump, PackageId, Version};
use releasekit_engine::bump::Reason;
use releasekit_engine::plan::{Planned, ReleasePlan, Row, Status};

use super::style::{Meaning, clean, count};
use super::table::{Cell, table};

const HEADINGS: &[&str] = &["PACKAGE", "CURRENT", "NEXT", "BUMP", "WHY"];

/// What each status is called where packages are counted.
const COUNTED: &[(Status, &str)] = &[(Status::Skipped, "unchanged"), (Status::Excluded, "excluded")];

/// What a plan was made from, as far as its table says it.
#[derive(Debug, Default)]
struct Known {
    /// The last releases of the packages that have one.
    last: BTreeMap<PackageId, Version>,
    /// What there is although nothing moves.
    idle: Option<String>,
}

impl Known {
    fn of(planned: &Planned) -> Self {
        let members = planned.snapshot.discovery.members.iter().zip(&planned.changes.members);
        let last =
            members.filter_map(|(member, changes)| Some((member.id.clone(), changes.last.as_ref()?.version.clone())));
        Self { last: last.collect(), idle: planned.plan.is_empty().then(|| idle(planned)).flatten() }
    }
}

/// The rows that move and a line that counts the others.
pub(crate) fn summary(planned: &Planned) -> String {
    shown(&planned.plan, &Known::of(planned))
}

fn shown(plan: &ReleasePlan, known: &Known) -> String {
    let mut text = moving(&plan.packages, known);
    if plan.is_empty() {
        text.push_str("nothing to release\n");
        text.extend(known.idle.iter().map(|idle| format!("{idle}\n")));
    }
    text + &others(plan)
}

/// The rows that move, first releases apart.
pub(crate) fn moves(rows: &[Row]) -> String {
    moving(rows, &Known::default())
}

fn moving(rows: &[Row], known: &Known) -> String {
    let (first, moved): (Vec<&Row>, Vec<&Row>) =
        rows.iter().filter(|row| row.is_included()).partition(|row| is_first(row));
    let mut text = String::new();
    if !moved.is_empty() {
        text.push_str(&listed(&moved, known));
    }
    if !first.is_empty() {
        let gap = if moved.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{gap}{}\n{}", Meaning::Strong.paint("first releases:"), listed(&first, known)));
    }
    text
}

/// Every row, with its place in the order.
pub(crate) fn all(planned: &Planned) -> String {
    let (plan, known) = (&planned.plan, Known::of(planned));
    let row = |row: &Row| {
        let mut cells = vec![Cell::new(row.order, Meaning::Faint), Cell::new(row.level, Meaning::Faint)];
        cells.extend(cells_of(row, &known));
        cells.push(Cell::optional(row.tag.as_ref(), Meaning::Plain));
        cells
    };
    let headings = ["ORDER", "LEVEL"].iter().chain(HEADINGS).chain(&["TAG"]).copied().collect::<Vec<_>>();
    table(&headings, &plan.packages.iter().map(row).collect::<Vec<_>>())
}

fn listed(rows: &[&Row], known: &Known) -> String {
    table(HEADINGS, &rows.iter().map(|row| cells_of(row, known)).collect::<Vec<_>>())
}

fn cells_of(row: &Row, known: &Known) -> Vec<Cell> {
    let moving = if row.is_included() { Meaning::Good } else { Meaning::Faint };
    vec![
        Cell::new(row.id(), Meaning::Strong),
        Cell::optional(row.current.as_ref(), Meaning::Plain),
        Cell::optional(row.next.as_ref(), moving),
        Cell::new(row.bump, if row.bump == Bump::Major { Meaning::Warning } else { Meaning::Plain }),
        Cell::new(why(row, known), Meaning::Faint),
    ]
}

/// The reason that decides, and how many others there are. That a package was never released says it all: nothing else counts.
fn why(row: &Row, known: &Known) -> String {
    let others = row.reasons.len().saturating_sub(1);
    let more = if others > 0 { format!(" (and {others} more)") } else { String::new() };
    match row.reasons.as_slice() {
        [Reason::FirstRelease, ..] => reason(&Reason::FirstRelease),
        [] => COUNTED.iter().find(|(status, _)| *status == row.status).map_or("", |(_, word)| word).to_owned(),
        // Where something asks for more than the package file says, that decides.
        [Reason::VersionAhead, next, ..] if row.next != row.current => format!("{}{more}", reason(next)),
        [Reason::VersionAhead, ..] => match known.last.get(&row.id()) {
            Some(last) => format!("ahead of {last}{more}"),
            None => format!("{}{more}", reason(&Reason::VersionAhead)),
        },
        [first, ..] => format!("{}{more}", reason(first)),
    }
}

/// What there is since the last releases, and why it moves nothing; `None` where there is nothing.
fn idle(planned: &Planned) -> Option<String> {
    let (mut commits, mut conventional, mut named) = (BTreeSet::new(), false, None);
    let discovery = &planned.snapshot.discovery;
    for (index, changes) in planned.changes.members.iter().enumerate() {
        let idle = changes.idle.iter().map(|(change, _)| change);
        for change in changes.commits.iter().chain(idle) {
            commits.insert(&change.commit);
            conventional |= change.parsed.conventional;
            named = named.or(Some(index));
        }
    }
    let index = named?;
    let lasts: BTreeSet<&str> =
        planned.changes.members.iter().filter_map(|it| it.last.as_ref()).map(|last| last.tag.as_str()).collect();
    let since = match lasts.iter().collect::<Vec<_>>().as_slice() {
        [only] => format!("`{}`", clean(only)),
        _ => "the last releases".to_owned(),
    };
    let why = if conventional { "none has a type that does" } else { "none is a Conventional Commit" };
    let (count, verb) = (count(commits.len(), "commit"), if commits.len() == 1 { "moves" } else { "move" });
    let name = discovery.short_name(index);
    Some(format!("{count} since {since} {verb} nothing: {why} (`releasekit explain {name}`)"))
}

/// A reason in words.
pub(crate) fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Commit { commit, summary } => format!("{} {}", commit.short(), clean(summary)),
        Reason::Dependency { package } => format!("needs {package}"),
        Reason::FirstRelease => "never released".to_owned(),
        Reason::VersionAhead => "the package file is ahead of the last tag".to_owned(),
        Reason::Set => "asked for on the command line".to_owned(),
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
    use releasekit_core::model::{CommitId, EcosystemLabel, PackageName, RepoPath};

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
        anstream::adapter::strip_str(&super::shown(&plan, &Known::default())).to_string()
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
    fn what_decides_is_said() {
        let commit = Reason::Commit { commit: CommitId::new("abcdef0123456"), summary: "feat!: it".to_owned() };
        let mut ahead = row("a", Some("1.0.0"), vec![Reason::VersionAhead, commit.clone()]);
        let known = Known { last: BTreeMap::from([(ahead.id(), Version::from_canonical("0.9.0"))]), idle: None };
        assert_eq!(why(&ahead, &known), "ahead of 0.9.0 (and 1 more)");
        ahead.next = Some(Version::from_canonical("2.0.0"));
        assert_eq!(why(&ahead, &known), "abcdef012 feat!: it (and 1 more)");
    }

    #[test]
    fn an_empty_plan_says_so() {
        assert_eq!(shown(Vec::new()), "nothing to release\n");
    }
}
