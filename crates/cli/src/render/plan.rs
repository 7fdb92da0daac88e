//! A plan for people: what moves, first releases apart, and how much stays.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::{Bump, PackageId, Version};
use releasekit_core::policy::BumpSource;
use releasekit_core::words::{count, verb};
use releasekit_engine::bump::Reason;
use releasekit_engine::history::MemberChanges;
use releasekit_engine::plan::{Planned, Row, Status};

use super::names::Names;
use super::style::{Meaning, clean};
use super::table::{Cell, table_within};

const HEADINGS: &[&str] = &["PACKAGE", "CURRENT", "TAGGED", "NEXT", "BUMP", "WHY"];

/// Where the column is that is cut where lines do not fit.
const WHY: usize = 5;

/// What each status is called where packages are counted.
const COUNTED: &[(Status, &str)] =
    &[(Status::Skipped, "unchanged"), (Status::Excluded, "excluded"), (Status::DependencyOnly, "needed and left out")];

/// More first releases than these are counted where only a glance is wanted.
const MANY: usize = 10;

/// A plan to be shown, and how.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    rows: &'a [Row],
    tagged: BTreeMap<PackageId, Version>,
    /// Which requirements are published otherwise, in words.
    requirements: BTreeMap<PackageId, String>,
    /// What there is although nothing moves.
    idle: Option<String>,
    width: Option<usize>,
    names: Names,
    is_glance: bool,
}

impl<'a> Shown<'a> {
    /// Rows in lines that fit a terminal, or have any length.
    pub(crate) fn new(rows: &'a [Row], width: Option<usize>) -> Self {
        let names = Names::of(rows.iter().map(|row| &row.label));
        let (tagged, requirements) = (BTreeMap::new(), BTreeMap::new());
        Self { rows, tagged, requirements, idle: None, width, names, is_glance: false }
    }

    /// A plan with the last releases that it begins after.
    pub(crate) fn of(planned: &'a Planned, width: Option<usize>) -> Self {
        let is_whole = planned.bumps.0.iter().all(|decision| decision.left_out.is_none());
        let idle = (is_whole && planned.plan.is_empty()).then(|| idle(planned)).flatten();
        Self { idle, ..Self::new(&planned.plan.packages, width).after(planned) }
    }

    /// Names the last releases that a plan of the same files begins after.
    pub(crate) fn after(mut self, planned: &Planned) -> Self {
        let members = planned.snapshot.discovery.members.iter().zip(&planned.changes.members);
        let last =
            members.filter_map(|(member, changes)| Some((member.id.clone(), changes.last.as_ref()?.version.clone())));
        self.tagged = last.collect();
        let members = planned.snapshot.discovery.members.iter().zip(&planned.changes.members);
        let otherwise = members.filter_map(|(member, changes)| Some((member.id.clone(), requirements(changes)?)));
        self.requirements = otherwise.collect();
        self
    }

    /// Counts first releases where they are many.
    pub(crate) fn at_a_glance(mut self) -> Self {
        self.is_glance = true;
        self
    }

    /// The rows that move and a line that counts the others.
    pub(crate) fn summary(&self) -> String {
        let mut text = self.moves();
        if self.included().next().is_none() {
            text.push_str("nothing to release\n");
            text.extend(self.idle.iter().map(|idle| format!("{idle}\n")));
        }
        text + &self.others() + &self.explain()
    }

    /// The rows that move, first releases apart.
    pub(crate) fn moves(&self) -> String {
        let (first, moved): (Vec<&Row>, Vec<&Row>) = self.included().partition(|row| is_first(row));
        let mut text = String::new();
        if !moved.is_empty() {
            text.push_str(&self.listed(&moved));
        }
        if !first.is_empty() {
            let gap = if moved.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{gap}{}{}", Meaning::Strong.paint("first releases:"), self.first(&first)));
        }
        text
    }

    fn included(&self) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(|row| row.is_included())
    }

    fn others(&self) -> String {
        let count = |status: Status| self.rows.iter().filter(|row| row.status == status).count();
        let counted = COUNTED.iter().map(|(status, word)| (count(*status), word)).filter(|(count, _)| *count > 0);
        let parts: Vec<String> = counted.map(|(count, word)| format!("{count} {word}")).collect();
        if parts.is_empty() { String::new() } else { format!("{}\n", Meaning::Faint.paint(&parts.join(", "))) }
    }

    fn first(&self, rows: &[&Row]) -> String {
        if !self.is_glance || rows.len() <= MANY {
            return format!("\n{}", self.listed(rows));
        }
        let names: Vec<String> = rows.iter().take(3).map(|row| format!("`{}`", self.names.name(&row.id()))).collect();
        format!(" {} packages, such as {} (`releasekit plan` lists them)\n", rows.len(), names.join(", "))
    }

    /// How to learn more of a package: of one that has something to tell.
    fn explain(&self) -> String {
        let told = |row: &&Row| !row.reasons.is_empty() && !is_first(row);
        let named =
            self.included().find(told).map(|row| format!("why: releasekit explain {}", self.names.name(&row.id())));
        named.map_or_else(String::new, |line| format!("{}\n", Meaning::Faint.paint(&line)))
    }

    /// Every row, with its place in the order.
    pub(crate) fn all(&self) -> String {
        let row = |row: &Row| {
            let mut cells = vec![Cell::new(row.order, Meaning::Faint), Cell::new(row.level, Meaning::Faint)];
            cells.extend(self.cells_of(row));
            cells.push(Cell::optional(row.tag.as_ref(), Meaning::Plain));
            cells
        };
        let headings = ["ORDER", "LEVEL"].iter().chain(HEADINGS).chain(&["TAG"]).copied().collect::<Vec<_>>();
        table_within(self.width, &headings, &self.rows.iter().map(row).collect::<Vec<_>>(), 2 + WHY)
    }

    fn listed(&self, rows: &[&Row]) -> String {
        let rows: Vec<Vec<Cell>> = rows.iter().map(|row| self.cells_of(row)).collect();
        table_within(self.width, HEADINGS, &rows, WHY)
    }

    fn cells_of(&self, row: &Row) -> Vec<Cell> {
        let moving = if row.is_included() { Meaning::Good } else { Meaning::Faint };
        vec![
            Cell::new(self.names.name(&row.id()), Meaning::Strong),
            Cell::optional(row.current.as_ref(), Meaning::Plain),
            Cell::optional(self.tagged.get(&row.id()), Meaning::Plain),
            Cell::optional(row.next.as_ref(), moving),
            Cell::new(row.bump, if row.bump == Bump::Major { Meaning::Warning } else { Meaning::Plain }),
            Cell::new(self.names.without_label(&row.label, "needs ", &self.why(row)), Meaning::Faint),
        ]
    }

    fn why(&self, row: &Row) -> String {
        match (row.reasons.first(), self.requirements.get(&row.id())) {
            (Some(Reason::Requirement), Some(which)) => {
                why(row, &self.tagged).replacen(REQUIREMENTS, &format!("{REQUIREMENTS}: {which}"), 1)
            }
            _ => why(row, &self.tagged),
        }
    }
}

/// The reason that decides, and how many others there are. That a package was never released says it all: nothing else counts.
fn why(row: &Row, tagged: &BTreeMap<PackageId, Version>) -> String {
    let others = row.reasons.len().saturating_sub(1);
    let more = if others > 0 { format!(" (and {others} more)") } else { String::new() };
    match row.reasons.as_slice() {
        [Reason::FirstRelease, ..] => reason(&Reason::FirstRelease),
        [] => COUNTED.iter().find(|(status, _)| *status == row.status).map_or("", |(_, word)| word).to_owned(),
        // Where something asks for more than the package file says, that decides.
        [Reason::VersionAhead, next, ..] if row.next != row.current => format!("{}{more}", reason(next)),
        [Reason::VersionAhead, ..] => match tagged.get(&row.id()) {
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
    let why = match conventional {
        _ if !planned.snapshot.policy.counts(BumpSource::Commits) => "change files do, and none asks for it",
        true => "none has a type that does",
        false => "none is a Conventional Commit",
    };
    let (count, verb) = (count(commits.len(), "commit"), verb(commits.len(), "moves", "move"));
    let name = discovery.short_name(index);
    Some(format!("{count} since {since} {verb} nothing: {why} (`releasekit explain {name}`)"))
}

/// Which requirements a package publishes otherwise than in its last release: a few of them; `None` where there are none.
pub(crate) fn requirements(changes: &MemberChanges) -> Option<String> {
    const SHOWN: usize = 3;
    let all = &changes.requires_otherwise;
    let more = all.len().saturating_sub(SHOWN);
    let shown = all.iter().take(SHOWN).map(|change| clean(&change.to_string()));
    let rest = (more > 0).then(|| format!("and {more} more"));
    (!all.is_empty()).then(|| shown.chain(rest).collect::<Vec<_>>().join(", "))
}

const REQUIREMENTS: &str = "its published requirements changed";

/// A reason in words.
pub(crate) fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Commit { commit, summary } => format!("{} {}", commit.short(), clean(summary)),
        Reason::Dependency { package } => format!("needs {package}"),
        Reason::Trailer { commit, text } => format!("{} says {}", commit.short(), clean(text)),
        Reason::ChangeFile { file, summary } if summary.is_empty() => clean(file.as_str()),
        Reason::ChangeFile { file, summary } => format!("{} {}", clean(file.as_str()), clean(summary)),
        Reason::FirstRelease => "never released".to_owned(),
        Reason::VersionAhead => "the package file is ahead of the last tag".to_owned(),
        Reason::Set => "asked for on the command line".to_owned(),
        Reason::Requirement => REQUIREMENTS.to_owned(),
        Reason::Group { group: None } => "all packages move together".to_owned(),
        Reason::Group { group: Some(group) } => format!("moves with group {}", clean(group)),
        other => format!("{other:?}"),
    }
}

fn is_first(row: &Row) -> bool {
    row.reasons.contains(&Reason::FirstRelease)
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

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    fn needs(name: &str) -> Reason {
        Reason::Dependency { package: PackageId::new(EcosystemLabel::new("py"), PackageName::new(name)) }
    }

    #[test]
    fn first_releases_are_listed_apart_and_the_rest_is_counted() {
        let commit = Reason::Commit { commit: CommitId::new("abcdef0123456"), summary: "fix: it".to_owned() };
        let expected = "\
PACKAGE  CURRENT  TAGGED  NEXT   BUMP   WHY
a        1.0.0    1.0.0   1.0.1  patch  abcdef012 fix: it (and 1 more)
b        1.0.0    -       1.0.1  patch  needs core

first releases:
PACKAGE  CURRENT  TAGGED  NEXT   BUMP   WHY
new      1.0.0    -       1.0.0  patch  never released
1 unchanged
why: releasekit explain a
";
        let rows = vec![
            row("a", Some("1.0.1"), vec![commit, needs("core")]),
            row("b", Some("1.0.1"), vec![needs("core")]),
            row("new", Some("1.0.0"), vec![Reason::FirstRelease, needs("core")]),
            row("c", None, Vec::new()),
        ];
        let mut shown = Shown::new(&rows, None);
        shown.tagged.insert(rows[0].id(), Version::from_canonical("1.0.0"));
        assert_eq!(plain(&shown.summary()), expected);
    }

    #[test]
    fn packages_of_several_labels_are_told_apart() {
        let mut rows = vec![row("a", Some("1.0.1"), vec![needs("core")]), row("a", None, Vec::new())];
        rows[1].label = EcosystemLabel::new("js");
        let text = plain(&Shown::new(&rows, None).summary());
        assert!(text.contains("py:a     1.0.0    -       1.0.1  patch  needs py:core\n"), "{text}");
        assert!(text.ends_with("why: releasekit explain py:a\n"), "{text}");
    }

    #[test]
    fn many_first_releases_are_counted_at_a_glance_alone() {
        let rows = |count: usize| {
            (0..count).map(|at| row(&format!("p{at}"), Some("1.0.0"), vec![Reason::FirstRelease])).collect()
        };
        let (few, many): (Vec<Row>, Vec<Row>) = (rows(10), rows(11));
        assert!(Shown::new(&few, None).at_a_glance().summary().contains("p9"));
        assert!(Shown::new(&many, None).summary().contains("p10"));
        assert_eq!(
            plain(&Shown::new(&many, None).at_a_glance().summary()),
            "first releases: 11 packages, such as `p0`, `p1`, `p2` (`releasekit plan` lists them)\n"
        );
    }

    #[test]
    fn what_decides_is_said() {
        let commit = Reason::Commit { commit: CommitId::new("abcdef0123456"), summary: "feat!: it".to_owned() };
        let mut ahead = row("a", Some("1.0.0"), vec![Reason::VersionAhead, commit.clone()]);
        let tagged = BTreeMap::from([(ahead.id(), Version::from_canonical("0.9.0"))]);
        assert_eq!(why(&ahead, &tagged), "ahead of 0.9.0 (and 1 more)");
        ahead.next = Some(Version::from_canonical("2.0.0"));
        assert_eq!(why(&ahead, &tagged), "abcdef012 feat!: it (and 1 more)");
    }

    #[test]
    fn an_empty_plan_says_so() {
        assert_eq!(plain(&Shown::new(&[], None).summary()), "nothing to release\n");
    }
}
