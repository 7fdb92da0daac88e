//! The indexes under test, and in what they differ.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use releasekit_core::Secret;
use releasekit_rehearsal::pypi::{Options, Pages, Server};
use releasekit_testkit::servers::{Devpi, DevpiIndex, PASSWORD, PypiServer, USERNAME};
use releasekit_testkit::{Tools, sha256};

/// An index that is empty at first, to which [`USERNAME`] may upload with [`PASSWORD`].
pub(crate) trait Index {
    /// Where uploads go.
    fn upload_url(&self) -> String;
    /// The simple index.
    fn simple_url(&self) -> String;
    /// The sha256 of each file that it stores, by its name.
    fn stored(&self) -> BTreeMap<String, String>;
    /// Withdraws a file; `false` where the index has no such thing, or none that it lists.
    fn withdraw(&self, _file: &str) -> bool {
        false
    }
}

/// A kind of index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) start: fn(&Tools) -> Box<dyn Index>,
    /// Whether the pages tell digests.
    pub(crate) digests: bool,
    /// Whether the pages tell sizes.
    pub(crate) sizes: bool,
    /// The status of an upload of what is there already; `None` where it succeeds.
    pub(crate) same_bytes: Option<u16>,
    /// The status of an upload of other bytes under a name that is there already.
    pub(crate) other_bytes: u16,
    /// The status of an upload with a wrong password.
    pub(crate) wrong_password: u16,
    /// Whether it refuses before it has read the file, so that the client may see a broken pipe instead of the status.
    pub(crate) refuses_early: bool,
    /// Whether it stores and lists what has arrived of an upload that breaks off.
    pub(crate) keeps_partial_uploads: bool,
}

const PYPI: Kind = Kind {
    name: "rehearsal",
    start: |_| ours(Options::default()),
    digests: true,
    sizes: true,
    same_bytes: None,
    other_bytes: 400,
    wrong_password: 403,
    refuses_early: false,
    keeps_partial_uploads: false,
};

/// Every kind, with what is to be expected of it.
pub(crate) const TABLE: &[Kind] = &[
    PYPI,
    Kind {
        name: "rehearsal_html",
        start: |_| ours(Options::default().with_pages(Pages::Html).with_partial_uploads()),
        sizes: false,
        keeps_partial_uploads: true,
        ..PYPI
    },
    Kind {
        name: "rehearsal_without_digests",
        start: |_| ours(Options::default().with_pages(Pages::HtmlWithoutDigests)),
        digests: false,
        sizes: false,
        ..PYPI
    },
    Kind {
        name: "pypiserver",
        start: |tools| Box::new(PypiServer::start(tools)),
        sizes: false,
        same_bytes: Some(409),
        other_bytes: 409,
        refuses_early: true,
        keeps_partial_uploads: true,
        ..PYPI
    },
    Kind { name: "devpi", start: devpi, sizes: false, other_bytes: 409, wrong_password: 401, ..PYPI },
];

fn ours(options: Options) -> Box<dyn Index> {
    let options = options.with_login(USERNAME, Secret::new(PASSWORD));
    Box::new(Server::start(options).expect("loopback has a free port"))
}

fn devpi(tools: &Tools) -> Box<dyn Index> {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let name = format!("index{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    Box::new(Devpi::shared(tools).index(&name))
}

macro_rules! index {
    ($($type:ty $({ $($more:item)+ })?),+) => {$(
        impl Index for $type {
            fn upload_url(&self) -> String {
                self.upload_url()
            }

            fn simple_url(&self) -> String {
                self.simple_url()
            }

            fn stored(&self) -> BTreeMap<String, String> {
                self.stored()
            }
            $($($more)+)?
        }
    )+};
}

index!(
    Server {
        fn withdraw(&self, file: &str) -> bool {
            self.withdraw(file)
        }
    },
    PypiServer,
    DevpiIndex
);

/// What an index stores once it has these files.
pub(crate) fn holding(files: &[&(String, Vec<u8>)]) -> BTreeMap<String, String> {
    files.iter().map(|(name, bytes)| (name.clone(), sha256(bytes))).collect()
}
