//! The indexes that releases go to under fire, and how often each file was sent to them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use releasekit_rehearsal::pypi::{Fault, On, Options, Server};
use releasekit_testkit::Tools;
use releasekit_testkit::servers::{Devpi, PypiServer};

use crate::index::{Index, Watched};
use crate::proxy::Proxy;

/// Which index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The one of this process, as it should be.
    Rehearsal,
    /// The one of this process, which fails, hangs up and hides things.
    Faulty,
    /// pypiserver.
    PypiServer,
    /// devpi.
    Devpi,
}

/// An index that knows what was sent to it.
#[derive(Debug)]
pub(super) enum Target {
    /// One behind a relay, and the server that it belongs to alone.
    Relay { relay: Arc<Proxy>, _server: Option<Devpi> },
    /// The one of this process.
    Server { server: Arc<Server>, faulty: bool },
}

impl Target {
    /// Starts an index.
    #[track_caller]
    pub(super) fn start(kind: Kind, tools: &Tools) -> (Self, Box<dyn Index>) {
        match kind {
            Kind::Rehearsal | Kind::Faulty => {
                let server = Arc::new(Server::start(Options::default()).expect("loopback has a free port"));
                (Self::Server { server: server.clone(), faulty: kind == Kind::Faulty }, Box::new(server))
            }
            Kind::PypiServer => {
                let (index, relay) = Watched::new(Arc::new(PypiServer::start(tools)));
                (Self::Relay { relay, _server: None }, Box::new(index))
            }
            Kind::Devpi => {
                let devpi = Devpi::start(tools);
                let (index, relay) = Watched::new(devpi.index("soak"));
                (Self::Relay { relay, _server: Some(devpi) }, Box::new(index))
            }
        }
    }

    /// How often each file has been sent, arrived or not.
    pub(super) fn sends(&self) -> BTreeMap<String, usize> {
        let files = match self {
            Self::Relay { relay, .. } => relay.uploads(),
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
