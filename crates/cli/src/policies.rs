//! Where the configuration comes from: a file of the work tree, or the same file as a commit holds it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use releasekit_config::{Configuration, check_ecosystems, check_names, check_propagation};
use releasekit_core::event::{Event, Reporter, Silent};
use releasekit_core::model::{EcosystemLabel, PackageId, RepoPath};
use releasekit_core::policy::{EcosystemPolicy, ForgePolicy, PackagePolicy, Policy, PublishPolicy};
use releasekit_core::{BackendError, Ecosystem, Tree};
use releasekit_engine::PolicySource;
use releasekit_engine::discover::Discovery;

use crate::error::{Error, Result};

/// The configuration file of a repository.
pub(crate) const FILE: &str = "releasekit.toml";

/// The configuration of the work tree, and how to find that of a commit.
#[derive(Debug)]
pub(crate) struct ConfigPolicies {
    current: Configuration,
    /// The file's path in the repository; `None` where there is no file, or it lies outside.
    path: Option<RepoPath>,
    /// Where it is on disk; `None` where no file was wanted.
    file: Option<PathBuf>,
    reporter: Arc<dyn Reporter>,
    warned: AtomicBool,
}

impl ConfigPolicies {
    /// Reads the file that the user named, from the folder it was named in, or none, or the one at the root. A file inside
    /// of the repository is read as all its files are: no link leads out of it.
    pub(crate) fn read(named: Option<&OsStr>, folder: &Path, root: &Path, tree: &dyn Tree) -> Result<Self> {
        if named == Some(OsStr::new("none")) {
            return Ok(Self::new(Configuration::default_for_no_file(), None));
        }
        let file = named.map_or_else(|| root.join(FILE), |name| folder.join(name));
        let shown = named.map_or_else(|| FILE.to_owned(), |name| name.to_string_lossy().into_owned());
        let path = inside(&file, root);
        let content = match &path {
            Some(path) => from_tree(path, root, tree),
            None => plain_file(&file).map_err(|error| error.to_string()),
        };
        let current = match content {
            Ok(Some(bytes)) => parse(&shown, &bytes)?,
            Ok(None) if named.is_some() => return Err(Error::ConfigMissing { path: shown }),
            Ok(None) => Configuration::default_for_no_file(),
            Err(why) => return Err(Error::ConfigUnreadable { path: shown, why }),
        };
        Ok(Self { file: Some(file), ..Self::new(current, path) })
    }

    fn new(current: Configuration, path: Option<RepoPath>) -> Self {
        Self { current, path, file: None, reporter: Arc::new(Silent), warned: AtomicBool::new(false) }
    }

    /// Warns here.
    pub(crate) fn with_reporter(mut self, reporter: Arc<dyn Reporter>) -> Self {
        self.reporter = reporter;
        self
    }

    /// Changes what the work tree says of publishing and of the forge, as options of a command do.
    pub(crate) fn with_options(mut self, change: impl FnOnce(&mut PublishPolicy, &mut ForgePolicy)) -> Self {
        let Policy { publish, forge, .. } = &mut self.current.policy;
        change(publish, forge);
        self
    }

    /// The configuration of the work tree.
    pub(crate) fn configuration(&self) -> &Configuration {
        &self.current
    }

    /// Checks the file against what was discovered: every wrong name is reported, at its place, and what contradicts how
    /// packages require each other.
    pub(crate) fn check(&self, discovery: &Discovery, ecosystems: &[Ecosystem]) -> Result<()> {
        let known: Vec<(&str, &str)> = ecosystems.iter().map(|it| (it.ecosystem, it.label)).collect();
        let labels: Vec<EcosystemLabel> = discovery.workspaces.iter().map(|root| root.label.clone()).collect();
        let packages: Vec<PackageId> = discovery.members.iter().map(|member| member.id.clone()).collect();
        let normalize = |label: &EcosystemLabel, name: &str| {
            let workspace = discovery.workspaces.iter().find(|root| root.label == *label);
            workspace.map_or_else(|| name.to_owned(), |root| root.files().normalize(name))
        };
        let mut errors = check_ecosystems(&self.current, &known, &labels);
        errors.extend(check_names(&self.current, &packages, &normalize));
        errors.extend(check_propagation(&self.current, &discovery.pinned_exactly()));
        releasekit_config::Error::together(errors).map_or(Ok(()), |error| Err(error.into()))
    }

    /// Warns, once, where the commit's configuration is another one.
    fn warn_of_difference(&self, used: &Policy) {
        if *used == self.current.policy || self.warned.swap(true, Ordering::Relaxed) {
            return;
        }
        self.reporter.report(Event::Warning {
            code: None,
            message: "the configuration of the work tree differs from the one in the commit that is worked on"
                .to_owned(),
            help: Some(
                "the commit's counts, but `[publish]`, `[forge]` and URLs are taken from the work tree".to_owned(),
            ),
        });
    }
}

impl PolicySource for ConfigPolicies {
    fn current(&self) -> Policy {
        self.current.policy.clone()
    }

    fn files(&self) -> Vec<PathBuf> {
        self.file.iter().cloned().collect()
    }

    fn at(&self, tree: &dyn Tree) -> releasekit_engine::Result<Policy> {
        let Some(path) = &self.path else { return Ok(self.current()) };
        let committed = match tree.read(path)? {
            Some(bytes) => parse(&format!("{path} (as committed)"), &bytes).map_err(into_backend)?.policy,
            None => Policy::default(),
        };
        let used = overlaid(committed, &self.current.policy);
        self.warn_of_difference(&used);
        Ok(used)
    }
}

fn into_backend(error: Error) -> BackendError {
    match error {
        Error::Config(error) => error.into(),
        other => BackendError::from_diagnostic(other),
    }
}

/// What a file of the repository holds; `None` where there is none, and why it cannot be read.
fn from_tree(path: &RepoPath, root: &Path, tree: &dyn Tree) -> std::result::Result<Option<Vec<u8>>, String> {
    let content = tree.read(path).map_err(|error| error.to_string())?;
    // The tree knows plain files only; what else there is may not be taken for nothing.
    if content.is_none() && path.on_disk(root).symlink_metadata().is_ok() {
        return Err(NO_FILE.to_owned());
    }
    Ok(content)
}

/// What a plain file holds, as far as a configuration may be long; `None` where there is none. Nothing waits here for a
/// pipe, and nothing is read from a device.
fn plain_file(file: &Path) -> io::Result<Option<Vec<u8>>> {
    match file.metadata() {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(io::Error::other(NO_FILE)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut content = Vec::new();
    let longest = releasekit_config::LONGEST as u64 + 1;
    std::fs::File::open(file)?.take(longest).read_to_end(&mut content)?;
    Ok(Some(content))
}

const NO_FILE: &str = "it is no plain file";

fn parse(path: &str, bytes: &[u8]) -> Result<Configuration> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Error::ConfigUnreadable { path: path.to_owned(), why: format!("it is not UTF-8: {error}") })?;
    Ok(releasekit_config::parse(path, text)?)
}

/// The path of a file from the repository root, where it lies inside, or would but for a link above it that leads out.
fn inside(file: &Path, root: &Path) -> Option<RepoPath> {
    let root = root.canonicalize().ok()?;
    let below = |file: &Path| RepoPath::new(file.strip_prefix(&root).ok()?.to_str()?).ok();
    let real = || Some(file.parent()?.canonicalize().ok()?.join(file.file_name()?));
    real().and_then(|real| below(&real)).or_else(|| below(file))
}

/// A commit's configuration with publishing, the forge and URLs as the work tree says them, so that they can be mended afterwards.
fn overlaid(mut committed: Policy, current: &Policy) -> Policy {
    committed.publish = current.publish.clone();
    committed.forge = current.forge.clone();
    committed.registries = current.registries.clone();
    overlay(&mut committed.ecosystems, &current.ecosystems, ecosystem_urls);
    overlay(&mut committed.packages, &current.packages, package_urls);
    committed
}

/// Lays entries over each other; an entry that only the work tree has counts where it says a URL.
fn overlay<K: Ord + Clone, V: Default + Clone>(
    committed: &mut BTreeMap<K, V>,
    current: &BTreeMap<K, V>,
    urls: fn(Option<&V>, &V) -> Option<V>,
) {
    let keys: BTreeSet<K> = committed.keys().chain(current.keys()).cloned().collect();
    for key in keys {
        let now = current.get(&key).cloned().unwrap_or_default();
        if let Some(laid) = urls(committed.get(&key), &now) {
            committed.insert(key, laid);
        }
    }
}

fn ecosystem_urls(committed: Option<&EcosystemPolicy>, now: &EcosystemPolicy) -> Option<EcosystemPolicy> {
    let EcosystemPolicy { ecosystem, workspace_root, registry_url, publish_url, observe_url, .. } = now.clone();
    let says_any = registry_url.is_some() || publish_url.is_some() || observe_url.is_some();
    // Which workspace is meant has to be known for the URLs to be anybody's.
    let alone = || EcosystemPolicy { ecosystem, workspace_root, ..EcosystemPolicy::default() };
    let base = committed.cloned().or_else(|| says_any.then(alone))?;
    Some(EcosystemPolicy { registry_url, publish_url, observe_url, ..base })
}

fn package_urls(committed: Option<&PackagePolicy>, now: &PackagePolicy) -> Option<PackagePolicy> {
    let PackagePolicy { registry_url, publish_url, registries, .. } = now.clone();
    let says_any = registry_url.is_some() || publish_url.is_some() || !registries.is_empty();
    let base = committed.cloned().or_else(|| says_any.then(PackagePolicy::default))?;
    Some(PackagePolicy { registry_url, publish_url, registries, ..base })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use releasekit_core::Diagnostic;
    use releasekit_core::policy::Stale;
    use releasekit_core::tree::MemoryTree;

    use super::*;

    #[derive(Debug, Default)]
    struct Heard(Mutex<Vec<Event>>);

    impl Reporter for Heard {
        fn report(&self, event: Event) {
            self.0.lock().expect("no test panics here").push(event);
        }
    }

    fn tree(text: &str) -> MemoryTree {
        MemoryTree::new([(RepoPath::new(FILE).expect("legal"), text)])
    }

    fn policies(current: &str) -> (ConfigPolicies, Arc<Heard>) {
        let heard = Arc::new(Heard::default());
        let configuration = releasekit_config::parse(FILE, current).expect("a legal configuration");
        let policies = ConfigPolicies::new(configuration, Some(RepoPath::new(FILE).expect("legal")));
        (policies.with_reporter(heard.clone()), heard)
    }

    #[test]
    fn a_commits_own_configuration_counts_but_for_publishing_and_urls() {
        let (policies, heard) = policies(
            "stale = \"warn\"\n[publish]\nconcurrency = 2\n[ecosystems.py]\nworkspace_root = \"py\"\n\
             registry_url = \"http://127.0.0.1:1/simple/\"\n[packages.a]\npublish_url = \"http://127.0.0.1:1/\"\n\
             release = \"none\"\n[packages.b]\nregistries = [\"house\"]\n\
             [registries.house]\nregistry_url = \"http://127.0.0.1:2/\"\n[forge]\nkind = \"house\"\n",
        );
        let committed = "[publish]\nconcurrency = 7\n[forge]\nkind = \"other\"\n";
        let policy = policies.at(&tree(committed)).expect("a legal configuration");
        assert_eq!(policy.forge.kind.as_deref(), Some("house"));
        assert_eq!((policy.stale, policy.publish.concurrency), (Stale::Error, 2));
        let python = &policy.ecosystems[&EcosystemLabel::new("py")];
        assert_eq!(python.registry_url.as_deref(), Some("http://127.0.0.1:1/simple/"));
        assert_eq!(python.workspace_root.as_ref().map(RepoPath::as_str), Some("py"));
        let package = &policy.packages["a"];
        assert_eq!((package.publish_url.as_deref(), package.release), (Some("http://127.0.0.1:1/"), None));
        assert_eq!(policy.packages["b"].registries, ["house"]);
        assert_eq!(policy.registries["house"].registry_url.as_deref(), Some("http://127.0.0.1:2/"));
        policies.at(&tree("")).expect("a legal configuration");
        assert_eq!(heard.0.lock().expect("no test panics here").len(), 1, "the difference is said once");
    }

    #[test]
    fn what_the_work_tree_took_back_is_taken_back() {
        let (policies, heard) = policies("[ecosystems.py]\npin = \"exact\"\n");
        let committed = "[ecosystems.py]\npin = \"exact\"\npublish_url = \"http://127.0.0.1:1/\"\n";
        let policy = policies.at(&tree(committed)).expect("a legal configuration");
        assert_eq!(policy.ecosystems[&EcosystemLabel::new("py")].publish_url, None);
        assert!(heard.0.lock().expect("no test panics here").is_empty());
    }

    #[test]
    fn errors_of_a_committed_configuration_say_that_they_are_committed() {
        let (policies, _) = policies("");
        let error = policies.at(&tree("sing = 1\n")).expect_err("an unknown key");
        assert_eq!(error.code(), releasekit_config::UNKNOWN_KEY);
        assert_eq!(error.labels()[0].path, "releasekit.toml (as committed)");
    }

    /// A folder on disk, and what a tree over it says of the file.
    fn read(folder: &Path, named: Option<&str>, tree: &dyn Tree) -> Result<ConfigPolicies> {
        ConfigPolicies::read(named.map(OsStr::new), folder, folder, tree)
    }

    fn unreadable(found: Result<ConfigPolicies>) -> String {
        let error = found.expect_err("it is no configuration");
        assert_eq!(error.code(), crate::codes::CONFIG_UNREADABLE, "{error}");
        error.to_string()
    }

    #[test]
    fn what_is_no_plain_file_is_no_configuration() {
        let folder = tempfile::tempdir().expect("writable");
        let root = folder.path().canonicalize().expect("it is there");
        let empty = MemoryTree::default();
        assert!(read(&root, None, &empty).is_ok(), "no file means the defaults");
        std::fs::create_dir(root.join(FILE)).expect("writable");
        for named in [None, Some(FILE)] {
            assert!(unreadable(read(&root, named, &empty)).ends_with("it is no plain file"));
        }
        let elsewhere = tempfile::tempdir().expect("writable");
        let pipe = elsewhere.path().join("pipe");
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).expect("writable");
        for file in [pipe.as_path(), Path::new("/dev/zero"), elsewhere.path()] {
            let found = read(&root, file.to_str(), &empty);
            assert!(unreadable(found).contains("it is no plain file"), "{}", file.display());
        }
        let long = elsewhere.path().join("long");
        std::fs::File::create(&long).and_then(|file| file.set_len(1 << 40)).expect("sparse");
        let error = read(&root, long.to_str(), &empty).expect_err("too long");
        assert_eq!(error.code(), releasekit_config::TOO_LONG);
        assert!(matches!(read(&root, Some("absent"), &empty), Err(Error::ConfigMissing { .. })));
    }

    #[derive(Debug)]
    struct LeadsOut;

    impl Tree for LeadsOut {
        fn read(&self, path: &RepoPath) -> releasekit_core::Result<Option<Vec<u8>>> {
            let message = format!("`{path}` is a link that leads out of the repository");
            Err(BackendError::new(
                releasekit_core::Code::new("RK-TEST", releasekit_core::ErrorKind::Precondition),
                message,
            ))
        }

        fn files(&self) -> releasekit_core::Result<Arc<[RepoPath]>> {
            Ok(Arc::default())
        }
    }

    #[test]
    fn a_configuration_in_the_repository_is_read_as_its_files_are() {
        let folder = tempfile::tempdir().expect("writable");
        let root = folder.path().canonicalize().expect("it is there");
        std::os::unix::fs::symlink("/etc", root.join("etc")).expect("writable");
        for (named, path) in [(None, FILE), (Some("etc/passwd"), "etc/passwd"), (Some("./etc/../x"), "x")] {
            let said = unreadable(read(&root, named, &LeadsOut));
            assert!(said.contains(&format!("`{path}` is a link that leads out")), "{said}");
        }
    }

    #[test]
    fn without_a_file_in_the_repository_the_work_tree_counts() {
        let policies = ConfigPolicies::new(Configuration::default_for_no_file(), None);
        assert_eq!(policies.at(&tree("sing = 1\n")).expect("not read"), Policy::default());
    }
}
