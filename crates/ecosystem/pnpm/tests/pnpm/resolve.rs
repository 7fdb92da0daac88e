//! What npm says that it would install.

use std::fs;

use releasekit_core::model::{PackageName, Requirement, Target};
use releasekit_core::package_manager::{Installable, ResolveRequest, Resolved};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, Secret};
use releasekit_rehearsal::npm::{Fault, On, Options, Server};
use releasekit_testkit::{Pnpm, Sandbox};

use crate::common::{LIMIT, build, folder, manager, package, sandbox, target, version, write};

/// A registry with `top`, which requires `base` and a package that is nowhere.
struct House {
    server: Server,
    sandbox: Sandbox,
}

impl House {
    async fn new(options: Options) -> Option<Self> {
        let sandbox = sandbox(Pnpm::V12)?;
        let house = Self { server: Server::start(options).expect("loopback"), sandbox };
        for (name, more) in [("base", ""), ("top", ", \"dependencies\": {\"base\": \"^1.0.0\", \"third\": \"^3.0.0\"}")]
        {
            house.put(name, "1.0.0", more).await;
        }
        Some(house)
    }

    async fn put(&self, name: &str, of: &str, more: &str) {
        let manifest = format!("{{\"name\": \"{name}\", \"version\": \"{of}\"{more}}}");
        let place = format!("p/{name}");
        let export = folder(&self.sandbox, "export");
        write(&export.join(&place), &[("package.json", &manifest), ("index.js", "")]);
        let into = format!("out-{name}-{of}");
        let built = build(&self.sandbox, package(name, of, &place), &into).await.expect("it can be packed").remove(0);
        self.server.put(&built.file_name, fs::read(&built.path).expect("it is there")).expect("memory takes it");
    }

    async fn ask(
        &self,
        asked: &[(&str, &str)],
        target: Target,
        more: &[(&str, &str)],
    ) -> Result<Resolved, BackendError> {
        let third = || Requirement { name: "third".to_owned(), text: "^3.0.0".to_owned() };
        let one = |(name, of): &(&str, &str)| {
            Installable::new(PackageName::new(*name), version(of)).with_requirements(vec![third()])
        };
        let request = ResolveRequest::new(target, folder(&self.sandbox, "ask"), LIMIT);
        manager(&self.sandbox, more).resolve(&request.with_packages(asked.iter().map(one).collect())).await
    }
}

#[tokio::test]
async fn what_others_require_of_third_parties_is_left_out() {
    let Some(house) = House::new(Options::default()).await else { return };
    let both = [("top", "1.0.0"), ("base", "1.0.0")];
    let chosen = house.ask(&both, target(&house.server), &[]).await.expect("npm answers");
    assert_eq!(chosen, Resolved::Chosen);
    assert!(!house.server.requests().iter().any(|request| request.path.contains("third")));
}

#[tokio::test]
async fn a_version_that_is_missing_and_one_that_contradicts_are_named() {
    let Some(house) = House::new(Options::default()).await else { return };
    house.put("base", "2.0.0", "").await;
    for (asked, expected) in [
        (&[("top", "1.0.0"), ("base", "1.5.0")][..], "base"),
        (&[("top", "1.0.0"), ("base", "2.0.0")], "base"),
        (&[("nowhere", "1.0.0")], "nowhere"),
    ] {
        let found = house.ask(asked, target(&house.server), &[]).await.expect("npm answers");
        let Resolved::NotChosen { packages, why } = found else { unreachable!("{asked:?} is chosen") };
        assert_eq!(packages, [PackageName::new(expected)], "{asked:?}: {why}");
    }
}

#[tokio::test]
async fn each_question_is_asked_anew() {
    let Some(house) = House::new(Options::default()).await else { return };
    let ask = || async { house.ask(&[("base", "1.0.0")], target(&house.server), &[]).await.expect("npm answers") };
    assert_eq!(ask().await, Resolved::Chosen);
    let asked = house.server.requests().len();
    assert_eq!(ask().await, Resolved::Chosen);
    assert!(house.server.requests().len() > asked, "the folder is the same, and what is in it is no answer");
}

#[tokio::test]
async fn a_setting_of_the_users_that_hides_what_is_new_does_not_count() {
    let Some(house) = House::new(Options::default()).await else { return };
    house.sandbox.write("../home/.npmrc", "before=2020-01-01\nmin-release-age=1000\nregistry=http://127.0.0.1:1/\n");
    let more = [("npm_config_before", "2020-01-01"), ("npm_config_offline", "true")];
    let chosen = house.ask(&[("base", "1.0.0")], target(&house.server), &more).await.expect("npm answers");
    assert_eq!(chosen, Resolved::Chosen);
}

#[tokio::test]
async fn a_registry_that_does_not_answer_is_no_answer() {
    let Some(house) = House::new(Options::default()).await else { return };
    let nobody = Target::new("npm", "http://127.0.0.1:1/", "http://127.0.0.1:1/");
    let error = house.ask(&[("base", "1.0.0")], nobody, &[]).await.expect_err("nobody is there");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-RESOLVE-FAILED", ErrorKind::Transient));
    for (fault, kind) in [
        (Fault::Status(401), ErrorKind::Unauthenticated),
        (Fault::Status(403), ErrorKind::Forbidden),
        (Fault::Status(503), ErrorKind::Transient),
        (Fault::RateLimit(1), ErrorKind::RateLimited),
    ] {
        house.server.faults().always(On::Page("base".to_owned()), fault.clone());
        let error = house.ask(&[("base", "1.0.0")], target(&house.server), &[]).await.expect_err("it does not say");
        assert_eq!(error.kind(), kind, "{fault:?}");
        house.server.faults().clear();
    }
}

#[tokio::test]
async fn no_right_to_upload_goes_with_the_question() {
    let Some(house) = House::new(Options::default().with_publisher("ann", Secret::new("tokenA"))).await else { return };
    let url = house.server.registry_url();
    let place = url.trim_start_matches("http:");
    let asked = [("base", "1.0.0")];
    let with = |npmrc: String| house.sandbox.write("../home/.npmrc", npmrc);
    let authorized = || house.server.requests().iter().any(|request| request.authorized);
    with(format!("registry={url}\n{place}:_authToken=${{NPM_TOKEN}}\n"));
    let variables = [("NPM_TOKEN", "tokenA"), ("NODE_AUTH_TOKEN", "tokenA")];
    assert_eq!(house.ask(&asked, target(&house.server), &variables).await.expect("npm answers"), Resolved::Chosen);
    assert!(!authorized());
    // A login that stands there for reading goes with it.
    with(format!("{place}:_authToken=tokenA\n"));
    assert_eq!(house.ask(&asked, target(&house.server), &[]).await.expect("npm answers"), Resolved::Chosen);
    assert!(authorized());
}
