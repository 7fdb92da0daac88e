//! Releases a real uv workspace to devpi, whole and in two halves. No test of the suite, for it needs a repository that
//! somebody has fetched, and its packages need an index with the dependencies that they have on others.
//!
//! ```text
//! cargo run --release -p releasekit-e2e --example real_workspace -- REPOSITORY COMMIT PACKAGE [LEFT-OUT...]
//! ```
//!
//! `REPOSITORY` is a clone, bare or not, on this disk, from which nothing but objects is read. `PACKAGE` is changed by
//! the one commit that is added, and installed in the end; what is left out takes no part, for it cannot be built.
//! `UV_DEFAULT_INDEX`, proxies and certificates of the environment are passed on.
#![expect(clippy::panic, clippy::print_stdout, reason = "a program whose only user watches it")]
#![expect(clippy::disallowed_methods, reason = "it brings the environment and starts programs, as tests do")]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use releasekit_e2e::worlds::uv::{Uv, Venv};
use releasekit_e2e::{Registry, Running, Watched, World};
use releasekit_testkit::servers::{Devpi, PASSWORD, USERNAME};
use releasekit_testkit::{Ran, Sandbox, Snapshot, Tools, run};
use rustix::process::Signal;
use serde_json::Value;

const PASSED_ON: &[&str] =
    &["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_DIR", "SSL_CERT_FILE", "UV_DEFAULT_INDEX"];

fn main() -> ExitCode {
    let mut args = env::args_os();
    let name = args.next().map(PathBuf::from).unwrap_or_default();
    if name.file_name().is_some_and(|name| name == "releasekit") {
        return releasekit::Runner::new().main();
    }
    let args: Vec<String> = args.map(|arg| arg.to_string_lossy().into_owned()).collect();
    let [repository, commit, package, left_out @ ..] = args.as_slice() else {
        panic!("say REPOSITORY COMMIT PACKAGE");
    };
    let tools = Tools::find().unwrap_or_else(|| panic!("run `cargo xtask setup`"));
    let job = Job::begin(&tools, Path::new(repository), commit, left_out);
    job.add_a_commit(package);
    job.release_whole(Arc::new(Devpi::shared(&tools).index("whole")), package);
    job.publish_in_two_halves(Arc::new(Devpi::shared(&tools).index("halves")), package);
    ExitCode::SUCCESS
}

/// A copy of the repository with a bare remote.
struct Job {
    sandbox: Sandbox,
    left_out: Vec<String>,
    started: Instant,
}

impl Job {
    fn begin(tools: &Tools, repository: &Path, commit: &str, left_out: &[String]) -> Self {
        let mut sandbox = Sandbox::new()
            .with_tools(tools)
            .with_first("bin")
            .with_env("UV_PUBLISH_USERNAME", USERNAME)
            .with_env("UV_PUBLISH_PASSWORD", PASSWORD);
        for name in PASSED_ON {
            if let Some(value) = env::var_os(name) {
                sandbox = sandbox.with_env(name, value);
            }
        }
        let bin = sandbox.path().join("bin");
        fs::create_dir(&bin).expect("the sandbox is writable");
        symlink(env::current_exe().expect("it runs"), bin.join("releasekit")).expect("the sandbox is writable");
        let job = Self { sandbox, left_out: left_out.to_vec(), started: Instant::now() };
        job.fetch(repository, commit);
        job
    }

    /// Makes a bare remote whose `main` is the commit, with the tags that lead to it, and a clone of that.
    fn fetch(&self, repository: &Path, commit: &str) {
        let (remote, work) = (self.sandbox.remote(), self.sandbox.work());
        for folder in [&remote, &work] {
            fs::remove_dir_all(folder).expect("the sandbox is writable");
        }
        let root = self.sandbox.path().to_owned();
        let source = fs::canonicalize(repository).expect("the repository is there");
        let git = |folder: &Path, args: &[&str]| self.sandbox.try_git(folder, args);
        git(&root, &["clone", "--quiet", "--bare", "--local", &source.to_string_lossy(), "remote.git"]).ok();
        let merged = git(&remote, &["tag", "--merged", commit]).ok();
        let merged: BTreeSet<String> = merged.lines().map(|tag| format!("refs/tags/{tag}")).collect();
        let commit = git(&remote, &["rev-parse", &format!("{commit}^{{commit}}")]).ok();
        let all = git(&remote, &["for-each-ref", "--format=%(refname)"]).ok();
        let mut changes = format!("update refs/heads/main {commit}\n");
        for name in all.lines().filter(|name| !merged.contains(*name) && *name != "refs/heads/main") {
            changes.push_str(&format!("delete {name}\n"));
        }
        let list = self.sandbox.path().join("refs");
        fs::write(&list, changes).expect("the sandbox is writable");
        let list = fs::File::open(&list).expect("it was written");
        let mut update = self.sandbox.command("git");
        let updated = update.current_dir(&remote).args(["update-ref", "--stdin"]).stdin(list).status();
        assert!(updated.is_ok_and(|status| status.success()), "git sets refs");
        git(&remote, &["symbolic-ref", "HEAD", "refs/heads/main"]).ok();
        // A clone whose source lacks some files says so, and checks the others out.
        git(&root, &["clone", "--quiet", "--local", "--no-checkout", "remote.git", "work"]).ok();
        git(&work, &["checkout", "--quiet", "--force", "HEAD"]);
        self.say(&format!("{} tags lead to {commit}", merged.len()));
    }

    fn say(&self, text: &str) {
        println!("{:>6.1} s  {text}", self.started.elapsed().as_secs_f64());
    }

    fn git(&self, args: &[&str]) -> String {
        self.sandbox.git(args)
    }

    /// A feature in a package; files that the source lacks go with the same commit.
    fn add_a_commit(&self, package: &str) {
        let found = self.json(&["--config", "none", "discover", "--format", "json"]);
        let packages = found["packages"].as_array().expect("there are packages");
        let row = packages.iter().find(|row| row["name"] == package).unwrap_or_else(|| panic!("no `{package}`"));
        let path = row["path"].as_str().expect("a package has a path");
        let files = self.git(&["ls-files", "--", path]);
        let module = files.lines().find(|file| file.ends_with(".py")).expect("a package has a module");
        let text = format!("{}# Released by a test.\n", self.sandbox.read(module));
        self.sandbox.write(module, text);
        self.git(&["add", "--all"]);
        let gone = self.git(&["diff", "--cached", "--name-only", "--diff-filter=D"]).lines().count();
        self.git(&["commit", "--quiet", "--message", &format!("feat: change {package}")]);
        self.git(&["push", "--quiet", "origin", "main"]);
        self.say(&format!("{} packages; a commit changes {module}, and drops {gone} files", packages.len()));
    }

    fn releasekit(&self, folder: &Path, args: &[&str]) -> Ran {
        let ran = run(self.sandbox.command("releasekit").args(self.configured(args)).current_dir(folder));
        self.say(&format!("releasekit {} → {:?}", args.join(" "), ran.code));
        ran
    }

    fn json(&self, args: &[&str]) -> Value {
        let text = run(self.sandbox.command("releasekit").args(args)).ok();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    fn configured(&self, args: &[&str]) -> Vec<String> {
        let file = self.sandbox.path().join("releasekit.toml").to_string_lossy().into_owned();
        ["--config".to_owned(), file].into_iter().chain(args.iter().map(|arg| (*arg).to_owned())).collect()
    }

    fn use_index(&self, index: &dyn Registry) {
        let mut text = Uv.configuration(&index.read_url(), &index.upload_url());
        for name in &self.left_out {
            text.push_str(&format!("\n[packages.\"{name}\"]\nrelease = \"none\"\n"));
        }
        fs::write(self.sandbox.path().join("releasekit.toml"), text).expect("the sandbox is writable");
    }

    fn planned(&self) -> Vec<String> {
        let args = self.configured(&["plan", "--format", "json"]);
        let plan = self.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
        let rows = plan["packages"].as_array().expect("a plan has packages").iter();
        rows.filter(|row| row["status"] == "included").map(|row| row["name"].to_string()).collect()
    }

    /// prepare → squash → release → publish → install, then publish again from a clone without state.
    fn release_whole(&self, index: Arc<dyn Registry>, package: &str) {
        let (index, proxy) = Watched::new(index);
        self.use_index(index.as_ref());
        let planned = self.planned();
        assert!(planned.len() > 10, "{planned:?}");
        self.say(&format!("{} packages are planned", planned.len()));
        let work = self.sandbox.work();
        let before = Snapshot::of_checkout(&work);
        self.releasekit(&work, &["prepare"]).ok();
        before.assert_same(&Snapshot::of_checkout(&work));
        self.git(&["fetch", "--quiet", "origin"]);
        self.git(&["merge", "--quiet", "--squash", "origin/releasekit--release--main"]);
        self.git(&["commit", "--quiet", "--message", "chore: release"]);
        self.git(&["push", "--quiet", "origin", "main"]);
        let before = Snapshot::of_checkout(&work);
        self.releasekit(&work, &["release", "--yes"]).ok();
        let receipt = self.sandbox.path().join("receipt.json");
        self.releasekit(&work, &["publish", "--yes", "--receipt", &receipt.to_string_lossy()]).ok();
        before.assert_same(&Snapshot::of_checkout(&work));
        let receipt = fs::read_to_string(receipt).expect("the receipt is written");
        let stored = index.stored();
        assert_eq!(stored.len(), planned.len() * 2, "a wheel and an sdist of each: {stored:?}");
        assert!(stored.iter().all(|(file, digest)| receipt.contains(&file.name) && receipt.contains(digest)));
        assert_eq!(self.planned(), [""; 0], "right after a release nothing is planned");
        let sent = proxy.writes();
        assert_eq!(sent, stored.len(), "each file is sent once");
        self.releasekit(&work, &["publish", "--yes"]).ok();
        self.releasekit(&self.clone("second"), &["publish", "--yes"]).ok();
        assert_eq!((proxy.writes(), index.stored()), (sent, stored), "nothing is sent again");
        self.install(index.as_ref(), package);
    }

    /// A publish that is killed half way, and closed from a clone that knows nothing of it.
    fn publish_in_two_halves(&self, index: Arc<dyn Registry>, package: &str) {
        let (index, proxy) = Watched::new(index);
        self.use_index(index.as_ref());
        let all = self.planned_files();
        let mut command = self.sandbox.command("releasekit");
        command.args(self.configured(&["publish", "--yes"]));
        let mut first = Running::start(&mut command, self.sandbox.path().join("first"));
        first.until("half of it", |_| index.stored().len() * 2 >= all);
        first.signal(Signal::KILL);
        assert_eq!(first.wait().code, None);
        // What the killed run had begun to send arrives yet.
        std::thread::sleep(Duration::from_secs(3));
        let half = index.stored().len();
        self.say(&format!("killed with {half} of {all} files live"));
        assert!(half < all);
        self.releasekit(&self.clone("third"), &["publish", "--yes"]).ok();
        assert_eq!(index.stored().len(), all);
        let sent = proxy.writes();
        assert_eq!(sent, all, "each file is sent once");
        self.releasekit(&self.sandbox.work(), &["publish", "--yes"]).ok();
        assert_eq!(proxy.writes(), sent, "the first clone sees that all is live");
        self.install(index.as_ref(), package);
    }

    fn planned_files(&self) -> usize {
        let manifest = self.sandbox.read(".releasekit/manifest.json");
        let manifest: Value = serde_json::from_str(&manifest).expect("a manifest is JSON");
        manifest["packages"].as_array().expect("a manifest has packages").len() * 2
    }

    fn clone(&self, name: &str) -> PathBuf {
        let root = self.sandbox.path();
        self.sandbox.try_git(root, ["clone", "--quiet", "--local", "remote.git", name]).ok();
        root.join(name)
    }

    fn install(&self, index: &dyn Registry, package: &str) {
        let venv = Venv::new(&self.sandbox, "venv");
        venv.install(["--index", &index.read_url()], &[package]).ok();
        let (installed, own) = (venv.installed().versions, index.stored());
        let is_ours = |(name, version): &(&String, &String)| {
            let stem = format!("{}-{version}", name.replace('-', "_"));
            own.keys().any(|file| file.name.starts_with(&stem))
        };
        let ours = installed.iter().filter(is_ours);
        self.say(&format!("installed {} packages, {} of them ours", installed.len(), ours.count()));
    }
}
