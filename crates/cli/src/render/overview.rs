//! The overview for people.

use std::collections::BTreeSet;

use releasekit_core::words::count;

use super::plan::Shown;
use super::remark::{Remark, paragraph};
use super::style::{Meaning, clean};
use crate::codes;
use crate::command::discover::set_aside;
use crate::command::overview::{Merged, Overview, Workspace};

/// What stands above the plan: the packages, how they are tagged and pinned, and who else releases here.
pub(crate) fn head(overview: &Overview, width: Option<usize>) -> String {
    let mut text = count(overview.packages, "package");
    if overview.private > 0 {
        text.push_str(&format!(", {} of them private", overview.private));
    }
    text.push('\n');
    for Workspace { label, ecosystem, path, packages } in &overview.workspaces {
        let format = overview.tag_formats.get(label);
        let tags = format.map_or_else(String::new, |format| format!(", tags `{}`", clean(format)));
        let label = Meaning::Strong.paint(label);
        text.push_str(&format!("  {label}: {packages} in `{}` ({ecosystem}){tags}\n", clean(path)));
    }
    text.push_str(&pins(overview));
    if overview.set_aside > 0 {
        text.push_str(&format!("  {}\n", set_aside(overview.set_aside)));
    }
    for tool in &overview.also_here {
        let more = tool.files.len().saturating_sub(FILES);
        let rest = (more > 0).then(|| format!("and {more} more"));
        let files: Vec<String> = tool.files.iter().take(FILES).map(|file| format!("`{file}`")).chain(rest).collect();
        let code = codes::TOOL_OTHER.as_str();
        let said = format!("{} ({}): {} ({code})", tool.name, files.join(", "), tool.meaning);
        text.push_str(&paragraph(Meaning::Strong, "also here:", 2, &said, width));
    }
    text
}

/// How many files of another tool are named.
const FILES: usize = 3;

/// How siblings are required in what is published, said once where all labels do alike.
fn pins(overview: &Overview) -> String {
    let words = |pin: &str| match pin {
        "exact" => "pinned exactly",
        "compatible" => "required as compatible",
        "minimum" => "required from their release on",
        _ => "required as package files say",
    };
    let distinct: BTreeSet<&&str> = overview.pins.values().collect();
    let line = |(label, pin): (&String, &&str)| {
        let whose = if distinct.len() > 1 { format!("siblings in {label}") } else { "siblings".to_owned() };
        format!("  {whose} are {} (`pin = \"{pin}\"`)\n", words(pin))
    };
    let lines: BTreeSet<String> = overview.pins.iter().map(line).collect();
    lines.into_iter().collect()
}

/// The plan, what stands in its way, and what to do next.
pub(crate) fn body(overview: &Overview, rows: Option<&Shown<'_>>, width: Option<usize>) -> String {
    let mut text = match (&overview.pending, rows) {
        (Some(Merged { commit, .. }), Some(rows)) => {
            let commit = Meaning::Strong.paint(commit.short());
            format!("\nmerged at {commit}, and not tagged yet:\n{}", rows.moves())
        }
        (_, rows) => rows.map_or_else(String::new, |rows| format!("\n{}", rows.summary())),
    };
    let listed = |heading: &str, remarks: &[Remark]| {
        remarks.iter().map(|remark| format!("\n{}", remark.text(heading, width))).collect::<String>()
    };
    text.push_str(&listed("in the way:", &overview.in_the_way));
    text.push_str(&listed("warning:", &overview.warnings));
    let next = match &overview.next {
        Some(command) => command,
        None if overview.is_stopped => "settle what is in the way, then run `releasekit` again",
        None => return text,
    };
    format!("{text}\n{}", crate::next::line(next))
}
