//! Crates of one release that go to several registries and need each other.

use std::fs;

use releasekit_core::PackageManager;
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_testkit::{Sandbox, run};

use crate::common::*;

fn server() -> Server {
    Server::start(Options::default()).expect("loopback has a free port")
}

/// A crate that somebody else has published.
fn published(server: &Server, name: &str) {
    let sandbox = sandbox();
    sandbox.write("Cargo.toml", manifest(name, "")).write("src/lib.rs", "pub fn there() {}\n");
    sandbox.run("cargo", ["package", "--quiet", "--offline", "--no-verify", "--allow-dirty"]).ok();
    let file = format!("{name}-1.0.0.crate");
    let bytes = fs::read(sandbox.work().join("target/package").join(&file)).expect("cargo packed it");
    server.put(&file, bytes).expect("a crate");
}

/// One registry in the place of crates.io, and one that the repository names.
fn settings(sandbox: &Sandbox, usual: &Server, house: &Server) {
    let text = format!(
        "[source.crates-io]\nreplace-with = \"mirror\"\n[source.mirror]\nregistry = \"{}\"\n",
        usual.index_url()
    );
    fs::write(folder(sandbox, "cargo-home").join("config.toml"), text).expect("the folder is ours");
    sandbox.write(".cargo/config.toml", format!("[registries.house]\nindex = \"{}\"\n", house.index_url()));
}

/// A crate for crates.io, and two for the house that need it, with something that is live at each.
fn written(sandbox: &Sandbox) {
    let house = "publish = [\"house\"]\n[dependencies]\nbase = { path = \"../base\", version = \"1\" }\n";
    let base = "[dependencies]\nthird = \"1\"\n[features]\nextra = []\n";
    let mid = format!("{house}third = \"1\"\nours = {{ version = \"1\", registry = \"house\" }}\n");
    let top = format!("{house}mid = {{ path = \"../mid\", version = \"1\", registry = \"house\" }}\n");
    sandbox.write("Cargo.toml", ROOT).write(".gitignore", "target\n");
    for (name, more) in [("base", base), ("mid", &mid), ("top", &top)] {
        sandbox.write(format!("p/{name}/Cargo.toml"), manifest(name, more));
    }
    sandbox.write("p/base/src/lib.rs", "pub fn here() {\n    third::there();\n}\n");
    for name in ["mid", "top"] {
        sandbox.write(format!("p/{name}/src/lib.rs"), "pub fn here() {\n    base::here();\n}\n");
    }
    sandbox.run("cargo", ["generate-lockfile"]).ok();
    sandbox.commit("feat: begin");
}

#[tokio::test]
async fn what_comes_to_another_registry_is_offered_and_gives_the_bytes_that_it_has_once_all_is_live() {
    let (sandbox, usual, house) = (sandbox(), server(), server());
    published(&usual, "third");
    published(&house, "ours");
    settings(&sandbox, &usual, &house);
    written(&sandbox);
    let mut context = context(&sandbox);
    context.offline = false;
    let cargo = releasekit_cargo::Cargo::new(context);

    let one = export(&sandbox, "one");
    let requests = ["top", "mid", "base"].map(|name| request(&sandbox, &one, name, &[]));
    let together = built(cargo.build_together(&requests).await).concat();
    let names: Vec<_> = together.iter().map(|artifact| artifact.file_name.as_str()).collect();
    assert_eq!(names, ["top-1.0.0.crate", "mid-1.0.0.crate", "base-1.0.0.crate"]);
    assert_eq!(sandbox.git_in(&one, ["status", "--porcelain"]), "");

    let two = export(&sandbox, "two");
    let base = request(&sandbox, &two, "base", &[]);
    let base_alone = built(cargo.build(&base).await);
    let mid = request(&sandbox, &two, "mid", &[&base.out]);
    let mid_alone = built(cargo.build(&mid).await);
    let top_alone = built(cargo.build(&request(&sandbox, &two, "top", &[&base.out, &mid.out])).await);
    let alone = [top_alone, mid_alone, base_alone].concat();
    assert_eq!(digests(&alone), digests(&together), "one after another, as together");

    let bytes = fs::read(&together[2].path).expect("it was built");
    usual.put(&together[2].file_name, bytes).expect("a crate");
    let mut publish = sandbox.command("cargo");
    publish.args(["publish", "--quiet", "--no-verify", "--package", "mid", "--registry", "house"]);
    run(publish.env("CARGO_REGISTRIES_HOUSE_TOKEN", "any")).ok();
    let served: Vec<String> = house.files().into_values().map(|digest| format!("sha256:{digest}")).collect();
    assert!(served.contains(&digests(&together[1..2])[0]), "cargo itself packs these bytes: {served:?}");
    let live = built(cargo.build(&request(&sandbox, &export(&sandbox, "three"), "top", &[])).await);
    assert_eq!(digests(&live), digests(&together[..1]), "nothing says what it was packed beside");
}
