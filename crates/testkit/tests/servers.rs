//! pypiserver and devpi, driven with the real uv, ferro with the real cargo, and verdaccio with the real npm.

use std::collections::BTreeMap;
use std::fs;

use releasekit_testkit::servers::{BASIC, Devpi, Ferro, PASSWORD, PypiServer, TOKEN, USERNAME, Verdaccio};
use releasekit_testkit::{Pnpm, Sandbox, Tools, get, request, sha256};

/// A package that is built already, in the folder `dist` of a sandbox.
fn built(tools: &Tools) -> (Sandbox, BTreeMap<String, String>) {
    let sandbox = Sandbox::new().with_tools(tools);
    let manifest = "[project]\nname = \"demo\"\nversion = \"1.0.0\"\nrequires-python = \">=3.11\"\n\
                    [build-system]\nrequires = [\"uv_build>=0.13,<0.14\"]\nbuild-backend = \"uv_build\"\n";
    sandbox.write("pyproject.toml", manifest).write("src/demo/__init__.py", "");
    sandbox.run("uv", ["build", "--offline"]).ok();
    let files = ["demo-1.0.0-py3-none-any.whl", "demo-1.0.0.tar.gz"]
        .map(|name| (name.to_owned(), sha256(&fs::read(sandbox.work().join("dist").join(name)).expect("uv built it"))));
    (sandbox, files.into())
}

fn publish(sandbox: &Sandbox, url: &str, password: &str) -> bool {
    let args = ["publish", "--trusted-publishing", "never", "--publish-url", url, "-u", USERNAME, "-p", password];
    sandbox.run("uv", args).success()
}

fn install(sandbox: &Sandbox, simple_url: &str) {
    sandbox.run("uv", ["venv", "--clear", "../venv"]).ok();
    let args = ["pip", "install", "--no-cache", "--python", "../venv", "--default-index", simple_url, "demo==1.0.0"];
    sandbox.run("uv", args).ok();
}

#[test]
fn pypiserver_takes_and_serves_a_package() {
    let Some(tools) = Tools::require() else { return };
    let (server, (sandbox, files)) = (PypiServer::start(&tools), built(&tools));
    assert_eq!(server.stored(), BTreeMap::new());
    assert!(!publish(&sandbox, &server.upload_url(), "wrong"));
    assert!(publish(&sandbox, &server.upload_url(), PASSWORD));
    assert!(!publish(&sandbox, &server.upload_url(), PASSWORD), "it takes each file once");
    assert_eq!(server.stored(), files);
    install(&sandbox, &server.simple_url());
}

#[test]
fn devpi_takes_and_serves_a_package_in_each_index() {
    let Some(tools) = Tools::require() else { return };
    let (devpi, (sandbox, files)) = (Devpi::shared(&tools), built(&tools));
    let (one, other) = (devpi.index("one"), devpi.index("other"));
    assert!(!publish(&sandbox, &one.upload_url(), "wrong"));
    assert!(publish(&sandbox, &one.upload_url(), PASSWORD));
    assert_eq!(one.stored(), files);
    assert_eq!(other.stored(), BTreeMap::new());
    install(&sandbox, &one.simple_url());
    let delete = request("DELETE", &format!("{}demo/1.0.0", one.upload_url()), &[("Authorization", BASIC)], b"");
    assert_eq!(delete.unwrap().status, 403, "the index is not volatile");
}

#[test]
fn a_server_is_gone_when_dropped() {
    let Some(tools) = Tools::require() else { return };
    let server = PypiServer::start(&tools);
    let (url, storage) = (server.simple_url(), server.storage());
    assert_eq!(get(&url, &[]).unwrap().status, 200);
    drop(server);
    assert!(get(&url, &[]).is_err() && !storage.exists());
}

#[test]
fn ferro_takes_and_serves_a_crate() {
    let Some(tools) = Tools::require() else { return };
    let Some(program) = tools.require_cargo_registry() else { return };
    let server = Ferro::start(&tools, &program);
    let sandbox = Sandbox::new().with_cargo().with_env("CARGO_REGISTRIES_FERRO_TOKEN", "any");
    let config = format!("[registries.ferro]\nindex = \"{}\"\n", server.index_url());
    let manifest = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\nlicense = \"MIT\"\ndescription = \"A demo.\"\n";
    sandbox.write("../cargo-home/config.toml", config).write("Cargo.toml", manifest).write("src/lib.rs", "");
    let publish =
        || sandbox.run("cargo", ["publish", "--quiet", "--allow-dirty", "--no-verify", "--registry", "ferro"]);
    publish().ok();
    assert!(!publish().success(), "it takes each version once");
    let line = get(&format!("{}/de/mo/demo", server.url()), &[]).expect("it answers").ok();
    assert!(line.text().contains(r#""vers":"1.0.0""#), "{}", line.text());
}

#[test]
fn verdaccio_takes_and_serves_a_package() {
    let Some((tools, js)) = Tools::require_with_javascript() else { return };
    let server = Verdaccio::start(&tools, &js);
    for pnpm in [Pnpm::V10, Pnpm::V12] {
        let name = format!("@demo/{pnpm:?}").to_lowercase();
        let sandbox = Sandbox::new().with_javascript(&js, pnpm);
        let authority = server.url().replace("http:", "");
        let npmrc = |token: &str| format!("registry={}\n{authority}:_authToken={token}\n", server.url());
        sandbox.write("package.json", format!(r#"{{"name": "{name}", "version": "1.0.0"}}"#));
        sandbox.run("pnpm", ["pack", "--out", "demo.tgz"]).ok();
        let publish = |token: &str| {
            sandbox.write("../home/.npmrc", npmrc(token));
            sandbox.run("npm", ["publish", "demo.tgz", "--tag", "next", "--ignore-scripts", "--fetch-retries=0"])
        };
        assert!(!publish("wrong").success());
        publish(TOKEN).ok();
        assert!(!publish(TOKEN).success(), "it takes each version once");
        let built = sha256(&fs::read(sandbox.work().join("demo.tgz")).expect("pnpm packed it"));
        assert_eq!(server.stored().get(&(name.clone(), "1.0.0".to_owned())), Some(&built));
        let tags = server.dist_tags(&name).into_keys().collect::<Vec<_>>();
        assert_eq!(tags, ["latest", "next"], "a first version is the latest as well");
        sandbox.write("project/package.json", "{}");
        sandbox.run("pnpm", ["add", "--dir", "project", &name]).ok();
        assert!(sandbox.read(format!("project/node_modules/{name}/package.json")).contains("1.0.0"));
    }
    let stored = server.stored();
    server.save();
    let sandbox = Sandbox::new().with_javascript(&js, Pnpm::V12);
    sandbox.write("package.json", r#"{"name": "@demo/v10", "version": "1.1.0"}"#);
    sandbox.run("pnpm", ["pack", "--out", "demo.tgz"]).ok();
    server.publish(&[sandbox.work().join("demo.tgz")]);
    assert_eq!((server.stored().len(), server.dist_tags("@demo/v10")["latest"].as_str()), (3, "1.1.0"));
    server.restore();
    assert_eq!(server.stored(), stored);
    server.publish(&[sandbox.work().join("demo.tgz")]);
    assert_eq!(server.stored().len(), 3, "it has forgotten it");
}
