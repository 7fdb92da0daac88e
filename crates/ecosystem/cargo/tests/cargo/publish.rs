//! What cargo publishes, because it alone is given the token: by a program that the user's settings name.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use releasekit_core::model::{Artifact, Digest, PackageName, Target, Version};
use releasekit_core::package_manager::{BuildRequest, Reply, UploadRequest};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, PackageManager, Secret};
use releasekit_rehearsal::cargo::{Fault, On, Options, Server};
use releasekit_testkit::Sandbox;

use crate::common::*;

const NEEDS: &str = "[dependencies]\nbase = { path = \"../base\", version = \"1\", registry = \"house\" }\n";

/// A registry where nobody reads or publishes without a token.
fn server() -> Server {
    let options = Options::default().with_auth_required().with_owner("me", Secret::new("hunter2"));
    Server::start(options).expect("loopback has a free port")
}

/// A program that speaks cargo's protocol, gives this token and writes down what it is asked.
fn program(sandbox: &Sandbox, name: &str, token: &str) -> String {
    let path = folder(sandbox, "programs").join(name);
    let text = format!(
        "#!/bin/sh\necho '{{\"v\":[1]}}'\nwhile read -r line; do\n  echo \"$line\" >> '{log}'\n  env > '{log}.env'\n  \
         echo '{{\"Ok\":{{\"kind\":\"get\",\"token\":\"{token}\",\"cache\":\"never\",\"operation_independent\":false}}}}'\ndone\n",
        log = path.with_extension("log").display()
    );
    fs::write(&path, text).expect("the folder is ours");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    path.display().to_string()
}

fn asked(sandbox: &Sandbox, name: &str) -> String {
    fs::read_to_string(sandbox.path().join("programs").join(name).with_extension("log")).unwrap_or_default()
}

/// The user's settings: where the registry is, and who keeps the token.
fn settings(sandbox: &Sandbox, server: &Server, program: &str) {
    let text = format!("[registries.house]\nindex = \"{}\"\ncredential-provider = \"{program}\"\n", server.index_url());
    fs::write(folder(sandbox, "cargo-home").join("config.toml"), text).expect("the folder is ours");
}

/// A workspace whose own settings name the registry too, and a program that must not run.
fn committed(sandbox: &Sandbox, server: &Server, members: &[(&str, &str)]) {
    let evil = program(sandbox, "evil", "hunter2");
    let text = format!("[registries.house]\nindex = \"{}\"\ncredential-provider = \"{evil}\"\n", server.index_url());
    sandbox.write(".cargo/config.toml", text);
    let members: Vec<(&str, String)> =
        members.iter().map(|(name, more)| (*name, format!("publish = [\"house\"]\n{more}"))).collect();
    let members: Vec<(&str, &str)> = members.iter().map(|(name, more)| (*name, more.as_str())).collect();
    workspace(sandbox, ROOT, &members);
}

/// Crates as they are built in a release, and the requests for that.
async fn crates(sandbox: &Sandbox, names: &[&str]) -> Vec<(BuildRequest, Artifact)> {
    let export = export(sandbox, "export");
    let requests: Vec<_> = names.iter().map(|name| request(sandbox, &export, name, &[]).with_verify(false)).collect();
    let artifacts = built(cargo(sandbox).build_together(&requests).await).concat();
    requests.into_iter().zip(artifacts).collect()
}

/// Has cargo publish a crate from a new export.
async fn publish(sandbox: &Sandbox, server: &Server, place: &str, of: &(BuildRequest, Artifact)) -> Reply {
    let target = Target::new("crates-io", server.index_url(), server.index_url()).with_name("house");
    let source = request(sandbox, &export(sandbox, place), of.0.package.name.as_str(), &[]);
    let (name, version) = (PackageName::new(of.0.package.name.as_str()), Version::from_canonical("1.0.0"));
    let request = UploadRequest::new(name, version, of.1.clone(), target, LIMIT).with_source(Some(source));
    cargo(sandbox).upload(&request).await
}

#[track_caller]
fn refused(reply: Reply) -> BackendError {
    let Reply::Refused(error) = reply else { panic!("it is refused: {reply:?}") };
    error
}

fn served(server: &Server) -> Vec<String> {
    let mut names: Vec<String> = server.files().values().cloned().collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_was_checked_is_published_with_the_token_that_cargo_alone_is_given() {
    let sandbox = sandbox().with_env("CARGO_REGISTRY_TOKEN", "secret").with_env("LOGIN_OF_A_CLOUD", "mine");
    let server = server();
    settings(&sandbox, &server, &program(&sandbox, "own", "hunter2"));
    committed(&sandbox, &server, &[("base", ""), ("top", NEEDS)]);
    let crates = crates(&sandbox, &["base", "top"]).await;
    for (place, one) in ["first", "second"].iter().zip(&crates) {
        let reply = publish(&sandbox, &server, place, one).await;
        assert!(matches!(reply, Reply::Accepted), "{reply:?}");
        assert_eq!(sandbox.git_in(&sandbox.path().join(place), ["status", "--porcelain"]), "");
    }
    let digests: Vec<String> = digests(crates.iter().map(|(_, artifact)| artifact));
    let mut expected: Vec<String> = digests.iter().map(|digest| digest.replace("sha256:", "")).collect();
    expected.sort();
    assert_eq!(served(&server), expected, "the registry has the very bytes");
    let asked_own = asked(&sandbox, "own");
    for digest in &expected {
        assert!(asked_own.contains(digest) && asked_own.contains("\"operation\":\"publish\""), "{asked_own}");
    }
    assert_eq!(asked(&sandbox, "evil"), "", "the repository's own program is not asked");
    let seen = fs::read_to_string(sandbox.path().join("programs/own.log.env")).expect("it ran");
    assert!(seen.contains("LOGIN_OF_A_CLOUD") && !seen.contains("CARGO_REGISTRY_TOKEN"), "{seen}");
}

#[tokio::test]
async fn what_cargo_would_pack_otherwise_is_not_sent() {
    let (sandbox, server) = (sandbox(), server());
    settings(&sandbox, &server, &program(&sandbox, "own", "hunter2"));
    committed(&sandbox, &server, &[("base", "")]);
    let mut crates = crates(&sandbox, &["base"]).await;
    crates[0].1.digests = vec![Digest::sha256("0".repeat(64))];
    let error = refused(publish(&sandbox, &server, "again", &crates[0]).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-CARGO-REPACKED", ErrorKind::ToolFailed));
    assert!(server.writes().is_empty() && !asked(&sandbox, "own").contains("publish"), "no token for it was asked for");
}

#[tokio::test]
async fn what_closes_a_circle_is_published_as_it_was_packed() {
    let (sandbox, server) = (sandbox(), server());
    settings(&sandbox, &server, &program(&sandbox, "own", "hunter2"));
    let cycle = "[dev-dependencies]\ntop = { path = \"../top\", version = \"1\", registry = \"house\" }\n";
    committed(&sandbox, &server, &[("base", cycle), ("top", NEEDS)]);
    let crates = crates(&sandbox, &["base", "top"]).await;
    let reply = publish(&sandbox, &server, "again", &crates[0]).await;
    assert!(matches!(reply, Reply::Accepted), "{reply:?}");
    assert_eq!(served(&server), [digests([&crates[0].1])[0].replace("sha256:", "")]);
}

#[tokio::test]
async fn a_no_is_told_from_what_nobody_knows() {
    let (sandbox, server) = (sandbox(), server());
    committed(&sandbox, &server, &[("base", ""), ("other", "")]);
    let crates = crates(&sandbox, &["base", "other"]).await;
    settings(&sandbox, &server, &Path::new("/nowhere/program").display().to_string());
    let error = refused(publish(&sandbox, &server, "none", &crates[0]).await);
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error}: {:?}", error.output());
    settings(&sandbox, &server, &program(&sandbox, "own", "hunter2"));
    server.faults().once(On::Upload(1), Fault::Status(503));
    let reply = publish(&sandbox, &server, "failed", &crates[0]).await;
    assert!(matches!(reply, Reply::ServerError { status: 503, .. }), "{reply:?}");
    server.faults().once(On::Upload(2), Fault::LoseReply);
    let reply = publish(&sandbox, &server, "lost", &crates[0]).await;
    assert!(
        matches!(&reply, Reply::Unknown(error) if error.code().as_str() == "RK-PUBLISH-UPLOAD-FAILED"),
        "{reply:?}"
    );
    let error = refused(publish(&sandbox, &server, "twice", &crates[0]).await);
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}: {:?}", error.output());
    server.faults().once(On::Upload(3), Fault::Status(403));
    let error = refused(publish(&sandbox, &server, "denied", &crates[1]).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-CREDENTIALS-REFUSED", ErrorKind::Forbidden));
    assert_eq!(server.files().len(), 1);
}

#[tokio::test]
async fn without_a_source_nothing_is_sent() {
    let (sandbox, server) = (sandbox(), server());
    committed(&sandbox, &server, &[("base", "")]);
    let (of, artifact) = crates(&sandbox, &["base"]).await.remove(0);
    let target = Target::new("crates-io", server.index_url(), server.index_url());
    let request = UploadRequest::new(of.package.name, Version::from_canonical("1.0.0"), artifact, target, LIMIT);
    assert_eq!(refused(cargo(&sandbox).upload(&request).await).kind(), ErrorKind::Unsupported);
}
