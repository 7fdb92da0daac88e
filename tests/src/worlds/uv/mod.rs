//! The world of uv: workspaces of Python packages, package indexes, virtual environments.

mod registries;
mod samples;
mod venv;
mod workspace;

use std::path::PathBuf;
use std::sync::Arc;

use releasekit_core::Requirements;
use releasekit_core::model::Version;
use releasekit_formats::python::requirement::Pep508;
use releasekit_rehearsal::pypi::{Options, Server};
use releasekit_testkit::Sandbox;
use releasekit_testkit::servers::{PASSWORD, USERNAME};

use crate::registry::{Registry, Rehearsal};
use crate::samples::{Role, Sample};
use crate::world::{Foreign, Installed, Login, Names, Package, World};

pub use venv::Venv;
pub use workspace::{BuildBackend, Member, write};

/// uv, PyPI and what is like it.
#[derive(Debug)]
pub struct Uv;

impl World for Uv {
    fn names(&self) -> Names {
        Names { label: "py", ecosystem: "python", tool: "uv", scheme: "pep440" }
    }

    fn package(&self, role: Role) -> Package {
        samples::package(role)
    }

    fn write(&self, sample: Sample, sandbox: &Sandbox) {
        write(samples::members(sample), sandbox);
    }

    fn build(&self, sandbox: &Sandbox, role: Role) -> Vec<PathBuf> {
        let name = samples::package(role).name;
        let args = ["build", "--quiet", "--no-index", "--package", name, "--out-dir"];
        let folder = sandbox.path().join("past").join(name);
        releasekit_testkit::run(sandbox.command("uv").args(args).arg(&folder)).ok();
        let version = self.version_of(&sandbox.read(self.manifest(role)));
        let files = self.files(role, version.as_deref().unwrap_or(role.version()));
        files.iter().map(|file| folder.join(file)).collect()
    }

    fn files(&self, role: Role, version: &str) -> Vec<String> {
        let stem = format!("{}-{version}", samples::member(role).import());
        vec![format!("{stem}-py3-none-any.whl"), format!("{stem}.tar.gz")]
    }

    fn manifest(&self, role: Role) -> String {
        format!("{}/pyproject.toml", samples::package(role).folder)
    }

    fn version_of(&self, manifest: &str) -> Option<String> {
        let line = manifest.lines().find_map(|line| line.strip_prefix("version = "));
        Some(line.expect("a package file has a version").trim_matches('"').to_owned())
    }

    fn requirement_of(&self, manifest: &str, need: Role) -> String {
        let list = manifest.lines().find_map(|line| line.strip_prefix("dependencies = [")).expect("there is a list");
        let mut items = list.trim_end_matches(']').split(", ").map(|item| item.trim_matches('"'));
        let name = samples::package(need).published;
        items.find(|item| item.starts_with(name)).unwrap_or_else(|| panic!("{name} is required\n{manifest}")).to_owned()
    }

    fn lockfile(&self) -> Option<&'static str> {
        Some("uv.lock")
    }

    fn source(&self, role: Role) -> String {
        samples::member(role).module()
    }

    fn comment(&self, text: &str) -> String {
        format!("# {text}")
    }

    fn break_build(&self, sandbox: &Sandbox, role: Role) -> &'static str {
        let manifest = self.manifest(role);
        let broken = "[tool.uv.build-backend]\nmodule-name = \"gone\"\n\n[build-system]";
        sandbox.write(&manifest, sandbox.read(&manifest).replace("[build-system]", broken));
        "gone"
    }

    fn mend_build(&self, sandbox: &Sandbox, role: Role) {
        let manifest = self.manifest(role);
        sandbox.write(&manifest, sandbox.read(&manifest).replace("module-name = \"gone\"\n", ""));
    }

    fn configuration(&self, read_url: &str, upload_url: &str) -> String {
        format!("[ecosystems.py]\nregistry_url = \"{read_url}\"\npublish_url = \"{upload_url}\"\n")
    }

    fn environment(&self, _sandbox: &Sandbox, registry: &dyn Registry) -> Vec<(&'static str, String)> {
        vec![("UV_DEFAULT_INDEX", registry.read_url())]
    }

    fn login(&self, login: Login) -> Vec<(&'static str, &'static str)> {
        let (user, password) = match login {
            Login::Right => (USERNAME, PASSWORD),
            Login::Wrong => (USERNAME, "not-the-password"),
            Login::None => ("", ""),
        };
        vec![("UV_PUBLISH_USERNAME", user), ("UV_PUBLISH_PASSWORD", password)]
    }

    fn foreign(&self) -> &'static [Foreign] {
        registries::FOREIGN
    }

    fn rehearsal(&self) -> Arc<dyn Rehearsal> {
        let options = Options::default().with_login(USERNAME, releasekit_core::Secret::new(PASSWORD));
        Arc::new(Server::start(options).expect("loopback has a free port"))
    }

    fn install(&self, sandbox: &Sandbox, read_url: &str, role: Role) -> Installed {
        let venv = Venv::new(sandbox, "venv");
        venv.install(["--default-index", read_url], &[samples::package(role).published]).ok();
        venv.installed()
    }

    fn admits(&self, requirement: &str, version: &str) -> bool {
        Pep508.satisfies(requirement, &Version::from_canonical(version)).expect("it is a requirement")
    }

    fn kept_in_cache(&self) -> &'static [&'static str] {
        // Settings that set nothing, in the folder that uv uploads from.
        &["uv-empty/uv.toml"]
    }
}
