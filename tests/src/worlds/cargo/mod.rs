//! The world of cargo: workspaces of crates, sparse indexes, projects that need crates.

mod project;
mod registries;
mod samples;
mod workspace;

use std::path::PathBuf;
use std::sync::Arc;

use releasekit_core::model::Version;
use releasekit_core::{Requirements, Secret};
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_testkit::{Sandbox, run};

use crate::registry::{Registry, Rehearsal};
use crate::samples::{Role, Sample};
use crate::world::{Foreign, Installed, Login, Names, Package, World};

pub use project::Project;
pub use workspace::{Member, write};

/// Who may upload.
pub(crate) const TOKEN: &str = "rk-secret-token-1";

/// Cargo, crates.io and what is like it.
#[derive(Debug)]
pub struct Cargo;

impl World for Cargo {
    fn names(&self) -> Names {
        Names { label: "rust", ecosystem: "rust", tool: "cargo", scheme: "semver" }
    }

    fn package(&self, role: Role) -> Package {
        samples::package(role)
    }

    fn write(&self, sample: Sample, sandbox: &Sandbox) {
        write(samples::members(sample), sandbox);
    }

    /// With those that it needs, for cargo looks for what is not packed with it at crates.io.
    fn build(&self, sandbox: &Sandbox, role: Role) -> Vec<PathBuf> {
        let folder = sandbox.path().join("past");
        let mut cargo = sandbox.command("cargo");
        cargo.args(["package", "--quiet", "--offline", "--no-verify", "--allow-dirty", "--target-dir"]).arg(&folder);
        for needed in with_needs(role) {
            cargo.args(["--package", samples::package(needed).name]);
        }
        run(&mut cargo).ok();
        let version = self.version_of(&sandbox.read(self.manifest(role)));
        let files = self.files(role, version.as_deref().unwrap_or(role.version()));
        files.iter().map(|file| folder.join("package").join(file)).collect()
    }

    /// Crates that come together are packed together.
    fn builds(&self, roles: &[Role]) -> Vec<String> {
        let names: Vec<_> = roles.iter().map(|role| samples::package(*role).name).collect();
        vec![format!("build {}", names.join(" "))]
    }

    fn files(&self, role: Role, version: &str) -> Vec<String> {
        vec![format!("{}-{version}.crate", samples::package(role).name)]
    }

    fn manifest(&self, role: Role) -> String {
        format!("{}/Cargo.toml", samples::package(role).folder)
    }

    fn version_of(&self, manifest: &str) -> Option<String> {
        let line = manifest.lines().find_map(|line| line.strip_prefix("version = "));
        Some(line.expect("a package file has a version").trim_matches('"').to_owned())
    }

    fn requirement_of(&self, manifest: &str, need: Role) -> String {
        let begin = format!("{} = {{ version = \"", samples::package(need).name);
        let line = manifest.lines().find_map(|line| line.strip_prefix(&begin));
        let line = line.unwrap_or_else(|| panic!("{need:?} is required\n{manifest}"));
        line.split('"').next().unwrap_or(line).to_owned()
    }

    fn lockfile(&self) -> Option<&'static str> {
        Some("Cargo.lock")
    }

    fn source(&self, role: Role) -> String {
        samples::member(role).module()
    }

    fn comment(&self, text: &str) -> String {
        format!("// {text}")
    }

    fn break_build(&self, sandbox: &Sandbox, role: Role) -> &'static str {
        let library = self.source(role);
        sandbox.write(&library, format!("{}compile_error!(\"gone\");\n", sandbox.read(&library)));
        "gone"
    }

    fn mend_build(&self, sandbox: &Sandbox, role: Role) {
        let library = self.source(role);
        sandbox.write(&library, sandbox.read(&library).replace("compile_error!(\"gone\");\n", ""));
    }

    /// Where uploads go the index says.
    fn configuration(&self, read_url: &str, _upload_url: &str) -> String {
        format!("[ecosystems.rust]\nregistry_url = \"sparse+{read_url}\"\n")
    }

    /// Whatever is said to come from crates.io comes from the registry.
    fn environment(&self, sandbox: &Sandbox, registry: &dyn Registry) -> Vec<(&'static str, String)> {
        sandbox.write("../cargo-home/config.toml", replaced(&registry.read_url()));
        vec![("CARGO_HOME", sandbox.path().join("cargo-home").display().to_string())]
    }

    fn login(&self, login: Login) -> Vec<(&'static str, &'static str)> {
        let token = match login {
            Login::Right => TOKEN,
            Login::Wrong => "not-the-token",
            Login::None => "",
        };
        vec![("CARGO_REGISTRY_TOKEN", token)]
    }

    fn foreign(&self) -> &'static [Foreign] {
        registries::FOREIGN
    }

    fn rehearsal(&self) -> Arc<dyn Rehearsal> {
        let options = Options::default().with_owner("rk", Secret::new(TOKEN));
        Arc::new(Server::start(options).expect("loopback has a free port"))
    }

    fn install(&self, sandbox: &Sandbox, read_url: &str, role: Role) -> Installed {
        Project::new(sandbox, "project", read_url).add(samples::package(role).name).installed()
    }

    fn admits(&self, requirement: &str, version: &str) -> bool {
        let (_name, range) = requirement.split_once(' ').expect("a requirement has a range");
        releasekit_formats::cargo::Requirements
            .satisfies(range, &Version::from_canonical(version))
            .expect("it is a range")
    }
}

/// A configuration of cargo with an index in the place of crates.io.
fn replaced(index: &str) -> String {
    format!("[source.crates-io]\nreplace-with = \"journey\"\n\n[source.journey]\nregistry = \"sparse+{index}\"\n")
}

/// A package and all that it needs, in whatever way.
fn with_needs(role: Role) -> Vec<Role> {
    let mut roles = vec![role];
    roles.extend(role.needs().iter().flat_map(|need| with_needs(*need)));
    roles.sort_unstable();
    roles.dedup();
    roles
}
