//! Compares what this crate reads in real repositories with what `cargo metadata` says of them, and what its edits leave
//! behind with what they should. No test of the suite, for it needs checkouts that somebody has fetched.
//!
//! ```text
//! cargo run -p releasekit-cargo --example compare -- [--write] CHECKOUT...
//! ```
//!
//! With `--write` every crate gets a new major version in the checkout, and cargo is asked to bring the lockfile in line and
//! then whether it is, which may ask the registry for what is not in its cache. Without, checkouts are only read.
#![expect(clippy::print_stdout, reason = "a program whose only user watches it")]
#![expect(clippy::disallowed_methods, reason = "it reads its arguments and starts programs, as tests do")]

#[path = "../tests/files/described.rs"]
mod described;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use described::Described;
use releasekit_cargo::CargoWorkspace;
use releasekit_core::model::{Package, RepoPath};
use releasekit_core::tree::MemoryTree;
use releasekit_core::workspace::{DetectRequest, DiscoverRequest};
use releasekit_core::{FileEdit, Tree, Workspace};
use releasekit_testkit::Majors;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (options, checkouts): (Vec<_>, Vec<_>) =
        std::env::args_os().skip(1).partition(|argument| argument == "--write");
    for checkout in checkouts.into_iter().map(PathBuf::from) {
        let checkout = std::fs::canonicalize(checkout).expect("the checkout is there");
        let comparison = Comparison {
            tree: tracked(&checkout),
            checkout,
            workspace: CargoWorkspace::default(),
            writes: !options.is_empty(),
        };
        comparison.run().await;
    }
}

/// The files under version control. Only those that the crate reads have their content.
fn tracked(checkout: &Path) -> Arc<dyn Tree> {
    let listed = Command::new("git").arg("-C").arg(checkout).args(["ls-files", "-z"]).output().expect("git runs");
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    let file = |name: &str| {
        let is_read = name.ends_with("Cargo.toml") || name.contains(".cargo/config");
        let content = if is_read { std::fs::read(checkout.join(name)).unwrap_or_default() } else { Vec::new() };
        Some((RepoPath::new(name).ok()?, content))
    };
    Arc::new(MemoryTree::new(names.split('\0').filter(|name| !name.is_empty()).filter_map(file)))
}

struct Comparison {
    checkout: PathBuf,
    tree: Arc<dyn Tree>,
    workspace: CargoWorkspace,
    writes: bool,
}

/// What is counted.
#[derive(Debug, Default)]
struct Counts {
    homes: usize,
    unread: usize,
    packages: usize,
    inherited: usize,
    private: usize,
    edges: [usize; 4],
    patched: usize,
    requirements: usize,
    differences: usize,
}

impl Comparison {
    async fn run(&self) {
        let started = Instant::now();
        let roots = self.workspace.detect(&DetectRequest::new(self.tree.clone())).await.expect("it can be read");
        println!("{}: roots {:?}", self.checkout.display(), roots.iter().map(RepoPath::as_str).collect::<Vec<_>>());
        for root in roots {
            let found = self.discover(&self.tree, &root).await;
            let took = started.elapsed();
            let mut counts = Counts::default();
            let homes: BTreeSet<&RepoPath> = found.iter().map(|package| package.home_in(&root)).collect();
            for home in homes {
                let own: Vec<&Package> = found.iter().filter(|package| package.home_in(&root) == home).collect();
                self.home(home, &own, &found, &mut counts);
            }
            println!("  `{root}` {counts:?} in {took:?}");
            self.edits(&root, found).await;
        }
    }

    async fn discover(&self, tree: &Arc<dyn Tree>, root: &RepoPath) -> Vec<Package> {
        let found = self.workspace.discover(&DiscoverRequest::new(tree.clone(), root.clone())).await;
        let found = found.unwrap_or_else(|error| {
            use releasekit_core::Diagnostic;
            let parts = error.parts().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n    ");
            println!("  FAILS `{root}`: {error}\n    {parts}");
            Default::default()
        });
        found.remarks.iter().for_each(|remark| println!("  remark {}: {}", remark.code, remark.message));
        found.packages
    }

    /// One workspace, or a crate of its own.
    fn home(&self, home: &RepoPath, own: &[&Package], all: &[Package], counts: &mut Counts) {
        let folders: BTreeSet<&str> = all.iter().map(|package| package.path.as_str()).collect();
        let Some(theirs) = Described::by_cargo(&self.checkout, &home.on_disk(&self.checkout), &folders) else {
            // Data of tests often are none that cargo takes.
            counts.unread += 1;
            if own.iter().any(|package| package.private.is_none()) {
                println!("  cargo cannot read `{home}`");
            }
            return;
        };
        let ours = Described::ours(own);
        counts.homes += 1;
        counts.packages += own.len();
        counts.inherited += own.iter().filter(|package| package.version_group.is_some()).count();
        counts.private += own.iter().filter(|package| package.private.is_some()).count();
        for (at, kind) in ["Runtime", "Optional", "Build", "Dev"].iter().enumerate() {
            counts.edges[at] += ours.edges.iter().filter(|edge| edge.contains(&format!(" {kind} "))).count();
        }
        counts.requirements += ours.requirements.len();
        let patched = self.patched(home);
        for (what, theirs, ours) in [
            ("package", &theirs.packages, &ours.packages),
            ("edge", &theirs.edges, &ours.edges),
            ("requirement", &theirs.requirements, &ours.requirements),
        ] {
            for one in theirs.difference(ours) {
                println!("  cargo alone: {what} {one}");
                counts.differences += 1;
            }
            for one in ours.difference(theirs) {
                // What the root takes from a folder for all, cargo says only once it resolves.
                if what == "edge" && patched.iter().any(|name| one.contains(&format!(" → {name} "))) {
                    counts.patched += 1;
                    continue;
                }
                println!("  ours alone:  {what} {one}");
                counts.differences += 1;
            }
        }
    }

    /// The names that the root of a workspace has in `[patch]`.
    fn patched(&self, home: &RepoPath) -> Vec<String> {
        let file = home.join("Cargo.toml").expect("a legal path");
        let bytes = self.tree.read(&file).expect("memory").unwrap_or_default();
        let manifest: toml_edit::DocumentMut = String::from_utf8_lossy(&bytes).parse().unwrap_or_default();
        let registries = manifest.get("patch").and_then(|patch| patch.as_table_like());
        let tables = registries.into_iter().flat_map(|all| all.iter()).filter_map(|(_, item)| item.as_table_like());
        tables.flat_map(|table| table.iter()).map(|(name, _)| name.to_owned()).collect()
    }

    /// Moves everything, to where it is and to a new major version.
    async fn edits(&self, root: &RepoPath, packages: Vec<Package>) {
        let majors = Majors::of(&self.workspace, &self.tree, root, &packages).await;
        println!("  the present versions: {} edits", majors.without_a_move);
        let wrong = majors.lines.iter().filter(|(before, after)| !is_one_text(before, after));
        wrong.clone().for_each(|(before, after)| println!("  CHANGED `{before}` to `{after}`"));
        println!(
            "  new versions: {} moves, {} files, {} lines, {} of them wrong",
            majors.moves.len(),
            majors.edits.len(),
            majors.lines.len(),
            wrong.count()
        );
        if self.writes {
            self.write(root, &packages, &majors.edits);
        }
        for package in self.discover(&majors.after, root).await {
            majors.left(&self.workspace, &package).iter().for_each(|left| println!("  {left}"));
        }
    }

    /// Writes package files, and asks cargo of each lockfile of packages that are released.
    fn write(&self, root: &RepoPath, packages: &[Package], edits: &[FileEdit]) {
        for edit in edits {
            let content = edit.content.as_deref().unwrap_or_default();
            std::fs::write(edit.path.on_disk(&self.checkout), content).expect("the checkout is writable");
        }
        let released = packages.iter().filter(|package| package.private.is_none());
        let homes: BTreeSet<&RepoPath> = released.map(|package| package.home_in(root)).collect();
        for home in homes {
            let folder = home.on_disk(&self.checkout);
            let lines = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
            let before = lines("Cargo.lock");
            let took = update(&folder, &[]);
            let accepted = update(&folder, &["--locked", "--offline"]);
            let after = lines("Cargo.lock");
            let changed = before.lines().zip(after.lines()).filter(|(before, after)| before != after).count();
            println!(
                "  cargo update in `{home}`: {took}, then --locked --offline: {accepted}, {changed} lines of the lockfile"
            );
        }
    }
}

/// Whether two lines differ in one text in quotes alone.
fn is_one_text(before: &str, after: &str) -> bool {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.split('"').collect(), after.split('"').collect());
    let differing: Vec<usize> = (0..before.len()).filter(|at| before.get(*at) != after.get(*at)).collect();
    before.len() == after.len() && matches!(differing.as_slice(), [at] if at % 2 == 1)
}

/// How `cargo update --workspace` ends.
fn update(folder: &Path, more: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["update", "--workspace", "--quiet"]).args(more).arg("--manifest-path").arg(folder.join("Cargo.toml"));
    let ran = command.current_dir("/").output().expect("cargo runs");
    let said = String::from_utf8_lossy(&ran.stderr).lines().take(3).collect::<Vec<_>>().join(" / ");
    if ran.status.success() { "accepted".to_owned() } else { said }
}
