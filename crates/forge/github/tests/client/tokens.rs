//! Where a token comes from, and which host may have it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use releasekit_core::{BackendError, Diagnostic, Environment, ErrorKind, Forge};
use releasekit_github::GitHub;

use crate::script::{CANARY, Script, context, open, site, with_token};

fn opened(url: &str, environment: Environment) -> Result<GitHub, BackendError> {
    GitHub::open(&context(environment).0, &site(url))
}

fn refused(url: &str, environment: Environment) -> (String, ErrorKind, String) {
    let error = opened(url, environment).expect_err("it does not open");
    (error.code().to_string(), error.kind(), error.help().unwrap_or_default())
}

#[test]
fn without_a_token_nothing_is_opened_and_the_variable_is_named() {
    let cases =
        [("https://github.com", "GH_TOKEN", "github.com"), ("https://acme.ghe.com", "GH_TOKEN", "acme.ghe.com")];
    for (url, variable, host) in cases {
        let help = format!("set `{variable}`, or run `gh auth login --hostname {host}`");
        let expected = ("RK-FORGE-TOKEN-MISSING".to_owned(), ErrorKind::Unauthenticated, help);
        assert_eq!(refused(url, Environment::new()), expected);
    }
    let environment = with_token().with("GH_HOST", "code.acme.test");
    let (code, _, help) = refused("https://code.acme.test", environment);
    assert_eq!(code, "RK-FORGE-TOKEN-MISSING", "a token of github.com is none of another server");
    assert!(help.contains("GH_ENTERPRISE_TOKEN"), "{help}");
}

#[tokio::test]
async fn a_token_that_cannot_be_one_is_not_sent() {
    for token in ["canary\ncanary", "canary hunter2", "canaré"] {
        let server = Script::new().start();
        let github = opened(&server.url, Environment::new().with("GH_TOKEN", token)).expect("there is one");
        let error = github.repository().await.expect_err("it cannot be sent");
        assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-TOKEN-UNUSABLE", ErrorKind::Unauthenticated));
        assert!(server.asked().is_empty() && !format!("{error:?}").contains("canar"), "{error:?}");
    }
}

#[test]
fn a_host_that_only_the_configuration_names_gets_no_token() {
    let enterprise = || with_token().with("GH_ENTERPRISE_TOKEN", CANARY);
    let (code, kind, help) = refused("https://code.evil.test", enterprise());
    assert_eq!((code.as_str(), kind), ("RK-FORGE-HOST-UNKNOWN", ErrorKind::Forbidden));
    assert!(help.contains("`GH_HOST` to `code.evil.test`"), "{help}");
    for (name, value) in [("GH_HOST", "code.acme.test"), ("GITHUB_SERVER_URL", "https://code.acme.test")] {
        opened("https://code.acme.test", enterprise().with(name, value)).expect("the surroundings name it");
        assert_eq!(refused("https://code.evil.test", enterprise().with(name, value)).0, "RK-FORGE-HOST-UNKNOWN");
    }
}

#[test]
fn an_api_elsewhere_is_another_host() {
    let opened = |api: &str| {
        let site = site("https://github.com").with_api_url(Some(api.to_owned()));
        GitHub::open(&context(with_token()).0, &site)
    };
    let elsewhere = |api: &str| opened(api).err().map(|error| error.code().to_string());
    assert_eq!(elsewhere("https://api.evil.test").as_deref(), Some("RK-FORGE-HOST-UNKNOWN"));
    assert_eq!(elsewhere("https://api.github.com.evil.test").as_deref(), Some("RK-FORGE-HOST-UNKNOWN"));
    assert_eq!(elsewhere("https://evil.test\\@api.github.com").as_deref(), Some("RK-FORGE-HOST-UNKNOWN"));
    assert_eq!((elsewhere("https://api.github.com/"), elsewhere("http://127.0.0.1:1")), (None, None));
    assert_eq!(elsewhere("http://api.github.com").as_deref(), Some("RK-FORGE-INSECURE"));
    let insecure = opened("http://ana:hunter2@api.github.com").expect_err("it would show the token");
    assert!(!format!("{insecure} {insecure:?}").contains("hunter2"), "{insecure:?}");
}

#[test]
fn a_known_host_is_no_other_one_by_how_it_is_written() {
    let opened = |host: &str, root: &str| {
        let mut site = site(&format!("https://{host}"));
        site.place.url = root.to_owned();
        let environment = Environment::new().with("GH_HOST", host).with("GH_ENTERPRISE_TOKEN", CANARY);
        GitHub::open(&context(environment).0, &site).err().map(|error| error.code().to_string())
    };
    assert_eq!(opened("code.acme.test", "https://code.acme.test"), None);
    assert_eq!(opened("köln.test", "https://köln.test"), None);
    let disguised = opened("code.acme.test", "https://evil.test\\@code.acme.test");
    assert_eq!(disguised.as_deref(), Some("RK-FORGE-HOST-UNKNOWN"));
}

/// What was in the header of the first request.
async fn authorization(environment: Environment) -> Option<String> {
    let server = Script::new().start();
    let github = opened(&server.url, environment).ok()?;
    github.repository().await.expect("the repository is there");
    let request = server.asked().remove(0);
    request.lines().find_map(|line| Some(line.strip_prefix("authorization: Bearer ")?.to_owned()))
}

#[tokio::test]
async fn on_this_machine_the_variables_of_servers_come_first() {
    let all = [
        ("GH_ENTERPRISE_TOKEN", "one"),
        ("GITHUB_ENTERPRISE_TOKEN", "two"),
        ("GH_TOKEN", "three"),
        ("GITHUB_TOKEN", "four"),
    ];
    for at in 0..all.len() {
        let environment = all[at..].iter().fold(Environment::new(), |all, (name, value)| all.with(*name, *value));
        assert_eq!(authorization(environment).await.as_deref(), Some(all[at].1));
    }
}

/// A `gh` that has a login for a host, or only says so.
fn gh(folder: &Path, host: &str, script: &str) -> Environment {
    fs::write(folder.join("gh"), format!("#!/bin/sh\n{script}\n")).expect("the folder is writable");
    fs::set_permissions(folder.join("gh"), fs::Permissions::from_mode(0o755)).expect("it is ours");
    fs::write(folder.join("hosts.yml"), format!("{host}:\n    user: ana\n")).expect("the folder is writable");
    Environment::new().with("PATH", format!("{}:/usr/bin:/bin", folder.display())).with("GH_CONFIG_DIR", folder)
}

#[tokio::test]
async fn what_gh_has_a_login_for_gets_the_token_of_gh() {
    let server = Script::new().start();
    let host = server.url.trim_start_matches("http://").to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let environment = gh(folder.path(), &host, &format!(r#"[ "$*" = "auth token --hostname {host}" ] && echo of-gh"#));
    opened(&server.url, environment).expect("gh has a login").repository().await.expect("the repository is there");
    assert!(server.asked()[0].contains("authorization: Bearer of-gh\r\n"));
}

#[tokio::test]
async fn a_gh_that_fails_has_no_token_and_nothing_is_asked() {
    let server = Script::new().start();
    let host = server.url.trim_start_matches("http://").to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let environment = gh(folder.path(), &host, "echo half-a-token; exit 1");
    let github = opened(&server.url, environment).expect("gh says that it has a login");
    let error = github.repository().await.expect_err("it has none");
    assert_eq!((error.code().as_str(), server.asked().len()), ("RK-FORGE-TOKEN-MISSING", 0));
}

/// The surroundings do not know it as secret, for no variable has it.
#[tokio::test]
async fn a_token_of_gh_that_the_server_repeats_is_not_repeated() {
    let body = serde_json::json!({"message": "Bad token of-gh-hunter2"});
    let server = Script::new().with("GET /repos/o/n", &[crate::script::answer(401, "", &body)]).start();
    let host = server.url.trim_start_matches("http://").to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let github = opened(&server.url, gh(folder.path(), &host, "echo of-gh-hunter2")).expect("gh has a login");
    let error = github.repository().await.expect_err("it refuses");
    assert_eq!((error.code().as_str(), error.output().as_deref()), ("RK-FORGE-TOKEN-REFUSED", Some("Bad token ***")));
    assert!(!format!("{error:?} {github:?}").contains("hunter2"));
}

#[test]
fn a_login_of_gh_makes_its_host_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let environment = gh(folder.path(), "code.acme.test", "exit 1").with("GITHUB_ENTERPRISE_TOKEN", CANARY);
    opened("https://code.acme.test", environment.clone()).expect("gh knows it");
    assert_eq!(refused("https://acme.test", environment).0, "RK-FORGE-HOST-UNKNOWN");
}

#[tokio::test]
async fn a_token_that_the_server_repeats_is_not_repeated() {
    let body = serde_json::json!({"message": format!("Bad token {CANARY}"), "errors": [{"message": CANARY}]});
    let headers = format!("x-accepted-github-permissions: {CANARY}\r\n");
    let server = Script::new().with("GET /repos/o/n", &[crate::script::answer(403, &headers, &body)]).start();
    let github = open(&server);
    let error = github.repository().await.expect_err("it refuses");
    let shown = format!("{error} {error:?} {:?} {:?} {github:?}", error.output(), error.help());
    assert!(error.output().is_some_and(|output| output.contains("Bad token ***")), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}
