//! What an upload must be, and what PyPI says where it is not.

use releasekit_core::Secret;
use releasekit_rehearsal::pypi::{Options, Server};
use releasekit_testkit::sha256;

use crate::artifact::{sdist, wheel};
use crate::client::{Form, listed, upload};

#[test]
fn what_does_not_fit_is_refused_with_a_reason() {
    let server = Server::start(Options::default()).expect("loopback has a free port");
    let file = wheel("1.0", "one");
    let good = || Form::new("1.0", file.clone());
    let named = |name: &str| Form::new("1.0", (name.to_owned(), file.1.clone()));
    let bytes = |bytes: &[u8]| Form::new("1.0", (file.0.clone(), bytes.to_vec()));
    let cases = [
        (good().with(":action", "submit"), "Unknown action"),
        (good().with("protocol_version", "2"), "Unknown protocol version"),
        (good().with("name", ""), "name is a required field"),
        (good().with("name", "-demo"), "invalid value for Name"),
        (good().with("name", "other"), "Start filename for \"other\""),
        (good().with("version", "one"), "invalid value for Version"),
        (good().with("version", "1.1"), "Version in filename should be \"1.1\""),
        (good().with("filetype", "sdist"), "The file type should be \"bdist_wheel\""),
        (good().with("sha256_digest", &sha256(b"other")), "The digest supplied does not match"),
        (named("demo_lib-1.0.whl"), "Invalid filename"),
        (named("../demo_lib-1.0-py3-none-any.whl"), "Invalid filename"),
        (named("demo_lib-1.0.exe"), "Invalid filename"),
        (bytes(b"no archive"), "Invalid distribution file"),
        (bytes(&wheel("2.0", "two").1), "Invalid distribution file"),
    ];
    for (form, reason) in cases {
        let answer = form.send(&server).expect("it answers");
        assert_eq!(answer.status, 400, "{form:?}");
        assert!(answer.text().contains(reason), "{reason}: {}", answer.text());
    }
    assert!(server.stored().is_empty());
}

#[test]
fn the_same_bytes_are_accepted_again_and_others_never() {
    let server = Server::start(Options::default()).expect("loopback has a free port");
    let (first, other, sdist) = (wheel("1.0", "one"), wheel("1.0", "other"), sdist("1.0"));
    for file in [&first, &first, &sdist] {
        upload(&server, "1.0.0", file).expect("it answers").ok();
    }
    let answer = upload(&server, "1.0", &other).expect("it answers");
    assert_eq!(answer.status, 400);
    assert!(answer.text().starts_with("File already exists ('demo_lib-1.0-py3-none-any.whl'"), "{}", answer.text());
    assert_eq!(listed(&server), [(first.0, sha256(&first.1)), (sdist.0, sha256(&sdist.1))]);
}

#[test]
fn only_who_is_known_may_upload() {
    let options = Options::default().with_token(Secret::new("pypi-x")).with_login("rk", Secret::new("pass"));
    let server = Server::start(options).expect("loopback has a free port");
    let mut form = Form::new("1.0", wheel("1.0", "one"));
    let cases = [
        (None, 403),
        (Some("Bearer pypi-x"), 403),
        (Some("Basic cms6d3Jvbmc="), 403),
        (Some("Basic X190b2tlbl9fOnB5cGkteA=="), 200),
        (Some("Basic cms6cGFzcw=="), 200),
    ];
    for (authorization, status) in cases {
        form.authorization = authorization;
        assert_eq!(form.send(&server).expect("it answers").status, status, "{authorization:?}");
    }
}
