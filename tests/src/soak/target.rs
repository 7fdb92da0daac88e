//! The registries that releases go to under fire, and how often each file was sent to them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use releasekit_rehearsal::{Fault, On};

use crate::proxy::Proxy;
use crate::registry::{Registry, Rehearsal, Watched};
use crate::scene::Scene;

/// Which registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The one of this process, as it should be.
    Rehearsal,
    /// The one of this process, which fails, hangs up and hides things.
    Faulty,
    /// The one of that name that others wrote.
    Foreign(&'static str),
}

/// A registry that knows what was sent to it.
#[derive(Debug)]
pub(super) enum Target {
    /// One behind a relay.
    Relay(Arc<Proxy>),
    /// The one of this process.
    Server { server: Arc<dyn Rehearsal>, faulty: bool },
}

impl Target {
    /// Starts a registry.
    #[track_caller]
    pub(super) fn start(kind: Kind, scene: &Scene) -> (Self, Arc<dyn Registry>) {
        match kind {
            Kind::Rehearsal | Kind::Faulty => {
                let server = scene.world.rehearsal();
                (Self::Server { server: server.clone(), faulty: kind == Kind::Faulty }, server)
            }
            Kind::Foreign(name) => {
                let (registry, relay) = Watched::new(scene.foreign(name));
                (Self::Relay(relay), registry)
            }
        }
    }

    /// How often each file has been sent, arrived or not.
    pub(super) fn sends(&self) -> BTreeMap<String, usize> {
        let files = match self {
            Self::Relay(relay) => relay.uploads(),
            Self::Server { server, .. } => server.writes().into_iter().filter_map(|write| write.file_name).collect(),
        };
        let mut sends = BTreeMap::new();
        files.into_iter().for_each(|file| *sends.entry(file).or_default() += 1);
        sends
    }

    /// Whether runs may fail that nobody kills.
    pub(super) fn is_faulty(&self) -> bool {
        matches!(self, Self::Server { faulty: true, .. })
    }

    /// Orders a few faults, each of which befalls one upload. Gives how many may have to be sent again.
    pub(super) fn break_something(&self, random: &mut fastrand::Rng) -> usize {
        let Self::Server { server, faulty: true } = self else { return 0 };
        let count = random.usize(0..=2);
        for _ in 0..count {
            let fault = match random.usize(..6) {
                0 => Fault::Status(503),
                1 => Fault::Reset,
                2 => Fault::LoseReply,
                3 => Fault::HideForReads(random.usize(1..4)),
                4 => Fault::RateLimit(1),
                _ => Fault::Delay(Duration::from_millis(random.u64(50..500))),
            };
            server.faults().once(On::AnyUpload, fault);
        }
        count
    }

    /// Ends faults that befell nobody.
    pub(super) fn mend(&self) {
        if let Self::Server { server, .. } = self {
            server.faults().clear();
        }
    }
}
