//! The plan as committed on the release branch: the one truth of what is to be released.

mod faults;
mod umbrella;
mod validate;

use std::collections::BTreeSet;

use releasekit_core::Tree;
use releasekit_core::model::{BranchName, Bump, CommitId, RepoPath, TagName};
use serde::{Deserialize, Serialize};

pub(crate) use umbrella::umbrella;
pub(crate) use validate::{Tagging, validate};

use crate::bump::Asked;
use crate::error::{Error, Result};
use crate::history::OF_GROUPS;
use crate::plan::{ReleasePlan, Row, SCHEMA};

/// Where the manifest of a run for all packages lies, from the repository root.
pub const PATH: &str = ".releasekit/manifest.json";

/// How the path of every manifest ends.
const END: &str = ".json";

/// What manifest and branch of a run for these groups are told apart by; `None` for a run of all packages.
///
/// It can stand in the name of a branch and of a file, whatever the groups are called.
pub(crate) fn slug(groups: &[String]) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let spelled = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    let names: BTreeSet<String> = groups.iter().map(|name| name.bytes().map(spelled).collect()).collect();
    (!names.is_empty()).then(|| names.into_iter().collect::<Vec<_>>().join("+"))
}

/// The path of the manifest of a run for these groups, or for all packages where there are none.
pub fn path_of(groups: &[String]) -> RepoPath {
    let path = slug(groups).map_or_else(|| PATH.to_owned(), |slug| format!("{OF_GROUPS}{slug}{END}"));
    RepoPath::new(&path).expect("a name without slashes and dots is legal")
}

/// Whether a file is a manifest by its path.
pub(crate) fn is_path(path: &RepoPath) -> bool {
    let path = path.as_str();
    path == PATH || path.strip_prefix(OF_GROUPS).is_some_and(|rest| rest.ends_with(END) && !rest.contains('/'))
}

/// The manifests of a tree, by their paths.
pub(crate) fn paths(tree: &dyn Tree) -> Result<Vec<RepoPath>> {
    Ok(tree.files()?.iter().filter(|path| is_path(path)).cloned().collect())
}

/// The options that a plan was made with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanOptions {
    /// Whether it replaces a merged manifest that was not released, on request.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub supersede: bool,
    /// Packages whose labelled versions become final, on request; an empty list names all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graduate: Option<Vec<String>>,
    /// How far packages that move do so, on request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bump: Option<Bump>,
    /// Whether packages move that nothing else moves, on request.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub force_unchanged: bool,
    /// The groups whose packages alone move, on request; none for all packages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<String>,
    /// Whether the packages that are in no group alone move, as `per = "group"` has it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ungrouped: bool,
}

impl PlanOptions {
    /// What they ask of the plan.
    pub fn asked(&self) -> Asked {
        Asked {
            graduate: self.graduate.clone(),
            bump: self.bump,
            force_unchanged: self.force_unchanged,
            group: self.group.clone(),
            ungrouped: self.ungrouped,
        }
    }

    /// Whether a run with other options may be about the same packages, as far as both tell.
    pub(crate) fn may_meet(&self, other: &Self) -> bool {
        let is_of_all = |options: &Self| options.group.is_empty() && !options.ungrouped;
        let shares = || other.group.iter().any(|name| self.group.contains(name));
        is_of_all(self) || is_of_all(other) || (self.ungrouped && other.ungrouped) || shares()
    }
}

/// A committed plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of this format.
    pub schema: u32,
    /// The commit that was planned.
    pub base: CommitId,
    /// The branch that it was planned for.
    pub branch: BranchName,
    /// The options it was planned with.
    pub options: PlanOptions,
    /// The tag that all of them have together, beside their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub umbrella: Option<TagName>,
    /// The plan's rows that move.
    pub packages: Vec<Row>,
}

impl Manifest {
    /// Takes the moving rows of a plan.
    pub fn new(plan: &ReleasePlan, branch: BranchName, options: PlanOptions) -> Self {
        let packages = plan.included().cloned().collect();
        Self { schema: SCHEMA, base: plan.commit.clone(), branch, options, umbrella: None, packages }
    }

    /// The tags that it asks for, in order; one that packages share is there once.
    pub fn tags(&self) -> Vec<&TagName> {
        let mut seen = BTreeSet::new();
        let tags = self.packages.iter().filter_map(|row| row.tag.as_ref()).chain(&self.umbrella);
        tags.filter(|tag| seen.insert(*tag)).collect()
    }

    /// Whether another one asks for the same, whatever it was planned from.
    pub(crate) fn asks_as(&self, other: &Self) -> bool {
        self.packages == other.packages && self.umbrella == other.umbrella
    }

    /// The path of the manifest of all packages.
    pub fn path() -> RepoPath {
        path_of(&[])
    }

    /// The text that is committed.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a manifest is always JSON");
        text.push('\n');
        text
    }

    /// Reads a manifest. Fails on anything that is not one of this schema, with `RK-MANIFEST-UNREADABLE`: a field or a
    /// reason that this version does not know may be what the release hangs on.
    ///
    /// What it says is another matter: [`Manifest::faults`] and [`validate`] judge that, once, where it is acted upon.
    /// Past manifests are read to find out what they were, and one that is to be replaced need not be right.
    pub fn from_json(content: &[u8], place: &str) -> Result<Self> {
        let unreadable = |why: String| Error::ManifestUnreadable { place: place.to_owned(), why };
        let manifest: Self = serde_json::from_slice(content).map_err(|error| unreadable(error.to_string()))?;
        if manifest.schema != SCHEMA {
            return Err(unreadable(format!(
                "it has schema {}, and this releasekit knows schema {SCHEMA}",
                manifest.schema
            )));
        }
        Ok(manifest)
    }

    /// Reads a manifest of a tree, where that has it.
    pub fn of(tree: &dyn Tree, path: &RepoPath) -> Result<Option<Self>> {
        match tree.read(path)? {
            Some(content) => Self::from_json(&content, path.as_str()).map(Some),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_told_apart_by_what_can_stand_in_a_branch_and_a_file() {
        let slug_of = |names: &[&str]| slug(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        let cases: [(&[&str], Option<&str>); 6] = [
            (&[], None),
            (&["web"], Some("web")),
            (&["web", "api", "web"], Some("api+web")),
            (&["a+b"], Some("a%2Bb")),
            (&["../x y.lock"], Some("%2E%2E%2Fx%20y%2Elock")),
            (&["Kübel"], Some("K%C3%BCbel")),
        ];
        for (names, expected) in cases {
            assert_eq!(slug_of(names).as_deref(), expected, "{names:?}");
        }
        let paths = [&[][..], &["web".to_owned()]].map(|groups| path_of(groups).to_string());
        assert_eq!(paths, [".releasekit/manifest.json", ".releasekit/manifest-web.json"]);
        let is = |path: &str| is_path(&RepoPath::new(path).expect("a legal path"));
        let all = [
            ".releasekit/manifest.json",
            ".releasekit/manifest-a+b.json",
            ".releasekit/manifest-a/b.json",
            "manifest.json",
        ];
        assert_eq!(all.map(is), [true, true, false, false]);
    }
}
