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
use crate::plan::{ReleasePlan, Row, SCHEMA};

/// Where the manifest lies, from the repository root.
pub const PATH: &str = ".releasekit/manifest.json";

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
}

impl PlanOptions {
    /// What they ask of the plan.
    pub fn asked(&self) -> Asked {
        Asked { graduate: self.graduate.clone(), bump: self.bump, force_unchanged: self.force_unchanged }
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

    /// The manifest's path.
    pub fn path() -> RepoPath {
        RepoPath::new(PATH).expect("a constant path is legal")
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

    /// Reads the manifest of a tree, where it has one.
    pub fn of(tree: &dyn Tree) -> Result<Option<Self>> {
        match tree.read(&Self::path())? {
            Some(content) => Self::from_json(&content, PATH).map(Some),
            None => Ok(None),
        }
    }
}
