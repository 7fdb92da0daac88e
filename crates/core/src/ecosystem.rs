//! What backends register, and what they are opened with.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::command::Commands;
use crate::confinement::Confinement;
use crate::diagnostic::CodeInfo;
use crate::environment::{Environment, is_credential, may_hold_secret};
use crate::error::Result;
use crate::event::Reporter;
use crate::forge::ForgeBackend;
use crate::model::Target;
use crate::package_manager::PackageManager;
use crate::registry::Registry;
use crate::scheme::VersionScheme;
use crate::secret::Redactor;
use crate::template::Templates;
use crate::vcs::Vcs;
use crate::workspace::Workspace;

/// The surroundings that a backend may know; it reads nothing by itself.
#[derive(Clone)]
#[non_exhaustive]
pub struct BackendContext {
    /// The environment of the process.
    pub environment: Environment,
    /// A folder for throw-away files, outside of any repository.
    pub cache: PathBuf,
    /// Whether the network is off limits.
    pub offline: bool,
    /// Takes secrets out of what tools and servers say, before it is shown or written down.
    pub redactor: Redactor,
    /// Where progress goes.
    pub reporter: Arc<dyn Reporter>,
    /// Runs the commands that the configuration names; `None` where none may run.
    pub commands: Option<Arc<dyn Commands>>,
    /// Renders the templates that the repository brings; `None` where none may be rendered.
    pub templates: Option<Arc<dyn Templates>>,
    /// How code of the repository is kept apart.
    pub confinement: Confinement,
    /// Whether code of the repository may have changed what is opened: then programs that read it are kept apart like
    /// that code, and see no credential.
    pub untrusted: bool,
}

impl BackendContext {
    /// Surroundings with the network allowed. The secrets are those that the environment holds.
    pub fn new(environment: Environment, cache: PathBuf, reporter: Arc<dyn Reporter>) -> Self {
        let redactor = Redactor::of(&environment);
        Self {
            environment,
            cache,
            offline: false,
            redactor,
            reporter,
            commands: None,
            templates: None,
            confinement: Confinement::default(),
            untrusted: false,
        }
    }

    /// Knows more secrets than the environment holds, such as those of a `.netrc`.
    #[must_use]
    pub fn with_redactor(mut self, redactor: Redactor) -> Self {
        self.redactor = redactor;
        self
    }

    /// Puts the network off limits.
    #[must_use]
    pub fn with_offline(mut self, offline: bool) -> Self {
        self.offline = offline;
        self
    }

    /// Lets the configuration's commands run.
    #[must_use]
    pub fn with_commands(mut self, commands: Arc<dyn Commands>) -> Self {
        self.commands = Some(commands);
        self
    }

    /// Lets templates of the repository be rendered.
    #[must_use]
    pub fn with_templates(mut self, templates: Arc<dyn Templates>) -> Self {
        self.templates = Some(templates);
        self
    }

    /// Takes what is opened for something that code of the repository may have changed.
    #[must_use]
    pub fn with_untrusted(mut self) -> Self {
        self.untrusted = true;
        self
    }

    /// Keeps code of the repository apart.
    #[must_use]
    pub fn with_confinement(mut self, confinement: Confinement) -> Self {
        self.confinement = confinement;
        self
    }
}

impl fmt::Debug for BackendContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackendContext")
            .field("environment", &self.environment)
            .field("cache", &self.cache)
            .field("offline", &self.offline)
            .finish_non_exhaustive()
    }
}

/// What opening an ecosystem gives.
#[derive(Debug, Clone)]
pub struct Halves {
    /// What its files say.
    pub workspace: Arc<dyn Workspace>,
    /// What runs its tool.
    pub package_manager: Arc<dyn PackageManager>,
}

/// An ecosystem that can be used: registered and opened.
#[derive(Debug, Clone)]
pub struct Ecosystem {
    /// Its tool, `uv`.
    pub id: &'static str,
    /// What users call it, `python`. Several tools may work on one.
    pub ecosystem: &'static str,
    /// The label that one workspace of it has by default, `py`.
    pub label: &'static str,
    /// Where its packages go when nobody says otherwise.
    pub target: Target,
    /// What its files say.
    pub workspace: Arc<dyn Workspace>,
    /// What runs its tool.
    pub package_manager: Arc<dyn PackageManager>,
}

type OpenVcs = dyn Fn(&BackendContext, &Path) -> Result<Option<Arc<dyn Vcs>>> + Send + Sync;
type OpenHalves = dyn Fn(&BackendContext) -> Result<Halves> + Send + Sync;
type OpenRegistry = dyn Fn(&BackendContext, &Target) -> Result<Arc<dyn Registry>> + Send + Sync;

/// A version control system that can be opened.
#[derive(Clone)]
pub struct VcsBackend {
    /// Its name.
    pub id: &'static str,
    /// Opens the repository that a folder lies in; `None` where it lies in none of this kind.
    pub open: Arc<OpenVcs>,
}

/// An ecosystem that can be opened, as one tool works on it.
#[derive(Clone)]
pub struct EcosystemBackend {
    /// Its tool, `uv`: what `tool` of an ecosystem's table names.
    pub id: &'static str,
    /// What users call it, `python`: what `ecosystem` says in the configuration, in plans and in manifests. Backends for
    /// several tools of one ecosystem share it, and their label.
    pub ecosystem: &'static str,
    /// The label of its workspace where a repository has one of them, `py`.
    pub label: &'static str,
    /// Where its packages go when nobody says otherwise.
    pub target: Target,
    /// The variables that carry the right to upload with its tool. Those that [`is_credential`] does not know by their names
    /// are kept from builds, and unsaid, as those that it knows.
    pub credentials: &'static [&'static str],
    /// Opens it.
    pub open: Arc<OpenHalves>,
}

impl EcosystemBackend {
    fn opened(&self, context: &BackendContext) -> Result<Ecosystem> {
        let Halves { workspace, package_manager } = (self.open)(context)?;
        let Self { id, ecosystem, label, .. } = *self;
        Ok(Ecosystem { id, ecosystem, label, target: self.target.clone(), workspace, package_manager })
    }
}

/// A kind of registry that can be opened.
#[derive(Clone)]
pub struct RegistryBackend {
    /// Its name, `pypi`.
    pub id: &'static str,
    /// Opens one instance.
    pub open: Arc<OpenRegistry>,
}

macro_rules! debug_by_id {
    ($($type:ident),+) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($type)).field(&self.id).finish()
            }
        }
    )+};
}

debug_by_id!(VcsBackend, EcosystemBackend, RegistryBackend);

/// Everything that has been registered, by name. A front end fills it; the engine only looks things up.
///
/// A name belongs to one backend: to replace one, take it out of its map first.
#[derive(Debug, Clone, Default)]
pub struct Backends {
    /// Version control systems, tried in order of name.
    pub vcs: BTreeMap<&'static str, VcsBackend>,
    /// Ecosystems, by their tools.
    pub ecosystems: BTreeMap<&'static str, EcosystemBackend>,
    /// Kinds of registries.
    pub registries: BTreeMap<&'static str, RegistryBackend>,
    /// Kinds of forges.
    pub forges: BTreeMap<&'static str, ForgeBackend>,
    /// Version schemes, for commands that name one.
    pub schemes: BTreeMap<&'static str, Arc<dyn VersionScheme>>,
    /// The codes that the registered crates can raise.
    pub codes: Vec<&'static [CodeInfo]>,
}

impl Backends {
    /// Opens the repository that a folder lies in, with the first system that knows it; `None` where none does.
    pub fn open_vcs(&self, context: &BackendContext, folder: &Path) -> Result<Option<Arc<dyn Vcs>>> {
        for backend in self.vcs.values() {
            if let Some(vcs) = (backend.open)(context, folder)? {
                return Ok(Some(vcs));
            }
        }
        Ok(None)
    }

    /// Opens every ecosystem, in order of their tools' names.
    pub fn open_ecosystems(&self, context: &BackendContext) -> Result<Vec<Ecosystem>> {
        self.ecosystems.values().map(|backend| backend.opened(context)).collect()
    }

    /// The variables that carry the right to upload or to write to a forge, as the backends name them.
    pub fn credentials(&self) -> impl Iterator<Item = &'static str> {
        let ecosystems = self.ecosystems.values().map(|backend| backend.credentials);
        let forges = self.forges.values().map(|backend| backend.credentials);
        ecosystems.chain(forges).flatten().copied()
    }

    /// The values of those whose names do not say that they are secret.
    pub fn secrets<'a>(&'a self, environment: &'a Environment) -> impl Iterator<Item = &'a str> {
        let unknown = self.credentials().filter(|name| !may_hold_secret(name));
        unknown.filter_map(|name| environment.text(name))
    }

    /// Whether a variable can carry the right to upload or to push: what [`is_credential`] knows, and what the backends
    /// name. Case does not count.
    pub fn is_credential(&self, name: &str) -> bool {
        is_credential(name) || self.credentials().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Adds a version control system.
    ///
    /// # Panics
    ///
    /// Where one of this name is registered: which of the two counts would depend on the order.
    pub fn add_vcs(&mut self, backend: VcsBackend) {
        add(&mut self.vcs, backend.id, backend);
    }

    /// Adds an ecosystem.
    ///
    /// # Panics
    ///
    /// Where one of this name is registered.
    pub fn add_ecosystem(&mut self, backend: EcosystemBackend) {
        add(&mut self.ecosystems, backend.id, backend);
    }

    /// Adds a kind of registry.
    ///
    /// # Panics
    ///
    /// Where one of this name is registered.
    pub fn add_registry(&mut self, backend: RegistryBackend) {
        add(&mut self.registries, backend.id, backend);
    }

    /// Adds a kind of forge.
    ///
    /// # Panics
    ///
    /// Where one of this name is registered.
    pub fn add_forge(&mut self, backend: ForgeBackend) {
        add(&mut self.forges, backend.id, backend);
    }

    /// Adds a version scheme under its own name. Ecosystems may share one, so it may be added again.
    pub fn add_scheme(&mut self, scheme: Arc<dyn VersionScheme>) {
        self.schemes.insert(scheme.id(), scheme);
    }

    /// Adds the codes of a crate.
    pub fn add_codes(&mut self, codes: &'static [CodeInfo]) {
        self.codes.push(codes);
    }
}

/// Registering is a programmer's act, and so is a clash.
fn add<T>(registered: &mut BTreeMap<&'static str, T>, id: &'static str, backend: T) {
    assert!(registered.insert(id, backend).is_none(), "a backend called `{id}` is registered already");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backend(id: &'static str, credentials: &'static [&'static str]) -> EcosystemBackend {
        let target = Target::new("none", "http://127.0.0.1:1/", "http://127.0.0.1:1/");
        let open = |_: &BackendContext| Err(crate::BackendError::unsupported("opening"));
        EcosystemBackend { id, ecosystem: "any", label: "any", target, credentials, open: Arc::new(open) }
    }

    #[test]
    fn backends_add_credentials_to_those_that_are_known_and_take_none_away() {
        let mut backends = Backends::default();
        assert!(backends.is_credential("UV_PUBLISH_TOKEN") && !backends.is_credential("HOUSE_LOGIN"));
        backends.add_ecosystem(backend("house", &["HOUSE_LOGIN", "HOUSE_TOKEN"]));
        for name in ["UV_PUBLISH_TOKEN", "HOUSE_LOGIN", "house_login", "HOUSE_TOKEN"] {
            assert!(backends.is_credential(name), "{name}");
        }
        let environment =
            Environment::new().with("HOUSE_LOGIN", "may upload").with("HOUSE_TOKEN", "known").with("CC", "gcc");
        // What calls itself a token is known to be one already.
        assert_eq!(backends.secrets(&environment).collect::<Vec<_>>(), ["may upload"]);
    }

    #[test]
    #[should_panic(expected = "a backend called `house` is registered already")]
    fn a_second_backend_of_one_name_is_refused() {
        let mut backends = Backends::default();
        backends.add_ecosystem(backend("house", &[]));
        backends.add_ecosystem(backend("house", &[]));
    }
}
