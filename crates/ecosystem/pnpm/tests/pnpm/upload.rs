//! What npm sends, where to, and what is made of the answers.

use std::fs::{self, File};
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::model::{Artifact, PackageName, Target};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, Secret};
use releasekit_rehearsal::npm::{Fault, On, Options, Server};
use releasekit_testkit::servers::{self, Verdaccio};
use releasekit_testkit::{Pnpm, Sandbox, Tools};

use crate::common::{LIMIT, build, demo, log_in, manager, package, sandbox, target, upload, version, write};

/// A registry where `ann` may publish, and `@scope/demo` packed.
struct House {
    server: Server,
    sandbox: Sandbox,
    artifact: Artifact,
}

impl House {
    async fn new(options: Options, more: &str) -> Option<Self> {
        let sandbox = sandbox(Pnpm::V12)?;
        let server = Server::start(options.with_publisher("ann", Secret::new("tokenA"))).expect("loopback");
        let artifact = build(&sandbox, demo(&sandbox, more), "out").await.expect("it can be packed").remove(0);
        log_in(&sandbox, &server.registry_url(), "tokenA");
        Some(Self { server, sandbox, artifact })
    }

    async fn upload(&self, more: &[(&str, &str)]) -> Reply {
        upload(&*manager(&self.sandbox, more), &self.artifact, target(&self.server), "next").await
    }

    fn stored(&self) -> Vec<String> {
        self.server.files().into_values().collect()
    }
}

fn refused(reply: Reply) -> BackendError {
    match reply {
        Reply::Refused(error) => error,
        other => unreachable!("{other:?} in place of a refusal"),
    }
}

#[tokio::test]
async fn exactly_this_file_is_sent_under_this_tag() {
    // What the tarball says of registry and tag does not count.
    let said = r#", "publishConfig": {"registry": "http://127.0.0.1:1/", "tag": "beta", "access": "public"}"#;
    let Some(house) = House::new(Options::default().without_private_packages(), said).await else { return };
    house.sandbox.write("../home/package.json", "{}");
    let reply = house.upload(&[]).await;
    assert!(matches!(reply, Reply::Accepted), "{reply:?}");
    assert_eq!(house.stored(), [house.artifact.digests[0].value.clone()]);
    let writes: Vec<_> = house.server.writes().into_iter().map(|request| request.method).collect();
    assert_eq!(writes, ["PUT"]);
    // The first version of a package is `latest` whatever was asked for.
    assert_eq!(house.server.tags("@scope/demo").get("next").map(String::as_str), Some("1.0.0"));
    let cache: Vec<_> = fs::read_dir(house.sandbox.path().join("cache")).expect("it is there").flatten().collect();
    assert!(cache.is_empty(), "{cache:?}");
}

#[tokio::test]
async fn a_second_time_it_is_a_conflict_whatever_the_bytes() {
    let Some(house) = House::new(Options::default(), "").await else { return };
    assert!(matches!(house.upload(&[]).await, Reply::Accepted));
    let error = refused(house.upload(&[]).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Conflict));
    let help = error.help().expect("help");
    assert!(help.contains("may be yours") && help.contains("somebody else's"), "{help}");
    assert_eq!(house.stored().len(), 1);
}

#[tokio::test]
async fn answers_are_told_apart() {
    let Some(house) = House::new(Options::default(), "").await else { return };
    for (fault, code, kind) in [
        (Fault::Status(401), "RK-PUBLISH-CREDENTIALS-REFUSED", ErrorKind::Unauthenticated),
        (Fault::Status(402), "RK-PNPM-PLAN-WANTED", ErrorKind::Forbidden),
        (Fault::Status(403), "RK-PUBLISH-CREDENTIALS-REFUSED", ErrorKind::Forbidden),
        (Fault::RateLimit(7), "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::RateLimited),
    ] {
        house.server.faults().once(On::AnyUpload, fault.clone());
        let error = refused(house.upload(&[]).await);
        assert_eq!((error.code().as_str(), error.kind()), (code, kind), "{fault:?}");
        assert!(error.retry_after().is_none() && error.help().is_some() && error.output().is_some());
    }
    house.server.faults().once(On::AnyUpload, Fault::Status(503));
    assert!(matches!(house.upload(&[]).await, Reply::ServerError { status: 503, .. }));
    for fault in [Fault::Reset, Fault::LoseReply] {
        house.server.faults().once(On::AnyUpload, fault.clone());
        let reply = house.upload(&[]).await;
        assert!(
            matches!(&reply, Reply::Unknown(error) if error.kind() == ErrorKind::Transient),
            "{fault:?}: {reply:?}"
        );
    }
    let sent = house.server.writes().len();
    assert_eq!((sent, house.stored().len()), (7, 1), "each was sent once, and the last one was stored");
}

/// npm sends the file on, and the token too as long as the name of the host stays.
#[tokio::test]
async fn a_redirection_is_no_knowledge() {
    let Some(house) = House::new(Options::default(), "").await else { return };
    for (host, has_token) in [("127.0.0.1", true), ("localhost", false)] {
        let other = Server::start(Options::default()).expect("loopback");
        let place = other.registry_url().replace("127.0.0.1", host);
        house.server.faults().once(On::AnyUpload, Fault::Redirect(format!("{place}@scope%2fdemo")));
        let reply = house.upload(&[]).await;
        let Reply::Unknown(error) = &reply else { unreachable!("{reply:?} in place of unknown") };
        assert_eq!(error.code().as_str(), "RK-PUBLISH-UPLOAD-REDIRECTED");
        let told = other.requests().into_iter().map(|it| (it.method, it.authorized));
        assert_eq!(told.collect::<Vec<_>>(), [("PUT".to_owned(), has_token)], "{host}");
    }
    assert!(house.stored().is_empty());
}

#[tokio::test]
async fn what_says_that_nothing_is_there_is_asked_who_we_are() {
    let other = || Options::default().with_masked_refusals().with_publisher("bob", Secret::new("tokenB"));
    let Some(mut house) = House::new(other(), r#", "publishConfig": {"access": "public"}"#).await else { return };
    log_in(&house.sandbox, &house.server.registry_url(), "nobodys");
    let error = refused(house.upload(&[]).await);
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error}");
    log_in(&house.sandbox, &house.server.registry_url(), "tokenB");
    assert!(matches!(house.upload(&[]).await, Reply::Accepted));
    // Of a version that is there npm says so by itself, whoever we are.
    let manifest = r#"{"name": "@scope/demo", "version": "1.1.0"}"#;
    write(&house.sandbox.path().join("export"), &[("p/demo/package.json", manifest)]);
    let next = package("@scope/demo", "1.1.0", "p/demo");
    house.artifact = build(&house.sandbox, next, "next").await.expect("it can be packed").remove(0);
    log_in(&house.sandbox, &house.server.registry_url(), "tokenA");
    let error = refused(house.upload(&[]).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-CREDENTIALS-REFUSED", ErrorKind::Forbidden));
    let Some(house) = House::new(Options::default(), "").await else { return };
    house.server.faults().once(On::AnyUpload, Fault::Status(404));
    let error = refused(house.upload(&[]).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::NotFound));
}

#[tokio::test]
async fn a_one_time_password_is_named() {
    let Some(house) = House::new(Options::default().with_one_time_password("123456"), "").await else { return };
    let error = refused(house.upload(&[]).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PNPM-OTP-WANTED", ErrorKind::Unauthenticated));
}

#[tokio::test]
async fn where_nothing_was_sent_it_is_refused() {
    let Some(house) = House::new(Options::default(), "").await else { return };
    let nobody = Target::new("npm", "http://127.0.0.1:1/", "http://127.0.0.1:1/");
    house.sandbox.write("../home/.npmrc", "//127.0.0.1:1/:_authToken=tokenA\n");
    let manager = manager(&house.sandbox, &[]);
    let error = refused(upload(&*manager, &house.artifact, nobody, "next").await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-UPLOAD-FAILED", ErrorKind::Transient));
    // Whether the user has a login there, nobody knows.
    let settings = [("NPM_CONFIG_USERCONFIG", house.sandbox.path().to_str().expect("UTF-8"))];
    let error = refused(house.upload(&settings).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PNPM-FOLDER-UNUSABLE", ErrorKind::Precondition));
    // The login is that of another registry.
    let error = refused(house.upload(&[]).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-CREDENTIALS-MISSING", ErrorKind::Unauthenticated));
    assert!(error.help().is_some_and(|help| help.contains("NPM_TOKEN")));
    assert!(house.server.requests().is_empty());
}

#[tokio::test]
async fn settings_of_the_repository_and_variables_they_name_reach_nobody() {
    let Some(house) = House::new(Options::default(), "").await else { return };
    let url = house.server.registry_url();
    let place = url.trim_start_matches("http:");
    house.sandbox.write("../home/.npmrc", "");
    let npmrc = format!("registry={url}\n{place}:_authToken=${{NPM_TOKEN}}\n");
    for folder in ["export/.npmrc", "export/p/demo/.npmrc", "cache/.npmrc"] {
        let file = house.sandbox.path().join(folder);
        fs::create_dir_all(file.parent().expect("in a folder")).expect("writable");
        fs::write(file, &npmrc).expect("writable");
    }
    let error = refused(house.upload(&[("NPM_TOKEN", "tokenA"), ("NODE_AUTH_TOKEN", "tokenA")]).await);
    assert_eq!(error.code().as_str(), "RK-PUBLISH-CREDENTIALS-MISSING");
    // The user's own settings may name them.
    house.sandbox.write("../home/.npmrc", &npmrc);
    assert!(matches!(house.upload(&[("NPM_TOKEN", "tokenA")]).await, Reply::Accepted));
}

#[tokio::test]
async fn provenance_needs_somebody_who_publishes() {
    let Some(house) = House::new(Options::default(), r#", "publishConfig": {"provenance": true}"#).await else {
        return;
    };
    let error = refused(house.upload(&[]).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PNPM-IDENTITY-MISSING", ErrorKind::Precondition));
    assert!(house.server.requests().is_empty());
    let reply = house.upload(&[("npm_config_provenance", "false")]).await;
    assert!(matches!(reply, Reply::Accepted), "{reply:?}");
}

#[tokio::test]
async fn an_upload_that_nobody_waits_for_ends_by_itself_and_holds_the_lock_until_then() {
    let Some(house) = House::new(Options::default(), "").await else { return };
    house.server.faults().once(On::AnyUpload, Fault::Delay(Duration::from_secs(5)));
    let path = house.sandbox.path().join("lock");
    let lock = File::create(&path).expect("writable");
    lock.lock().expect("nobody has it");
    let (name, sent) = (PackageName::new("@scope/demo"), house.artifact.clone());
    let request = UploadRequest::new(name, version("1.0.0"), sent, target(&house.server), LIMIT);
    let (request, manager) = (request.with_hold(Some(Arc::new(lock))), manager(&house.sandbox, &[]));
    let upload = tokio::spawn(async move { manager.upload(&request).await });
    let mut looks = 0..600;
    while house.server.writes().is_empty() && looks.next().is_some() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    upload.abort();
    assert!(upload.await.is_err_and(|error| error.is_cancelled()));
    let again = File::open(&path).expect("it is there");
    assert!(again.try_lock().is_err(), "npm has it still");
    again.lock().expect("npm ends");
    assert_eq!(house.stored().len(), 1);
}

#[tokio::test]
async fn verdaccio_takes_a_file_once() {
    let Some((tools, js)) = Tools::require_with_javascript() else { return };
    let server = Verdaccio::start(&tools, &js);
    let sandbox = Sandbox::new().with_javascript(&js, Pnpm::V12);
    let artifact = build(&sandbox, demo(&sandbox, ""), "out").await.expect("it can be packed").remove(0);
    let (manager, target) = (manager(&sandbox, &[]), Target::new("npm", server.url(), server.url()));
    log_in(&sandbox, &server.url(), "nobodys");
    let error = refused(upload(&*manager, &artifact, target.clone(), "next").await);
    assert_eq!(error.code().as_str(), "RK-PUBLISH-CREDENTIALS-REFUSED", "{error}");
    assert!(server.stored().is_empty());

    log_in(&sandbox, &server.url(), servers::TOKEN);
    let reply = upload(&*manager, &artifact, target.clone(), "next").await;
    assert!(matches!(reply, Reply::Accepted), "{reply:?}");
    assert_eq!(server.stored().into_values().collect::<Vec<_>>(), [artifact.digests[0].value.clone()]);
    assert_eq!(server.dist_tags("@scope/demo").get("next").map(String::as_str), Some("1.0.0"));
    let error = refused(upload(&*manager, &artifact, target, "next").await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Conflict));
}
