//! The history pass: small stories, and random histories against what git itself says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use globset::{GlobBuilder, GlobSet};
use releasekit_core::ErrorKind;
use releasekit_core::model::CommitId;
use releasekit_core::vcs::{History, HistoryRequest, Scope};
use releasekit_testkit::Sandbox;

use crate::support::{fails, head, open, open_at, path, wait};

fn scope(folder: &str, since: Option<&str>) -> Scope {
    Scope::new(path(folder)).with_since(since.map(CommitId::new))
}

fn history(sandbox: &Sandbox, scopes: Vec<Scope>) -> History {
    wait(open(sandbox).history(&HistoryRequest::new(head(sandbox), scopes))).expect("the history is there")
}

fn touched(history: &History) -> Vec<(String, Vec<usize>)> {
    history.commits.iter().map(|commit| (commit.message.trim().to_owned(), commit.scopes.clone())).collect()
}

#[test]
fn a_commit_belongs_to_the_longest_folder_and_to_both_sides_of_a_move() {
    let sandbox = Sandbox::new();
    sandbox.write("a/x", "x").write("a/b/y", "y").write("ab/z", "z").write("root", "r").commit("start");
    sandbox.write("a/b/y", "y2").commit("inner");
    sandbox.write("a/x", "x2").commit("outer");
    sandbox.write("ab/z", "z2").commit("elsewhere");
    sandbox.git(["mv", "a/x", "a/b/x"]);
    sandbox.commit("move");
    sandbox.commit("empty");
    sandbox.git(["update-index", "--chmod=+x", "a/b/y"]);
    sandbox.git(["commit", "--quiet", "-m", "mode"]);
    let found = history(&sandbox, vec![scope("", None), scope("a", None), scope("a/b", None)]);
    let expected = [
        ("mode", vec![2]),
        ("move", vec![1, 2]),
        ("elsewhere", vec![0]),
        ("outer", vec![1]),
        ("inner", vec![2]),
        ("start", vec![0, 1, 2]),
    ];
    assert_eq!(touched(&found), expected.map(|(message, scopes)| (message.to_owned(), scopes)));
    assert_eq!(found.cut_at, None);
}

#[test]
fn globs_add_and_exceptions_take_away() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("a/x", "x").commit("start");
    sandbox.write("shared/schema/v1.json", "{}").commit("literal folder");
    sandbox.write("proto/deep/er/x.proto", "p").commit("wildcard");
    sandbox.write("proto/deep/er/x.txt", "p").commit("no match");
    sandbox.write("docs/guide/a.md", "p").commit("folder matched whole");
    sandbox.write(".releasekit/manifest.json", "{}").write("a/gen/x", "").commit("ignored");
    let mut a = scope("a", Some(&start));
    a.globs = ["shared/schema", "proto/**/*.proto", "docs/*"].map(str::to_owned).to_vec();
    a.ignore = vec![path("a/gen"), path("docs/private")];
    let mut root = scope("", Some(&start));
    root.ignore = vec![path(".releasekit")];
    sandbox.write("docs/private/b.md", "p").commit("except this");
    let found = history(&sandbox, vec![a, root]);
    let expected = [
        ("except this", vec![1]),
        ("folder matched whole", vec![0, 1]),
        ("no match", vec![1]),
        ("wildcard", vec![0, 1]),
        ("literal folder", vec![0, 1]),
    ];
    assert_eq!(touched(&found), expected.map(|(message, scopes)| (message.to_owned(), scopes)));
}

#[test]
fn a_malformed_glob_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("a/x", "x").commit("start");
    let mut a = scope("a", None);
    a.globs = vec!["docs/[".to_owned()];
    let result = wait(open(&sandbox).history(&HistoryRequest::new(head(&sandbox), vec![a])));
    let error = fails(result, "RK-GIT-INVALID-GLOB", ErrorKind::Invalid);
    assert!(error.to_string().contains("`docs/[`"), "{error}");
}

#[test]
fn odd_names_and_submodules_count() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("a/x", "x").commit("start");
    sandbox.write("a/\u{e9} \"q\" \n.txt", "x").commit("odd name");
    let other = start.clone();
    sandbox.git(["update-index", "--add", "--cacheinfo", &format!("160000,{other},a/sub")]);
    sandbox.git(["commit", "--quiet", "-m", "submodule"]);
    let found = history(&sandbox, vec![scope("a", Some(&start))]);
    assert_eq!(
        touched(&found).iter().map(|(message, _)| message.as_str()).collect::<Vec<_>>(),
        ["submodule", "odd name"]
    );
}

#[test]
fn a_shallow_boundary_in_range_is_told_and_one_behind_the_tag_is_not() {
    let sandbox = Sandbox::new();
    sandbox.write("a/x", "1").commit("one");
    let two = sandbox.write("a/x", "2").commit("two");
    let three = sandbox.write("a/x", "3").commit("three");
    sandbox.write("a/x", "4").commit("four");
    sandbox.push();
    let clone = sandbox.clone_remote("shallow", &["--depth=3"]);
    let vcs = open_at(&sandbox, &clone);
    let ask = |scopes| wait(vcs.history(&HistoryRequest::new(head(&sandbox), scopes))).expect("the history is there");
    let unknown = ask(vec![scope("a", None)]);
    assert_eq!(unknown.cut_at, Some(CommitId::new(&*two)));
    let known = ask(vec![scope("a", Some(&three))]);
    assert_eq!((known.cut_at.clone(), touched(&known)), (None, vec![("four".to_owned(), vec![0])]));
    assert_eq!(ask(vec![scope("a", Some(&two))]).cut_at, None, "the boundary itself is released");
}

#[test]
fn a_starting_point_that_the_clone_lacks_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.write("a/x", "1").commit("one");
    let lacking = "1".repeat(40);
    let request = HistoryRequest::new(head(&sandbox), vec![scope("a", Some(&lacking))]);
    fails(wait(open(&sandbox).history(&request)), "RK-GIT-OBJECT-MISSING", ErrorKind::NotFound);
    let request = HistoryRequest::new(CommitId::new("main"), Vec::new());
    fails(wait(open(&sandbox).history(&request)), "RK-GIT-NO-OBJECT-NAME", ErrorKind::Invalid);
}

/// Imports commits `(name, time, parents)`, each changing `a/x`, and gives their ids by name.
fn import(sandbox: &Sandbox, commits: &[(&str, u32, &[&str])]) -> BTreeMap<String, String> {
    let mut text = String::new();
    for (name, time, parents) in commits {
        let _ = write!(text, "commit refs/heads/{name}\ncommitter T <t@t> {time} +0000\ndata 1\n{name}\n");
        for (parent, word) in parents.iter().zip(["from", "merge"]) {
            let _ = writeln!(text, "{word} refs/heads/{parent}");
        }
        let _ = write!(text, "M 100644 inline a/x\ndata 1\n{name}\n\n");
    }
    fast_import(sandbox, &text);
    let ids = sandbox.git(["for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads"]);
    ids.lines().filter_map(|line| line.split_once(' ')).map(|(name, id)| (name.to_owned(), id.to_owned())).collect()
}

fn fast_import(sandbox: &Sandbox, text: &str) {
    let file = sandbox.path().join("stream");
    fs::write(&file, text).expect("the sandbox is writable");
    sandbox.run("sh", ["-c", &format!("git fast-import --quiet < '{}'", file.display())]).ok();
}

#[test]
fn a_commit_that_the_tag_reaches_only_past_a_clock_that_lies_is_released() {
    let sandbox = Sandbox::new();
    // `m` says that it is older than all of its ancestors.
    let commits: [(&str, u32, &[&str]); 7] = [
        ("r", 100, &[]),
        ("o", 700, &["r"]),
        ("p", 800, &["o"]),
        ("x", 900, &["p"]),
        ("m", 10, &["x"]),
        ("s", 2000, &["p", "m"]),
        ("h", 1000, &["x"]),
    ];
    let ids = import(&sandbox, &commits);
    for graph in [false, true] {
        if graph {
            sandbox.git(["commit-graph", "write", "--reachable"]);
        }
        let request = HistoryRequest::new(CommitId::new(&*ids["h"]), vec![scope("a", Some(&ids["s"]))]);
        let found = wait(open(&sandbox).history(&request)).expect("the history is there");
        assert_eq!(touched(&found), [("h".to_owned(), vec![0])], "commit-graph: {graph}");
    }
}

/// A small generator of numbers, for histories that are random and the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

const FILES: &[&str] = &[
    "top",
    "a/x",
    "a/y",
    "a/b/x",
    "a/b/c/x",
    "a/b/c/gen/x",
    "a/b.txt",
    "ab/x",
    "d/e/x",
    "d/e/f/x",
    "d/x",
    "docs/a.md",
    "docs/in/b.md",
    "proto/x.proto",
    "proto/in/y.proto",
    "proto/in/z.txt",
    ".releasekit/m",
];
const FOLDERS: &[&str] = &["", "a", "a/b", "a/b/c", "ab", "d", "d/e", "d/e/f", "docs", "a/b.txt", "nowhere"];
const GLOBS: &[&str] = &["docs/*.md", "docs", "proto/**/*.proto", "**/x", "d/*", "proto/in/**", "{a,d}/x"];
const IGNORED: &[&str] = &[".releasekit", "a/b/c/gen", "docs/in", "d/e"];

/// The stream for `git fast-import`: branches, merges, several roots, files that become folders, and clocks that lie.
fn stream(random: &mut Random, commits: usize) -> String {
    let mut text = String::new();
    for mark in 1..=commits {
        let skew = if random.one_in(4) { random.below(400_000) as i64 - 200_000 } else { 0 };
        let time = 1_700_000_000 + mark as i64 * 60 + skew;
        let _ = write!(text, "commit refs/heads/c{mark}\nmark :{mark}\ncommitter T <t@t> {time} +0000\ndata 2\nc\n");
        let recent = |random: &mut Random| mark - 1 - random.below((mark - 1).min(8));
        if mark > 1 && !random.one_in(25) {
            let first = recent(random);
            let _ = writeln!(text, "from :{first}");
            let second = recent(random);
            if random.one_in(4) && second != first {
                let _ = writeln!(text, "merge :{second}");
            }
        }
        for _ in 0..random.below(4) {
            let file = random.pick(FILES);
            if random.one_in(4) {
                let _ = writeln!(text, "D {}", random.pick(&["a", "a/b", "d/e", "top", "docs/in"]));
            } else {
                let mode = if random.one_in(6) { "100755" } else { "100644" };
                let _ = write!(text, "M {mode} inline {file}\ndata 1\n{}\n", random.below(3));
            }
        }
        text.push('\n');
    }
    text
}

fn random_scopes(random: &mut Random, commits: &[String]) -> Vec<Scope> {
    let count = 1 + random.below(6);
    let some = |random: &mut Random, from: &[&str]| {
        from.iter().filter(|_| random.one_in(4)).map(|text| (*text).to_owned()).collect::<Vec<String>>()
    };
    (0..count)
        .map(|_| {
            let since = (!random.one_in(4)).then(|| random.pick(commits));
            let mut scope = scope(random.pick::<&str>(FOLDERS), since.as_deref());
            scope.globs = some(random, GLOBS);
            scope.ignore = some(random, IGNORED).iter().map(|text| path(text)).collect();
            scope
        })
        .collect()
}

/// What git says of a repository: the parents and the tree of every commit, and the files that each of its non-merges changed.
struct Oracle {
    parents: BTreeMap<String, Vec<String>>,
    trees: BTreeMap<String, String>,
    files: BTreeMap<String, Vec<String>>,
}

impl Oracle {
    fn ask(sandbox: &Sandbox) -> Self {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let parents = sandbox.git(["log", "--all", "--format=%H %P"]);
        let parents = parents.lines().map(|line| words(line.trim())).map(|line| (line[0].clone(), line[1..].to_vec()));
        let trees = sandbox.git(["log", "--all", "--format=%H %T"]);
        let trees = trees.lines().map(|line| words(line.trim())).map(|line| (line[0].clone(), line[1].clone()));
        let args = ["log", "--all", "--no-merges", "--root", "--no-renames", "--name-only", "--format=commit %H"];
        let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in sandbox.git(args).lines().filter(|line| !line.is_empty()) {
            match line.strip_prefix("commit ") {
                Some(commit) => current = commit.to_owned(),
                None => files.entry(current.clone()).or_default().push(line.to_owned()),
            }
        }
        Self { parents: parents.collect(), trees: trees.collect(), files }
    }

    /// Everything reachable. Not `rev-list A ^B`, which gives too much where clocks lie.
    fn reachable(&self, from: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut next = vec![from.to_owned()];
        while let Some(commit) = next.pop() {
            if found.insert(commit.clone()) {
                next.extend(self.parents[&commit].iter().cloned());
            }
        }
        found
    }

    /// What is reachable without the merges that took nothing of what they merged.
    fn taken(&self, from: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut next = vec![from.to_owned()];
        while let Some(commit) = next.pop() {
            let parents = &self.parents[&commit];
            let takes_nothing = parents.len() > 1 && self.trees[&parents[0]] == self.trees[&commit];
            let taken = if takes_nothing { &parents[..1] } else { parents };
            if found.insert(commit) {
                next.extend(taken.iter().cloned());
            }
        }
        found
    }

    /// The rules of ownership, written out naively.
    fn history(&self, head: &str, scopes: &[Scope]) -> BTreeMap<String, Vec<usize>> {
        let mut expected: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, scope) in scopes.iter().enumerate() {
            let hidden = scope.since.as_ref().map(|since| self.reachable(since.as_str())).unwrap_or_default();
            for commit in self.taken(head).difference(&hidden) {
                let mut files = self.files.get(commit).into_iter().flatten();
                if files.any(|file| counts(scopes, index, file)) {
                    expected.entry(commit.clone()).or_default().push(index);
                }
            }
        }
        expected
    }
}

fn counts(scopes: &[Scope], index: usize, file: &str) -> bool {
    let (scope, file) = (&scopes[index], path(file));
    if scope.ignore.iter().any(|ignored| file.starts_with(ignored)) {
        return false;
    }
    let depth = |scope: &Scope| scope.folder.as_str().len();
    let deepest = scopes.iter().filter(|other| file.starts_with(&other.folder)).map(depth).max();
    let is_owner = file.starts_with(&scope.folder) && Some(depth(scope)) == deepest;
    let above = std::iter::successors(Some(file), releasekit_core::model::RepoPath::parent);
    let paths: Vec<_> = above.filter(|path| !path.is_root()).collect();
    is_owner || scope.globs.iter().any(|glob| paths.iter().any(|path| matches(glob, path.as_str())))
}

fn matches(glob: &str, path: &str) -> bool {
    let matcher = GlobBuilder::new(glob).literal_separator(true).build().and_then(|glob| GlobSet::new([glob]));
    matcher.expect("a legal glob").is_match(path)
}

fn check(sandbox: &Sandbox, oracle: &Oracle, head: &str, scopes: &[Scope], seed: u64) {
    let request = HistoryRequest::new(CommitId::new(head), scopes.to_vec());
    let found = wait(open(sandbox).history(&request)).expect("the history is there");
    let by_commit: BTreeMap<String, Vec<usize>> =
        found.commits.iter().map(|commit| (commit.id.to_string(), commit.scopes.clone())).collect();
    assert_eq!(by_commit, oracle.history(head, scopes), "seed {seed}, head {head}, scopes {scopes:#?}");
    assert_eq!(found.cut_at, None);
    let order: BTreeMap<&str, usize> = found.commits.iter().map(|c| c.id.as_str()).zip(0..).collect();
    for commit in found.commits.iter().map(|commit| commit.id.as_str()) {
        for ancestor in oracle.reachable(commit).iter().filter(|ancestor| *ancestor != commit) {
            let is_behind = order.get(ancestor.as_str()).is_none_or(|place| *place > order[commit]);
            assert!(is_behind, "seed {seed}: {ancestor} comes before its descendant {commit}");
        }
    }
}

#[test]
fn random_histories_are_as_git_says() {
    for seed in 0..40 {
        let mut random = Random(seed);
        let sandbox = Sandbox::new();
        let text = stream(&mut random, 40);
        fast_import(&sandbox, &text);
        let commits = sandbox.git(["for-each-ref", "--format=%(objectname)", "refs/heads"]);
        let commits: Vec<String> = commits.lines().map(str::to_owned).collect();
        let oracle = Oracle::ask(&sandbox);
        for round in 0..6 {
            let head = random.pick(&commits);
            let scopes = random_scopes(&mut random, &commits);
            if round == 3 {
                sandbox.git(["commit-graph", "write", "--reachable"]);
            }
            check(&sandbox, &oracle, &head, &scopes, seed);
        }
    }
}

#[test]
fn what_git_says_is_not_always_the_same() {
    let sandbox = Sandbox::new();
    let start = sandbox.write("a/x", "1").write("d/x", "1").commit("start");
    sandbox.write("a/x", "2").commit("a");
    let scopes = [scope("a", Some(&start)), scope("d", Some(&start))];
    let expected = Oracle::ask(&sandbox).history(&sandbox.head(), &scopes);
    assert_eq!(expected.into_values().collect::<Vec<_>>(), [vec![0]], "the oracle tells scopes apart");
}
