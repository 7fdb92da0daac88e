//! One index with the tools that talk to it.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use releasekit_core::event::Silent;
use releasekit_core::model::{LiveFile, PackageName, Target, Version};
use releasekit_core::registry::{FetchRequest, Fetched, Observed, Wanted};
use releasekit_core::{BackendContext, Environment, Registry};
use releasekit_pypi::PyPi;
use releasekit_testkit::servers::{PASSWORD, USERNAME};
use releasekit_testkit::{Ran, Sandbox, Tools, run};
use tokio::runtime::{Builder, Runtime};

use crate::index::{Index, Kind};

/// An empty index, a sandbox with uv, and our own view of the index.
pub(crate) struct World {
    pub(crate) kind: &'static Kind,
    pub(crate) index: Box<dyn Index>,
    pub(crate) sandbox: Sandbox,
    pub(crate) registry: PyPi,
    runtime: Runtime,
}

impl World {
    pub(crate) fn new(tools: &Tools, kind: &'static Kind) -> Self {
        let index = (kind.start)(tools);
        let sandbox = Sandbox::new().with_tools(tools).with_own_uv_cache();
        let target = Target::new(releasekit_pypi::ID, index.simple_url(), index.upload_url());
        let context = BackendContext::new(Environment::new(), sandbox.path().to_owned(), Arc::new(Silent));
        let registry = PyPi::open(&context, &target).expect("the URL of a server is one");
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        Self { kind, index, sandbox, registry, runtime }
    }

    /// Builds a wheel of the package `Demo.Lib` by the real uv; its module says `text`.
    pub(crate) fn wheel(&self, version: &str, text: &str) -> (String, Vec<u8>) {
        self.build("--wheel", version, text)
    }

    /// Builds an sdist of the package `Demo.Lib` by the real uv.
    pub(crate) fn sdist(&self, version: &str) -> (String, Vec<u8>) {
        self.build("--sdist", version, "")
    }

    fn build(&self, kind: &str, version: &str, text: &str) -> (String, Vec<u8>) {
        let project = format!("[project]\nname = \"Demo.Lib\"\nversion = \"{version}\"\nrequires-python = \">=3.8\"\n");
        let system = "[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n";
        self.sandbox.write("demo/pyproject.toml", format!("{project}{system}"));
        self.sandbox.write("demo/src/demo_lib/__init__.py", format!("TEXT = {text:?}\n"));
        let out = self.sandbox.work().join("built");
        self.sandbox.run("uv", ["build", "--quiet", "--offline", kind, "--out-dir", "built", "demo"]).ok();
        let mut built = fs::read_dir(&out).expect("uv made the folder").flatten().map(|entry| entry.path());
        let path = built.find(|path| !path.ends_with(".gitignore")).expect("uv built a file");
        let bytes = fs::read(&path).expect("the file can be read");
        fs::remove_dir_all(&out).expect("the folder is ours");
        (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes)
    }

    /// Uploads a file by the real uv, once.
    pub(crate) fn upload(&self, file: &(String, Vec<u8>)) -> Ran {
        self.publish(file, PASSWORD, &[])
    }

    /// Uploads a file by the real uv, unless the index lists it already.
    pub(crate) fn upload_checked(&self, file: &(String, Vec<u8>)) -> Ran {
        self.publish(file, PASSWORD, &["--check-url", &self.index.simple_url()])
    }

    /// Runs `uv publish` with this password.
    pub(crate) fn publish(&self, (name, bytes): &(String, Vec<u8>), password: &str, options: &[&str]) -> Ran {
        self.sandbox.write(name, bytes);
        let mut command = self.sandbox.command("uv");
        command.args(["publish", "--trusted-publishing", "never", "--publish-url", &self.index.upload_url(), name]);
        command.args(options);
        command.env("UV_PUBLISH_USERNAME", USERNAME).env("UV_PUBLISH_PASSWORD", password).env("UV_HTTP_RETRIES", "0");
        run(&mut command)
    }

    /// What our registry backend sees of some versions.
    pub(crate) fn observe(&self, wanted: &[(&str, &str)]) -> Vec<Observed> {
        let wanted = wanted
            .iter()
            .map(|(name, version)| Wanted::new(PackageName::new(*name), Version::from_canonical(*version)));
        self.runtime.block_on(self.registry.observe(&wanted.collect::<Vec<_>>()))
    }

    /// The files that our registry backend sees of a version of the demo.
    #[track_caller]
    pub(crate) fn live(&self, version: &str) -> Vec<LiveFile> {
        match self.observe(&[("demo-lib", version)]).remove(0) {
            Observed::Live(files) => files,
            other => panic!("{version} is {other:?}"),
        }
    }

    /// Downloads a file by our registry backend.
    pub(crate) fn fetch(&self, file: &LiveFile) -> PathBuf {
        let path = self.sandbox.path().join(format!("fetched-{}", file.file_name));
        let timeout = std::time::Duration::from_secs(60);
        let request = FetchRequest::new(file.clone(), path.clone(), 1 << 20, timeout);
        let fetched = self.runtime.block_on(self.registry.fetch(&request)).expect("the file can be fetched");
        assert_eq!(fetched, Fetched::Whole);
        path
    }
}
