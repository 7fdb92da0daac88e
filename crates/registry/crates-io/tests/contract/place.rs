//! The registries under test.

use std::fmt;

use releasekit_core::Secret;
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_testkit::Tools;
use releasekit_testkit::servers::Ferro;

/// The token with which [`Place`]s that ask for one take crates.
pub(crate) const TOKEN: &str = "tokenA";

/// A registry that is empty at first.
pub(crate) trait Place: fmt::Debug {
    /// The index, as cargo's settings name it.
    fn index_url(&self) -> String;
    /// Where its API is.
    fn api_url(&self) -> String;
}

/// A kind of registry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// Whether it is installed, or says that it is skipped.
    pub(crate) is_there: fn(&Tools) -> bool,
    pub(crate) start: fn(&Tools) -> Box<dyn Place>,
}

/// Every kind.
pub(crate) const TABLE: &[Kind] = &[
    Kind { name: "rehearsal", is_there: |_| true, start: |_| ours(Options::default()) },
    Kind {
        name: "rehearsal_with_tokens",
        is_there: |_| true,
        start: |_| ours(Options::default().with_owner("ann", Secret::new(TOKEN)).with_auth_required()),
    },
    Kind { name: "ferro", is_there: |tools| tools.require_cargo_registry().is_some(), start: ferro },
];

fn ours(options: Options) -> Box<dyn Place> {
    Box::new(Server::start(options).expect("loopback has a free port"))
}

fn ferro(tools: &Tools) -> Box<dyn Place> {
    let program = tools.cargo_registry().expect("it is skipped where it is not there");
    Box::new(Ferro::start(tools, &program))
}

impl Place for Server {
    fn index_url(&self) -> String {
        self.index_url()
    }

    fn api_url(&self) -> String {
        self.url().to_owned()
    }
}

impl Place for Ferro {
    fn index_url(&self) -> String {
        self.index_url()
    }

    fn api_url(&self) -> String {
        self.url().to_owned()
    }
}
