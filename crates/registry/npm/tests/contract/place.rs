//! The registries under test.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use releasekit_core::Secret;
use releasekit_formats::npm::name::file_name;
use releasekit_rehearsal::npm::{Options, Server};
use releasekit_testkit::servers::{TOKEN, Verdaccio};
use releasekit_testkit::{JavaScript, Tools};

/// A registry that knows nothing yet of a package that nobody else publishes.
pub(crate) trait Place: fmt::Debug {
    /// Where it is, with a slash at the end.
    fn url(&self) -> String;
    /// Where the names of a package point.
    fn points(&self, package: &str) -> BTreeMap<String, String>;
    /// The sha256 of each file of a package, by the version.
    fn stored(&self, package: &str) -> BTreeMap<String, String>;
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
    Kind { name: "verdaccio", start: |(tools, js)| Box::new(verdaccio(tools, js)) },
];

fn ours(options: Options) -> Box<dyn Place> {
    Box::new(Server::start(options).expect("loopback has a free port"))
}

/// One for all tests, for it takes seconds to start. It ends with the process.
fn verdaccio(tools: &Tools, js: &JavaScript) -> &'static Verdaccio {
    static SHARED: OnceLock<Verdaccio> = OnceLock::new();
    SHARED.get_or_init(|| Verdaccio::start(tools, js))
}

impl Place for Server {
    fn url(&self) -> String {
        self.registry_url()
    }

    fn points(&self, package: &str) -> BTreeMap<String, String> {
        self.tags(package)
    }

    fn stored(&self, package: &str) -> BTreeMap<String, String> {
        let start = file_name(package, "").replace(".tgz", "");
        let version = |name: &str| name.trim_start_matches(&start).trim_end_matches(".tgz").to_owned();
        let files = self.files().into_iter().filter(|(file, _)| file.package == package);
        files.map(|(file, sha256)| (version(&file.name), sha256)).collect()
    }
}

impl Place for &'static Verdaccio {
    fn url(&self) -> String {
        Verdaccio::url(self)
    }

    fn points(&self, package: &str) -> BTreeMap<String, String> {
        self.dist_tags(package)
    }

    fn stored(&self, package: &str) -> BTreeMap<String, String> {
        let files = Verdaccio::stored(self).into_iter().filter(|((name, _), _)| name == package);
        files.map(|((_, version), sha256)| (version, sha256)).collect()
    }
}
