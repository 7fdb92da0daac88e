//! Which commit is released, and when a merged release no longer fits.

use releasekit_e2e::{Journey, Merge, Role, Scene, next_step};

/// Two packages that were released once, in a registry of this process, with a fix in the lower one.
#[track_caller]
fn begin(scene: &Scene) -> Journey {
    Journey::with_fix(scene).0
}

/// What a revert of the last commit needs, for merge commits and others.
fn revert_head(journey: &Journey) {
    let parents = journey.sandbox().git(["rev-list", "--parents", "-n1", "HEAD"]).split(' ').count() - 1;
    let mainline: &[&str] = if parents > 1 { &["-m", "1"] } else { &[] };
    journey.sandbox().git(["revert", "--no-edit"].iter().chain(mainline).chain(&["HEAD"]));
    journey.sandbox().push();
}

fn tags(journey: &Journey) -> usize {
    journey.remote_tags().len()
}

pub(crate) fn a_feature_merged_in_between_is_stale_and_superseding_repairs_it(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared();
    journey.change(Role::Base, "feat(base): count backwards");
    journey.sandbox().push();
    journey.merge(Merge::Commit);
    let ran = journey.releasekit(["release", "--yes"]).code(5);
    assert!(ran.stderr.contains("RK-RELEASE-STALE") && ran.stderr.contains("count backwards"), "{ran}");
    assert!(ran.stderr.contains("--supersede"), "{ran}");
    assert_eq!(tags(&journey), 2, "nothing is tagged");

    let ran = journey.releasekit(["prepare"]).code(5);
    assert!(ran.stderr.contains("RK-PREPARE-RELEASE-PENDING"), "{ran}");
    assert!(ran.stderr.contains("help: run `releasekit prepare --supersede`"), "{ran}");
    let status = journey.releasekit(["status"]).code(0);
    assert!(status.stdout.contains("in the way: ") && !status.stdout.contains("next: "), "{status}");
    let overview = journey.releasekit([]).code(0);
    assert_eq!(next_step(&overview), Some("releasekit prepare --supersede"), "{overview}");
    journey.follow("releasekit prepare --supersede").ok();
    let log = journey.proposed(&journey.path(Role::Base, "CHANGELOG.md"));
    assert!(log.contains("0.2.0") && !log.contains("0.1.1"), "the superseded section is replaced\n{log}");
    assert!(log.contains("count backwards") && log.contains("count from zero"), "{log}");
    let head = journey.merge(Merge::Squash);
    journey.releasekit(["release", "--yes"]).ok();
    assert_eq!(journey.remote_tag(&journey.tag(Role::Base, "0.2.0")), Some(head));
    assert_eq!(journey.remote_tag(&journey.tag(Role::Base, "0.1.1")), None);
    journey.releasekit(["publish", "--yes"]).ok();
    assert_eq!(journey.planned().len(), 0);
}

pub(crate) fn a_template_of_the_repository_writes_changelogs_and_tags_and_superseding_knows_its_sections(
    scene: &Scene,
) {
    let journey = begin(scene);
    journey.configure("\n[changelog]\ntemplate = \"notes.j2\"\n");
    let template = "## {{ version }}\n\nOf {{ name }}:\n{% for s in sections %}{% for e in s.entries %}* {{ e.text }}\n{% endfor %}{% endfor %}";
    journey.sandbox().write("notes.j2", template).commit("chore: notes of our own");
    journey.prepared().merge(Merge::Squash);
    journey.change(Role::Base, "feat(base): count backwards");
    journey.sandbox().push();
    journey.releasekit(["prepare", "--supersede"]).ok();
    let log = journey.proposed(&journey.path(Role::Base, "CHANGELOG.md"));
    let [base, top] = [Role::Base, Role::Top].map(|role| journey.name(role));
    let section = format!("## 0.2.0\n\nOf {base}:\n* count backwards\n* count from zero");
    assert!(log.contains(&section) && !log.contains("0.1.1"), "the superseded section is replaced\n{log}");
    journey.merge(Merge::Commit);
    journey.releasekit(["release", "--yes", "--no-build"]).ok();
    let notes = [format!("Of {base}:\n* count backwards\n* count from zero"), format!("Of {top}:")];
    for (tag, notes) in [journey.tag(Role::Base, "0.2.0"), journey.tag(Role::Top, "0.1.1")].iter().zip(notes) {
        let tag = journey.sandbox().git_in(&journey.sandbox().remote(), ["cat-file", "tag", tag]);
        assert!(tag.ends_with(&format!("\n\n{notes}")), "each tag has the notes of its own package\n{tag}");
    }
}

pub(crate) fn a_fix_merged_in_between_ships_and_is_listed(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared();
    journey.change(Role::Base, "fix(base): count to the end");
    journey.sandbox().push();
    let head = journey.merge(Merge::Commit);
    let ran = journey.releasekit(["release", "--yes"]).code(0);
    assert!(ran.stderr.contains("count to the end"), "what ships unlisted is warned of\n{ran}");
    assert_eq!(journey.remote_tag(&journey.tag(Role::Base, "0.1.1")), Some(head));
    let notes =
        journey.sandbox().git_in(&journey.sandbox().remote(), ["cat-file", "tag", &journey.tag(Role::Base, "0.1.1")]);
    assert!(notes.contains("count to the end"), "the notes list it\n{notes}");
    journey.releasekit(["publish", "--yes"]).ok();
    assert_eq!(journey.planned().len(), 0, "it has shipped");
}

pub(crate) fn a_merged_release_that_was_reverted_is_not_tagged_and_reverting_the_revert_tags_it(scene: &Scene) {
    for how in [Merge::Commit, Merge::Squash] {
        let journey = begin(scene);
        journey.prepared().merge(how);
        revert_head(&journey);
        let ran = journey.releasekit(["release", "--yes"]);
        assert_eq!(tags(&journey), 2, "{how:?}: what was reverted is not wanted\n{ran}");
        revert_head(&journey);
        journey.releasekit(["release", "--yes"]).ok();
        assert_eq!(journey.remote_tag(&journey.tag(Role::Base, "0.1.1")), Some(journey.sandbox().head()), "{how:?}");
    }
}

/// Changes a file on the pushed release branch by hand.
fn edit_on_release_branch(journey: &Journey, path: &str, from: &str, to: &str) {
    let git = journey.sandbox();
    git.git(["fetch", "--quiet", "origin"]);
    git.git(["checkout", "--quiet", "releasekit--release--main"]);
    git.write(path, git.read(path).replace(from, to));
    git.commit("chore: I know better");
    git.git(["push", "--quiet", "origin", "HEAD"]);
    git.git(["checkout", "--quiet", "main"]);
}

pub(crate) fn versions_edited_by_hand_are_drift(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared();
    let manifest = journey.world().manifest(Role::Base);
    edit_on_release_branch(&journey, &manifest, "0.1.1", "0.1.7");
    journey.merge(Merge::Commit);
    let ran = journey.releasekit(["release", "--yes"]).code(5);
    assert!(ran.stderr.contains("RK-RELEASE-MANIFEST-DRIFT") && ran.stderr.contains("0.1.7"), "{ran}");
    assert!(ran.stderr.contains(&manifest), "it names the file\n{ran}");
    assert_eq!(tags(&journey), 2);
}

pub(crate) fn a_tag_that_is_not_the_packages_own_is_drift(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared();
    let tag = journey.tag(Role::Base, "0.1.1");
    let other = tag.replace("base", "bass");
    edit_on_release_branch(&journey, ".releasekit/manifest.json", &tag, &other);
    journey.merge(Merge::Squash);
    let ran = journey.releasekit(["release", "--yes", "--no-build"]).code(5);
    assert!(ran.stderr.contains("RK-RELEASE-MANIFEST-DRIFT") && ran.stderr.contains(&other), "{ran}");
    assert!(ran.stderr.contains(&format!("`{tag}`")), "it says what it should be\n{ran}");
    assert_eq!(tags(&journey), 2);
}

pub(crate) fn a_build_that_fails_leaves_no_tag(scene: &Scene) {
    let journey = begin(scene);
    let said = journey.world().break_build(journey.sandbox(), Role::Top);
    journey.sandbox().commit("fix(top): look elsewhere");
    journey.prepared().merge(Merge::Commit);
    let ran = journey.releasekit(["release", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-BUILD-FAILED") && ran.stderr.contains(journey.name(Role::Top)), "{ran}");
    assert!(ran.stderr.contains(said), "what the build said is shown\n{ran}");
    assert_eq!(tags(&journey), 2, "the version is not used up");
    let ran = journey.releasekit(["publish", "--yes"]).code(5);
    assert!(ran.stderr.contains("RK-PUBLISH-NOT-TAGGED"), "{ran}");
}

pub(crate) fn a_merged_release_that_cannot_be_built_is_planned_anew_once_it_is_mended(scene: &Scene) {
    let journey = begin(scene);
    let git = journey.sandbox();
    journey.world().break_build(git, Role::Top);
    git.commit("fix(top): look elsewhere");
    journey.prepared().merge(Merge::Commit);
    let ran = journey.releasekit(["release", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-BUILD-FAILED"), "{ran}");
    assert!(ran.stderr.contains("run `releasekit prepare --supersede`"), "the help names the way on\n{ran}");

    journey.world().mend_build(git, Role::Top);
    git.commit("fix(top): look there");
    git.push();
    journey.releasekit(["release", "--yes"]).code(1);
    assert_eq!(tags(&journey), 2, "what is merged is built as it was merged");
    journey.follow("releasekit prepare --supersede").ok();
    journey.merge(Merge::Commit);
    journey.releasekit(["release", "--yes"]).ok();
    assert_eq!(journey.remote_tag(&journey.tag(Role::Top, "0.1.1")), Some(journey.sandbox().head()));
}

pub(crate) fn a_tag_on_another_commit_is_a_conflict(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared();
    let tag = journey.tag(Role::Base, "0.1.1");
    journey.sandbox().git(["push", "--quiet", "origin", &format!("main~1:refs/tags/{tag}")]);
    journey.merge(Merge::Commit);
    let ran = journey.releasekit(["release", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-RELEASE-TAG-CONFLICT") && ran.stderr.contains(&tag), "{ran}");
    assert_eq!(tags(&journey), 3, "the other tag is not made either");

    journey.sandbox().git(["push", "--quiet", "--delete", "origin", &tag]);
    journey.sandbox().git(["tag", "--force", &tag, "main~1"]);
    let ran = journey.releasekit(["release", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-RELEASE-TAG-CONFLICT") && ran.stderr.contains("git tag --delete"), "{ran}");
    assert_eq!(tags(&journey), 2, "a tag of this clone alone is found before anything is pushed");
}

pub(crate) fn a_later_commit_that_is_named_leads_to_the_one_that_brought_its_manifest(scene: &Scene) {
    let journey = begin(scene);
    let head = journey.prepared().merge(Merge::Squash);
    journey.change(Role::Top, "feat(top): more");
    journey.sandbox().push();
    journey.releasekit(["release", "--yes", "--no-build", "--release", "HEAD"]).ok();
    assert_eq!(journey.remote_tag(&journey.tag(Role::Base, "0.1.1")), Some(head));
}

pub(crate) fn a_merge_that_was_not_pushed_is_not_released(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared();
    let git = journey.sandbox();
    git.git(["fetch", "--quiet", "origin"]);
    git.git(["merge", "--quiet", "--no-ff", "-m", "Merge the release", "origin/releasekit--release--main"]);
    let ran = journey.releasekit(["release", "--yes"]).code(5);
    assert!(ran.stderr.contains("RK-RELEASE-NOT-ON-BRANCH") && ran.stderr.contains("`main`"), "{ran}");
    assert_eq!(tags(&journey), 2);
    git.push();
    journey.releasekit(["release", "--yes"]).ok();
    assert_eq!(tags(&journey), 4);
}

pub(crate) fn a_changelog_that_is_no_text_is_refused(scene: &Scene) {
    let journey = begin(scene);
    let log = journey.path(Role::Base, "CHANGELOG.md");
    journey.sandbox().write(&log, b"caf\xe9\n");
    journey.sandbox().commit("docs: write in latin-1");
    journey.sandbox().push();
    let ran = journey.releasekit(["prepare"]).code(1);
    assert!(ran.stderr.contains("RK-FILE-NOT-TEXT") && ran.stderr.contains(&log), "{ran}");
    assert_eq!(journey.branch_tip(), None);
}

pub(crate) fn a_commit_of_somebody_on_the_release_branch_survives_the_next_prepare(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared();
    let git = journey.sandbox();
    git.git(["fetch", "--quiet", "origin"]);
    git.git(["checkout", "--quiet", "releasekit--release--main"]);
    git.write("NEWS.md", "Written by a person.\n");
    git.commit("docs: tell the news");
    git.git(["push", "--quiet", "origin", "HEAD"]);
    git.git(["checkout", "--quiet", "main"]);
    let tip = journey.branch_tip();
    journey.releasekit(["prepare"]).ok();
    assert_eq!(journey.branch_tip(), tip, "nothing is new, so nothing is pushed");

    journey.change(Role::Top, "feat(top): more");
    journey.prepared();
    assert_ne!(journey.branch_tip(), tip);
    assert_eq!(journey.proposed("NEWS.md"), "Written by a person.");
    journey.proposes(Role::Top, "0.2.0");
    let subjects = || git.git_in(&git.remote(), ["log", "--format=%s", "main..releasekit--release--main"]);
    assert_eq!(subjects(), "docs: tell the news\nchore(release): release 2 packages");
    let tip = journey.branch_tip();
    git.git(["checkout", "--quiet", "--detach", "main~1"]);
    let ran = journey.releasekit(["prepare"]).code(0);
    assert!(ran.stderr.contains("1 commit ahead of HEAD"), "{ran}");
    assert_eq!(subjects(), "docs: tell the news\nchore(release): release 2 packages", "commits of the base stay there");
    git.git(["checkout", "--quiet", "main"]);
    journey.releasekit(["prepare"]).ok();
    assert_eq!(journey.branch_tip(), tip);

    git.git(["fetch", "--quiet", "origin"]);
    git.git(["branch", "--quiet", "-D", "releasekit--release--main"]);
    git.git(["checkout", "--quiet", "releasekit--release--main"]);
    git.write(journey.path(Role::Base, "CHANGELOG.md"), "All new.\n");
    git.commit("docs: start over");
    git.git(["push", "--quiet", "origin", "HEAD"]);
    git.git(["checkout", "--quiet", "main"]);
    let tip = journey.branch_tip();
    journey.change(Role::Base, "feat(base): different lines");
    git.push();
    let ran = journey.releasekit(["prepare"]).code(5);
    assert!(ran.stderr.contains("RK-PREPARE-REPLAY-CONFLICT"), "{ran}");
    assert_eq!(journey.branch_tip(), tip, "the branch is left alone");
}

pub(crate) fn a_second_release_stands_on_the_first(scene: &Scene) {
    let journey = begin(scene);
    journey.released().releasekit(["publish", "--yes"]).ok();
    journey.change(Role::Top, "feat(top): more");
    journey.released().releasekit(["publish", "--yes"]).ok();
    assert!(journey.remote_tag(&journey.tag(Role::Top, "0.2.0")).is_some());
    assert_eq!(journey.remote_tag(&journey.tag(Role::Base, "0.1.2")), None, "what did not change does not move");
    let top = journey.files(Role::Top, "0.2.0");
    journey.stores(&[journey.pair("0.1.0"), journey.pair("0.1.1"), top]);
}
