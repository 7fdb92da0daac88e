//! Two languages in one repository on a forge: the pair of each, which was never released, and a registry for each.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use releasekit_core::forge::MergeMethod;
use releasekit_testkit::{Ran, Sandbox, Tools, run};
use serde_json::Value;

use crate::hub::Hub;
use crate::registry::Rehearsal;
use crate::samples::{Role, Sample};
use crate::world::{Login, World};
use crate::worlds::cargo::Cargo;
use crate::worlds::uv::Uv;

/// The worlds, in the order of their labels.
const WORLDS: [&dyn World; 2] = [&Uv, &Cargo];

/// Both pairs have the same names, so that tags say which is meant.
const TAGS: &str = "tag_format = \"{label}/{name}-v{version}\"\n";

/// A repository of two languages, with its forge and registries.
#[derive(Debug)]
pub struct Polyglot {
    hub: Hub,
    sandbox: Sandbox,
    registries: Vec<Arc<dyn Rehearsal>>,
    binary: PathBuf,
}

impl Polyglot {
    /// Writes both samples and pushes them; `more` ends the configuration.
    #[track_caller]
    pub fn begun(tools: &Tools, binary: impl Into<PathBuf>, hub: Hub, more: &str) -> Self {
        let registries: Vec<_> = WORLDS.iter().map(|world| world.rehearsal()).collect();
        let mut sandbox = Sandbox::new().with_tools(tools);
        for (world, registry) in WORLDS.iter().zip(&registries) {
            for (name, value) in world.environment(&sandbox, registry.as_ref()) {
                sandbox = sandbox.with_env(name, value);
            }
            for (name, value) in world.login(Login::Right) {
                sandbox = sandbox.with_env(name, value);
            }
            world.write(Sample::Pair, &sandbox);
        }
        let tables = WORLDS.iter().zip(&registries);
        let tables: String = tables.map(|(it, at)| it.configuration(&at.read_url(), &at.upload_url())).collect();
        sandbox.write("releasekit.toml", format!("{TAGS}\n[publish]\npoll_interval = 1\n\n{tables}{more}"));
        sandbox.commit("chore: begin two workspaces");
        let sandbox = hub.adopt(sandbox);
        Self { hub, sandbox, registries, binary: binary.into() }
    }

    /// The forge.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The sandbox.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Runs releasekit in the work tree to its end.
    #[track_caller]
    pub fn releasekit<const N: usize>(&self, args: [&str; N]) -> Ran {
        self.run(&args)
    }

    /// The same.
    #[track_caller]
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_in(&self.sandbox.work(), args)
    }

    /// The same in another folder.
    #[track_caller]
    pub fn run_in(&self, folder: &Path, args: &[&str]) -> Ran {
        run(self.sandbox.command(&self.binary).args(args).current_dir(folder))
    }

    /// Another clone of the repository.
    #[track_caller]
    pub fn clone(&self, name: &str, options: &[&str]) -> PathBuf {
        let url = self.hub.repository().clone_url();
        let words = [&["clone", "--quiet"], options, &[url.as_str(), name]].concat();
        self.sandbox.git_in(self.sandbox.path(), words);
        self.sandbox.path().join(name)
    }

    /// The answer of a command in JSON.
    #[track_caller]
    pub fn json<const N: usize>(&self, args: [&str; N]) -> Value {
        let text = self.releasekit(args).ok();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    /// Changes the lower package of each language and pushes.
    #[track_caller]
    pub fn change(&self, message: &str) {
        for world in WORLDS {
            let source = world.source(Role::Base);
            let text = format!("{}{}\n", self.sandbox.read(&source), world.comment(message));
            self.sandbox.write(&source, text);
        }
        self.sandbox.commit(message);
        self.sandbox.push();
    }

    /// Has the forge merge a pull request, and takes what became of `main`.
    #[track_caller]
    pub fn merge(&self, number: u64, how: MergeMethod) -> String {
        self.hub.merge(&self.sandbox, number, how)
    }

    /// How often something was sent to a registry.
    pub fn uploads(&self) -> usize {
        self.registries.iter().map(|registry| registry.writes().len()).sum()
    }

    /// The version that an installer of each language takes of the upper package.
    #[track_caller]
    pub fn installed(&self) -> Vec<String> {
        let each = WORLDS.iter().zip(&self.registries);
        let version = |(world, registry): (&&dyn World, &Arc<dyn Rehearsal>)| {
            let installed = world.install(&self.sandbox, &registry.read_url(), Role::Top);
            installed.versions.get(world.package(Role::Top).published).cloned().unwrap_or_default()
        };
        each.map(version).collect()
    }
}
