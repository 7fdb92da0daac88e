//! A registry that names other hosts: whoever they are, they get no token.

use releasekit_e2e::{Login, Role};
use releasekit_rehearsal::{Fault, On};
use releasekit_testkit::scripted::{Act, Server, reply};

use crate::journeys::faults::{Ends, QUICK, Setup};

#[test]
fn an_upload_that_is_redirected_is_not_sent_on() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, QUICK);
    let other = Server::always(reply(404, "", ""));
    let place = format!("{}/api/v1/crates/new", other.url);
    setup.server.faults().always(On::AnyUpload, Fault::Redirect(place));
    let ran = setup.publish(&[], &Ends { exit: 1, code: "RK-PUBLISH-UPLOAD-REDIRECTED", uploads: 1 });
    assert_eq!(other.asked(), [""; 0], "{ran}");
    setup.heals(&ran);
}

/// The index of which `config.json` is, the files of crates that it sends on to, and where it says that crates lie are three hosts.
/// Only the API that it names is asked with the token.
#[test]
fn hosts_that_an_index_names_are_asked_without_the_token() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, QUICK);
    let (read, upload) = (setup.journey.registry().read_url(), setup.journey.registry().upload_url());
    let api = upload.trim_end_matches("/api/v1/crates/new").to_owned();
    let crates = Server::always(reply(404, "", ""));
    let config = format!("{{\"dl\": \"{}/crates\", \"api\": \"{api}\"}}", crates.url);
    let index = Server::start(move |request, _| match request.split(' ').nth(1) {
        Some("/config.json") => Act::Send(reply(200, "", &config)),
        path => {
            let path = path.unwrap_or_default().trim_start_matches('/');
            Act::Send(reply(302, &format!("Location: {read}{path}\r\n"), ""))
        }
    });
    setup.journey.configure_urls(&format!("{}/", index.url), &upload, "");
    // What is listed with other bytes is looked at itself.
    setup.spoil(&setup.first(Role::Base), Fault::ListDigest("0".repeat(64)));
    let ran = setup.journey.releasekit(["publish", "--yes"]);
    assert!(!ran.success(), "{ran}");
    assert_eq!(setup.server.stored().len(), 3, "the API took the first one\n{ran}");
    let [(_, token)] = scene.world().login(Login::Right)[..] else { unreachable!("a token is all it takes") };
    for host in [&index, &crates] {
        let asked = host.asked();
        assert!(!asked.is_empty() && asked.iter().all(|head| !head.contains(token)), "{asked:?}\n{ran}");
    }
}
