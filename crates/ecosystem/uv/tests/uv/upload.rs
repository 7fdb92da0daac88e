//! Uploads by the real uv: to pypiserver, and to an index that fails in every way.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::common::index::{Answer, Index};
use crate::common::tool::{LIMIT, context, folder, open, sandbox, write};
use releasekit_core::model::{Artifact, PackageName, Target};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::{BackendError, Diagnostic, ErrorKind};
use releasekit_testkit::servers::{PASSWORD, PypiServer, USERNAME};
use releasekit_testkit::{Sandbox, Tools};
use releasekit_uv::Error;

const TOKEN: &str = "pypi-hunter2-token";
const NOTHING: Answer = Answer::Status(404, "");

fn artifact(sandbox: &Sandbox, text: &str) -> Artifact {
    let folder = folder(sandbox, "a");
    write(
        &folder,
        &[
            (
                "pyproject.toml",
                "[project]\nname = \"pkg\"\nversion = \"1.0.0\"\n[build-system]\nrequires = [\"uv_build\"]\n\
                 build-backend = \"uv_build\"\n",
            ),
            ("src/pkg/__init__.py", text),
        ],
    );
    sandbox.run("uv", ["build", "-q", "--wheel", "--out-dir", "../a/dist", "../a"]).ok();
    let file = folder.join("dist/pkg-1.0.0-py3-none-any.whl");
    open(&context(sandbox)).artifact(&file).expect("readable").expect("a wheel")
}

fn request(artifact: Artifact, read_url: &str, publish_url: &str) -> UploadRequest {
    let version = crate::common::version("1.0.0");
    let target = Target::new("pypi", read_url, publish_url);
    UploadRequest::new(PackageName::new("pkg"), version, artifact, target, LIMIT)
}

async fn send(sandbox: &Sandbox, index: &Index, timeout: Duration) -> Reply {
    let mut request = request(artifact(sandbox, ""), &index.simple_url(), &index.upload_url());
    request.timeout = timeout;
    open(&context(sandbox)).upload(&request).await
}

fn refused(reply: Reply) -> BackendError {
    match reply {
        Reply::Refused(error) => error,
        other => panic!("{other:?}"),
    }
}

fn unknown(reply: Reply) -> BackendError {
    match reply {
        Reply::Unknown(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_answer_of_an_index_has_its_meaning() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox).with_env("UV_PUBLISH_TOKEN", TOKEN);
    let cases: &[(u16, &'static str, &str, ErrorKind)] = &[
        (400, "File already exists ('x.whl')", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Conflict),
        (
            400,
            "This filename has already been used, use a different version.",
            "RK-PUBLISH-UPLOAD-REFUSED",
            ErrorKind::Conflict,
        ),
        (400, "Invalid value for classifiers", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Invalid),
        (401, "who are you", "RK-PUBLISH-CREDENTIALS-REFUSED", ErrorKind::Unauthenticated),
        (403, "pypi-hunter2-token is not yours", "RK-PUBLISH-CREDENTIALS-REFUSED", ErrorKind::Forbidden),
        (404, "nothing here", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::NotFound),
        (405, "not like this", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::NotFound),
        (408, "too slow", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Transient),
        (409, "conflict", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Conflict),
        (413, "too large", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Invalid),
        (429, "slow down", "RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::RateLimited),
    ];
    for (status, body, code, kind) in cases {
        let index = Index::start(Answer::Status(*status, body), NOTHING);
        let error = refused(send(&sandbox, &index, LIMIT).await);
        assert_eq!((error.code().as_str(), error.kind()), (*code, *kind), "{status} {body}");
        assert_eq!(index.uploads(), 1, "{status}");
        let output = error.output().expect("uv's words");
        assert!(output.contains(&format!("status code {status}")) || *status == 405, "{output}");
        assert!(!output.contains(TOKEN) && !format!("{error:?}").contains(TOKEN), "{output}");
        assert!(error.downcast_ref::<Error>().is_some());
    }
    let index = Index::start(Answer::Status(200, ""), NOTHING);
    assert!(matches!(send(&sandbox, &index, LIMIT).await, Reply::Accepted));
    assert_eq!(index.uploads(), 1);
}

#[tokio::test]
async fn what_has_no_clear_answer_is_unknown_and_sent_once() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox).with_env("UV_PUBLISH_TOKEN", TOKEN);
    let short = Duration::from_secs(2);
    let cases = [
        (Answer::Cut(400, "no, for"), LIMIT),
        (Answer::Cut(503, "later, for"), LIMIT),
        (Answer::Reset, LIMIT),
        (Answer::Lost, LIMIT),
        (Answer::Silence(Duration::from_secs(60)), short),
    ];
    for (upload, timeout) in cases {
        let index = Index::start(upload.clone(), NOTHING);
        let error = unknown(send(&sandbox, &index, timeout).await);
        assert_eq!(error.code().as_str(), "RK-PUBLISH-UPLOAD-FAILED", "{upload:?}");
        assert_eq!(error.kind(), ErrorKind::Transient, "{upload:?}");
        assert_eq!(index.uploads(), 1, "{upload:?}");
    }
}

#[tokio::test]
async fn a_complete_5xx_is_said_with_its_status_and_sent_once() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox).with_env("UV_PUBLISH_TOKEN", TOKEN);
    for answered in [500, 503, 599] {
        let index = Index::start(Answer::Status(answered, "oops"), NOTHING);
        let Reply::ServerError { status, error } = send(&sandbox, &index, LIMIT).await else { panic!("{answered}") };
        assert_eq!((status, error.code().as_str()), (answered, "RK-PUBLISH-UPLOAD-FAILED"));
        assert_eq!((error.kind(), index.uploads()), (ErrorKind::Transient, 1));
    }
}

/// uv prints all that an index says, and only so much of it is kept.
#[tokio::test]
async fn a_reply_that_is_too_long_to_be_kept_is_unknown() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox).with_env("UV_PUBLISH_TOKEN", TOKEN);
    for status in [400, 500] {
        let index = Index::start(Answer::Long(status, 20_000_000), NOTHING);
        let error = unknown(send(&sandbox, &index, LIMIT).await);
        assert!(error.to_string().contains(&format!("answered {status} and said more than can be kept")), "{error}");
        assert!(error.output().is_some_and(|output| output.contains("Uploading pkg-1.0.0")));
    }
}

/// uv itself follows a redirection inside one origin; others it does not, and no credential leaves the first host.
#[tokio::test]
async fn a_redirection_is_unknown_and_names_the_key() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox).with_env("UV_PUBLISH_TOKEN", TOKEN);
    let other = Index::start(Answer::Status(200, ""), NOTHING);
    for location in [other.upload_url(), "/elsewhere/".to_owned(), String::new()] {
        let index = Index::start(Answer::Redirect(307, location), NOTHING);
        let error = unknown(send(&sandbox, &index, LIMIT).await);
        assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-UPLOAD-REDIRECTED", ErrorKind::Invalid));
        assert!(error.help().expect("help").contains("publish_url"), "{error}");
        assert_eq!((index.uploads(), other.uploads()), (1, 0));
    }
}

/// The folder that uv runs in lies in the cache, and the cache in a home folder: neither may say where a token goes.
#[tokio::test]
async fn settings_in_a_folder_above_do_not_count_and_those_of_the_user_do() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox).with_env("UV_PUBLISH_TOKEN", TOKEN);
    let proxy = Index::start(Answer::Status(200, ""), NOTHING);
    let index = Index::start(Answer::Status(200, ""), NOTHING);
    let settings = format!("http-proxy = \"{}\"\n", proxy.upload_url());
    let table = format!("[tool.uv]\n{settings}");
    let (cache, user) = (sandbox.path().join("cache"), sandbox.path().join("home/.config/uv/uv.toml"));
    for (file, text) in [("uv-empty/uv.toml", &settings), ("uv.toml", &settings), ("pyproject.toml", &table)] {
        write(&cache, &[(file, text)]);
        assert!(matches!(send(&sandbox, &index, LIMIT).await, Reply::Accepted), "{file}");
        assert_eq!(proxy.uploads(), 0, "{file}");
    }
    assert_eq!(index.uploads(), 3);
    let sent = request(artifact(&sandbox, ""), &index.simple_url(), &index.upload_url());
    write(sandbox.path(), &[("home/.config/uv/uv.toml", "this is no toml")]);
    let reply = open(&context(&sandbox)).upload(&sent).await;
    assert!(!matches!(reply, Reply::Accepted), "{} is read: {reply:?}", user.display());
}

/// Its reads and its uploads would be retried together, or neither: whoever sends has looked before.
#[tokio::test]
async fn uv_asks_the_index_nothing() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox).with_env("UV_PUBLISH_TOKEN", TOKEN);
    let start = Instant::now();
    for question in [Answer::Status(503, ""), Answer::Lost, Answer::Silence(Duration::from_secs(60))] {
        let index = Index::start(Answer::Status(200, ""), question.clone());
        assert!(matches!(send(&sandbox, &index, LIMIT).await, Reply::Accepted), "{question:?}");
        assert_eq!((index.uploads(), index.questions()), (1, 0), "{question:?}");
    }
    assert!(start.elapsed() < Duration::from_secs(50));
}

#[tokio::test]
async fn where_nothing_was_sent_it_is_refused() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox).with_env("UV_PUBLISH_TOKEN", TOKEN);
    let index = Index::start(Answer::Status(200, ""), NOTHING);
    let nobody = request(artifact(&sandbox, ""), &index.simple_url(), "http://127.0.0.1:9/legacy/");
    let error = refused(open(&context(&sandbox)).upload(&nobody).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-UPLOAD-FAILED", ErrorKind::Transient));
    let mut missing = request(artifact(&sandbox, ""), &index.simple_url(), &index.upload_url());
    missing.artifact.path = PathBuf::from("/no/such/pkg-1.0.0-py3-none-any.whl");
    let error = refused(open(&context(&sandbox)).upload(&missing).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-UPLOAD-FAILED", ErrorKind::ToolFailed));
    assert_eq!(index.uploads(), 0);
}

#[tokio::test]
async fn missing_credentials_are_said_to_be_missing() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox);
    let index = Index::start(Answer::Status(200, ""), NOTHING);
    for variables in [vec![], vec![("UV_PUBLISH_TOKEN", "")], vec![("UV_PUBLISH_PASSWORD", "p")]] {
        let mut context = context(&sandbox);
        for (name, value) in variables {
            context.environment.set(name, value);
        }
        let request = request(artifact(&sandbox, ""), &index.simple_url(), &index.upload_url());
        let error = refused(open(&context).upload(&request).await);
        assert_eq!(error.code().as_str(), "RK-PUBLISH-CREDENTIALS-MISSING", "{:?}", error.output());
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
        assert!(error.help().expect("help").contains("UV_PUBLISH_TOKEN"));
    }
    assert_eq!(index.uploads(), 0);
}

#[tokio::test]
async fn a_password_in_a_url_is_never_shown() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox);
    let index = Index::start(Answer::Status(400, "in-url is not welcome; the names do not match"), NOTHING);
    let url = index.upload_url().replace("http://", "http://me:in-url@");
    let request = request(artifact(&sandbox, ""), &index.simple_url(), &url);
    let error = refused(open(&context(&sandbox)).upload(&request).await);
    assert_eq!(error.kind(), ErrorKind::Invalid, "the index's words are not uv's");
    let shown = format!("{error} {error:?} {:?}", error.output());
    assert!(shown.contains("*** is not welcome") && !shown.contains("in-url"), "{shown}");
}

#[tokio::test]
async fn credentials_come_from_variables_netrc_or_the_url() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox);
    let index = Index::start(Answer::Status(200, ""), NOTHING);
    let with_url = index.upload_url().replace("http://", "http://me:in-url@");
    type Variables = &'static [(&'static str, &'static str)];
    let cases: [(Variables, &str, &str); 3] = [
        (&[("UV_PUBLISH_TOKEN", "t"), ("UV_PUBLISH_USERNAME", "u")], &index.upload_url(), "Basic X190b2tlbl9fOnQ="),
        (
            &[("UV_PUBLISH_TOKEN", ""), ("UV_PUBLISH_USERNAME", "u"), ("UV_PUBLISH_PASSWORD", "p")],
            &index.upload_url(),
            "Basic dTpw",
        ),
        (&[], &with_url, "Basic bWU6aW4tdXJs"),
    ];
    for (variables, url, expected) in cases {
        let mut context = context(&sandbox);
        for (name, value) in variables {
            context.environment.set(*name, *value);
        }
        let reply = open(&context).upload(&request(artifact(&sandbox, ""), &index.simple_url(), url)).await;
        assert!(matches!(reply, Reply::Accepted), "{reply:?}");
        assert_eq!(index.authorization().as_deref(), Some(expected));
    }
    let netrc = sandbox.path().join("home/.netrc");
    fs::write(&netrc, "machine 127.0.0.1 login n password r\n").expect("writable");
    fs::set_permissions(&netrc, fs::Permissions::from_mode(0o600)).expect("ours");
    let sent = request(artifact(&sandbox, ""), &index.simple_url(), &index.upload_url());
    assert!(matches!(open(&context(&sandbox)).upload(&sent).await, Reply::Accepted));
    assert_eq!(index.authorization().as_deref(), Some("Basic bjpy"));
}

/// What an index says that quotes a login in every form that it may have been sent in.
fn quoting(user: &str, password: &str) -> &'static str {
    let basic = STANDARD.encode(format!("{user}:{password}"));
    let said =
        format!("you sent {password} as {user}, {basic}, {}", URL_SAFE_NO_PAD.encode(format!("{user}:{password}")));
    said.leak()
}

#[tokio::test]
async fn no_login_that_uv_may_have_sent_is_quoted_back() {
    let Some(sandbox) = sandbox() else { return };
    let sandbox = online(sandbox);
    let bin = folder(&sandbox, "keyring-bin");
    write(&bin, &[("keyring", "#!/bin/sh\n[ $1 = get ] && echo kr1ngS3cret\n")]);
    fs::set_permissions(bin.join("keyring"), fs::Permissions::from_mode(0o755)).expect("ours");
    let path = format!("{}:{}", bin.display(), context(&sandbox).environment.text("PATH").expect("set"));
    let keyring = [("UV_PUBLISH_USERNAME", "joe"), ("UV_KEYRING_PROVIDER", "subprocess"), ("PATH", path.as_str())];
    let password = [("UV_PUBLISH_USERNAME", "joe"), ("UV_PUBLISH_PASSWORD", "pwS3cret%2f")];
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str, &'a str);
    let cases: [Case<'_>; 5] = [
        (&[("UV_PUBLISH_TOKEN", "t0kenS3cret")], "", "__token__", "t0kenS3cret"),
        (&password, "", "joe", "pwS3cret%2f"),
        (&keyring, "", "joe", "kr1ngS3cret"),
        (&[], "me:urlS%40cret@", "me", "urlS%40cret"),
        (&[("UV_PUBLISH_PASSWORD", "")], "urlTokenS3cret@", "urlTokenS3cret", ""),
    ];
    for (variables, login, user, password) in cases {
        let index = Index::start(Answer::Status(403, quoting(user, password)), NOTHING);
        let mut context = context(&sandbox);
        variables.iter().for_each(|(name, value)| context.environment.set(*name, *value));
        let url = index.upload_url().replace("http://", &format!("http://{login}"));
        let reply = open(&context).upload(&request(artifact(&sandbox, ""), &index.simple_url(), &url)).await;
        let said = refused(reply).output().expect("uv's words");
        let secret = if password.is_empty() { user } else { password };
        let basic = STANDARD.encode(format!("{user}:{password}"));
        for form in [secret, basic.as_str(), basic.trim_end_matches('=')] {
            assert!(!said.contains(form), "{form}: {said}");
        }
        assert!(said.contains("you sent ***") || password.is_empty(), "{said}");
        // The keyring is asked by uv itself: its login was sent, or the case shows nothing.
        if !password.is_empty() {
            let sent = index.authorization();
            assert_eq!(sent, Some(format!("Basic {basic}")), "{variables:?}");
        }
    }
}

#[tokio::test]
async fn pypiserver_takes_a_file_once() {
    let Some(tools) = Tools::require() else { return };
    let server = PypiServer::start(&tools);
    let sandbox = Sandbox::new().with_tools(&tools).with_env("UV_PUBLISH_USERNAME", USERNAME);
    let right = sandbox.with_env("UV_PUBLISH_PASSWORD", "wrong");
    let wheel = artifact(&right, "");
    let sent = request(wheel.clone(), &server.simple_url(), &server.upload_url());
    // This server says no before it has read the file, and closes; sometimes uv is still writing then, and hears nothing.
    let mut reply = open(&context(&right)).upload(&sent).await;
    for _ in 0..20 {
        if !matches!(reply, Reply::Unknown(_)) {
            break;
        }
        reply = open(&context(&right)).upload(&sent).await;
    }
    assert_eq!(refused(reply).code().as_str(), "RK-PUBLISH-CREDENTIALS-REFUSED");
    assert!(server.stored().is_empty());

    let right = right.with_env("UV_PUBLISH_PASSWORD", PASSWORD);
    let lock = Arc::new(File::create(right.path().join("lock")).expect("writable"));
    let held = sent.clone().with_hold(Some(lock));
    assert!(matches!(open(&context(&right)).upload(&held).await, Reply::Accepted));
    let expected = wheel.digests[0].value.clone();
    assert_eq!(server.stored().get(&wheel.file_name), Some(&expected));

    // A second time it is a conflict, whatever the bytes: whose file is there is for the caller to find out.
    for text in ["", "x = 1\n"] {
        let again = request(artifact(&right, text), &server.simple_url(), &server.upload_url());
        let error = refused(open(&context(&right)).upload(&again).await);
        assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-UPLOAD-REFUSED", ErrorKind::Conflict));
        let help = error.help().expect("help");
        assert!(help.contains("may be yours, not listed yet") && help.contains("somebody else's"), "{help}");
    }
    assert_eq!(server.stored().get(&wheel.file_name), Some(&expected));
}

/// Lets uv talk to loopback.
fn online(sandbox: Sandbox) -> Sandbox {
    sandbox.with_env("UV_OFFLINE", "0")
}
