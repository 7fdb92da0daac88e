//! In which order the modules of the engine stand on each other.

use std::collections::BTreeSet;

use super::modules::Arrows;

/// The crate whose stages these are.
pub(super) const CRATE: &str = "crates/engine";

/// What every stage may use, and what uses no stage: errors, files of ours, and pure pieces.
const GROUND: &[&str] = &[
    "cancel",
    "changeset",
    "codes",
    "commit",
    "durable",
    "error",
    "failure",
    "globs",
    "journal",
    "lock",
    "mentions",
    "patience",
    "receipt",
    "scheduler",
    "scratch",
    "tag_format",
    "words",
];

/// The stages in the order in which values flow, with what serves several of them. A floor uses those below it.
const FLOORS: &[&[&str]] = &[
    &["discover"],
    &["change_files", "extra_files", "graph", "naming", "targets"],
    &["session"],
    &["export", "forge", "history", "push", "state", "surroundings", "tools"],
    &["branch", "bump", "change_status", "remote_tags"],
    &["plan"],
    &["manifest", "notes", "replay", "subject"],
    &["changelogs", "findings", "locate", "release_branch"],
    &["apply", "observe", "propose", "request", "stale"],
    &["artifacts", "check", "recording"],
    &["announce", "pending", "tag", "waiting", "yank"],
    &["prepare", "publish"],
    &["release", "status"],
];

/// All floors, one a line.
pub(super) fn floors() -> String {
    let line = |(number, floor): (usize, &&[&str])| format!("{CRATE} {number:>2}  {}\n", floor.join(", "));
    all().enumerate().map(line).collect()
}

/// What is wrong with the arrows between stages.
pub(super) fn objections(arrows: &Arrows) -> Vec<String> {
    let modules: BTreeSet<&str> = arrows.keys().map(|module| stage(module)).collect();
    let named: BTreeSet<&str> = all().flat_map(|floor| floor.iter().copied()).collect();
    let unplaced = modules.difference(&named).map(|module| format!("{CRATE}: no floor is named for `{module}`"));
    let gone = named.difference(&modules).map(|module| format!("{CRATE}: `{module}` has a floor and no file"));
    unplaced.chain(gone).chain(upward(arrows)).collect()
}

fn upward(arrows: &Arrows) -> impl Iterator<Item = String> {
    let all = arrows.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
    all.filter_map(|(from, to)| {
        let (lower, upper) = (floor(stage(from))?, floor(stage(to))?);
        let is_wrong = stage(from) != stage(to) && (upper > lower || (upper == lower && lower > 0));
        is_wrong.then(|| format!("{CRATE}: `{from}` on floor {lower} may not use `{to}` on floor {upper}"))
    })
}

fn all() -> impl Iterator<Item = &'static &'static [&'static str]> {
    std::iter::once(&GROUND).chain(FLOORS)
}

fn floor(stage: &str) -> Option<usize> {
    all().position(|floor| floor.contains(&stage))
}

/// The stage that a module is part of.
fn stage(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

#[cfg(test)]
mod tests {
    use super::super::modules::arrows_of;
    use super::{objections, upward};

    #[test]
    fn a_stage_uses_earlier_ones_and_the_ground() {
        let files = [
            (
                "bump.rs",
                "use crate::error::Error; use crate::history::Changes; #[cfg(test)] mod t { use crate::plan; }",
            ),
            ("history.rs", ""),
            ("error.rs", "use crate::codes;"),
            ("codes.rs", ""),
            ("plan.rs", ""),
        ];
        assert_eq!(upward(&arrows_of(&files)).collect::<Vec<_>>(), Vec::<String>::new());
    }

    #[test]
    fn an_arrow_upward_is_named_from_wherever_it_comes() {
        let files = [
            ("bump.rs", "use crate::plan::Reason;"),
            ("plan.rs", ""),
            ("error.rs", "use crate::plan;"),
            ("notes/render.rs", "use super::super::manifest::Manifest;"),
            ("manifest.rs", ""),
        ];
        let expected = [
            "crates/engine: `bump` on floor 5 may not use `plan` on floor 6",
            "crates/engine: `error` on floor 0 may not use `plan` on floor 6",
            "crates/engine: `notes::render` on floor 7 may not use `manifest` on floor 7",
        ];
        assert_eq!(upward(&arrows_of(&files)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn every_module_has_a_floor_and_every_name_a_module() {
        let found = objections(&arrows_of(&[("plan.rs", ""), ("utils.rs", "")]));
        assert!(found.contains(&"crates/engine: no floor is named for `utils`".to_owned()), "{found:?}");
        assert!(found.contains(&"crates/engine: `bump` has a floor and no file".to_owned()), "{found:?}");
    }
}
