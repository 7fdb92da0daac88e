//! The real npm and pnpm against the registry: publishing, installing, moving names, deprecating.

use std::fs;

use releasekit_core::Secret;
use releasekit_rehearsal::npm::{Fault, On, Options, Server};
use releasekit_testkit::{Pnpm, Ran, Sandbox, Tools, sha256};

use crate::overlay;

struct World {
    server: Server,
    sandbox: Sandbox,
}

impl World {
    /// A registry, and `@scope/demo` beside it; `None` where the tools are not there.
    fn new(options: Options, pnpm: Pnpm) -> Option<Self> {
        Self::at(Server::start(options).expect("loopback has a free port"), pnpm)
    }

    fn at(server: Server, pnpm: Pnpm) -> Option<Self> {
        let (_, js) = Tools::require_with_javascript()?;
        let sandbox = Sandbox::new().with_javascript(&js, pnpm);
        let world = Self { server, sandbox };
        world.log_in("tokenA");
        world.version("1.0.0");
        Some(world)
    }

    fn log_in(&self, token: &str) {
        let url = self.server.registry_url();
        let place = url.trim_start_matches("http:");
        self.sandbox.write("../home/.npmrc", format!("registry={url}\n{place}:_authToken={token}\n"));
    }

    fn version(&self, version: &str) {
        let manifest = format!(r#"{{"name": "@scope/demo", "version": "{version}", "main": "index.js"}}"#);
        self.sandbox.write("package.json", manifest);
        self.sandbox.write("index.js", "module.exports = 'published';\n");
    }

    fn npm(&self, args: &[&str]) -> Ran {
        let quiet = ["--no-audit", "--no-fund", "--fetch-retries=0", "--ignore-scripts"];
        self.sandbox.run("npm", [args, quiet.as_slice()].concat())
    }

    /// Packs the package with pnpm and publishes that file with npm.
    fn publish(&self, more: &[&str]) -> Ran {
        self.sandbox.run("pnpm", ["pack", "--out", "demo.tgz"]).ok();
        self.npm(&[&["publish", "./demo.tgz", "--access", "public"], more].concat())
    }

    /// Has a project of its own use the package: what it prints.
    fn install(&self, tool: &str, wanted: &str) -> String {
        let project = format!("{tool}-project");
        self.sandbox.write(format!("{project}/package.json"), "{}");
        let args = match tool {
            "npm" => ["install", "--prefix", &project, wanted, "--no-audit"],
            _ => ["add", "--dir", &project, wanted, "--reporter=silent"],
        };
        self.sandbox.run(tool, args).ok();
        self.sandbox.write(format!("{project}/index.js"), "process.stdout.write(require('@scope/demo'));\n");
        self.sandbox.run("node", [format!("{project}/index.js")]).ok()
    }
}

fn what_npm_publishes_both_install(pnpm: Pnpm) {
    let Some(world) = World::new(Options::default().with_publisher("ann", Secret::new("tokenA")), pnpm) else { return };
    world.publish(&["--tag", "latest"]).ok();
    let packed = fs::read(world.sandbox.work().join("demo.tgz")).expect("pnpm packed it");
    assert_eq!(world.server.files().into_values().collect::<Vec<_>>(), [sha256(&packed)]);
    for tool in ["npm", "pnpm"] {
        assert_eq!(world.install(tool, "@scope/demo"), "published", "{tool}");
    }
    let again = world.publish(&["--tag", "latest"]).code(1);
    assert!(again.stderr.contains("cannot publish over the previously published versions"), "{again}");
    assert_eq!(world.npm(&["whoami"]).ok(), "ann");
}

#[test]
fn what_npm_publishes_both_install_with_pnpm_10() {
    what_npm_publishes_both_install(Pnpm::V10);
}

#[test]
fn what_npm_publishes_both_install_with_pnpm_12() {
    what_npm_publishes_both_install(Pnpm::V12);
}

#[test]
fn names_are_moved_and_versions_deprecated_by_npm() {
    let Some(world) = World::new(Options::default(), Pnpm::V12) else { return };
    world.publish(&["--tag", "next"]).ok();
    world.version("1.1.0");
    world.publish(&["--tag", "beta"]).ok();
    let tags = world.npm(&["dist-tag", "ls", "@scope/demo"]).ok();
    assert_eq!(tags, "beta: 1.1.0\nlatest: 1.0.0\nnext: 1.0.0");
    world.npm(&["dist-tag", "add", "@scope/demo@1.1.0", "latest"]).ok();
    world.npm(&["dist-tag", "rm", "@scope/demo", "beta"]).ok();
    assert_eq!(world.npm(&["dist-tag", "ls", "@scope/demo"]).ok(), "latest: 1.1.0\nnext: 1.0.0");
    let said = || world.npm(&["view", "@scope/demo@1.0.0", "deprecated"]).ok();
    world.npm(&["deprecate", "@scope/demo@1.0.0", "too old"]).ok();
    assert_eq!(said(), "too old");
    world.npm(&["deprecate", "@scope/demo@1.0.0", ""]).ok();
    assert_eq!(said(), "");
}

#[test]
fn what_the_registry_refuses_npm_tells() {
    let options =
        Options::default().with_publisher("ann", Secret::new("tokenA")).with_publisher("bob", Secret::new("b"));
    let Some(world) = World::new(options, Pnpm::V12) else { return };
    let refused = |code: &str, tag: &str| {
        let refused = world.publish(&["--tag", tag]).code(1);
        assert!(refused.stderr.contains(&format!("npm error code {code}\n")), "{code}: {refused}");
    };
    world.log_in("unknown");
    refused("E401", "latest");
    world.log_in("tokenA");
    world.publish(&["--tag", "latest"]).ok();
    world.version("1.1.0");
    world.log_in("b");
    refused("E403", "latest");
    world.log_in("tokenA");
    for (fault, code) in [(Fault::Status(409), "E409"), (Fault::RateLimit(1), "E429"), (Fault::Status(402), "E402")] {
        world.server.faults().once(On::AnyUpload, fault);
        refused(code, "latest");
    }
}

#[test]
fn a_one_time_password_is_missed_by_npm_by_name() {
    let options = Options::default().with_publisher("ann", Secret::new("tokenA")).with_one_time_password("123456");
    let Some(world) = World::new(options, Pnpm::V12) else { return };
    let refused = world.publish(&["--tag", "latest"]).code(1);
    assert!(refused.stderr.contains("npm error code EOTP\n"), "{refused}");
    world.publish(&["--tag", "latest", "--otp", "123456"]).ok();
}

#[test]
fn packages_of_both_are_installed_together() {
    let (behind, before) = overlay::pair();
    let Some(world) = World::at(before, Pnpm::V12) else { return };
    world.publish(&["--tag", "latest"]).ok();
    let far = crate::artifact::package("far", "1.0.0", "behind");
    behind.put("far-1.0.0.tgz", far).expect("memory takes everything");
    world.sandbox.write("pnpm-project/package.json", r#"{"dependencies": {"far": "1"}}"#);
    world.sandbox.run("pnpm", ["add", "--dir", "pnpm-project", "@scope/demo", "--reporter=silent"]).ok();
    let text = world.sandbox.read("pnpm-project/node_modules/far/index.js");
    assert!(text.contains("behind"), "{text}");
}
