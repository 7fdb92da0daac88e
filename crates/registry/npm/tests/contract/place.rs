//! The registries under test.

use std::collections::BTreeMap;
use std::fmt;

use releasekit_core::Secret;
use releasekit_rehearsal::npm::{Options, Server};
use releasekit_testkit::servers::{TOKEN, Verdaccio};
use releasekit_testkit::{JavaScript, Tools};

/// A registry that is empty at first.
pub(crate) trait Place: fmt::Debug {
    /// Where it is, with a slash at the end.
    fn url(&self) -> String;
    /// Where the names of a package point.
    fn points(&self, package: &str) -> BTreeMap<String, String>;
    /// The sha256 of each file, by the version.
    fn stored(&self) -> BTreeMap<String, String>;
}

/// A kind of registry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) start: fn(&(Tools, JavaScript)) -> Box<dyn Place>,
}

/// Every kind.
pub(crate) const TABLE: &[Kind] = &[
    Kind { name: "rehearsal", start: |_| ours(Options::default()) },
    Kind {
        name: "rehearsal_with_tokens",
        start: |_| ours(Options::default().with_publisher("ann", Secret::new(TOKEN))),
    },
    Kind { name: "verdaccio", start: |(tools, js)| Box::new(Verdaccio::start(tools, js)) },
];

fn ours(options: Options) -> Box<dyn Place> {
    Box::new(Server::start(options).expect("loopback has a free port"))
}

impl Place for Server {
    fn url(&self) -> String {
        self.registry_url()
    }

    fn points(&self, package: &str) -> BTreeMap<String, String> {
        self.tags(package)
    }

    fn stored(&self) -> BTreeMap<String, String> {
        let version = |name: &str| name.rsplit_once("demo-").expect("it is the package's").1.replace(".tgz", "");
        self.files().into_iter().map(|(file, sha256)| (version(&file.name), sha256)).collect()
    }
}

impl Place for Verdaccio {
    fn url(&self) -> String {
        self.url()
    }

    fn points(&self, package: &str) -> BTreeMap<String, String> {
        self.dist_tags(package)
    }

    fn stored(&self) -> BTreeMap<String, String> {
        self.stored().into_iter().map(|((_, version), sha256)| (version, sha256)).collect()
    }
}
