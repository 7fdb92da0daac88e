//! Where packages go by what files say: `publishConfig` of the package, then `@scope:registry` of `.npmrc` in the workspace,
//! then of the user. A URL is what names a registry here. `.npmrc` of a repository is data: what it leaves to a variable names no
//! registry that is known.

use std::collections::BTreeMap;

use releasekit_core::model::{Package, RepoPath, Target};
use releasekit_core::workspace::NamedRegistries;
use releasekit_core::{Environment, Result, Tree};
use releasekit_formats::npm::npmrc::Npmrc;

use crate::config::{PUBLIC, REGISTRY};
use crate::manifest::Manifest;
use crate::{credentials, settings};

/// What `.npmrc` files say of registries.
#[derive(Debug)]
pub(crate) struct Npmrcs {
    /// Of the label's root, then of the user.
    shared: Vec<Npmrc>,
    /// Where packages go of which nobody says anything: what the repository says, for what the user reads from may be a mirror.
    usual: Option<String>,
}

impl Npmrcs {
    /// Reads those of a label's root and of the user.
    pub(crate) fn read(tree: &dyn Tree, root: &RepoPath, environment: &Environment) -> Result<Self> {
        let own = settings::npmrc(tree, root)?;
        let users = credentials::read(environment)?;
        let usual = own.as_ref().and_then(|own| own.get("registry")).map(canonical).filter(|url| url != PUBLIC);
        Ok(Self { shared: own.into_iter().chain([users]).collect(), usual })
    }

    /// The registry that a package goes to, where something says so.
    pub(crate) fn of(&self, tree: &dyn Tree, home: &RepoPath, manifest: &Manifest) -> Result<Option<String>> {
        let scope = manifest.name().filter(|name| name.starts_with('@')).and_then(|name| name.split('/').next());
        let own = |wanted: Option<&str>| {
            let mut said = manifest.registries.iter();
            said.find(|(scope, _)| scope.as_deref() == wanted).map(|(_, url)| canonical(&url.value))
        };
        if let Some(url) = scope.and_then(|scope| own(Some(scope))).or_else(|| own(None)) {
            return Ok(Some(url));
        }
        let Some(key) = scope.map(|scope| format!("{scope}:registry")) else { return Ok(None) };
        let near = settings::npmrc(tree, home)?;
        Ok(near.iter().chain(&self.shared).find_map(|said| said.get(&key)).map(canonical))
    }

    /// What the names that packages have stand for.
    pub(crate) fn known(self, packages: &[Package]) -> NamedRegistries {
        let named = packages.iter().flat_map(|package| &package.registries).chain(&self.usual);
        let urls = named.filter(|url| is_whole(url));
        let target = |url: &String| (url.clone(), Target::new(REGISTRY, url.clone(), url.clone()));
        let known = urls.map(target).collect::<BTreeMap<_, _>>();
        NamedRegistries { known, usual: self.usual }
    }
}

/// Whether a text is the URL of a registry, and not one that a variable would complete. It has no line break, for it is written
/// into settings of ours, and nothing that some take for the end of its host and others do not.
fn is_whole(url: &str) -> bool {
    let is_strange = |c: char| c.is_whitespace() || c.is_control() || "\\?#".contains(c);
    (url.starts_with("https://") || url.starts_with("http://")) && !url.contains("${") && !url.contains(is_strange)
}

/// One spelling for a URL, with a `/` at its end.
fn canonical(url: &str) -> String {
    let url = url.trim();
    if is_whole(url) && !url.ends_with('/') { format!("{url}/") } else { url.to_owned() }
}
