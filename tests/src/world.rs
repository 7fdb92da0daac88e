//! What an ecosystem brings so that the journeys go through it: the sample repositories in its language, its registries and
//! its installer.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use releasekit_testkit::{Sandbox, Tools};

use crate::registry::{Registry, Rehearsal};
use crate::samples::{Role, Sample};

/// An ecosystem as the journeys see it. `tests/src/worlds/README.md` says for each method what four
/// ecosystems give.
pub trait World: fmt::Debug + Sync {
    /// What releasekit calls it.
    fn names(&self) -> Names;

    /// Puts its tools on the `PATH` of a sandbox.
    fn equip(&self, sandbox: Sandbox, tools: &Tools) -> Sandbox {
        sandbox.with_tools(tools)
    }

    /// How a package of a sample is called and where it lies.
    fn package(&self, role: Role) -> Package;

    /// Writes a sample into the work tree as it was first released, lock files included, and commits nothing.
    fn write(&self, sample: Sample, sandbox: &Sandbox);

    /// Builds the files of a package of a written sample by the ecosystem's own tool alone.
    fn build(&self, sandbox: &Sandbox, role: Role) -> Vec<PathBuf>;

    /// The effects by which a release of these packages is built, as they are recorded.
    fn builds(&self, roles: &[Role]) -> Vec<String> {
        roles.iter().map(|role| format!("build {}", self.package(*role).name)).collect()
    }

    /// The names of the files that a release of a package has, as they are sent.
    fn files(&self, role: Role, version: &str) -> Vec<String>;

    /// The file that makes a folder a package.
    fn manifest(&self, role: Role) -> String;

    /// The version in the text of a manifest; `None` where versions stand in tags alone.
    fn version_of(&self, manifest: &str) -> Option<String>;

    /// What the text of a manifest requires of a package.
    fn requirement_of(&self, manifest: &str, need: Role) -> String;

    /// The lock file of the samples, where the ecosystem has one.
    fn lockfile(&self) -> Option<&'static str>;

    /// A source file of the package, which is released with it.
    fn source(&self, role: Role) -> String;

    /// A comment in such a file.
    fn comment(&self, text: &str) -> String;

    /// Changes a package so that its build fails, and gives a word of what the tool then says.
    fn break_build(&self, sandbox: &Sandbox, role: Role) -> &'static str;

    /// Takes back what [`break_build`](World::break_build) changed, whatever else has changed since.
    fn mend_build(&self, sandbox: &Sandbox, role: Role);

    /// What stands in `releasekit.toml` for a registry; its last table is the ecosystem's, in which journeys go on.
    fn configuration(&self, read_url: &str, upload_url: &str) -> String;

    /// What the tool needs to find a registry: variables, and files in the sandbox.
    fn environment(&self, sandbox: &Sandbox, registry: &dyn Registry) -> Vec<(&'static str, String)>;

    /// Has the login count for a registry that a repository names later, where it is not for every one.
    fn admit(&self, _sandbox: &Sandbox, _registry: &dyn Registry) {}

    /// The variables that say who uploads, the secret one last. Each kind sets the same ones; an empty value says nothing.
    fn login(&self, login: Login) -> Vec<(&'static str, &'static str)>;

    /// Registries that others wrote, empty. The first one can be [reset](Registry::reset).
    fn foreign(&self) -> &'static [Foreign];

    /// The registry of this process, empty, which takes uploads from whoever has the right [login](World::login).
    fn rehearsal(&self) -> Arc<dyn Rehearsal>;

    /// Installs a package into an empty place from a registry.
    fn install(&self, sandbox: &Sandbox, read_url: &str, role: Role) -> Installed;

    /// Whether a requirement, as [`Installed`] says it, admits a version.
    fn admits(&self, requirement: &str, version: &str) -> bool;

    /// What of releasekit's cache stays once a run has gone through.
    fn kept_in_cache(&self) -> &'static [&'static str] {
        &[]
    }

    /// The tag of a version of a package, where nobody configured another.
    fn tag(&self, role: Role, version: &str) -> String {
        format!("{}-v{version}", self.package(role).name)
    }
}

/// What releasekit calls an ecosystem.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// Before the name of each package, and in the configuration.
    pub label: &'static str,
    /// The ecosystem.
    pub ecosystem: &'static str,
    /// The tool.
    pub tool: &'static str,
    /// The version scheme.
    pub scheme: &'static str,
}

/// A package of a sample.
#[derive(Debug, Clone, Copy)]
pub struct Package {
    /// Its name, as its manifest writes it.
    pub name: &'static str,
    /// Its name, as registries and installers write it. People may write it so too.
    pub published: &'static str,
    /// Its folder from the repository root.
    pub folder: &'static str,
}

/// Who uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// Somebody who may.
    Right,
    /// Somebody who may not.
    Wrong,
    /// Nobody.
    None,
}

/// A registry that others wrote.
#[derive(Debug, Clone, Copy)]
pub struct Foreign {
    /// Its name.
    pub name: &'static str,
    /// Whether it reads an upload whole before it refuses it, so that no reply gets lost.
    pub reads_whole: bool,
    /// Starts an empty one.
    pub start: fn(&Tools) -> Arc<dyn Registry>,
}

/// What an installer put into an empty place.
#[derive(Debug, Clone, Default)]
pub struct Installed {
    /// The version of every package that is there, by its name as installers write it.
    pub versions: BTreeMap<String, String>,
    /// What each requires, as its metadata say it.
    pub requires: BTreeMap<String, Vec<String>>,
}
