//! The world of pnpm: workspaces of JavaScript packages, npm's registries, projects that need packages.

mod project;
mod registries;
mod samples;
mod workspace;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use releasekit_core::Secret;
use releasekit_formats::npm::credential::key;
use releasekit_formats::npm::name::file_name;
use releasekit_rehearsal::npm::{Options, Server};
use releasekit_testkit::servers::TOKEN;
use releasekit_testkit::{JavaScript, Pnpm, Sandbox, Tools, run};

use crate::registry::{Registry, Rehearsal};
use crate::samples::{Role, Sample};
use crate::world::{Foreign, Installed, Login, Names, Package, World};

pub use project::{Installer, Project};
pub use workspace::{Member, Table, write};

/// What pnpm releases, in this major version.
#[derive(Debug)]
pub struct Js(pub Pnpm);

/// A line of every package file, and what makes pnpm pack a folder that is not there.
const WHOLE: &str = "\"main\": \"index.js\",";
const ELSEWHERE: &str = "\n  \"publishConfig\": {\"directory\": \"gone\", \"linkDirectory\": false},";

impl World for Js {
    fn names(&self) -> Names {
        Names { label: "js", ecosystem: "js", tool: "pnpm", scheme: "semver" }
    }

    fn equip(&self, sandbox: Sandbox, _tools: &Tools) -> Sandbox {
        sandbox.with_javascript(&tools(), self.0)
    }

    fn package(&self, role: Role) -> Package {
        samples::package(role)
    }

    fn write(&self, sample: Sample, sandbox: &Sandbox) {
        write(samples::members(sample), sandbox);
    }

    fn build(&self, sandbox: &Sandbox, role: Role) -> Vec<PathBuf> {
        // pnpm 10 packs what needs its neighbours only where they are linked.
        sandbox.run("pnpm", ["install", "--offline", "--ignore-scripts", "--silent"]).ok();
        let folder = sandbox.path().join("past");
        let mut pnpm = sandbox.command("pnpm");
        pnpm.current_dir(sandbox.work().join(samples::package(role).folder));
        run(pnpm.arg("pack").arg("--pack-destination").arg(&folder)).ok();
        let version = self.version_of(&sandbox.read(self.manifest(role)));
        let files = self.files(role, version.as_deref().unwrap_or(role.version()));
        files.iter().map(|file| folder.join(file)).collect()
    }

    fn files(&self, role: Role, version: &str) -> Vec<String> {
        vec![file_name(samples::package(role).name, version)]
    }

    fn manifest(&self, role: Role) -> String {
        format!("{}/package.json", samples::package(role).folder)
    }

    fn version_of(&self, manifest: &str) -> Option<String> {
        Some(member(manifest, "version").expect("a package file has a version").to_owned())
    }

    fn requirement_of(&self, manifest: &str, need: Role) -> String {
        let found = member(manifest, samples::package(need).name);
        found.unwrap_or_else(|| panic!("{need:?} is required\n{manifest}")).to_owned()
    }

    fn lockfile(&self) -> Option<&'static str> {
        Some("pnpm-lock.yaml")
    }

    fn source(&self, role: Role) -> String {
        samples::member(role).module()
    }

    fn comment(&self, text: &str) -> String {
        format!("// {text}")
    }

    fn break_build(&self, sandbox: &Sandbox, role: Role) -> &'static str {
        let manifest = self.manifest(role);
        sandbox.write(&manifest, sandbox.read(&manifest).replace(WHOLE, &format!("{WHOLE}{ELSEWHERE}")));
        workspace::lock(sandbox);
        "gone"
    }

    fn mend_build(&self, sandbox: &Sandbox, role: Role) {
        let manifest = self.manifest(role);
        sandbox.write(&manifest, sandbox.read(&manifest).replace(ELSEWHERE, ""));
        workspace::lock(sandbox);
    }

    fn configuration(&self, read_url: &str, upload_url: &str) -> String {
        format!("[ecosystems.js]\nregistry_url = \"{read_url}\"\npublish_url = \"{upload_url}\"\n")
    }

    /// A token that names no registry counts for the user's own.
    fn environment(&self, _sandbox: &Sandbox, registry: &dyn Registry) -> Vec<(&'static str, String)> {
        vec![("npm_config_registry", registry.read_url())]
    }

    fn admit(&self, sandbox: &Sandbox, registry: &dyn Registry) {
        let settings = sandbox.path().join("home/.npmrc");
        fs::write(settings, format!("{}:_authToken=${{NODE_AUTH_TOKEN}}\n", key(&registry.read_url())))
            .expect("the sandbox is writable");
    }

    fn login(&self, login: Login) -> Vec<(&'static str, &'static str)> {
        let token = match login {
            Login::Right => TOKEN,
            Login::Wrong => "not-the-token",
            Login::None => "",
        };
        vec![("NODE_AUTH_TOKEN", token)]
    }

    fn foreign(&self) -> &'static [Foreign] {
        registries::FOREIGN
    }

    fn rehearsal(&self) -> Arc<dyn Rehearsal> {
        let options = Options::default().with_publisher("rk", Secret::new(TOKEN));
        Arc::new(Server::start(options).expect("loopback has a free port"))
    }

    fn install(&self, sandbox: &Sandbox, read_url: &str, role: Role) -> Installed {
        Project::new(sandbox, "project", read_url).add(Installer::Npm, samples::package(role).name).installed()
    }

    /// As node's own library says.
    fn admits(&self, requirement: &str, version: &str) -> bool {
        let (_name, range) = requirement.split_once(' ').expect("a requirement has a range");
        let (js, sandbox) = (tools(), Sandbox::new());
        let mut node = sandbox.command(js.node());
        node.env("NODE_PATH", js.modules().join("npm/node_modules"));
        let script = "const [version, range] = process.argv.slice(1)\n\
                      process.exit(require('semver').satisfies(version, range) ? 0 : 4)";
        let ran = run(node.args(["-e", script, version, range]));
        assert!(ran.success() || ran.code == Some(4), "{ran}");
        ran.success()
    }
}

/// The pinned tools, which a scene has only where they are.
fn tools() -> JavaScript {
    let found = Tools::find().and_then(|tools| tools.javascript());
    found.expect("`cargo xtask setup` installs them")
}

/// The text of a member in a package file that has one on each line.
fn member<'a>(manifest: &'a str, name: &str) -> Option<&'a str> {
    let begin = format!("\"{name}\": \"");
    let rest = manifest.lines().find_map(|line| line.trim_start().strip_prefix(&begin))?;
    rest.split('"').next()
}
