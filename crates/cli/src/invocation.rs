//! What a command is given, and how it opens the repository.

use std::path::Path;
use std::sync::Arc;

use releasekit_core::confinement::Isolation;
use releasekit_core::model::CommitId;
use releasekit_core::policy::{ForgePolicy, Propagate, PublishPolicy};
use releasekit_core::{BackendContext, Backends, Code, Diagnostic, Tree, Vcs};
use releasekit_engine::cancel::Cancel;
use releasekit_engine::discover::{Configured, Discovery};
use releasekit_engine::state::{Holder, State as EngineState};
use releasekit_engine::{Policies, Session, Snapshot, codes, discover, recording};
use releasekit_process::commands::UserCommands;
use releasekit_process::supervisor;

use crate::error::{Error, Result};
use crate::handover;
use crate::options::{Consent, Globals, State};
use crate::policies::ConfigPolicies;
use crate::screen::Screen;
use crate::signals::Stopping;
use crate::templates;
use crate::world::{self, World};

/// What a command is given.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// The process.
    pub(crate) world: World,
    /// What is registered.
    pub(crate) backends: Backends,
    /// Stderr.
    pub(crate) screen: Arc<Screen>,
    /// How it is asked to stop.
    pub(crate) stopping: Stopping,
    /// What its executable can be started again for.
    restart: Restart,
}

/// What the executable of this process can be started again for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Restart {
    /// Nothing: its `main` is not ours.
    Never,
    /// To render templates of the repository.
    ToRender,
    /// To supervise code of the repository too.
    AsSupervisor,
}

impl Restart {
    /// What a command needs, as far as it can be had.
    pub(crate) fn of(runs_code: bool, owns_process: bool) -> Self {
        match (owns_process, runs_code) {
            (false, _) => Self::Never,
            (true, true) => Self::AsSupervisor,
            (true, false) => Self::ToRender,
        }
    }
}

impl Invocation {
    /// Whether a command that cannot be undone asks first: on a terminal, unless the user has said yes, or nothing would
    /// be done anyway.
    pub(crate) fn asks(&self, consent: Consent, globals: &Globals) -> bool {
        self.world.interactive && !consent.yes && !globals.dry_run
    }

    /// Asks. Fails where the answer is not yes.
    pub(crate) fn confirm(&self, question: &str) -> Result<()> {
        if self.screen.ask(question)? { Ok(()) } else { Err(Error::Declined) }
    }

    /// Takes the state for a command that changes the world; a copy that is thrown away in a dry run.
    pub(crate) async fn state(
        &self,
        session: &Session,
        command: &str,
        globals: &Globals,
        cancel: &Cancel,
    ) -> Result<EngineState> {
        self.world.require_temporary()?;
        if globals.dry_run {
            return Ok(EngineState::copy(session)?);
        }
        let command = format!("releasekit {command}");
        let holder = Holder { command, process: std::process::id(), since: self.world.now };
        Ok(EngineState::take(session, &holder, cancel).await?)
    }
}

/// An opened repository with its configuration.
#[derive(Debug)]
pub(crate) struct Opened {
    /// What the engine works with.
    pub(crate) session: Session,
    /// The configuration, with where each value came from.
    pub(crate) policies: Arc<ConfigPolicies>,
}

impl Invocation {
    /// A command in this process.
    pub(crate) fn new(world: World, backends: Backends, screen: Arc<Screen>, restart: Restart) -> Self {
        Self { world, backends, screen, stopping: Stopping::default(), restart }
    }

    /// Opens the repository that the folder lies in, and reads its configuration.
    pub(crate) async fn open(&self, globals: &Globals, state: Option<&State>) -> Result<Opened> {
        self.open_with(globals, state, |_, _| {}).await
    }

    /// The same, with what options say of publishing and of the forge laid over the configuration.
    pub(crate) async fn open_with(
        &self,
        globals: &Globals,
        state: Option<&State>,
        options: impl FnOnce(&mut PublishPolicy, &mut ForgePolicy),
    ) -> Result<Opened> {
        let environment = &self.world.environment;
        let mut secrets = world::secrets(environment);
        self.backends.secrets(environment).for_each(|secret| secrets.add(secret));
        let context = BackendContext::new(environment.clone(), self.world.cache()?, self.screen.clone())
            .with_offline(globals.offline)
            .with_redactor(secrets);
        let backends = self.backends.clone();
        let backends = if globals.dry_run { recording::dry_run(backends) } else { backends };
        let state_dir = state.and_then(|state| state.state_dir.as_deref()).map(|dir| self.world.folder.join(dir));
        let folder = &self.world.folder;
        let missing = || Error::RepositoryMissing { folder: folder.clone() };
        let vcs = backends.open_vcs(&context, folder)?.ok_or_else(missing)?;
        let context = self.confine(context, vcs.as_ref(), state_dir.as_deref());
        let tree = vcs.work_tree().await?;
        let policies = ConfigPolicies::read(globals.config.as_deref(), &self.world.folder, vcs.root(), &*tree)?;
        let policies = Arc::new(policies.with_reporter(self.screen.clone()).with_options(options));
        let mut session = Session::open(vcs, backends, context, policies.clone())?;
        session.state_dir = state_dir;
        Ok(Opened { session, policies })
    }

    /// Lets what the repository brings run: templates in processes apart, code as far apart as can be.
    fn confine(&self, context: BackendContext, vcs: &dyn Vcs, state_dir: Option<&Path>) -> BackendContext {
        let executable = if self.restart == Restart::Never { None } else { handover::executable().ok() };
        let context = match executable {
            Some(executable) => {
                let templates = templates::in_processes(executable.clone(), &context.environment);
                self.supervise(context.with_templates(templates), executable.as_ref(), vcs, state_dir)
            }
            None => context,
        };
        let commands = Arc::new(UserCommands::new(context.clone()));
        context.with_commands(commands)
    }

    /// Finds out how code of the repository can be kept apart, for commands that run any.
    fn supervise(
        &self,
        context: BackendContext,
        executable: &Path,
        vcs: &dyn Vcs,
        state_dir: Option<&Path>,
    ) -> BackendContext {
        if self.restart != Restart::AsSupervisor {
            return context;
        }
        let (environment, private) = (&context.environment, vcs.private_folder());
        let read = [vcs.root(), private.parent().unwrap_or(&private)];
        let mut confinement = supervisor::probe(executable, environment, &context.cache, &read);
        if confinement.isolation != Isolation::Namespaces {
            // What a program leaves behind that has ended its supervisor is then ours to end.
            releasekit_process::adopt();
        }
        confinement.protected.extend(state_dir.map(Path::to_owned));
        context.with_confinement(confinement)
    }
}

impl Opened {
    /// Reads the work tree, and checks the names in the configuration.
    pub(crate) async fn work_tree(&self) -> Result<Snapshot> {
        match self.session.work_tree().await {
            Ok(snapshot) => self.checked(snapshot),
            Err(error) => Err(self.place(error, self.session.vcs.work_tree().await?).await),
        }
    }

    /// Finds the packages of the work tree without asking how they hang together.
    pub(crate) async fn discover(&self) -> Result<Discovery> {
        let tree = self.session.vcs.work_tree().await?;
        let policy = &self.policies.configuration().policy;
        match self.session.discover(&tree, policy).await {
            Ok(Configured { discovery, .. }) => {
                self.policies.check(&discovery, &self.session.ecosystems)?;
                Ok(discovery)
            }
            Err(error) => Err(self.place(error, tree).await),
        }
    }

    /// Reads a commit with the configuration of the work tree, and checks the names in it.
    pub(crate) async fn commit(&self, commit: &CommitId) -> Result<Snapshot> {
        match self.session.snapshot_at(commit, Policies::WorkTree).await {
            Ok(snapshot) => self.checked(snapshot),
            Err(error) => Err(self.place(error, self.session.vcs.tree(commit).await?).await),
        }
    }

    /// Checks the names in the configuration against the packages of HEAD, for commands that plan by themselves.
    pub(crate) async fn check_head(&self) -> Result<()> {
        let policy = &self.policies.configuration().policy;
        let in_values = policy.umbrella_version.is_some() || policy.forge.latest.is_some();
        let names_any = in_values || !policy.packages.is_empty() || !policy.ecosystems.is_empty();
        if names_any || policy.propagate != Propagate::default() {
            self.commit(&self.session.vcs.head().await?.commit).await?;
        }
        Ok(())
    }

    fn checked(&self, snapshot: Snapshot) -> Result<Snapshot> {
        self.policies.check(&snapshot.discovery, &self.session.ecosystems)?;
        Ok(snapshot)
    }

    /// A name that discovery did not find is shown where the configuration says it.
    async fn place(&self, error: releasekit_engine::Error, tree: Arc<dyn Tree>) -> Error {
        if !FROM_CONFIGURATION.contains(&error.code()) {
            return error.into();
        }
        let mut bare = self.policies.configuration().policy.clone();
        bare.packages.clear();
        if error.code() == codes::WORKSPACE_ROOT_UNCLEAR {
            bare.ecosystems.clear();
        }
        match discover::discover(&tree, &self.session.ecosystems, &bare).await {
            Ok(bare) => self.policies.check(&bare.discovery, &self.session.ecosystems).err().unwrap_or(error.into()),
            Err(_) => error.into(),
        }
    }
}

/// What discovery says where a name in the configuration is wrong.
const FROM_CONFIGURATION: &[Code] = &[codes::PACKAGE_UNKNOWN, codes::PACKAGE_AMBIGUOUS, codes::WORKSPACE_ROOT_UNCLEAR];
