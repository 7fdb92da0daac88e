//! What people have on the remote and in their changelogs is there after `prepare`, or it says why it went no further.

use std::fs;
use std::path::{Path, PathBuf};

use releasekit_e2e::{Journey, Merge, Role, Scene};
use releasekit_testkit::Ran;

const BRANCH: &str = "releasekit--release--main";
const MANIFEST: &str = ".releasekit/manifest.json";

/// Two packages that were released once, in a registry of this process, with a fix in the lower one.
#[track_caller]
fn begin(scene: &Scene) -> Journey {
    let (journey, _) = Journey::with_fix(scene);
    journey.sandbox().push();
    journey
}

/// The changelog of the lower one.
fn log(journey: &Journey) -> String {
    journey.path(Role::Base, "CHANGELOG.md")
}

/// Somebody else, in a clone of their own.
struct Other<'a> {
    journey: &'a Journey,
    folder: PathBuf,
}

impl<'a> Other<'a> {
    /// Checks a branch of the remote out.
    #[track_caller]
    fn new(journey: &'a Journey, name: &str, branch: &str) -> Self {
        let other = Self { journey, folder: journey.clone(name, &[]) };
        other.git(&["checkout", "--quiet", "-B", "work", &format!("origin/{branch}")]);
        other
    }

    #[track_caller]
    fn git(&self, args: &[&str]) -> String {
        self.journey.sandbox().git_in(&self.folder, args)
    }

    fn write(&self, path: &str, text: &str) -> &Self {
        let file = self.folder.join(path);
        fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).expect("the clone is writable");
        fs::write(file, text).expect("the clone is writable");
        self
    }

    fn append(&self, path: &str, text: &str) -> &Self {
        let before = fs::read_to_string(self.folder.join(path)).expect("it is there");
        self.write(path, &(before + text))
    }

    #[track_caller]
    fn commit(&self, message: &str) -> &Self {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "-m", message]);
        self
    }

    #[track_caller]
    fn push(&self, branch: &str) {
        self.git(&["push", "--quiet", "--force", "origin", &format!("HEAD:refs/heads/{branch}")]);
    }
}

fn files(journey: &Journey, branch: &str) -> Vec<String> {
    let names = journey.sandbox().git_in(&journey.sandbox().remote(), ["ls-tree", "-r", "--name-only", branch]);
    names.lines().map(str::to_owned).collect()
}

/// Moves `main` on, so that the release branch has to be made anew.
#[track_caller]
fn move_on(journey: &Journey) {
    journey.change(Role::Top, "feat(top): more");
    journey.sandbox().push();
}

/// `prepare` ends with 5 and a code, and leaves the branch as it is.
#[track_caller]
fn left_alone(journey: &Journey, code: &str, says: &[&str]) -> Ran {
    let tip = journey.branch_tip();
    let dry = journey.releasekit(["prepare", "--dry-run"]).code(5);
    let ran = journey.releasekit(["prepare"]).code(5);
    for ran in [&dry, &ran] {
        for part in says.iter().chain(&[code, BRANCH, "left as it is"]) {
            assert!(ran.stderr.contains(part), "`{part}` is missing\n{ran}");
        }
    }
    assert_eq!(journey.branch_tip(), tip);
    ran
}

pub(crate) fn a_release_branch_is_never_one_that_is_released_from(scene: &Scene) {
    let journey = begin(scene);
    let other = Other::new(&journey, "other", "main");
    other.write("precious.txt", "work\n").commit("docs: precious").push("main");
    let branch = |name: &str| {
        journey.configure(&format!("[pull_request]\nbranch = \"{name}\"\n"));
        journey.sandbox().commit("chore: configure");
    };
    for (name, code) in [
        ("{base}", "RK-CONFIG-INVALID-VALUE"),
        ("refs/heads/main", "RK-CONFIG-INVALID-VALUE"),
        ("HEAD", "RK-CONFIG-INVALID-VALUE"),
        ("main", "RK-PREPARE-BRANCH-RESERVED"),
        ("Main", "RK-PREPARE-BRANCH-RESERVED"),
        (&journey.tag(Role::Base, "0.1.0"), "RK-PREPARE-BRANCH-RESERVED"),
    ] {
        branch(name);
        journey.sandbox().git(["fetch", "--quiet", "origin"]);
        journey.sandbox().git(["rebase", "--quiet", "origin/main"]);
        journey.sandbox().push();
        let refs = journey.remote_refs();
        let ran = journey.releasekit(["prepare"]).code(3);
        assert!(ran.stderr.contains(code), "{name}\n{ran}");
        assert_eq!(journey.remote_refs(), refs, "{name}: nothing is pushed");
    }
    assert!(files(&journey, "main").contains(&"precious.txt".to_owned()));
}

pub(crate) fn a_branch_that_we_did_not_make_is_left_alone(scene: &Scene) {
    let journey = begin(scene);
    let other = Other::new(&journey, "orphan", "main");
    other.git(&["checkout", "--quiet", "--orphan", "alone"]);
    other.git(&["rm", "-rqf", "."]);
    other.write("precious.txt", "work\n").commit("docs: precious").push(BRANCH);
    left_alone(&journey, "RK-PREPARE-BRANCH-FOREIGN", &["docs: precious", "no history in common"]);

    let other = Other::new(&journey, "branched", "main");
    other.write("precious.txt", "work\n").commit("docs: on main").push(BRANCH);
    left_alone(&journey, "RK-PREPARE-BRANCH-FOREIGN", &["docs: on main", "not releasekit's"]);

    other.git(&["reset", "--quiet", "--hard", "origin/main"]);
    other.push(BRANCH);
    journey.releasekit(["prepare"]).ok();
    assert!(files(&journey, BRANCH).contains(&MANIFEST.to_owned()), "a branch without commits is nobody's work");
}

pub(crate) fn commits_beside_the_manifest_are_kept_without_what_they_do_to_it(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared();
    let other = Other::new(&journey, "other", BRANCH);
    other.append(MANIFEST, "\n").write("precious.txt", "w\n").commit("docs: words, and a formatter");
    other.git(&["checkout", "--quiet", "-b", "side"]);
    other.write("side.txt", "s\n").commit("docs: side");
    other.git(&["checkout", "--quiet", "work"]);
    other.git(&["merge", "--quiet", "--no-ff", "--no-commit", "side"]);
    other.write("in-merge.txt", "m\n").commit("merge side").push(BRANCH);
    let tip = journey.branch_tip();
    journey.releasekit(["prepare"]).ok();
    assert_eq!(journey.branch_tip(), tip, "nothing is new, so nothing is pushed");

    move_on(&journey);
    let dry = journey.releasekit(["prepare", "--dry-run"]).code(0);
    let ran = journey.releasekit(["prepare"]).code(0);
    assert!(ran.stderr.contains("also changes how `.releasekit/manifest.json` is written"), "{ran}");
    for ran in [dry, ran] {
        assert!(ran.stdout.contains("3 commits of others kept on top"), "{ran}");
    }
    let found = files(&journey, BRANCH);
    for file in ["precious.txt", "side.txt", "in-merge.txt"] {
        assert!(found.contains(&file.to_owned()), "{file}: {found:?}");
    }
    journey.proposes(Role::Top, "0.2.0");
}

pub(crate) fn a_merge_of_the_base_that_adds_nothing_is_dropped(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared();
    move_on(&journey);
    let other = Other::new(&journey, "other", BRANCH);
    other.write("precious.txt", "w\n").commit("docs: precious");
    other.git(&["merge", "--quiet", "--no-ff", "-m", "Merge main", "origin/main"]);
    other.push(BRANCH);
    journey.releasekit(["prepare"]).ok();
    let remote = journey.sandbox().remote();
    let subjects = journey.sandbox().git_in(&remote, ["log", "--format=%s", &format!("main..{BRANCH}")]);
    assert_eq!(subjects, "docs: precious\nchore(release): release 2 packages");
}

pub(crate) fn what_cannot_be_kept_stops_prepare_by_name(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared();
    let ours = journey.branch_tip().expect("it is there");
    move_on(&journey);

    let other = Other::new(&journey, "amended", BRANCH);
    other.write("precious.txt", "w\n").git(&["add", "--all"]);
    other.git(&["commit", "--quiet", "--amend", "--no-edit"]);
    other.push(BRANCH);
    left_alone(&journey, "RK-PREPARE-COMMIT-UNKEPT", &["is the release commit, amended"]);
    other.git(&["commit", "--quiet", "--amend", "-m", "chore: our release"]);
    other.push(BRANCH);
    left_alone(&journey, "RK-PREPARE-BRANCH-FOREIGN", &["chore: our release"]);
    other.git(&["reset", "--quiet", "--hard", &ours]);
    other.git(&["commit", "--quiet", "--amend", "-m", "chore: other words\n\nReleasekit-Commit: 0"]);
    other.push(BRANCH);
    left_alone(&journey, "RK-PREPARE-COMMIT-UNKEPT", &["chore: other words", "amended"]);
    other.git(&["reset", "--quiet", "--hard", &ours]);
    other.write("precious.txt", "w\n").commit("docs: precious");
    other.git(&["reset", "--quiet", "--soft", &format!("{ours}~")]);
    let both = format!("{}\n\ndocs: precious", other.git(&["show", "-s", "--format=%B", &ours]));
    other.commit(&both).push(BRANCH);
    left_alone(&journey, "RK-PREPARE-COMMIT-UNKEPT", &["amended"]);
    other.git(&["reset", "--quiet", "--hard", &ours]);
    other.git(&["update-index", "--chmod=+x", &log(&journey)]);
    other.git(&["commit", "--quiet", "--amend", "--no-edit"]);
    other.push(BRANCH);
    left_alone(&journey, "RK-PREPARE-COMMIT-UNKEPT", &["amended"]);

    other.git(&["reset", "--quiet", "--hard", &ours]);
    let tag = journey.tag(Role::Base, "0.1.1");
    let manifest = fs::read_to_string(other.folder.join(MANIFEST)).expect("it is there");
    other.write(MANIFEST, &manifest.replace(&tag, &tag.replace("base", "bass"))).commit("chore: I know better");
    other.push(BRANCH);
    left_alone(&journey, "RK-PREPARE-COMMIT-UNKEPT", &["chore: I know better", "changes what the manifest says"]);

    other.git(&["reset", "--quiet", "--hard", &ours]);
    let readme = journey.path(Role::Top, "README.md");
    other.write(&readme, "branch\n").commit("docs: readme");
    other.git(&["checkout", "--quiet", "-b", "side", &ours]);
    other.write(&readme, "side\n").commit("docs: another readme");
    other.git(&["checkout", "--quiet", "work"]);
    other.git(&["merge", "--quiet", "--strategy", "ours", "-m", "merge by hand", "side"]);
    other.push(BRANCH);
    left_alone(&journey, "RK-PREPARE-COMMIT-UNKEPT", &["merge by hand", "is a merge made by hand"]);

    other.git(&["reset", "--quiet", "--hard", &ours]);
    other.push(BRANCH);
    journey.releasekit(["prepare"]).ok();
    journey.proposes(Role::Top, "0.2.0");
}

pub(crate) fn a_release_commit_that_was_rebased_is_still_ours(scene: &Scene) {
    let journey = begin(scene);
    journey.prepared();
    journey.sandbox().write("README.md", "new\n").commit("docs: readme");
    move_on(&journey);
    let other = Other::new(&journey, "other", BRANCH);
    other.write("precious.txt", "w\n").commit("docs: precious");
    other.git(&["rebase", "--quiet", "origin/main"]);
    other.push(BRANCH);
    journey.releasekit(["prepare"]).ok();
    let remote = journey.sandbox().remote();
    let subjects = journey.sandbox().git_in(&remote, ["log", "--format=%s", &format!("main..{BRANCH}")]);
    assert_eq!(subjects, "docs: precious\nchore(release): release 2 packages");
}

pub(crate) fn a_commit_pushed_after_the_merge_is_kept_and_those_before_it_are_not_made_again(scene: &Scene) {
    for how in [Merge::Commit, Merge::Squash, Merge::Rebase] {
        let journey = begin(scene);
        journey.prepared();
        let other = Other::new(&journey, "other", BRANCH);
        other.write("before.txt", "1\n").commit("docs: before");
        other.write("before.txt", "2\n").commit("docs: before, again").push(BRANCH);
        journey.merge(how);
        journey.releasekit(["release", "--yes", "--no-build"]).ok();
        journey.sandbox().write("before.txt", "3\n").commit("docs: on main");
        other.write("after.txt", "late\n").commit("docs: after").push(BRANCH);
        move_on(&journey);
        let ran = journey.releasekit(["prepare"]).code(0);
        let remote = journey.sandbox().remote();
        let subjects = journey.sandbox().git_in(&remote, ["log", "--format=%s", &format!("main..{BRANCH}")]);
        let ours = format!("chore(release): release {} 0.2.0", journey.name(Role::Top));
        assert_eq!(subjects, format!("docs: after\n{ours}"), "{how:?}\n{ran}");
        assert_eq!(journey.proposed("before.txt"), "3", "{how:?}");
        assert_eq!(journey.proposed("after.txt"), "late", "{how:?}");
    }
}

pub(crate) fn a_changelog_keeps_every_byte_of_people(scene: &Scene) {
    let journey = begin(scene);
    let log = journey.path(Role::Base, "Changelog.md");
    let theirs = "\u{feff}# Changes\r\n\r\n## [Unreleased]\r\n\r\n- pending\r\n\r\n### [0.1.0](x)\r\n\r\n```\r\n## 9.9\r\n```\r\n\r\n[0.1.0]: y";
    journey.sandbox().write(&log, theirs);
    journey.sandbox().commit("docs: begin a changelog");
    journey.sandbox().push();
    let ran = journey.releasekit(["prepare"]).code(0);
    assert!(ran.stderr.contains(&format!("`{log}` has entries under `Unreleased`")), "{ran}");
    assert!(!files(&journey, BRANCH).contains(&self::log(&journey)), "none is made beside it");
    let text = journey.proposed(&log);
    let (start, end) = (text.find("## 0.1.1").expect("it is there"), text.find("### [0.1.0]").expect("it is there"));
    assert_eq!(format!("{}{}", &text[..start], &text[end..]), theirs);

    let notes = "# Changes\n\n## 0.1.1 (unreleased)\n\nAn upgrade guide.\n\n# [0.1.0](x)\n\n[0.1.0]: y\n";
    journey.sandbox().write(&log, notes);
    journey.sandbox().commit("docs: write the notes");
    journey.sandbox().push();
    let ran = journey.releasekit(["prepare"]).code(0);
    assert!(ran.stderr.contains("has notes for 0.1.1, which stay"), "{ran}");
    assert_eq!(journey.proposed(&log), notes.trim_end());
}

pub(crate) fn superseding_replaces_what_we_wrote_and_nothing_else(scene: &Scene) {
    let journey = begin(scene);
    let log = log(&journey);
    journey.sandbox().write(&log, "# Changes\n\n## 0.1.0\n\n- first\n\n[x]: y\n");
    journey.sandbox().commit("docs: begin a changelog");
    journey.prepared();
    let other = Other::new(&journey, "other", BRANCH);
    let text = fs::read_to_string(other.folder.join(&log)).expect("it is there");
    other.write(&log, &text.replace("\n\n### Bug Fixes", "\n\nPlease read this.\n\n### Bug Fixes"));
    other.commit("docs: a word before").push(BRANCH);
    journey.merge(Merge::Squash);
    journey.change(Role::Base, "feat(base): count backwards");
    journey.sandbox().push();
    journey.releasekit(["prepare", "--supersede"]).ok();
    let text = journey.proposed(&log);
    assert!(!text.contains("0.1.1") && text.contains("## 0.2.0"), "{text}");
    assert!(text.contains("Please read this.\n\n### Features") && text.ends_with("- first\n\n[x]: y"), "{text}");

    let edited = journey.sandbox().read(&log).replace("- **base:** count from zero", "- my own words");
    journey.sandbox().write(&log, edited);
    journey.sandbox().commit("docs: in my own words");
    journey.sandbox().push();
    let ran = journey.releasekit(["prepare", "--supersede"]).code(0);
    assert!(ran.stderr.contains(&format!("the section of 0.1.1 in `{log}` is not as it was")), "{ran}");
    let text = journey.proposed(&log);
    assert!(text.contains("## 0.1.1") && text.contains("- my own words") && text.contains("## 0.2.0"), "{text}");
}

pub(crate) fn no_path_leads_into_gits_own_folder_or_over_a_file_of_programs(scene: &Scene) {
    let journey = begin(scene);
    let manifest = journey.world().manifest(Role::Base);
    let manifest = manifest.rsplit('/').next().expect("a path has a last part");
    let lockfile = journey.world().lockfile().map(|lockfile| format!("../../{lockfile}"));
    let ours = [".git/x", "x/.GIT/config", "../../.git./hooks/x", "git~1/x", manifest];
    let (label, name) = (journey.world().names().label, journey.name(Role::Base));
    for path in ours.into_iter().chain(lockfile.as_deref()) {
        journey.configure(&format!("[packages.\"{label}:{name}\"]\nchangelog = \"{path}\"\n"));
        journey.sandbox().commit("chore: configure");
        journey.sandbox().push();
        let ran = journey.releasekit(["prepare"]).code(3);
        assert!(ran.stderr.contains("RK-CONFIG-INVALID-VALUE"), "{path}\n{ran}");
    }
    assert_eq!(journey.branch_tip(), None);
}
