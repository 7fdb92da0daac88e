//! Lockfiles follow what moves, and nothing else in them does.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use releasekit_core::model::{Package, PackageName, RepoPath};
use releasekit_core::package_manager::LockRequest;
use releasekit_core::workspace::{DiscoverRequest, EditRequest, Move};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, FileEdit, Workspace};
use releasekit_pnpm::PnpmWorkspace;
use releasekit_rehearsal::npm::{Options, Server};
use releasekit_testkit::{Pnpm, Sandbox, Snapshot, run, sha256, tree_of};

use crate::common::{BOTH, LIMIT, build, demo, folder, manager, path, sandbox, version, write};

/// A workspace with every form in which a member is required, and a package of a registry.
struct Export {
    sandbox: Sandbox,
    server: Server,
    folder: PathBuf,
}

impl Export {
    async fn new(pnpm: Pnpm) -> Option<Self> {
        let sandbox = sandbox(pnpm)?;
        let server = Server::start(Options::default()).expect("loopback");
        let far = build(&sandbox, demo(&sandbox, ""), "far").await.expect("it can be packed").remove(0);
        server.put(&far.file_name, fs::read(&far.path).expect("it is there")).expect("memory takes everything");
        let folder = folder(&sandbox, "workspace");
        let manifest = |name: &str, more: &str| format!("{{\"name\": \"{name}\", \"version\": \"1.0.0\"{more}}}\n");
        let all = ", \"dependencies\": {\"base\": \"workspace:^1.0.0\", \"@scope/demo\": \"^1.0.0\", \"kept\": \"workspace:*\"}, \
            \"optionalDependencies\": {\"other\": \"npm:@scope/demo@1.0.0\", \"alias\": \"workspace:base@~1.0.0\"}, \
            \"devDependencies\": {\"wide\": \"workspace:>=1.0.0 <2\"}";
        let files = [
            (".npmrc", format!("registry={}\n", server.registry_url())),
            ("package.json", "{\"private\": true}\n".to_owned()),
            (
                "pnpm-workspace.yaml",
                "linkWorkspacePackages: true\npackages: [p/*]\ncatalog:\n  base: ^1.0.0\n".to_owned(),
            ),
            ("p/base/package.json", manifest("base", "")),
            ("p/by-catalog/package.json", manifest("by-catalog", ", \"dependencies\": {\"base\": \"catalog:\"}")),
            ("p/kept/package.json", manifest("kept", "")),
            ("p/top/package.json", manifest("top", all)),
            ("p/wide/package.json", manifest("wide", "")),
        ];
        write(&folder, &files.each_ref().map(|(file, text)| (*file, text.as_str())));
        let export = Self { sandbox, server, folder };
        export.lock();
        Some(export)
    }

    /// Has pnpm lock as it would by itself, with the registry.
    fn lock(&self) {
        let age = "--config.minimumReleaseAge=0";
        let command = self.sandbox.command("pnpm");
        run({ command }.args(["install", "--lockfile-only", "--no-frozen-lockfile", age]).current_dir(&self.folder))
            .ok();
    }

    fn read(&self) -> String {
        fs::read_to_string(self.folder.join("pnpm-lock.yaml")).expect("it is there")
    }

    /// Moves packages in their files.
    async fn moves(&self, to: &[(&str, &str)]) -> Vec<(Package, Move)> {
        let (tree, workspace) = (Arc::new(tree_of(&self.folder)), PnpmWorkspace::default());
        let found = workspace.discover(&DiscoverRequest::new(tree.clone(), RepoPath::root())).await.expect("packages");
        let step = |(name, to): &(&str, &str)| {
            let name = PackageName::new(*name);
            let package = found.packages.iter().find(|package| package.name == name).expect("it is one").clone();
            (package.clone(), Move::new(name, package.version, version(to)))
        };
        let moves: Vec<_> = to.iter().map(step).collect();
        let steps = moves.iter().map(|(_, step)| step.clone()).collect();
        let request = EditRequest::new(tree, RepoPath::root(), found.packages, steps);
        for edit in workspace.edits(&request).await.expect("they can move") {
            fs::write(edit.path.on_disk(&self.folder), edit.content.expect("written")).expect("writable");
        }
        moves
    }

    async fn refresh(&self, moves: Vec<(Package, Move)>) -> Result<Vec<FileEdit>, BackendError> {
        let request = LockRequest::new(self.folder.clone(), moves, LIMIT).with_roots(vec![path("")]);
        // A home in which nothing was ever installed.
        let home = folder(&self.sandbox, "empty");
        let home = home.to_str().expect("UTF-8");
        manager(&self.sandbox, &[("HOME", home), ("XDG_CACHE_HOME", home)])
            .refresh_locks(&request.with_offline(true))
            .await
    }
}

/// The lines that differ.
fn changes(before: &str, after: &str) -> Vec<String> {
    assert_eq!(before.lines().count(), after.lines().count(), "{after}");
    let lines = before.lines().zip(after.lines()).filter(|(before, after)| before != after);
    lines.map(|(_, now)| now.trim().to_owned()).collect()
}

#[tokio::test]
async fn what_is_left_moves_as_pnpm_itself_would_write_it_without_a_registry() {
    for (pnpm, recorded) in [(Pnpm::V10, "version: 2.0.0"), (Pnpm::V12, "version: ^2.0.0")] {
        let Some(export) = Export::new(pnpm).await else { return };
        let before = export.read();
        let moves = export.moves(&[("base", "2.0.0"), ("wide", "2.1.0"), ("kept", "3.0.0")]).await;
        let files = Snapshot::of(&export.folder);
        let asked = export.server.requests().len();
        let edits = export.refresh(moves.clone()).await.expect("it can follow");
        assert_eq!(export.server.requests().len(), asked, "nobody is asked");
        let changed = files.changes(&Snapshot::of(&export.folder));
        assert_eq!(changed.len(), 1, "{changed:?}");
        let [edit] = edits.as_slice() else { unreachable!("{edits:?} in place of one edit") };
        let after = String::from_utf8(edit.content.clone().expect("written")).expect("text");
        let expected = [
            "specifier: ^2.0.0",
            recorded,
            "specifier: workspace:^2.0.0",
            "specifier: workspace:>=2.1.0 <3",
            "specifier: workspace:base@~2.0.0",
        ];
        assert_eq!(changes(&before, &after), expected);
        assert_eq!(export.refresh(moves).await.expect("it fits"), []);
        export.lock();
        assert_eq!(sha256(export.read().as_bytes()), sha256(after.as_bytes()), "{}", export.read());
    }
}

#[tokio::test]
async fn one_that_was_stale_before_is_refused_and_put_back() {
    for pnpm in BOTH {
        let Some(export) = Export::new(pnpm).await else { return };
        let manifest = export.folder.join("p/wide/package.json");
        let text = "{\"name\": \"wide\", \"version\": \"1.0.0\", \"dependencies\": {\"@scope/demo\": \"1.0.0\"}}";
        fs::write(manifest, text).expect("writable");
        let moves = export.moves(&[("base", "2.0.0")]).await;
        let before = Snapshot::of(&export.folder);
        let error = export.refresh(moves).await.expect_err("it was stale before");
        assert_eq!((error.code().as_str(), error.kind()), ("RK-PNPM-LOCK-STALE", ErrorKind::Precondition));
        assert!(error.help().is_some_and(|help| help.contains("pnpm install --lockfile-only")), "{error}");
        assert!(error.output().is_some_and(|output| output.contains("ERR_PNPM_OUTDATED_LOCKFILE")));
        assert_eq!(before.changes(&Snapshot::of(&export.folder)), [""; 0]);
    }
}

#[tokio::test]
async fn where_there_is_none_none_is_made_and_that_of_a_demo_stops_nobody() {
    let Some(export) = Export::new(Pnpm::V12).await else { return };
    fs::remove_file(export.folder.join("pnpm-lock.yaml")).expect("it is there");
    let stale = "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      base:\n        specifier: ^0.1.0\n        \
        version: link:../p/base\n";
    write(&export.folder, &[("demo/pnpm-lock.yaml", stale), ("demo/package.json", "{\"private\": true}")]);
    let moves = export.moves(&[("base", "2.0.0")]).await;
    assert_eq!(export.refresh(moves).await.expect("nothing is to be done"), []);
    assert!(!export.folder.join("pnpm-lock.yaml").exists());
}

#[tokio::test]
async fn one_of_which_pnpm_cannot_say_whether_it_fits_is_not_called_stale() {
    for pnpm in BOTH {
        let Some(export) = Export::new(pnpm).await else { return };
        write(&export.folder, &[(".pnpmfile.cjs", "throw new Error('of its own')")]);
        let moves = export.moves(&[("base", "2.0.0")]).await;
        let before = export.read();
        let error = export.refresh(moves).await.expect_err("pnpm fails");
        assert_eq!((error.code().as_str(), error.kind()), ("RK-PNPM-LOCK-FAILED", ErrorKind::ToolFailed));
        assert_eq!(export.read(), before);
    }
}
