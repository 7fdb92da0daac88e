//! Annotated tags as objects.

use std::fs;

use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::vcs::{BranchTip, Expected, RefUpdate, Sign, TagRequest};
use releasekit_core::{BackendError, ErrorKind};
use releasekit_testkit::{Sandbox, Snapshot};

use crate::support::{SigningKey, fails, head, open, wait};

fn request(sandbox: &Sandbox, names: &[&str], sign: Sign) -> TagRequest {
    let tags = names.iter().map(|name| (TagName::new(*name), format!("{name}\n\n# not a comment\n"))).collect();
    let branch = BranchTip::new(BranchName::new("main"), head(sandbox));
    TagRequest::new(head(sandbox), branch, 1_800_000_000).with_tags(tags).with_sign(sign)
}

fn tag(sandbox: &Sandbox, names: &[&str], sign: Sign) -> Result<Vec<RefUpdate>, BackendError> {
    wait(open(sandbox).tag(&request(sandbox, names, sign)))
}

#[test]
fn tags_are_objects_that_no_ref_points_to_and_the_same_every_time() {
    let sandbox = Sandbox::new();
    let commit = sandbox.write("x", "1").commit("start");
    let settled = || Snapshot::of(&sandbox.work()).only(|path| !path.starts_with(".git/objects"));
    let before = settled();
    let names = ["a-v1.0.0", "@scope/b@2.0.0-rc.1+x"];
    let made = tag(&sandbox, &names, Sign::Auto).expect("they are made");
    assert_eq!(before.changes(&settled()), Vec::<String>::new());
    assert_eq!(
        made.iter().map(|update| update.name.to_string()).collect::<Vec<_>>(),
        names.map(|name| format!("tag `{name}`"))
    );
    for (update, name) in made.iter().zip(names) {
        assert_eq!(update.expected, Expected::Absent);
        let object = update.new.as_ref().expect("it is to be set").as_str();
        let expected = format!(
            "object {commit}\ntype commit\ntag {name}\ntagger Tess Ter <tess@example.invalid> 1800000000 +0000\n\n{name}\n\n# not a comment"
        );
        assert_eq!(sandbox.git(["cat-file", "tag", object]), expected);
    }
    assert_eq!(tag(&sandbox, &names, Sign::Auto).expect("they are made"), made, "the same again is the same");
    wait(open(&sandbox).update_refs(&made)).expect("the refs are set");
    assert_eq!(sandbox.git(["rev-parse", "a-v1.0.0^{commit}"]), commit);
    sandbox.git(["fsck", "--strict"]);
}

#[test]
fn names_that_git_forbids_and_commits_that_are_missing_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.commit("start");
    for name in ["a b", "-x", "a..b", "a.lock", "a~1", "", "a:b", "refs//x"] {
        fails(tag(&sandbox, &["fine", name], Sign::Never), "RK-GIT-INVALID-REF-NAME", ErrorKind::Invalid);
    }
    let mut request = request(&sandbox, &["fine"], Sign::Never);
    request.commit = CommitId::new("1".repeat(40));
    fails(wait(open(&sandbox).tag(&request)), "RK-GIT-OBJECT-MISSING", ErrorKind::NotFound);
}

#[test]
fn tags_are_signed_as_asked_and_as_set_up_even_by_a_conditional_include() {
    let sandbox = Sandbox::new();
    sandbox.commit("start");
    let Some(key) = SigningKey::make(&sandbox) else { return };
    let included = sandbox.path().join("home/included");
    fs::write(&included, "[tag]\n\tgpgSign = true\n[user]\n\tname = Tess At Work\n").expect("the sandbox is writable");
    let condition = format!("includeIf.gitdir:{}/.path", sandbox.work().display());
    let verified = |made: &[RefUpdate]| {
        let object = made[0].new.as_ref().expect("it is to be set").as_str();
        let text = sandbox.git(["cat-file", "tag", object]);
        (sandbox.try_git(&sandbox.work(), ["verify-tag", object]).success(), text.contains("tagger Tess At Work <"))
    };
    assert_eq!(verified(&tag(&sandbox, &["v1"], Sign::Auto).expect("it is made")), (false, false));
    assert_eq!(verified(&tag(&sandbox, &["v1"], Sign::Require).expect("it is made")), (true, false));
    sandbox.git(["config", "--global", &condition, &included.to_string_lossy()]);
    assert_eq!(verified(&tag(&sandbox, &["v1", "v2"], Sign::Auto).expect("they are made")), (true, true));
    assert_eq!(sandbox.refs(&sandbox.work()).lines().count(), 1, "only `main` is a ref");
    key.lose();
    let scratch = sandbox.try_git(&sandbox.work(), ["tag", "--sign", "-m", "m", "trap"]);
    assert!(scratch.success(), "if git fails here, the trap is gone and the check is for older ones: {scratch}");
    let error = fails(tag(&sandbox, &["v1"], Sign::Auto), "RK-GIT-UNSIGNED", ErrorKind::Precondition);
    assert_eq!(error.to_string(), "tag `v1` was to be signed and is not");
}
