//! Which workspaces there are, what each is called, and which tool works on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use releasekit_core::model::{EcosystemLabel, RepoPath};
use releasekit_core::policy::{EcosystemPolicy, Policy};
use releasekit_core::workspace::{DetectRequest, NamedRegistries};
use releasekit_core::{Ecosystem, Tree};

use super::WorkspaceRoot;
use crate::error::{Error, Result};

/// The registered tools of one ecosystem, each with the roots that it finds.
#[derive(Default)]
struct Tools<'a>(Vec<(&'a Ecosystem, Vec<RepoPath>)>);

impl<'a> Tools<'a> {
    /// The label of its one workspace. Tools of one ecosystem are expected to agree on it.
    fn label(&self) -> &'static str {
        self.0[0].0.label
    }

    /// Whether a table of the configuration names this ecosystem, by its key or by its label.
    fn are_named(&self, label: &EcosystemLabel, policy: &EcosystemPolicy) -> bool {
        self.0.iter().any(|(tool, _)| is_meant(tool, label, policy))
    }

    /// The ids of the tools that find a root, or of the one that is named.
    fn finders(&self, root: &RepoPath, named: Option<&str>) -> Vec<&'static str> {
        let finds =
            |(tool, found): &&(&Ecosystem, Vec<RepoPath>)| found.contains(root) && named.is_none_or(|id| id == tool.id);
        self.0.iter().filter(finds).map(|(tool, _)| tool.id).collect()
    }

    /// What these tools find, or the one that is named, each root once.
    fn found(&self, named: Option<&str>) -> Vec<RepoPath> {
        let meant = self.0.iter().filter(|(tool, _)| named.is_none_or(|id| id == tool.id));
        let mut found: Vec<RepoPath> = meant.flat_map(|(_, found)| found.iter().cloned()).collect();
        let mut known = BTreeSet::new();
        found.retain(|root| known.insert(root.clone()));
        found
    }

    /// The tool that works on a root: the one that the configuration names, else the only one, or the only one to find it.
    fn of(&self, root: &RepoPath, label: &EcosystemLabel, named: Option<&str>) -> Result<&'a Ecosystem> {
        let fits = |(tool, found): &&(&Ecosystem, Vec<RepoPath>)| match named {
            Some(id) => tool.id == id,
            None => self.0.len() == 1 || found.contains(root),
        };
        let mut fitting = self.0.iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some((tool, _)), None) => Ok(tool),
            _ => Err(self.unclear(label, named)),
        }
    }

    /// Refuses a name that none of these tools has.
    fn require(&self, label: &EcosystemLabel, named: Option<&str>) -> Result<()> {
        let is_known = |id: &str| self.0.iter().any(|(tool, _)| tool.id == id);
        if named.is_none_or(is_known) { Ok(()) } else { Err(self.unclear(label, named)) }
    }

    fn unclear(&self, label: &EcosystemLabel, named: Option<&str>) -> Error {
        let tools = self.0.iter().map(|(tool, _)| tool.id).collect();
        Error::ToolUnclear { label: label.clone(), named: named.map(str::to_owned), tools }
    }
}

/// The tools by the ecosystem that they are for.
type ByEcosystem<'a> = BTreeMap<&'a str, Tools<'a>>;

/// The workspaces: those that the configuration names, and all others that are found.
pub(super) async fn workspaces(
    tree: &Arc<dyn Tree>,
    ecosystems: &[Ecosystem],
    policy: &Policy,
) -> Result<Vec<WorkspaceRoot>> {
    let mut by_ecosystem = ByEcosystem::new();
    for tool in ecosystems {
        let found = tool.workspace.detect(&detection(tree, tool, policy)).await?;
        by_ecosystem.entry(tool.ecosystem).or_default().0.push((tool, found));
    }
    let mut all = Vec::new();
    for (ecosystem, tools) in &by_ecosystem {
        let mut tables = Vec::new();
        for (label, it) in &policy.ecosystems {
            if meant(&by_ecosystem, label, it)? == Some(*ecosystem) {
                tables.push((label, it));
            }
        }
        all.extend(label_roots(tools, &tables)?);
    }
    all.sort_by(|a, b| a.label.cmp(&b.label));
    Ok(all)
}

/// The ecosystem that a table of the configuration is about: the one that it names, else the one that finds its workspace.
/// Without the latter a table would be passed over whose label is a folder's, and what it says of registries with it.
fn meant<'a>(all: &ByEcosystem<'a>, label: &EcosystemLabel, policy: &EcosystemPolicy) -> Result<Option<&'a str>> {
    if let Some((ecosystem, _)) = all.iter().find(|(_, tools)| tools.are_named(label, policy)) {
        return Ok(Some(ecosystem));
    }
    let Some(root) = root_by_label(label, policy).filter(|_| policy.ecosystem.is_none()) else { return Ok(None) };
    let finders =
        |(ecosystem, tools): (&&'a str, &Tools<'_>)| (*ecosystem, tools.finders(&root, policy.tool.as_deref()));
    let found: Vec<(&str, Vec<&str>)> = all.iter().map(finders).filter(|(_, tools)| !tools.is_empty()).collect();
    match found.as_slice() {
        [] => Ok(None),
        [(ecosystem, _)] => Ok(Some(ecosystem)),
        several => {
            let tools = several.iter().flat_map(|(_, tools)| tools.iter().copied()).collect();
            Err(Error::ToolUnclear { label: label.clone(), named: policy.tool.clone(), tools })
        }
    }
}

/// The root of a table that names no ecosystem: the configured one, else the folder that the label is called by.
fn root_by_label(label: &EcosystemLabel, policy: &EcosystemPolicy) -> Option<RepoPath> {
    policy.workspace_root.clone().or_else(|| RepoPath::new(label.as_str()).ok())
}

/// What a tool is asked: excluded folders decide nothing, nor does what belongs to a root that the configuration names.
fn detection(tree: &Arc<dyn Tree>, tool: &Ecosystem, policy: &Policy) -> DetectRequest {
    let meant = policy.ecosystems.iter().filter(|(label, it)| is_meant(tool, label, it));
    let unnamed = meant.filter(|(_, it)| it.workspace_root.is_none()).flat_map(|(_, it)| it.exclude.iter());
    let exclude = policy.exclude.iter().chain(unnamed).cloned().collect();
    DetectRequest::new(tree.clone()).with_exclude(exclude).with_named(named(tool, policy))
}

/// The roots that the configuration names for an ecosystem.
pub(super) fn named(tool: &Ecosystem, policy: &Policy) -> Vec<RepoPath> {
    let meant = policy.ecosystems.iter().filter(|(label, it)| it.ecosystem.is_none() || is_meant(tool, label, it));
    meant.filter_map(|(_, it)| it.workspace_root.clone()).collect()
}

/// Whether a table of the configuration speaks of a tool's ecosystem.
fn is_meant(tool: &Ecosystem, label: &EcosystemLabel, policy: &EcosystemPolicy) -> bool {
    let implied = policy.ecosystem.as_deref().unwrap_or(label.as_str());
    tool.ecosystem == implied || tool.label == implied
}

/// Gives each root its label: the configured one, else the ecosystem's own, else its folder where there are several.
fn label_roots(tools: &Tools<'_>, tables: &[(&EcosystemLabel, &EcosystemPolicy)]) -> Result<Vec<WorkspaceRoot>> {
    let mut roots = Vec::new();
    let mut taken = BTreeSet::new();
    for &(label, it) in tables {
        tools.require(label, it.tool.as_deref())?;
        let root = match root_by_label(label, it) {
            Some(root) if it.workspace_root.is_some() || !tools.are_named(label, it) => root,
            _ => single_root(label, &tools.found(it.tool.as_deref()))?,
        };
        taken.insert(root.clone());
        roots.push((label.clone(), root, it.clone()));
    }
    let mut rest: Vec<RepoPath> = tools.found(None).into_iter().filter(|root| !taken.contains(root)).collect();
    let alone = rest.len() == 1 && roots.is_empty();
    // The repository root has no folder to be called by, and takes what the others leave.
    rest.sort_by_key(RepoPath::is_root);
    for root in rest {
        let wanted = if alone || root.is_root() { tools.label() } else { root.as_str() };
        let label = free_label(wanted, tools.label(), |label| roots.iter().any(|(taken, ..)| taken.as_str() == label));
        roots.push((EcosystemLabel::new(label), root, EcosystemPolicy::default()));
    }
    let opened = roots.into_iter().map(|(label, root, policy)| {
        let ecosystem = tools.of(&root, &label, policy.tool.as_deref())?.clone();
        Ok(WorkspaceRoot { label, root, ecosystem, policy, registries: NamedRegistries::default() })
    });
    opened.collect()
}

/// The label that is wanted, else one that says more, for a label names one workspace.
fn free_label(wanted: &str, usual: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let longer = (0..).map(|number| match number {
        0 => wanted.to_owned(),
        1 => format!("{}-{wanted}", if wanted == usual { "root" } else { usual }),
        _ => format!("{wanted}-{number}"),
    });
    longer.into_iter().find(|label| !is_taken(label)).expect("there are more numbers than labels")
}

fn single_root(label: &EcosystemLabel, found: &[RepoPath]) -> Result<RepoPath> {
    match found {
        [root] => Ok(root.clone()),
        _ => Err(Error::WorkspaceRootUnclear { label: label.clone(), found: found.to_vec() }),
    }
}
