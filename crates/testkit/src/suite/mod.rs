//! What backends promise, as cases that every one of them is held to.
//!
//! A suite is a table of [`Case`]s over a world: a backend with what it needs around it, fresh for each case. A case asks
//! the backend for its capabilities and holds it to what it says: flag on, the behaviour is there; flag off, the operation is
//! `Unsupported` and nothing changed. In what servers differ is data of their world. A case ends with the promise that was
//! broken; for each there is a backend in [`broken`](crate::broken) that fails it and no other.
//!
//! ```no_run
//! # struct World;
//! # impl World { fn open() -> Self { Self } }
//! # const CASES: &[releasekit_testkit::suite::Case<World>] = &[];
//! use releasekit_testkit::suite;
//!
//! // A test target with `harness = false`:
//! fn main() -> std::process::ExitCode {
//!     suite::run(suite::trials("mine", CASES, World::open))
//! }
//! ```

pub mod forge;
pub mod package_manager;
pub mod registry;
pub mod requirements;
pub mod scheme;
pub mod vcs;
pub mod workspace;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::{Builder, Runtime};

/// The promise that was broken, where one was.
pub type Kept = Result<(), String>;

/// A case that runs.
pub type Running<'a> = Pin<Box<dyn Future<Output = Kept> + 'a>>;

/// One promise; [`cases!`](crate::cases) makes a table of them.
pub struct Case<W> {
    /// What is held, as the name of a test.
    pub name: &'static str,
    /// The capability by which it is held one way or the other; `None` where the promise is everybody's.
    pub capability: Option<&'static str>,
    run: fn(&W) -> Running<'_>,
}

impl<W> Case<W> {
    /// A case of this name, which a capability decides.
    pub const fn new(name: &'static str, capability: Option<&'static str>, run: fn(&W) -> Running<'_>) -> Self {
        Self { name, capability, run }
    }

    /// Holds the backend of a fresh world to the promise.
    pub fn hold(&self, open: impl FnOnce() -> W) -> Kept {
        let runtime = runtime();
        // Backends may be opened where a runtime is entered; what opens them may run one of its own.
        let world = {
            let _entered = runtime.enter();
            open()
        };
        runtime.block_on((self.run)(&world))
    }
}

impl<W> Clone for Case<W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<W> Copy for Case<W> {}

impl<W> fmt::Debug for Case<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.name).field("capability", &self.capability).finish_non_exhaustive()
    }
}

/// A table of cases from asynchronous functions that take a world and end with [`Kept`]: `name`, or `name by capability`.
#[macro_export]
macro_rules! cases {
    ($($name:ident $(by $capability:ident)?),+ $(,)?) => {
        &[$($crate::suite::Case::new(
            stringify!($name),
            $crate::cases!(@capability $($capability)?),
            |world| Box::pin($name(world)),
        )),+]
    };
    (@capability) => { None };
    (@capability $capability:ident) => { Some(stringify!($capability)) };
}

/// The cases as tests named `backend::case`, each in a world of its own.
pub fn trials<W: 'static>(
    backend: &str,
    cases: &'static [Case<W>],
    open: impl Fn() -> W + Clone + Send + 'static,
) -> Vec<Trial> {
    let trial = |case: &Case<W>| {
        let (case, open) = (*case, open.clone());
        Trial::test(format!("{backend}::{}", case.name), move || case.hold(open).map_err(Failed::from))
    };
    cases.iter().map(trial).collect()
}

/// Runs tests as the command line says, which is that of every test target.
pub fn run(trials: Vec<Trial>) -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// The names of the cases that a backend fails.
pub fn failed<W>(cases: &[Case<W>], open: impl Fn() -> W) -> Vec<&'static str> {
    cases.iter().filter(|case| case.hold(&open).is_err()).map(|case| case.name).collect()
}

/// What breaks a promise, and the cases that it fails: one, or all that hold a capability about which it lies.
pub type Caught<L> = (L, &'static [&'static str]);

/// Backends that break a promise each, as tests: each fails the cases beside it and no other, and for every case there is one
/// that fails it alone.
pub fn bites<W: 'static, L: Copy + fmt::Debug + Send + Sync + 'static>(
    suite: &str,
    cases: &'static [Case<W>],
    caught: &'static [Caught<L>],
    open: impl Fn(L) -> W + Clone + Send + 'static,
) -> Vec<Trial> {
    let complete = Trial::test(format!("{suite}::broken::every_case_bites"), move || {
        let missing: Vec<_> = cases.iter().map(|case| case.name).filter(|name| !is_caught(caught, name)).collect();
        held(missing.is_empty(), format!("nothing fails {missing:?}")).map_err(Failed::from)
    });
    let bite = |(lie, expected): &Caught<L>| {
        let (lie, expected, open) = (*lie, *expected, open.clone());
        Trial::test(format!("{suite}::broken::{lie:?}"), move || {
            let failed = failed(cases, || open(lie));
            held(failed == expected, format!("it fails {failed:?}, not {expected:?}")).map_err(Failed::from)
        })
    };
    caught.iter().map(bite).chain([complete]).collect()
}

fn is_caught<L>(caught: &[Caught<L>], name: &str) -> bool {
    caught.iter().any(|(_, cases)| *cases == [name])
}

/// Says which promise was broken, where it was.
pub fn held(is_held: bool, promise: impl Into<String>) -> Kept {
    if is_held { Ok(()) } else { Err(promise.into()) }
}

/// Says what was found and what was expected, where they differ.
pub fn same<T: PartialEq<U> + fmt::Debug, U: fmt::Debug>(found: T, expected: U, promise: &str) -> Kept {
    held(found == expected, format!("{promise}: {found:?} in place of {expected:?}"))
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be made")
}
