//! Only the release commit is released, and only the release commit is published: whatever tags, branches, clones and
//! edited manifests say.

use std::collections::BTreeMap;

use releasekit_e2e::{Journey, Merge, Role, Scene};
use releasekit_rehearsal::File;
use releasekit_testkit::Ran;
use serde_json::Value;

const MANIFEST: &str = ".releasekit/manifest.json";

/// Two packages that were released once, with a fix in the lower one; nothing new is in the registry yet.
struct Story {
    journey: Journey,
    before: BTreeMap<File, String>,
    /// The tags of the release.
    tags: [String; 2],
}

impl Story {
    #[track_caller]
    fn begin(scene: &Scene) -> Self {
        let (journey, _) = Journey::with_fix(scene);
        let before = journey.registry().stored();
        let tags = [Role::Base, Role::Top].map(|role| journey.tag(role, "0.1.1"));
        Self { journey, before, tags }
    }

    /// Prepares and merges. Gives the release commit.
    #[track_caller]
    fn merged(&self) -> String {
        self.journey.prepared().merge(Merge::Commit)
    }

    /// A package as the manifest and messages write it.
    fn id(&self, role: Role) -> String {
        format!("{}:{}", self.journey.world().names().label, self.journey.name(role))
    }

    fn git<const N: usize>(&self, args: [&str; N]) -> String {
        self.journey.sandbox().git(args)
    }

    /// Sets both tags of the remote, whatever was there.
    fn tag_remote(&self, at: &str) {
        for tag in &self.tags {
            self.git(["push", "--quiet", "--force", "origin", &format!("{at}^{{commit}}:refs/tags/{tag}")]);
        }
    }

    /// Asserts that a command was refused with this code and these words, and that nothing was sent.
    #[track_caller]
    fn refused(&self, ran: Ran, code: i32, words: &[&str]) {
        let ran = ran.code(code);
        assert!(words.iter().all(|words| ran.stderr.contains(words)), "{words:?}\n{ran}");
        assert_eq!(self.journey.registry().stored(), self.before, "nothing is sent\n{ran}");
    }

    /// Asserts that the release is stored beside what was there before.
    #[track_caller]
    fn is_published(&self) {
        self.journey.stores(&[self.before.keys().cloned().collect(), self.journey.pair("0.1.1")]);
    }

    /// What the remote has of the tags of the release.
    fn tagged(&self) -> Vec<String> {
        self.tags.iter().filter_map(|tag| self.journey.remote_tag(tag)).collect()
    }

    /// Commits somebody's code on a branch of this name, and comes back.
    fn evil(&self, branch: &str, start: &[&str]) -> String {
        self.git(["checkout", "--quiet", "-b", branch]);
        if let [parent] = start {
            self.git(["reset", "--quiet", "--hard", parent]);
        } else {
            self.git(["checkout", "--quiet", "--orphan", &format!("{branch}-orphan")]);
            self.git(["rm", "-rq", "--force", ".releasekit"]);
        }
        self.journey.change(Role::Base, "feat(base): evil");
        let commit = self.journey.sandbox().head();
        self.git(["checkout", "--quiet", "--force", "main"]);
        commit
    }

    /// The manifest of the work tree, edited and committed on `main`.
    #[track_caller]
    fn edit_manifest(&self, edit: impl FnOnce(&mut Vec<Value>)) -> String {
        let sandbox = self.journey.sandbox();
        let mut manifest: Value = serde_json::from_str(&sandbox.read(MANIFEST)).expect("a manifest is JSON");
        edit(manifest["packages"].as_array_mut().expect("it has rows"));
        sandbox.write(MANIFEST, manifest.to_string());
        let commit = sandbox.commit("chore: I know better");
        sandbox.push();
        commit
    }
}

pub(crate) fn tags_that_lead_elsewhere_send_nothing(scene: &Scene) {
    let story = Story::begin(scene);
    let release = story.merged();
    let side = story.evil("side", &[&release]);
    let orphan = story.evil("orphan", &[]);
    story.journey.change(Role::Base, "feat(base): later");
    story.journey.sandbox().push();
    let later = story.journey.sandbox().head();
    let cases = [
        ("a later commit", &later, "did not bring the release manifest"),
        ("a commit on no branch", &side, "did not bring the release manifest"),
        ("an orphan", &orphan, "holds no release manifest"),
        ("the commit before", &format!("{release}^1"), "holds another release manifest"),
    ];
    for (what, at, why) in cases {
        story.tag_remote(at);
        story.refused(story.journey.releasekit(["publish", "--yes"]), 1, &["RK-RELEASE-TAG-CONFLICT", &story.tags[1]]);
        let ran = story.journey.releasekit(["publish", "--yes", "--release", &release]);
        // What the commit before held depends on what was released before, which was done without releasekit.
        let why = if what == "the commit before" { "holds no release manifest" } else { why };
        story.refused(ran, 1, &["RK-RELEASE-TAG-CONFLICT", why]);
        story.refused(story.journey.releasekit(["release", "--yes"]), 1, &["RK-RELEASE-TAG-CONFLICT", &story.tags[0]]);
        let status = story.journey.releasekit(["status"]).ok();
        assert!(status.contains("in the way:") && status.contains("RK-RELEASE-TAG-CONFLICT"), "{what}\n{status}");
        assert!(!status.contains("next:"), "{what}: nothing is offered that would be refused\n{status}");
        let hindrances = &story.journey.json(["status", "--format", "json"])["releases"][0]["in_the_way"];
        assert_eq!(hindrances[0]["code"], "RK-RELEASE-TAG-CONFLICT", "{what}");
    }
    story.tag_remote(&release);
    story.git(["push", "--quiet", "--force", "origin", &format!("{later}:refs/tags/{}", &story.tags[1])]);
    let words = ["RK-RELEASE-TAG-CONFLICT", &format!("`{}` on {}", &story.tags[1], &later[..9])];
    story.refused(story.journey.releasekit(["publish", "--yes"]), 1, &words);

    // Made by hand, and where they belong: then they are as good as ours.
    story.tag_remote(&release);
    story.journey.releasekit(["publish", "--yes"]).ok();
    story.is_published();
}

pub(crate) fn a_clone_whose_own_tags_say_otherwise_sends_nothing(scene: &Scene) {
    let story = Story::begin(scene);
    let release = story.merged();
    story.journey.releasekit(["release", "--yes"]).ok();
    let fresh = story.journey.clone("fresh", &[]);
    story.git(["tag", "--force", &story.tags[0], &format!("{release}~1")]);
    let moved = ["RK-RELEASE-TAG-CONFLICT", "in this clone", &story.tags[0], "git fetch --tags --force"];
    story.refused(story.journey.releasekit(["publish", "--yes"]), 1, &moved);
    story.refused(story.journey.releasekit(["publish", "--yes", "--release", "HEAD"]), 1, &moved);
    story.refused(story.journey.releasekit(["release", "--yes"]), 1, &moved);
    story.git(["fetch", "--quiet", "--tags", "--force", "origin"]);

    // The same commit again, as somebody with the right to push would have made it.
    let copy = story.git(["commit-tree", "-p", &format!("{release}^1"), "-m", "evil", &format!("{release}^{{tree}}")]);
    story.tag_remote(&copy);
    story.refused(story.journey.releasekit(["publish", "--yes"]), 1, &["RK-RELEASE-TAG-CONFLICT"]);
    let ran = story.journey.releasekit_in(&fresh, ["publish", "--yes", "--release", "HEAD"]);
    story.refused(ran, 1, &["RK-RELEASE-NOT-ON-BRANCH", "RK-RELEASE-TAG-CONFLICT"]);
    let other = story.journey.clone("without-tags", &["--no-tags"]);
    let ran = story.journey.releasekit_in(&other, ["publish", "--yes"]);
    story.refused(ran, 1, &["RK-RELEASE-TAG-CONFLICT", "is not in the history of HEAD"]);
}

pub(crate) fn a_commit_of_a_side_branch_is_not_published_by_name(scene: &Scene) {
    let story = Story::begin(scene);
    story.journey.prepared();
    story.git(["fetch", "--quiet", "origin"]);
    let proposed = story.git(["rev-parse", "origin/releasekit--release--main"]);
    story.tag_remote(&proposed);
    let ran = story.journey.releasekit(["publish", "--yes", "--release", &proposed]);
    story.refused(ran, 5, &["RK-RELEASE-NOT-ON-BRANCH", "`main`"]);
    story.git(["checkout", "--quiet", "--detach", &proposed]);
    story.refused(story.journey.releasekit(["publish", "--yes"]), 5, &["RK-RELEASE-NOT-ON-BRANCH"]);
    story.git(["push", "--quiet", "--delete", "origin", &story.tags[0], &story.tags[1]]);
    let ran = story.journey.releasekit(["publish", "--yes", "--release", &proposed]);
    story.refused(ran, 5, &["RK-PUBLISH-NOT-TAGGED"]);
}

pub(crate) fn a_shallow_clone_publishes_and_says_what_it_could_not_check(scene: &Scene) {
    let story = Story::begin(scene);
    let release = story.merged();
    story.journey.releasekit(["release", "--yes"]).ok();
    let orphan = story.evil("orphan", &[]);
    story.journey.change(Role::Top, "fix(top): later");
    story.journey.sandbox().push();

    story.tag_remote(&orphan);
    let shallow = story.journey.clone("shallow-orphan", &["--depth=1", "--no-tags"]);
    let ran = story.journey.releasekit_in(&shallow, ["publish", "--yes"]);
    story.refused(ran, 1, &["RK-RELEASE-TAG-CONFLICT", "holds no release manifest"]);

    story.tag_remote(&release);
    let shallow = story.journey.clone("shallow", &["--depth=1"]);
    let ran = story.journey.releasekit_in(&shallow, ["publish", "--yes"]).code(0);
    assert!(ran.stderr.contains("could not be checked") && ran.stderr.contains("--unshallow"), "{ran}");
    let at_release = story.journey.clone("shallow-release", &["--depth=1", "--branch", &story.tags[0]]);
    let ran = story.journey.releasekit_in(&at_release, ["publish", "--yes"]).code(0);
    assert!(!ran.stderr.contains("could not be checked"), "the tip is fetched and leads there\n{ran}");
    story.is_published();
}

/// Lets every build do this to the remote, with git, before it begins.
fn while_building(story: &Story, command: &[&str]) {
    let remote = story.journey.sandbox().remote();
    let words: Vec<_> =
        ["git", "-C", &remote.to_string_lossy()].iter().chain(command).map(|w| format!("{w:?}")).collect();
    story.journey.configure(&format!("build_commands = [[{}]]\n", words.join(", ")));
    story.journey.sandbox().commit("build: do something on the way");
}

pub(crate) fn a_branch_that_is_moved_back_while_packages_are_built_gets_no_tag(scene: &Scene) {
    let story = Story::begin(scene);
    story.journey.sandbox().push();
    let base = story.journey.sandbox().head();
    while_building(&story, &["update-ref", "refs/heads/main", &base]);
    let release = story.merged();
    let ran = story.journey.releasekit(["release", "--yes"]);
    story.refused(ran, 5, &["RK-RELEASE-NOT-ON-BRANCH", "`main`"]);
    assert_eq!(story.tagged(), Vec::<String>::new());
    assert!(!story.journey.local_refs().contains_key(&format!("refs/tags/{}", &story.tags[0])), "nor here");
    story.git(["push", "--quiet", "--force", "origin", &format!("{release}:refs/heads/main")]);
    let ran = story.journey.releasekit(["release", "--yes", "--no-build"]).code(0);
    assert_eq!(story.tagged(), [release.as_str(), &release], "{ran}");

    // It was moved back after the tags went: they stand, and nothing is published from them.
    story.git(["push", "--quiet", "--force", "origin", &format!("{base}:refs/heads/main")]);
    story.refused(story.journey.releasekit(["publish", "--yes"]), 5, &["RK-RELEASE-NOT-ON-BRANCH"]);
    let status = story.journey.releasekit(["status"]).ok();
    assert!(status.contains("RK-RELEASE-NOT-ON-BRANCH") && !status.contains("next:"), "{status}");
}

pub(crate) fn a_branch_that_moves_on_while_packages_are_built_is_no_reason_to_stop(scene: &Scene) {
    let story = Story::begin(scene);
    let later = story.evil("later", &["main"]);
    story.git(["push", "--quiet", "origin", &format!("{later}:refs/heads/later")]);
    // An empty merge of both is a tip that this clone has never seen.
    while_building(&story, &["fetch", "--quiet", ".", "+refs/heads/next:refs/heads/main"]);
    let release = story.merged();
    let next = story.git(["commit-tree", "-p", &release, "-p", &later, "-m", "next", &format!("{release}^{{tree}}")]);
    story.git(["push", "--quiet", "origin", &format!("{next}:refs/heads/next")]);
    story.journey.releasekit(["release", "--yes"]).ok();
    assert_eq!(story.tagged(), [release.as_str(), &release]);
    assert_eq!(story.journey.remote_refs()["refs/heads/main"], next, "it moved while packages were built");
    story.journey.releasekit(["publish", "--yes"]).ok();
}

pub(crate) fn a_tag_that_appears_while_packages_are_built_is_a_conflict_where_it_is_elsewhere(scene: &Scene) {
    let story = Story::begin(scene);
    story.journey.sandbox().push();
    let base = story.journey.sandbox().head();
    while_building(&story, &["update-ref", &format!("refs/tags/{}", &story.tags[0]), &base]);
    story.merged();
    let ran = story.journey.releasekit(["release", "--yes"]);
    story.refused(ran, 1, &["RK-RELEASE-TAG-CONFLICT", &story.tags[0]]);
    assert_eq!(story.tagged(), [base], "the other one is not made");
}

pub(crate) fn an_edited_manifest_is_drift_and_superseding_repairs_it(scene: &Scene) {
    type Edit = fn(&mut Vec<Value>, &str);
    let story = Story::begin(scene);
    story.merged();
    let original = story.journey.sandbox().read(MANIFEST);
    let label = story.journey.world().names().label;
    let (base, top, folder) = (story.id(Role::Base), story.id(Role::Top), story.journey.package(Role::Top).folder);
    let cases: [(String, Edit); 9] = [
        (format!("`{base}` has no tag in the manifest"), |rows, _| rows[0]["tag"] = Value::Null),
        (format!("`{base}` has no version in the manifest"), |rows, _| rows[0]["next"] = Value::Null),
        (format!("`{base}` stands 2 times in the manifest, with the same row"), |rows, _| rows.push(rows[0].clone())),
        (format!("`{base}` stands 2 times in the manifest, with different rows"), |rows, _| {
            let mut again = rows[0].clone();
            again["order"] = 7.into();
            rows.push(again);
        }),
        (format!("`{label}:evil` stands in the manifest and is no package of its commit"), |rows, _| {
            let mut evil = rows[0].clone();
            (evil["name"], evil["tag"]) = ("evil".into(), "evil-v1".into());
            rows.push(evil);
        }),
        (format!("`{base}` is tagged `{}`", story.tags[1]), |rows, _| rows[0]["tag"] = rows[1]["tag"].clone()),
        (format!("has the path `{folder}` in the manifest"), |rows, _| rows[0]["path"] = rows[1]["path"].clone()),
        (format!("`{top}` is 0.1.1 in the files and 0.1.2 in the manifest"), |rows, later| {
            (rows[1]["next"], rows[1]["tag"]) = ("0.1.2".into(), later.into());
        }),
        ("names no package".to_owned(), |rows, _| rows.clear()),
    ];
    let later = story.journey.tag(Role::Top, "0.1.2");
    for (words, edit) in &cases {
        story.journey.sandbox().write(MANIFEST, &original);
        let commit = story.edit_manifest(|rows| edit(rows, &later));
        let ran = story.journey.releasekit(["release", "--yes"]);
        story.refused(ran, 5, &["RK-RELEASE-MANIFEST-DRIFT", words, "help:"]);
        assert_eq!(story.tagged(), Vec::<String>::new(), "{words}");
        // Whoever makes the tags by hand gets no further.
        story.tag_remote(&commit);
        let others = [later.as_str(), "evil-v1"].map(|tag| format!("{commit}:refs/tags/{tag}"));
        story.git(["push", "--quiet", "origin", &others[0], &others[1]]);
        let ran = story.journey.releasekit(["publish", "--yes"]);
        story.refused(ran, 5, &["RK-RELEASE-MANIFEST-DRIFT", words, "help:"]);
        story.git(["push", "--quiet", "--delete", "origin", &story.tags[0], &story.tags[1], &later, "evil-v1"]);
        let status = story.journey.releasekit(["status"]);
        assert!(status.stderr.contains(words.as_str()) || status.stdout.contains(words.as_str()), "{words}\n{status}");
        assert!(!status.stdout.contains("next: releasekit publish"), "{status}");
    }
    story.journey.sandbox().write(MANIFEST, &original);
    story.edit_manifest(|rows| {
        rows[0]["tag"] = Value::Null;
        rows.push(rows[1].clone());
    });
    let ran = story.journey.releasekit(["release", "--yes"]).code(5);
    assert!(ran.stderr.contains("has no tag") && ran.stderr.contains("2 times"), "all are said together\n{ran}");
    story.journey.releasekit(["prepare"]).code(5);
    story.journey.releasekit(["prepare", "--supersede"]).ok();
    let release = story.journey.merge(Merge::Squash);
    story.journey.releasekit(["release", "--yes"]).ok();
    assert_eq!(story.tagged(), [release.as_str(), &release]);
    story.journey.releasekit(["publish", "--yes"]).ok();
}

pub(crate) fn what_a_clone_puts_in_place_of_its_commits_is_not_followed(scene: &Scene) {
    let story = Story::begin(scene);
    let release = story.merged();
    let child = story.evil("child", &[&release]);
    let orphan = story.evil("orphan", &[]);
    for by in [&orphan, &child] {
        story.git(["replace", "--force", &release, by]);
        let ran = story.journey.releasekit(["release", "--yes", "--dry-run"]).code(0);
        assert!(ran.stdout.contains(&release[..9]), "{ran}");
    }
    let grafts = story.journey.sandbox().work().join(".git/info/grafts");
    std::fs::write(grafts, format!("{release}\n")).expect("the sandbox is writable");
    story.journey.releasekit(["release", "--yes"]).ok();
    assert_eq!(story.tagged(), [release.as_str(), &release]);
    story.journey.releasekit(["publish", "--yes"]).ok();
    let second = story.journey.clone("second", &[]);
    let ran = story.journey.releasekit_in(&second, ["publish", "--yes"]).code(0);
    assert!(ran.stdout.contains("everything is live"), "another clone builds the same content\n{ran}");
}

pub(crate) fn linked_work_trees_detached_heads_and_git_variables_change_nothing(scene: &Scene) {
    let story = Story::begin(scene);
    let release = story.merged();
    let linked = story.journey.sandbox().path().join("linked");
    story.git(["worktree", "add", "--quiet", "--detach", &linked.to_string_lossy(), &release]);
    let run = |command: &str| {
        let mut releasekit = story.journey.command([command, "--yes"]);
        releasekit.current_dir(&linked).env("GIT_DIR", "/nonexistent").env("GIT_WORK_TREE", "/nonexistent");
        releasekit_testkit::run(&mut releasekit)
    };
    let side = story.evil("side", &[&release]);
    story.tag_remote(&side);
    story.refused(run("release"), 1, &["RK-RELEASE-TAG-CONFLICT"]);
    story.refused(run("publish"), 1, &["RK-RELEASE-TAG-CONFLICT"]);
    story.git(["push", "--quiet", "--delete", "origin", &story.tags[0], &story.tags[1]]);
    run("release").ok();
    assert_eq!(story.tagged(), [release.as_str(), &release]);
    run("publish").ok();
    story.is_published();
}
