//! A registry in front of another.

use releasekit_core::Environment;
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_testkit::{Sandbox, get};

use crate::artifact::package;
use crate::client::{Publish, file, lines, publish};
use crate::tool;

fn pair() -> (Server, Server) {
    let behind = Server::start(Options::default()).expect("loopback has a free port");
    let options = Options::default().with_upstream(behind.index_url(), Environment::new());
    let before = Server::start(options).expect("loopback has a free port");
    (behind, before)
}

#[test]
fn crates_from_behind_are_listed_and_downloads_lead_there() {
    let (behind, before) = pair();
    publish(&behind, "1.0.0").expect("it answers").ok();
    assert_eq!(lines(&before), lines(&behind));
    assert_eq!(file(&before, "no/bo/nobody").status, 404);
    let path = "api/v1/crates/demo-lib/1.0.0/download";
    let answer = get(&format!("{}/{path}", before.url()), &[]).expect("it answers");
    let location = format!("location: {}/{path}", behind.url());
    assert!(answer.status == 307 && answer.head.contains(&location), "{}", answer.head);
    assert!(before.files().is_empty());
}

#[test]
fn what_is_known_hides_what_is_behind() {
    let (behind, before) = pair();
    publish(&behind, "1.0.0").expect("it answers").ok();
    publish(&before, "2.0.0").expect("it answers").ok();
    let versions: Vec<_> = lines(&before).iter().map(|line| line["vers"].clone()).collect();
    assert_eq!(versions, ["2.0.0"]);
    assert_eq!(behind.writes().len(), 1);
}

#[test]
fn an_index_behind_that_fails_is_not_an_absent_crate() {
    let (behind, before) = pair();
    drop(behind);
    assert_eq!(file(&before, "de/mo/demo-lib").status, 502);
}

#[test]
fn cargo_builds_with_crates_of_both_in_the_place_of_crates_io() {
    let (behind, before) = pair();
    let (name, bytes) = package("far", "1.0.0", "behind");
    behind.put(&name, bytes).expect("memory takes everything");
    Publish::new("near", "1.0.0", "before").send(&before).expect("it answers").ok();
    let sandbox = Sandbox::new().with_cargo();
    tool::replace_crates_io(&sandbox, &before);
    sandbox.write("Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2021\"\n");
    sandbox.write("src/main.rs", "fn main() { print!(\"{} {}\", far::TEXT, near::TEXT); }\n");
    sandbox.run("cargo", ["add", "--quiet", "far@1", "near@=1.0.0"]).ok();
    assert_eq!(sandbox.run("cargo", ["run", "--quiet"]).ok(), "behind before");
}
