//! The packages of another day, under the configuration of today.

use std::sync::Arc;

use releasekit_core::policy::{PackagePolicy, Policy};
use releasekit_core::{Ecosystem, Tree};

use super::{Configured, Discovery, configured, found};
use crate::error::{Error, Result};

/// Finds the packages of a tree of the past, and what of the configuration speaks of them.
///
/// The configuration may name packages and workspaces that were not there; what it says of those is left out. A package that
/// had another name then, as `formerly` says, has under that name what is said of it now.
pub(crate) async fn past(tree: &Arc<dyn Tree>, ecosystems: &[Ecosystem], policy: &Policy) -> Result<Configured> {
    let mut policy = policy.clone();
    let discovery = loop {
        match found(tree, ecosystems, &policy).await {
            Err(Error::WorkspaceRootUnclear { label, .. }) if policy.ecosystems.remove(&label).is_some() => {}
            other => break other?,
        }
    };
    fit(&mut policy, &discovery);
    configured(discovery, tree.as_ref(), &policy)
}

fn fit(policy: &mut Policy, discovery: &Discovery) {
    let is_there = |name: &str| discovery.find(name).is_ok();
    let name_then = |name: &String, package: &PackagePolicy| {
        std::iter::once(name).chain(&package.formerly).find(|name| is_there(name)).cloned()
    };
    let configured = std::mem::take(&mut policy.packages);
    for (name, mut package) in configured {
        package.depends_on.retain(|name| is_there(name));
        if let Some(name) = name_then(&name, &package) {
            policy.packages.insert(name, package);
        }
    }
}
