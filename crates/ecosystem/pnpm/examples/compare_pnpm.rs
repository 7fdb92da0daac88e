//! Compares what this crate reads in real repositories with what pnpm lists, and with what its lockfiles link, and what its edits
//! leave behind with what they should. No test of the suite, for it needs checkouts that somebody has fetched.
//!
//! ```text
//! cargo run -p releasekit-pnpm --example compare_pnpm -- [--write] PNPM CHECKOUT...
//! ```
//!
//! `PNPM` is the program. Of the files of a checkout `package.json`, `pnpm-workspace.yaml`, `pnpm-lock.yaml` and `.npmrc` have to be
//! there. With `--write` every package gets a new major version in the checkout, pnpm is asked without a network whether it would
//! bring the lockfile in line, and the files are put back. Without, checkouts are only read.
#![expect(clippy::print_stdout, reason = "a program whose only user watches it")]
#![expect(clippy::disallowed_methods, reason = "it reads its arguments and starts programs, as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use releasekit_core::model::{DependencyKind, Package, RepoPath};
use releasekit_core::tree::MemoryTree;
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, Discovered};
use releasekit_core::{Diagnostic, FileEdit, Tree, Workspace};
use releasekit_formats::manifest::{Data, Node, Source, yaml};
use releasekit_pnpm::PnpmWorkspace;
use releasekit_testkit::Majors;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (options, arguments): (Vec<_>, Vec<_>) =
        std::env::args_os().skip(1).partition(|argument| argument == "--write");
    let mut arguments = arguments.into_iter().map(PathBuf::from);
    let pnpm = arguments.next().expect("the program is named");
    let writes = !options.is_empty();
    for checkout in arguments {
        let checkout = std::fs::canonicalize(checkout).expect("the checkout is there");
        let tree = tracked(&checkout);
        Comparison { pnpm: pnpm.clone(), tree, checkout, workspace: PnpmWorkspace::default(), writes }.run().await;
    }
}

/// The files of the commit. Only those that the crate reads have their content.
fn tracked(checkout: &Path) -> Arc<dyn Tree> {
    let mut git = Command::new("git");
    let listed = git.arg("-C").arg(checkout).args(["ls-tree", "-r", "-z", "--name-only", "HEAD"]).output();
    let names = String::from_utf8_lossy(&listed.expect("git runs").stdout).into_owned();
    let file = |name: &str| {
        let last = name.rsplit('/').next().unwrap_or_default();
        let is_read = ["package.json", "pnpm-workspace.yaml", ".npmrc"].contains(&last);
        let content = if is_read { std::fs::read(checkout.join(name)).ok()? } else { Vec::new() };
        Some((RepoPath::new(name).ok()?, content))
    };
    Arc::new(MemoryTree::new(names.split('\0').filter(|name| !name.is_empty()).filter_map(file)))
}

struct Comparison {
    pnpm: PathBuf,
    checkout: PathBuf,
    tree: Arc<dyn Tree>,
    workspace: PnpmWorkspace,
    writes: bool,
}

impl Comparison {
    async fn run(&self) {
        let started = Instant::now();
        let roots = self.workspace.detect(&DetectRequest::new(self.tree.clone())).await.expect("it can be read");
        println!("{}: roots {:?}", self.checkout.display(), roots.iter().map(RepoPath::as_str).collect::<Vec<_>>());
        for root in roots {
            let found = self.discover(&self.tree, &root).await;
            println!("  `{root}`: {} packages in {:?}", found.packages.len(), started.elapsed());
            found.remarks.iter().for_each(|remark| println!("  remark {}: {}", remark.code, remark.message));
            let aside = found.packages.iter().filter(|package| package.aside.is_some()).count();
            println!("  {aside} of them outside of workspaces and not released");
            let homes: BTreeSet<&RepoPath> = found.packages.iter().map(|package| package.home_in(&root)).collect();
            for home in homes {
                self.home(home, &found.packages.iter().filter(|it| it.home_in(&root) == home).collect::<Vec<_>>());
            }
            self.edits(&root, found.packages).await;
        }
    }

    async fn discover(&self, tree: &Arc<dyn Tree>, root: &RepoPath) -> Discovered {
        let found = self.workspace.discover(&DiscoverRequest::new(tree.clone(), root.clone())).await;
        found.unwrap_or_else(|error| {
            let parts = error.parts().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n    ");
            println!("  FAILS `{root}`: {error}\n    {parts}");
            Discovered::default()
        })
    }

    /// One workspace. What pnpm lists of packages of one name, all but one are left out here.
    fn home(&self, home: &RepoPath, own: &[&Package]) {
        let folder = home.on_disk(&self.checkout);
        if !folder.join("pnpm-workspace.yaml").is_file() {
            return;
        }
        let Some(theirs) = self.listed(&folder) else { return println!("  pnpm cannot list `{home}`") };
        let ours: BTreeSet<String> = own.iter().map(|package| described(package)).collect();
        let private = own.iter().filter(|package| package.private.is_some()).count();
        println!("  `{home}`: pnpm lists {}, ours {} with {private} private", theirs.len(), ours.len());
        compare("package", &theirs, &ours);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let edges: BTreeSet<String> = own.iter().flat_map(|package| self.needs(package, own, &mut counts)).collect();
        println!("  edges {counts:?}");
        match linked(&folder, home) {
            Some(theirs) => self.edges(own, theirs, edges),
            None => println!("  no lockfile in `{home}`"),
        }
    }

    fn listed(&self, folder: &Path) -> Option<BTreeSet<String>> {
        let mut command = Command::new(&self.pnpm);
        command.args(["ls", "-r", "--json", "--depth", "-1"]).current_dir(folder);
        command.env("npm_config_manage_package_manager_versions", "false").env("pnpm_config_pm_on_fail", "ignore");
        let said = command.output().expect("pnpm runs").stdout;
        // Warnings may stand before what it lists.
        let start = said.windows(2).position(|bytes| bytes == b"[\n").unwrap_or_default();
        let listed: Value = serde_json::from_slice(&said[start..]).ok()?;
        let line = |package: &Value| {
            let path = Path::new(package["path"].as_str()?).strip_prefix(&self.checkout).ok()?.display().to_string();
            let path = if path.is_empty() { ".".to_owned() } else { path };
            let mark = if package["private"] == true { "private" } else { "public" };
            let version = package["version"].as_str().unwrap_or("-");
            Some(format!("{} {version} `{path}` {mark}", package["name"].as_str()?))
        };
        Some(listed.as_array()?.iter().filter_map(line).collect())
    }

    /// The dependencies of a package that a lockfile links, as it says them.
    fn needs(&self, package: &Package, own: &[&Package], counts: &mut BTreeMap<String, usize>) -> Vec<String> {
        let mut all = Vec::new();
        for dependency in &package.dependencies {
            *counts.entry(format!("{:?}", dependency.kind)).or_default() += 1;
            let target = own.iter().find(|other| other.name == dependency.name);
            if let Some(target) = target {
                // Peers are installed as if they were dependencies.
                let table = dependency.table.split('.').next().unwrap_or_default().replace("peerD", "d");
                all.push(format!("`{}` {table} → `{}`", package.path, target.path));
            }
        }
        all
    }

    /// Compares edges but for those of which the two cannot say the same, which are counted.
    fn edges(&self, own: &[&Package], theirs: Vec<(String, bool)>, ours: BTreeSet<String>) {
        let is_known = |edge: &str| {
            let is_package = |part: Option<&str>| own.iter().any(|package| Some(package.path.as_str()) == part);
            let mut parts = edge.split('`').map(|path| if path == "." { "" } else { path });
            parts.next();
            is_package(parts.next()) && is_package(parts.nth(1))
        };
        let (written, overridden): (Vec<_>, Vec<_>) = theirs.into_iter().partition(|(_, is_written)| *is_written);
        let (known, unknown): (BTreeSet<_>, BTreeSet<_>) =
            written.into_iter().map(|(edge, _)| edge).partition(|edge| is_known(edge));
        let peers = self.peers(own);
        // What stands in two tables, pnpm locks in one.
        let in_dev = " devDependencies ";
        let twice = |edge: &str| edge.contains(in_dev) && ours.contains(&edge.replace(in_dev, " dependencies "));
        let unsaid = |edge: &&String| !known.contains(*edge) && (peers.contains(*edge) || twice(edge));
        let (unsaid, said): (BTreeSet<_>, BTreeSet<_>) = ours.iter().partition(unsaid);
        println!(
            "  by overrides {}, of no named package {}, peers by range or of developers {}",
            overridden.len(),
            unknown.len(),
            unsaid.len()
        );
        compare("edge", &known, &said.into_iter().cloned().collect());
    }

    fn peers(&self, own: &[&Package]) -> BTreeSet<String> {
        let of_peers = own.iter().map(|package| {
            let mut package = (*package).clone();
            package.dependencies.retain(|dependency| dependency.kind == DependencyKind::Peer);
            package
        });
        of_peers.flat_map(|package| self.needs(&package, own, &mut BTreeMap::new())).collect()
    }

    /// Moves everything, to where it is and to a new major version.
    async fn edits(&self, root: &RepoPath, packages: Vec<Package>) {
        let majors = Majors::of(&self.workspace, &self.tree, root, &packages).await;
        println!("  the present versions: {} edits", majors.without_a_move);
        let wrong = majors.lines.iter().filter(|(before, after)| !is_one_text(before, after));
        wrong.clone().for_each(|(before, after)| println!("  CHANGED `{before}` to `{after}`"));
        let (moves, files, lines) = (majors.moves.len(), majors.edits.len(), majors.lines.len());
        println!("  new versions: {moves} moves, {files} files, {lines} lines, {} of them wrong", wrong.count());
        if self.writes {
            self.write(root, &packages, &majors.edits);
        }
        for package in self.discover(&majors.after, root).await.packages {
            majors.left(&self.workspace, &package).iter().for_each(|left| println!("  {left}"));
            let was = packages.iter().find(|was| was.path == package.path).map_or(0, |was| was.dependencies.len());
            if was != package.dependencies.len() {
                println!("  EDGES {} had {was} and has {}", package.name, package.dependencies.len());
            }
        }
    }

    /// Writes package files, asks pnpm of each lockfile of packages that are released, and puts everything back.
    fn write(&self, root: &RepoPath, packages: &[Package], edits: &[FileEdit]) {
        let place = |edit: &FileEdit| edit.path.on_disk(&self.checkout);
        for edit in edits {
            std::fs::write(place(edit), edit.content.as_deref().unwrap_or_default()).expect("the checkout is writable");
        }
        let released = packages.iter().filter(|package| package.private.is_none());
        let homes: BTreeSet<&RepoPath> = released.map(|package| package.home_in(root)).collect();
        for home in homes {
            let lockfile = home.on_disk(&self.checkout).join("pnpm-lock.yaml");
            let Ok(before) = std::fs::read_to_string(&lockfile) else { continue };
            let said = self.lock(&home.on_disk(&self.checkout));
            let after = std::fs::read_to_string(&lockfile).unwrap_or_default();
            let changed: Vec<_> = before.lines().zip(after.lines()).filter(|(before, after)| before != after).collect();
            println!("  lockfile of `{home}`: {said}, {} lines of it changed", changed.len());
            std::fs::write(&lockfile, before).expect("the checkout is writable");
        }
        for edit in edits {
            let before = self.tree.read(&edit.path).expect("memory").unwrap_or_default();
            std::fs::write(place(edit), before).expect("the checkout is writable");
        }
    }

    /// What pnpm says of a lockfile where it may ask nobody.
    fn lock(&self, folder: &Path) -> String {
        let mut said = String::new();
        // Only later versions know the second option.
        for more in [&["--trust-lockfile"][..], &[]] {
            let mut command = Command::new(&self.pnpm);
            command
                .args(["install", "--lockfile-only", "--offline", "--ignore-scripts"])
                .args(more)
                .current_dir(folder);
            command.env("npm_config_manage_package_manager_versions", "false").env("pnpm_config_pm_on_fail", "ignore");
            let ran = command.output().expect("pnpm runs");
            if ran.status.success() {
                return "accepted".to_owned();
            }
            let text = [ran.stdout, ran.stderr].concat();
            let text = String::from_utf8_lossy(&text).into_owned();
            let from = text.find("ERR").unwrap_or_default();
            said = text[from..]
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .take(4)
                .collect::<Vec<_>>()
                .join(" / ");
            if !said.contains("trust-lockfile") {
                break;
            }
        }
        said
    }
}

fn described(package: &Package) -> String {
    let mark = if package.private.as_deref() == Some("`private: true`") { "private" } else { "public" };
    let version = package.version.as_ref().map_or("-", |version| version.as_str());
    format!("{} {version} `{}` {mark}", package.name, package.path)
}

fn compare(what: &str, theirs: &BTreeSet<String>, ours: &BTreeSet<String>) {
    theirs.difference(ours).for_each(|one| println!("  pnpm alone: {what} {one}"));
    ours.difference(theirs).for_each(|one| println!("  ours alone: {what} {one}"));
    println!("  {} {what}s of {} are equal", ours.intersection(theirs).count(), ours.union(theirs).count());
}

/// What the lockfile of a workspace takes from its folders, the tables of dependencies that it has: as an edge, and whether it is
/// what the package file says, and not an override of the root's.
fn linked(folder: &Path, home: &RepoPath) -> Option<Vec<(String, bool)>> {
    let text = std::fs::read_to_string(folder.join("pnpm-lock.yaml")).ok()?;
    // pnpm may have a document about itself before that of the packages.
    let text = text.rsplit("\n---\n").next()?;
    let root = yaml::parse(&Source::new(RepoPath::root(), text)).ok()?;
    let mut all = Vec::new();
    for (importer, tables) in entries(root.get("importers")?) {
        let from = home.join(importer).ok()?;
        let text = std::fs::read(folder.join(importer).join("package.json")).unwrap_or_default();
        let manifest: Value = serde_json::from_slice(&text).unwrap_or_default();
        for (table, needs) in entries(tables).filter(|(table, _)| table.to_lowercase().ends_with("dependencies")) {
            for (name, need) in entries(needs) {
                let text = |key| need.get(key).and_then(Node::as_str).unwrap_or_default();
                let (version, specifier) = (text("version"), text("specifier"));
                let version = version.split('(').next().unwrap_or_default();
                let to = match (version.strip_prefix("link:"), version.split_once("file:")) {
                    (Some(path), _) => from.join(path),
                    (None, Some((_, path))) => home.join(path),
                    (None, None) => continue,
                };
                let tables =
                    [table, "peerDependencies"].map(|table| manifest[table][name].as_str().unwrap_or_default());
                let is_written = tables.iter().any(|text| *text == specifier || text.starts_with("catalog:"));
                let to = to.ok().filter(|to| *to != from);
                all.extend(to.map(|to| (format!("`{from}` {table} → `{to}`"), is_written)));
            }
        }
    }
    Some(all)
}

fn entries(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let entries = match &node.data {
        Data::Object(entries) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|entry| (entry.key.value.as_str(), entry.value.as_ref()))
}

/// Whether two lines differ in one text alone, with or without quotes.
fn is_one_text(before: &str, after: &str) -> bool {
    let parts = |line: &str| line.split(['"', '\'', ' ']).map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (parts(before), parts(after));
    let differing = (0..before.len()).filter(|at| before.get(*at) != after.get(*at)).count();
    // A range of two bounds has a blank between them.
    before.len() == after.len() && (1..=2).contains(&differing)
}
