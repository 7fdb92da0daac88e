//! Past releases planned again, over a repository in memory with package files that move.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use releasekit_core::ecosystem::{BackendContext, Backends, EcosystemBackend, Halves};
use releasekit_core::event::{Event, Reporter, Silent};
use releasekit_core::model::{CommitId, ObjectId, RepoPath, TagName, Target, Version};
use releasekit_core::policy::{BumpSource, PackagePolicy, Policy};
use releasekit_core::vcs::{CommitRequest, Expected, RefName, RefUpdate};
use releasekit_core::{Environment, FileEdit, Vcs, Workspace};
use releasekit_engine::Session;
use releasekit_engine::replay::{self, Difference, Replay, Row};
use releasekit_formats::python::{Pep440, Pep508};
use releasekit_testkit::memory::vcs::MemoryVcs;
use releasekit_testkit::memory::{MemoryPackageManager, MemoryWorkspace};

use crate::support::Given;

/// A repository whose commits are some seconds apart.
struct Past {
    vcs: MemoryVcs,
    tip: CommitId,
    time: i64,
    apart: i64,
    count: usize,
    policy: Policy,
}

/// Keeps what is warned of.
#[derive(Debug, Default)]
struct Warnings(Mutex<Vec<String>>);

impl Reporter for Warnings {
    fn report(&self, event: Event) {
        if let Event::Warning { message, .. } = event {
            self.0.lock().expect("nobody panics with it").push(message);
        }
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}

fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("a legal path")
}

impl Past {
    /// Packages at 1.0.0, each with the tag of that version.
    fn released(packages: &[&str]) -> Self {
        let vcs = MemoryVcs::new(Path::new("/memory/work"), [(path("workspace.txt"), "")]);
        let tip = block_on(vcs.head()).expect("there is a commit").commit;
        let mut past = Self { vcs, tip, time: 1_700_000_000, apart: 60, count: 0, policy: Policy::default() };
        for name in packages {
            past.write(
                "chore: begin",
                &[(&format!("{name}/package.txt"), &format!("name = {name}\nversion = 1.0.0\n"))],
            );
        }
        let tags: Vec<String> = packages.iter().map(|name| format!("{name}-v1.0.0")).collect();
        past.tag(&tags.iter().map(String::as_str).collect::<Vec<_>>());
        past
    }

    fn write(&mut self, message: &str, files: &[(&str, &str)]) {
        let edits = files.iter().map(|(file, text)| FileEdit::write(path(file), *text)).collect();
        self.edit(message, edits);
    }

    fn edit(&mut self, message: &str, edits: Vec<FileEdit>) {
        (self.time, self.count) = (self.time + self.apart, self.count + 1);
        let request = CommitRequest::new(self.tip.clone(), message.to_owned(), self.time);
        self.tip = block_on(self.vcs.commit(&request.with_edits(edits))).expect("memory commits");
    }

    /// A commit that touches a package.
    fn change(&mut self, package: &str, message: &str) {
        let text = self.count.to_string();
        self.write(message, &[(&format!("{package}/code.txt"), &text)]);
    }

    /// A commit that sets the version of packages.
    fn raise(&mut self, message: &str, packages: &[(&str, &str)]) {
        let text = |(name, version): &(&str, &str)| format!("name = {name}\nversion = {version}\n");
        let file = |it: &(&str, &str)| FileEdit::write(path(&format!("{}/package.txt", it.0)), text(it));
        self.edit(message, packages.iter().map(file).collect());
    }

    fn tag(&mut self, names: &[&str]) {
        let name = |name: &&str| RefName::Tag(TagName::new(*name));
        let update = |it: &&str| RefUpdate::new(name(it), Some(ObjectId::from(self.tip.clone())), Expected::Absent);
        block_on(self.vcs.update_refs(&names.iter().map(update).collect::<Vec<_>>())).expect("memory tags");
    }

    fn configure(&mut self, package: &str, change: impl FnOnce(&mut PackagePolicy)) {
        change(self.policy.packages.entry(package.to_owned()).or_default());
    }

    fn replay(&self, last: usize) -> Replay {
        self.try_replay(&self.vcs, last).expect("a replay")
    }

    fn try_replay(&self, vcs: &MemoryVcs, last: usize) -> releasekit_engine::Result<Replay> {
        self.heard(vcs, last, Arc::new(Silent))
    }

    fn heard(&self, vcs: &MemoryVcs, last: usize, reporter: Arc<dyn Reporter>) -> releasekit_engine::Result<Replay> {
        let workspace: Arc<dyn Workspace> = Arc::new(MemoryWorkspace::numbered(&Pep440, &Pep508));
        let mut backends = Backends::default();
        backends.add_ecosystem(EcosystemBackend {
            id: "memory",
            ecosystem: "python",
            label: "py",
            credentials: &[],
            target: Target::new("none", "http://127.0.0.1:1/simple/", "http://127.0.0.1:1/"),
            open: Arc::new(move |_| {
                Ok(Halves { workspace: workspace.clone(), package_manager: Arc::<MemoryPackageManager>::default() })
            }),
        });
        let context = BackendContext::new(Environment::new(), PathBuf::from("/nonexistent"), reporter);
        let policies = Arc::new(Given(self.policy.clone()));
        let session = Session::open(Arc::new(vcs.clone()), backends, context, policies).expect("memory opens");
        block_on(replay::replay(&session, last))
    }

    /// Every release in a line: each package with what it was, would have become and became, and why the two differ.
    fn lines(&self, last: usize) -> Vec<String> {
        let line = |release: &replay::Release| release.packages.iter().map(line).collect::<Vec<_>>().join("; ");
        self.replay(last).releases.iter().map(line).collect()
    }
}

fn line(row: &Row) -> String {
    let text = |version: &Option<Version>| version.as_ref().map_or("-".to_owned(), Version::to_string);
    let why = row.difference.as_ref().map_or("exact", Difference::kind);
    format!("{} {} → {} | {} {why}", row.name, text(&row.last), text(&row.planned), row.shipped)
}

#[test]
fn a_release_that_follows_its_commits_is_exact() {
    let mut past = Past::released(&["a", "b"]);
    past.change("a", "feat: more");
    past.change("b", "fix: less");
    past.raise("chore: release", &[("a", "1.1.0"), ("b", "1.0.1")]);
    past.tag(&["a-v1.1.0", "b-v1.0.1"]);
    assert_eq!(past.lines(1), ["a 1.0.0 → 1.1.0 | 1.1.0 exact; b 1.0.0 → 1.0.1 | 1.0.1 exact"]);
}

#[test]
fn the_first_releases_are_planned_where_they_are_tagged() {
    let past = Past::released(&["a"]);
    assert_eq!(past.lines(9), ["a - → 1.0.0 | 1.0.0 exact"]);
}

#[test]
fn what_cannot_be_read_for_one_cause_is_said_once() {
    let mut past = Past::released(&["a", "b"]);
    past.change("a", "fix: x");
    past.tag(&["v1.0.1"]);
    past.policy.tag_format = vec!["v{version}".to_owned()];
    let warnings = Arc::new(Warnings::default());
    let replay = past.heard(&past.vcs, 9, warnings.clone()).expect("a replay");
    assert!(replay.releases.is_empty());
    let said = warnings.0.lock().expect("nobody panics with it").clone();
    let [only] = said.as_slice() else { panic!("one warning: {said:?}") };
    let commits = only.split_once("cannot be read").expect("a warning of what cannot be read").0;
    assert_eq!(commits.matches(", ").count(), 1, "both commits are named: {only}");
}

#[test]
fn what_one_commit_raised_is_one_release_wherever_it_is_tagged() {
    let mut past = Past::released(&["a", "b"]);
    past.change("a", "fix: x");
    past.change("b", "fix: x");
    past.raise("chore: release", &[("a", "1.0.1"), ("b", "1.0.1")]);
    past.tag(&["a-v1.0.1"]);
    past.change("a", "docs: y");
    past.tag(&["b-v1.0.1"]);
    let replay = past.replay(5);
    assert_eq!(replay.releases.len(), 2);
    assert_eq!(replay.releases[0].tags.len(), 2);
    assert_eq!(past.lines(1), ["a 1.0.0 → 1.0.1 | 1.0.1 exact; b 1.0.0 → 1.0.1 | 1.0.1 exact"]);
}

#[test]
fn tags_on_one_commit_are_one_release_and_each_package_has_its_own_raise() {
    let mut past = Past::released(&["a", "b"]);
    past.change("a", "fix: x");
    past.raise("chore: raise a", &[("a", "1.0.1")]);
    past.change("b", "feat: x");
    past.raise("chore: raise b", &[("b", "1.1.0")]);
    past.tag(&["a-v1.0.1", "b-v1.1.0"]);
    assert_eq!(past.lines(1), ["a 1.0.0 → 1.0.1 | 1.0.1 exact; b 1.0.0 → 1.1.0 | 1.1.0 exact"]);
}

#[test]
fn without_a_known_type_nothing_is_planned() {
    let mut past = Past::released(&["a"]);
    past.change("a", "Make it better (#7)");
    past.raise("1.1.0", &[("a", "1.1.0")]);
    past.tag(&["a-v1.1.0"]);
    assert_eq!(past.lines(1), ["a 1.0.0 → - | 1.1.0 no-known-type"]);
}

#[test]
fn who_asked_is_named() {
    let mut past = Past::released(&["a", "b", "c"]);
    past.change("a", "docs: x\n\nRelease-As: 2.0.0");
    past.change("b", "docs: x\n\nrelease: minor b");
    past.write("docs: x", &[(".changeset/one.md", "---\n\"c\": minor\n---\n\nMore.\n"), ("c/code.txt", "x")]);
    past.raise("chore: release", &[("a", "2.0.0"), ("b", "1.1.0"), ("c", "1.1.0")]);
    past.tag(&["a-v2.0.0", "b-v1.1.0", "c-v1.1.0"]);
    let asked = |row: &Row| match &row.difference {
        Some(Difference::Asked { text, .. }) => text.clone(),
        other => format!("{other:?}"),
    };
    let said = |past: &Past| past.replay(1).releases[0].packages.iter().map(asked).collect::<Vec<_>>();
    assert_eq!(said(&past), ["None", "None", "\"c\": minor"], "a plan follows trailers");
    past.policy.bump_sources = vec![BumpSource::Commits];
    assert_eq!(said(&past), ["Release-As: 2.0.0", "release: minor b", "\"c\": minor"]);
}

/// Packages at 1.0.0, in a repository whose changes are described in files.
fn described(packages: &[&str]) -> Past {
    let mut past = Past::released(packages);
    past.write("ci: describe changes", &[(".changeset/config.json", "{\"linked\": [[\"c\", \"d\"]]}")]);
    past
}

#[test]
fn change_files_are_read_as_they_lay_there_before_the_release() {
    let mut past = described(&["a", "b", "c", "d"]);
    past.write(
        "feat!: x",
        &[(".changeset/one.md", "---\n\"a\": minor\n\"c\": patch\n---\n\nMore.\n"), ("a/code.txt", "x")],
    );
    past.change("b", "feat: y");
    let gone = |name: &str| FileEdit::delete(path(name));
    past.write("fix: z", &[(".changeset/two.md", "---\nd: major\n---\n")]);
    let package = |name: &str, version: &str| {
        FileEdit::write(path(&format!("{name}/package.txt")), format!("name = {name}\nversion = {version}\n"))
    };
    let raised = [("a", "1.1.0"), ("b", "1.1.0"), ("c", "2.0.0"), ("d", "2.0.0")].map(|it| package(it.0, it.1));
    past.edit(
        "Version Packages",
        [raised.to_vec(), vec![gone(".changeset/one.md"), gone(".changeset/two.md")]].concat(),
    );
    past.tag(&["a-v1.1.0", "b-v1.1.0", "c-v2.0.0", "d-v2.0.0"]);
    let expected = "a 1.0.0 → 1.1.0 | 1.1.0 exact; b 1.0.0 → - | 1.1.0 no-change-file; c 1.0.0 → 2.0.0 | 2.0.0 exact; \
                    d 1.0.0 → 2.0.0 | 2.0.0 exact";
    assert_eq!(past.lines(1), [expected]);
}

#[test]
fn what_people_chose_against_a_change_file_is_chosen_and_a_broken_one_refuses() {
    let mut past = described(&["a"]);
    past.write("fix: x", &[(".changeset/one.md", "---\na: patch\n---\n")]);
    past.raise("chore: release", &[("a", "1.1.0")]);
    past.tag(&["a-v1.1.0"]);
    past.write("fix: y", &[(".changeset/one.md", "---\nz: patch\n---\n")]);
    past.raise("chore: release", &[("a", "1.1.1")]);
    past.tag(&["a-v1.1.1"]);
    assert_eq!(past.lines(2), ["a - → - | 1.1.1 refused", "a 1.0.0 → 1.0.1 | 1.1.0 chosen"]);
}

#[test]
fn what_asks_when_a_version_is_raised_comes_too_late_for_a_plan() {
    let mut past = Past::released(&["a"]);
    past.change("a", "fix: x");
    past.raise("chore: release\n\nRelease-As: 1.1.0", &[("a", "1.1.0")]);
    past.tag(&["a-v1.1.0"]);
    assert_eq!(past.lines(1), ["a 1.0.0 → 1.0.1 | 1.1.0 asked"]);
}

#[test]
fn what_people_chose_against_a_trailer_is_chosen() {
    let mut past = Past::released(&["a"]);
    past.change("a", "feat: x\n\nrelease: patch");
    past.raise("chore: release", &[("a", "1.1.0")]);
    past.tag(&["a-v1.1.0"]);
    assert_eq!(past.lines(1), ["a 1.0.0 → 1.0.1 | 1.1.0 chosen"]);
}

#[test]
fn what_asks_for_something_else_is_no_reason() {
    let mut past = Past::released(&["a"]);
    past.policy.bump_sources = vec![BumpSource::Commits];
    past.change("a", "docs: x\n\nRelease-As: 3.0.0\nrelease: patch");
    past.change("a", "docs: x\n\nrelease: minor b\nRelease-As: b@1.1.0");
    past.raise("chore: release", &[("a", "1.1.0")]);
    past.tag(&["a-v1.1.0"]);
    assert_eq!(past.lines(1), ["a 1.0.0 → - | 1.1.0 no-known-type"]);
}

#[test]
fn a_tag_on_another_branch_is_named() {
    let mut past = Past::released(&["a"]);
    past.change("a", "fix: x");
    let main = past.tip.clone();
    past.raise("chore: release", &[("a", "1.0.1")]);
    past.tag(&["a-v1.0.1"]);
    past.tip = main;
    past.change("a", "fix: y");
    past.raise("chore: release", &[("a", "1.0.2")]);
    past.tag(&["a-v1.0.2"]);
    let replay = past.replay(1);
    let tag = TagName::new("a-v1.0.1");
    assert_eq!(replay.releases[0].packages[0].difference, Some(Difference::OffBranch { tag }));
}

#[test]
fn a_tag_on_another_branch_is_no_reason_where_it_would_change_nothing() {
    let mut past = Past::released(&["a"]);
    past.change("a", "fix: x");
    let main = past.tip.clone();
    past.raise("chore: try", &[("a", "1.0.1rc1")]);
    past.tag(&["a-v1.0.1rc1"]);
    past.tip = main;
    past.raise("chore: release", &[("a", "1.1.0")]);
    past.tag(&["a-v1.1.0"]);
    assert_eq!(past.lines(1), ["a 1.0.0 → 1.0.1 | 1.1.0 chosen"]);
}

#[test]
fn people_may_choose_and_the_commit_that_did_is_named() {
    let mut past = Past::released(&["a"]);
    past.change("a", "fix: x");
    past.raise("Release 1.1.0", &[("a", "1.1.0")]);
    past.tag(&["a-v1.1.0"]);
    let replay = past.replay(1);
    let Some(Difference::Chosen { commit, summary, said, shipped, file }) = &replay.releases[0].packages[0].difference
    else {
        panic!("{replay:?}");
    };
    assert_eq!((commit, summary.as_str(), file), (&past.tip, "Release 1.1.0", &None));
    assert_eq!((said.as_str(), shipped.as_str()), ("patch", "minor"));
}

#[test]
fn a_package_file_that_is_ahead_and_a_label_are_choices() {
    let mut past = Past::released(&["a", "b"]);
    past.raise("chore: go on", &[("a", "1.1.0.dev0")]);
    past.change("a", "fix: x");
    past.change("b", "fix: x");
    past.raise("chore: release", &[("a", "1.0.1"), ("b", "1.0.1rc1")]);
    past.tag(&["a-v1.0.1", "b-v1.0.1rc1"]);
    assert_eq!(past.lines(1), ["a 1.0.0 → 1.1.0 | 1.0.1 chosen; b 1.0.0 → 1.0.1 | 1.0.1rc1 chosen"]);
    past.raise("chore: release", &[("b", "1.0.1")]);
    past.tag(&["b-v1.0.1"]);
    assert_eq!(past.lines(1), ["b 1.0.1rc1 → - | 1.0.1 chosen"]);
}

#[test]
fn a_label_that_was_never_released_is_a_choice_too() {
    let mut past = Past::released(&["a"]);
    past.raise("chore: go on", &[("a", "1.1.0a0")]);
    past.change("a", "feat: x");
    past.raise("chore: release", &[("a", "1.1.0")]);
    past.tag(&["a-v1.1.0"]);
    assert_eq!(past.lines(1), ["a 1.0.0 → 1.1.0a0 | 1.1.0 chosen"]);
}

#[test]
fn the_final_version_after_a_prerelease_is_a_choice_where_a_feature_raised_it() {
    let mut past = Past::released(&["a"]);
    past.change("a", "fix: x");
    past.raise("chore: release", &[("a", "1.0.1b1")]);
    past.tag(&["a-v1.0.1b1"]);
    past.change("a", "feat: x");
    past.raise("chore: release", &[("a", "1.1.0")]);
    past.tag(&["a-v1.1.0"]);
    assert_eq!(past.lines(1), ["a 1.0.1b1 → 1.1.0b1 | 1.1.0 chosen"]);
}

#[test]
fn work_that_came_with_the_raise_is_a_choice() {
    let mut past = Past::released(&["a"]);
    past.raise("feat: more, and raise the version", &[("a", "1.1.0")]);
    past.tag(&["a-v1.1.0"]);
    assert_eq!(past.lines(1), ["a 1.0.0 → - | 1.1.0 chosen"]);
}

#[test]
fn a_package_that_was_not_there_is_said_to_be() {
    let mut past = Past::released(&["a"]);
    past.change("a", "fix: x");
    past.raise("chore: release", &[("a", "1.0.1"), ("new", "0.1.0")]);
    past.tag(&["a-v1.0.1", "new-v0.1.0"]);
    assert_eq!(past.lines(1), ["a 1.0.0 → 1.0.1 | 1.0.1 exact; new - → - | 0.1.0 not-there"]);
}

#[test]
fn the_configuration_of_today_speaks_of_packages_by_their_names_then() {
    let mut past = Past::released(&["old"]);
    past.change("old", "fix: x");
    past.raise("chore: release", &[("old", "1.0.1")]);
    past.tag(&["1.0.1-of-old"]);
    past.edit("chore: rename", vec![FileEdit::delete(path("old/package.txt"))]);
    past.configure("new", |package| {
        package.formerly = vec!["old".to_owned()];
        package.tag_format = vec!["{version}-of-{name}".to_owned(), "{name}-v{version}".to_owned()];
        package.depends_on = vec!["gone".to_owned()];
    });
    past.configure("gone", |_| {});
    assert_eq!(past.lines(1), ["old 1.0.0 → 1.0.1 | 1.0.1 exact"]);
}

#[test]
fn what_cannot_be_planned_says_its_code_and_the_others_are_planned() {
    let mut past = Past::released(&["a", "b"]);
    past.tag(&["a-v1.2.0"]);
    past.change("a", "fix: x");
    past.change("b", "fix: x");
    past.raise("chore: release", &[("a", "1.3.0"), ("b", "1.0.1")]);
    past.tag(&["a-v1.3.0", "b-v1.0.1"]);
    assert_eq!(past.lines(1), ["a - → - | 1.3.0 refused; b 1.0.0 → 1.0.1 | 1.0.1 exact"]);
    let replay = past.replay(1);
    let Some(Difference::Refused { code, .. }) = &replay.releases[0].packages[0].difference else {
        panic!("{replay:?}")
    };
    assert_eq!(code, "RK-VERSION-BEHIND-TAG");
}

#[test]
fn what_the_plan_moves_beside_a_release_is_waiting() {
    let mut past = Past::released(&["a", "b"]);
    past.change("a", "fix: x");
    past.change("b", "feat: x");
    past.raise("chore: release", &[("a", "1.0.1")]);
    past.tag(&["a-v1.0.1"]);
    let replay = past.replay(1);
    let waiting: Vec<String> =
        replay.releases[0].waiting.iter().map(|it| format!("{} {}", it.name, it.planned)).collect();
    assert_eq!(waiting, ["b 1.1.0"]);
}

#[test]
fn ignored_tags_are_no_releases_and_newer_tags_are_not_seen() {
    let mut past = Past::released(&["a"]);
    past.change("a", "fix: x");
    past.raise("chore: release", &[("a", "1.0.1")]);
    past.tag(&["a-v1.0.1"]);
    past.change("a", "feat: y");
    past.raise("chore: release", &[("a", "1.1.0")]);
    past.tag(&["a-v1.1.0"]);
    assert_eq!(past.lines(2), ["a 1.0.1 → 1.1.0 | 1.1.0 exact", "a 1.0.0 → 1.0.1 | 1.0.1 exact"]);
    past.policy.ignore_tags = vec!["a-v1.1.*".to_owned()];
    assert_eq!(past.lines(1), ["a 1.0.0 → 1.0.1 | 1.0.1 exact"]);
}

#[test]
fn of_what_was_made_in_one_second_the_descendant_is_newer() {
    let mut past = Past::released(&["a"]);
    past.apart = 0;
    for patch in 1..=8 {
        past.change("a", "fix: x");
        past.raise("chore: release", &[("a", &format!("1.0.{patch}"))]);
        past.tag(&[&format!("a-v1.0.{patch}")]);
    }
    let expected = |patch| format!("a 1.0.{} → 1.0.{patch} | 1.0.{patch} exact", patch - 1);
    assert_eq!(past.lines(8), [8, 7, 6, 5, 4, 3, 2, 1].map(expected));
}

#[test]
fn a_clone_that_lacks_history_is_not_replayed() {
    let past = Past::released(&["a"]);
    let cut = past.vcs.clone().cut_at(&past.tip);
    assert!(past.try_replay(&cut, 1).is_err());
}

#[test]
fn what_cannot_be_read_where_it_is_tagged_is_passed_over() {
    let mut past = Past::released(&["a"]);
    past.raise("chore: release", &[("a", "one")]);
    past.tag(&["a-v1.0.1"]);
    assert_eq!(past.lines(1), ["a - → 1.0.0 | 1.0.0 exact"]);
}
