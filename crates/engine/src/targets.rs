//! Where a package is published: what the configuration says of it, else what its package file says, else what the
//! configuration says of its label, else where the ecosystem's packages usually go.

use std::collections::BTreeMap;

use releasekit_core::model::Target;
use releasekit_core::nearest;
use releasekit_core::policy::RegistryPolicy;

use crate::discover::{Member, WorkspaceRoot};
use crate::error::{Error, Result};

type Named = BTreeMap<String, RegistryPolicy>;

/// The registries of a member; `named` are those that the configuration gives names.
pub(crate) fn of(member: &Member, workspace: &WorkspaceRoot, named: &Named) -> Result<Vec<Target>> {
    let book = Book { workspace, named };
    let policy = &member.policy;
    let own = RegistryPolicy {
        registry_url: policy.registry_url.clone(),
        publish_url: policy.publish_url.clone(),
        observe_url: None,
    };
    if own != RegistryPolicy::default() {
        return Ok(vec![book.called(with_urls(book.of_the_label(), &own))]);
    }
    let names = if policy.registries.is_empty() { &member.package.registries } else { &policy.registries };
    if names.is_empty() {
        return Ok(vec![book.usual(member)?]);
    }
    names.iter().map(|name| book.named(name, member)).collect()
}

/// What names of registries stand for.
struct Book<'a> {
    workspace: &'a WorkspaceRoot,
    named: &'a Named,
}

impl Book<'_> {
    fn named(&self, name: &str, member: &Member) -> Result<Target> {
        self.find(name).ok_or_else(|| Error::RegistryUnnamed {
            package: Box::new(member.id.clone()),
            name: name.to_owned(),
            nearest: nearest(name, self.names()).map(str::to_owned),
            file: member.package.manifest.clone(),
        })
    }

    /// A table of the configuration may also say only what the ecosystem's own files do not.
    fn find(&self, name: &str) -> Option<Target> {
        let known = self.workspace.registries.known.get(name);
        let Some(urls) = self.named.get(name) else { return known.cloned() };
        let public = || urls.registry_url.as_ref().map(|_| &self.workspace.ecosystem.target);
        Some(with_urls(known.or_else(public)?.clone(), urls).with_name(name))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().chain(self.workspace.registries.known.keys()).map(String::as_str)
    }

    /// Where packages go of which nobody says anything.
    fn usual(&self, member: &Member) -> Result<Target> {
        let label = urls_of(self.workspace);
        match &self.workspace.registries.usual {
            Some(name) if label.registry_url.is_none() && label.publish_url.is_none() => self.named(name, member),
            _ => Ok(self.called(self.of_the_label())),
        }
    }

    fn of_the_label(&self) -> Target {
        with_urls(self.workspace.ecosystem.target.clone(), &urls_of(self.workspace))
    }

    /// A registry that is known by its URL may have a name too.
    fn called(&self, mut target: Target) -> Target {
        let is_it = |name: &&str| self.find(name).is_some_and(|other| other.read_url == target.read_url);
        target.name = self.names().find(is_it).map(str::to_owned).or(target.name);
        target
    }
}

fn urls_of(workspace: &WorkspaceRoot) -> RegistryPolicy {
    let policy = &workspace.policy;
    RegistryPolicy {
        registry_url: policy.registry_url.clone(),
        publish_url: policy.publish_url.clone(),
        observe_url: policy.observe_url.clone(),
    }
}

/// A registry at other URLs. One that is read and written at one address stays so where only one is given, and nothing that
/// is known of the old address holds for a new one.
fn with_urls(base: Target, urls: &RegistryPolicy) -> Target {
    let mut target = base;
    if let Some(url) = &urls.registry_url {
        if target.read_url == target.publish_url {
            target.publish_url.clone_from(url);
        }
        target.read_url.clone_from(url);
        target.name = None;
    }
    if let Some(url) = &urls.publish_url {
        target.publish_url.clone_from(url);
    }
    if let Some(url) = &urls.observe_url {
        target.observe_url = Some(url.clone());
    }
    target
}
