//! The real cargo against the registry: publishing, adding, building, yanking.

use releasekit_core::Secret;
use releasekit_rehearsal::cargo::{Fault, On, Options, Server};
use releasekit_testkit::{Ran, Sandbox, sha256};

use crate::artifact::manifest;

/// Has cargo know the registry as `house`.
pub(crate) fn configure(sandbox: &Sandbox, server: &Server) {
    let index = server.index_url();
    let text = format!(
        "[registries.house]\nindex = \"{index}\"\n[registry]\nglobal-credential-providers = [\"cargo:token\"]\n"
    );
    sandbox.write("../cargo-home/config.toml", text);
}

/// Has cargo take the registry for crates.io.
pub(crate) fn replace_crates_io(sandbox: &Sandbox, server: &Server) {
    let index = server.index_url();
    let text = format!("[source.crates-io]\nreplace-with = \"house\"\n[source.house]\nregistry = \"{index}\"\n");
    sandbox.write("../cargo-home/config.toml", text);
}

struct World {
    server: Server,
    sandbox: Sandbox,
}

impl World {
    fn new(options: Options) -> Self {
        let server = Server::start(options).expect("loopback has a free port");
        let sandbox = Sandbox::new().with_cargo().with_env("CARGO_REGISTRIES_HOUSE_TOKEN", "tokenA");
        configure(&sandbox, &server);
        sandbox.write("demo-lib/Cargo.toml", manifest("demo-lib", "1.0.0"));
        sandbox.write("demo-lib/src/lib.rs", "pub const TEXT: &str = \"published\";\n");
        Self { server, sandbox }
    }

    fn cargo(&self, args: &[&str]) -> Ran {
        self.sandbox.run("cargo", args)
    }

    fn publish(&self) -> Ran {
        let manifest = ["--manifest-path", "demo-lib/Cargo.toml"];
        self.cargo(&[&["publish", "--no-verify", "--allow-dirty", "--registry", "house"], manifest.as_slice()].concat())
    }

    /// Has a project of its own use the crate: what it prints, or what cargo says against it.
    fn install(&self) -> Ran {
        self.sandbox.write("app/Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2021\"\n");
        self.sandbox.write("app/src/main.rs", "fn main() { print!(\"{}\", demo_lib::TEXT); }\n");
        let app = ["--manifest-path", "app/Cargo.toml"];
        let added = self.cargo(&[&["add", "--quiet", "demo-lib@1", "--registry", "house"], app.as_slice()].concat());
        if !added.success() {
            return added;
        }
        self.cargo(&[&["run", "--quiet"], app.as_slice()].concat())
    }
}

#[test]
fn what_cargo_publishes_it_adds_and_builds() {
    let world = World::new(Options::default().with_warning("this is only a rehearsal"));
    let published = world.publish().code(0);
    assert!(published.stderr.contains("warning: this is only a rehearsal"), "{published}");
    assert!(published.stderr.contains("Published demo-lib v1.0.0 at registry `house`"), "{published}");
    assert_eq!(world.install().ok(), "published");
    let package = ["package", "--quiet", "--no-verify", "--allow-dirty", "--manifest-path", "demo-lib/Cargo.toml"];
    world.cargo(&package).ok();
    let packed = std::fs::read(world.sandbox.work().join("demo-lib/target/package/demo-lib-1.0.0.crate"));
    let digests: Vec<_> = world.server.files().into_values().collect();
    assert_eq!(digests, [sha256(&packed.expect("cargo packed it"))]);
    let again = world.publish().code(101);
    assert!(again.stderr.contains("crate demo-lib@1.0.0 already exists on `house` index"), "{again}");
}

#[test]
fn a_registry_that_wants_a_token_to_be_read_is_read_by_cargo() {
    let world = World::new(Options::default().with_owner("ann", Secret::new("tokenA")).with_auth_required());
    world.publish().ok();
    assert_eq!(world.install().ok(), "published");
}

#[test]
fn what_the_registry_refuses_cargo_tells() {
    let world = World::new(Options::default().with_owner("ann", Secret::new("tokenB")));
    let refused = world.publish().code(101);
    assert!(refused.stderr.contains("(status 403 Forbidden): authentication failed"), "{refused}");
    world.server.faults().always(On::AnyUpload, Fault::RateLimit(600));
    let busy = world.publish().code(101);
    assert!(busy.stderr.contains("(status 429 Too Many Requests): You have published too many new crates"), "{busy}");
}

#[test]
fn what_cargo_yanks_is_passed_over() {
    let world = World::new(Options::default());
    world.publish().ok();
    let yank = |more: &[&str]| {
        world.cargo(&[&["yank", "demo-lib@1.0.0", "--registry", "house"], more].concat()).ok();
    };
    yank(&[]);
    let refused = world.install();
    assert!(!refused.success() && refused.stderr.contains("could not be found in registry index"), "{refused}");
    yank(&["--undo"]);
    assert_eq!(world.install().ok(), "published");
}
