//! The bare repository, over HTTP with a real git.

use releasekit_rehearsal::github::{Grant, Rule};
use releasekit_rehearsal::{Fault, On};
use releasekit_testkit::{Ran, Sandbox};

use crate::client::Forge;

/// A clone in a sandbox, whose pushes bring a token.
fn clone(forge: &Forge, token: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let url = forge.repository.clone_url().replace("http://", &format!("http://x-access-token:{token}@"));
    sandbox.git(["remote", "set-url", "origin", &url]);
    sandbox.git(["pull", "-q", "origin", "main"]);
    sandbox
}

fn push(sandbox: &Sandbox, refs: &[&str]) -> Ran {
    sandbox.try_git(&sandbox.work(), [&["push", "--porcelain", "--atomic", "origin"], refs].concat())
}

#[test]
fn branches_and_tags_are_pushed_and_fetched() {
    let forge = Forge::new();
    let sandbox = clone(&forge, &forge.token);
    sandbox.write("a.txt", "a\n");
    sandbox.commit("feat: a");
    sandbox.git(["tag", "-a", "-m", "one", "v1"]);
    push(&sandbox, &["HEAD:refs/heads/topic", "v1"]).ok();
    let head = sandbox.git(["rev-parse", "HEAD"]);
    assert_eq!(forge.repository.tip("topic").as_deref(), Some(head.trim()));
    assert_eq!(forge.repository.tags(), [("v1".to_owned(), head.trim().to_owned())]);
    let number = forge.open("topic");
    let listed = sandbox.git(["ls-remote", "origin", "refs/pull/*"]);
    assert!(listed.contains(&format!("refs/pull/{number}/head")), "{listed}");
}

#[test]
fn who_may_not_write_does_not_push() {
    let forge = Forge::new();
    let reader = forge.server.grant(Grant::new("eve"));
    for (token, says) in [(reader.as_str(), "403"), ("nonsense", "Authentication failed")] {
        let sandbox = clone(&forge, &forge.token);
        let url = forge.repository.clone_url().replace("http://", &format!("http://x-access-token:{token}@"));
        sandbox.git(["remote", "set-url", "origin", &url]);
        let ran = push(&sandbox, &["HEAD:refs/heads/topic"]);
        assert!(!ran.success() && ran.stderr.contains(says), "{}", ran.stderr);
    }
    assert_eq!(forge.repository.tip("topic"), None);
}

#[test]
fn rules_refuse_a_push_as_a_whole() {
    let forge = Forge::new();
    let sandbox = clone(&forge, &forge.token);
    sandbox.git(["tag", "v0"]);
    push(&sandbox, &["v0"]).ok();
    sandbox.write("a.txt", "a\n");
    sandbox.commit("feat: a");
    for (rule, pattern, refs, says) in [
        (Rule::Push, "refs/heads/main", "HEAD:refs/heads/main", "GH006"),
        (Rule::Create, "refs/tags/v*", "HEAD:refs/tags/v1", "GH013"),
        (Rule::Move, "refs/tags/*", "+HEAD:refs/tags/v0", "GH013"),
        (Rule::Sign, "refs/heads/*", "HEAD:refs/heads/signed", "verified signatures"),
    ] {
        forge.repository.protect(rule, pattern).expect("rules are written");
        let ran = push(&sandbox, &["HEAD:refs/other/x", refs]);
        assert!(!ran.success() && ran.stderr.contains(says), "{rule:?}: {}{}", ran.stdout, ran.stderr);
        assert!(!sandbox.git(["ls-remote", "origin"]).contains("refs/other/x"), "{rule:?}");
        forge.repository.unprotect().expect("rules are taken back");
    }
    push(&sandbox, &["HEAD:refs/heads/main"]).ok();
}

#[test]
fn workflows_are_changed_by_those_alone_who_may() {
    let forge = Forge::new();
    let token = forge.server.grant(Grant::maintainer("ada").without("workflows"));
    let sandbox = clone(&forge, &token);
    sandbox.write("a.txt", "a\n");
    sandbox.commit("feat: a");
    push(&sandbox, &["HEAD:refs/heads/topic"]).ok();
    sandbox.write(".github/workflows/release.yml", "on: push\n");
    sandbox.commit("ci: release");
    let ran = push(&sandbox, &["HEAD:refs/heads/topic"]);
    assert!(!ran.success() && ran.stderr.contains(".github/workflows/release.yml"), "{}", ran.stderr);
    let url = forge.repository.clone_url().replace("http://", &format!("http://x-access-token:{}@", forge.token));
    sandbox.git(["remote", "set-url", "origin", &url]);
    push(&sandbox, &["HEAD:refs/heads/topic"]).ok();
}

#[test]
fn a_hidden_repository_is_found_by_its_own_people_alone() {
    let forge = Forge::new();
    forge.repository.hide();
    let sandbox = clone(&forge, &forge.token);
    let url = forge.repository.clone_url();
    sandbox.git(["remote", "set-url", "origin", &url]);
    assert!(!sandbox.try_git(&sandbox.work(), ["ls-remote", "origin"]).success());
}

#[test]
fn a_push_is_lost_before_it_is_done_or_after() {
    let forge = Forge::new();
    let sandbox = clone(&forge, &forge.token);
    let on = || On::Call("POST", "/{owner}/{repo}/git-receive-pack");
    for (fault, arrives) in [(Fault::Reset, false), (Fault::Status(502), false), (Fault::LoseReply, true)] {
        // Git sends it again by itself where the connection was one that had been used before.
        forge.server.faults().always(on(), fault.clone());
        assert!(!push(&sandbox, &["HEAD:refs/heads/topic"]).success(), "{fault:?}");
        assert_eq!(forge.repository.tip("topic").is_some(), arrives, "{fault:?}");
        forge.server.faults().clear();
    }
}
