//! A registry over crates.io, with a home and a folder for what is built that last from run to run.
//!
//! What others published comes from the files that cargo has on this machine, which are only read; what is not there comes from
//! crates.io. Cargo knows what it has built by the address that it came from, so the registry has the same one in every run.

#![expect(clippy::disallowed_methods, reason = "what cargo has on this machine is found as cargo finds it")]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use releasekit_core::{Environment, Secret};
use releasekit_formats::cargo::name::index_path;
use releasekit_rehearsal::cargo::{Options, Server};

/// Who may publish.
pub(super) const TOKEN: &str = "rk-secret-token-1";

/// What others published.
const CRATES_IO: &str = "sparse+https://index.crates.io/";

/// The lockfiles that name what others published.
const LOCKFILES: &[&str] = &["Cargo.lock", "docs/examples/Cargo.lock", "tests/fuzz/Cargo.lock"];

/// How the names of our own crates begin.
const OURS: &str = "releasekit";

/// The versions that a lockfile names, by crate.
type Locked = BTreeMap<String, BTreeSet<String>>;

pub(super) struct Overlay {
    registry: Server,
    /// It answers as long as it is there.
    _behind: Server,
    folder: PathBuf,
}

impl Overlay {
    /// For a release of the workspace in this folder.
    #[track_caller]
    pub(super) fn over_crates_io(workspace: &Path) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dogfood");
        let (behind, missing) = others(workspace);
        let options = Options::default().with_owner("rk", Secret::new(TOKEN));
        let options = options.with_upstream(behind.read_url(), Environment::new());
        // Where the port is taken, all is built once more.
        let same = Server::start(options.clone().with_port(port(&folder)));
        let registry = same.or_else(|_| Server::start(options)).expect("loopback has a free port");
        require(&registry, missing.first());
        let overlay = Self { registry, _behind: behind, folder };
        overlay.forget_ours();
        overlay.configure();
        overlay
    }

    pub(super) fn registry(&self) -> &Server {
        &self.registry
    }

    /// The home of cargo.
    pub(super) fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// Where programs are built that are installed.
    pub(super) fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    /// Whatever is said to come from crates.io comes from the registry.
    fn configure(&self) {
        let index = self.registry.index_url();
        let text =
            format!("[source.crates-io]\nreplace-with = \"overlay\"\n\n[source.overlay]\nregistry = \"{index}\"\n");
        fs::create_dir_all(self.home()).expect("the target folder is writable");
        fs::write(self.home().join("config.toml"), text).expect("the target folder is writable");
    }

    /// A version that is published once more is another one here, and cargo expects it to be the same.
    fn forget_ours(&self) {
        let registry = self.home().join("registry");
        let sources = ["cache", "src"].map(|part| entries(&registry.join(part))).concat();
        let built = self.target().join("debug/.fingerprint");
        for path in sources.iter().flat_map(|source| entries(source)).chain(entries(&built)) {
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(OURS)) {
                let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                removed.expect("the target folder is writable");
            }
        }
    }
}

/// crates.io, of which this machine has what lockfiles name; and the names that it does not have.
fn others(workspace: &Path) -> (Server, Vec<String>) {
    let environment = env::vars_os().collect();
    let behind = Server::start(Options::default().with_upstream(CRATES_IO, environment)).expect("a port is free");
    let caches = entries(&home().join("registry/cache"));
    let mut missing = Vec::new();
    for (name, versions) in locked(workspace) {
        let find = |version: &String| caches.iter().find_map(|cache| file(cache, &name, version));
        match versions.iter().map(find).collect::<Option<Vec<PathBuf>>>() {
            None => missing.push(name),
            Some(files) => files.iter().for_each(|file| put(&behind, file)),
        }
    }
    (behind, missing)
}

/// Fails where something is missing here and crates.io cannot be asked.
#[track_caller]
fn require(registry: &Server, missing: Option<&String>) {
    let Some(name) = missing else { return };
    let url = format!("{}{}", registry.read_url(), index_path(name));
    let answer = releasekit_testkit::get(&url, &[]).expect("the registry answers");
    assert!(answer.status == 200, "cargo has no `{name}` on this machine, and crates.io: {}", answer.text());
}

/// Where cargo has its files on this machine.
fn home() -> PathBuf {
    let named = env::var_os("CARGO_HOME").map(PathBuf::from);
    named.or_else(|| Some(env::home_dir()?.join(".cargo"))).expect("who runs cargo has a home")
}

fn file(cache: &Path, name: &str, version: &str) -> Option<PathBuf> {
    let path = cache.join(format!("{name}-{version}.crate"));
    path.is_file().then_some(path)
}

fn put(registry: &Server, file: &Path) {
    let name = file.file_name().and_then(|name| name.to_str()).expect("it was found by its name");
    let bytes = fs::read(file).expect("cargo keeps what can be read");
    registry.put(name, bytes).expect("it is a crate");
}

/// What lockfiles name that comes from crates.io.
fn locked(workspace: &Path) -> Locked {
    let mut found = Locked::new();
    for lockfile in LOCKFILES {
        let text = fs::read_to_string(workspace.join(lockfile)).expect("it is tracked");
        for package in text.split("[[package]]").filter(|package| package.contains("\nsource = ")) {
            let value = |key: &str| package.lines().find_map(|line| line.strip_prefix(key)?.split('"').nth(1));
            let (name, version) = value("name = ").zip(value("version = ")).expect("cargo writes both");
            found.entry(name.to_owned()).or_default().insert(version.to_owned());
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// A port that is always the same for a folder, below those that systems give out.
fn port(folder: &Path) -> u16 {
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    20_000 + u16::try_from(hasher.finish() % 10_000).expect("it is below 10,000")
}
