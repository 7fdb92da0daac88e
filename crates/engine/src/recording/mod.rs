//! Dry runs: backends under which nothing changes. What would be written is recorded, and later reads see it, so that a
//! dry run is the same code as a real one.

mod forge;
mod package_manager;
mod registry;
mod vcs;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use releasekit_core::ecosystem::{EcosystemBackend, Halves, RegistryBackend, VcsBackend};
use releasekit_core::event::{Event, Reporter};
use releasekit_core::forge::ForgeBackend;
use releasekit_core::model::{Artifact, PackageName, Target, Version};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::{ChannelRequest, Offer, Wanted, YankRequest};
use releasekit_core::{BackendContext, Backends, Forge, Registry, Vcs};

use forge::RecordingForge;
use package_manager::RecordingPackageManager;
use registry::RecordingRegistry;
use vcs::RecordingVcs;

/// A file that would have been sent.
#[derive(Debug, Clone)]
struct Recorded {
    package: PackageName,
    version: Version,
    target: Target,
    artifact: Artifact,
}

/// What would have been sent, seen by package managers and registries alike.
#[derive(Debug, Default)]
struct Ledger {
    sent: Mutex<Vec<Recorded>>,
    /// What would point to which version, in order: by uploads, and by itself.
    pointed: Mutex<Vec<(Target, ChannelRequest)>>,
    /// What would have been yanked or offered again, in order.
    yanked: Mutex<Vec<(Target, YankRequest)>>,
}

impl Ledger {
    /// Records a file in place of sending it.
    fn send(&self, request: &UploadRequest, reporter: &dyn Reporter) -> Reply {
        let registry = crate::observe::registry_name(&request.target);
        tell(reporter, format!("upload `{}` to {registry}", request.artifact.file_name));
        let UploadRequest { package, version, target, artifact, channel, .. } = request.clone();
        if let Some(channel) = channel {
            self.pointed().push((target.clone(), ChannelRequest::new(package.clone(), channel, version.clone())));
        }
        let recorded = Recorded { package, version, target, artifact };
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(recorded);
        Reply::Accepted
    }

    fn of(&self, target: &Target, package: &PackageName, version: &Version) -> Vec<Artifact> {
        let all = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |it: &&Recorded| it.target == *target && it.package == *package && it.version == *version;
        all.iter().filter(same).map(|it| it.artifact.clone()).collect()
    }

    /// Records that a channel is moved in place of asking for it.
    fn point(&self, target: &Target, request: &ChannelRequest, reporter: &dyn Reporter) {
        let ChannelRequest { package, channel, version, .. } = request;
        let registry = crate::observe::registry_name(target);
        tell(reporter, format!("point `{channel}` of `{package}` to {version} at {registry}"));
        self.pointed().push((target.clone(), request.clone()));
    }

    /// Where the channels of a package would point, as far as any would be moved.
    fn points(&self, target: &Target, package: &PackageName) -> BTreeMap<String, Version> {
        let all = self.pointed();
        let same = all.iter().filter(|(at, it)| at == target && it.package == *package);
        same.map(|(_, it)| (it.channel.clone(), it.version.clone())).collect()
    }

    fn pointed(&self) -> MutexGuard<'_, Vec<(Target, ChannelRequest)>> {
        self.pointed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a yank in place of asking for it.
    fn yank(&self, target: &Target, request: &YankRequest, reporter: &dyn Reporter) {
        let verb = match request.offer {
            Offer::Withdrawn => "yank",
            Offer::Offered => "take back the yank of",
        };
        let registry = crate::observe::registry_name(target);
        tell(reporter, format!("{verb} `{}` {} at {registry}", request.package, request.version));
        self.yanked.lock().unwrap_or_else(PoisonError::into_inner).push((target.clone(), request.clone()));
    }

    /// Whether a version would be offered, where that was recorded.
    fn offer(&self, target: &Target, wanted: &Wanted) -> Option<Offer> {
        let all = self.yanked.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |(at, it): &&(Target, YankRequest)| {
            at == target && it.package == wanted.name && it.version == wanted.version
        };
        all.iter().rev().find(same).map(|(_, request)| request.offer)
    }
}

/// Tells what would have changed.
fn tell(reporter: &dyn Reporter, what: String) {
    reporter.report(Event::Effect { what, recorded: true });
}

/// The same backends, which record what they would write: no ref, no commit, no upload, nothing on a forge.
pub fn dry_run(backends: Backends) -> Backends {
    let ledger = Arc::new(Ledger::default());
    let vcs = backends.vcs.into_iter().map(|(id, backend)| (id, record_vcs(backend)));
    let ecosystems = backends.ecosystems.into_iter().map(|(id, it)| (id, record_ecosystem(it, ledger.clone())));
    let registries = backends.registries.into_iter().map(|(id, it)| (id, record_registry(it, ledger.clone())));
    let forges = backends.forges.into_iter().map(|(id, it)| (id, record_forge(it)));
    Backends {
        vcs: vcs.collect(),
        ecosystems: ecosystems.collect(),
        registries: registries.collect(),
        forges: forges.collect(),
        ..backends
    }
}

fn record_forge(backend: ForgeBackend) -> ForgeBackend {
    backend.around(|context, inner| Arc::new(RecordingForge::new(inner, context.reporter.clone())) as Arc<dyn Forge>)
}

fn record_vcs(backend: VcsBackend) -> VcsBackend {
    let open = backend.open;
    let open = move |context: &BackendContext, folder: &std::path::Path| {
        let inner = open(context, folder)?;
        let (cache, reporter) = (context.cache.clone(), context.reporter.clone());
        Ok(inner.map(|inner| Arc::new(RecordingVcs::new(inner, cache, reporter)) as Arc<dyn Vcs>))
    };
    VcsBackend { id: backend.id, open: Arc::new(open) }
}

fn record_ecosystem(backend: EcosystemBackend, ledger: Arc<Ledger>) -> EcosystemBackend {
    let open = backend.open.clone();
    let open = move |context: &BackendContext| {
        let Halves { workspace, package_manager } = open(context)?;
        let reporter = context.reporter.clone();
        let package_manager = RecordingPackageManager { inner: package_manager, ledger: ledger.clone(), reporter };
        Ok(Halves { workspace, package_manager: Arc::new(package_manager) })
    };
    EcosystemBackend { open: Arc::new(open), ..backend }
}

fn record_registry(backend: RegistryBackend, ledger: Arc<Ledger>) -> RegistryBackend {
    let open = backend.open;
    let open = move |context: &BackendContext, target: &Target| {
        let inner = open(context, target)?;
        let reporter = context.reporter.clone();
        Ok(Arc::new(RecordingRegistry { inner, ledger: ledger.clone(), reporter }) as Arc<dyn Registry>)
    };
    RegistryBackend { id: backend.id, open: Arc::new(open) }
}
