//! Times the reads of a repository: `history REPOSITORY [--since COMMIT] FOLDER...`, one package per folder.
//!
//! Build it with `--release`. The figures in `docs/` are of the whole program; this one tells which read they come from.
#![expect(clippy::disallowed_methods, reason = "an example is a program: it has arguments, an environment and a clock")]
#![expect(clippy::print_stdout, reason = "what it measures goes to stdout")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use releasekit_core::ecosystem::{BackendContext, Backends};
use releasekit_core::event::Silent;
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::{HistoryRequest, Scope};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1).peekable();
    let folder = args.next().ok_or("usage: history REPOSITORY [--since COMMIT] FOLDER...")?;
    let since = args.next_if_eq("--since").and_then(|_| args.next()).map(CommitId::new);
    let scope = |folder: String| {
        let folder = RepoPath::new(folder)?;
        Ok::<_, Box<dyn Error>>(Scope::new(folder).with_since(since.clone()))
    };
    let scopes = args.map(scope).collect::<Result<Vec<_>, _>>()?;

    let start = Instant::now();
    let lap = |what: &str| println!("{:>8.1} ms  {what}", start.elapsed().as_secs_f64() * 1000.0);
    let mut backends = Backends::default();
    releasekit_git::register(&mut backends);
    let environment = std::env::vars_os().collect();
    let context = BackendContext::new(environment, std::env::temp_dir(), Arc::new(Silent));
    let vcs = (backends.vcs[releasekit_git::ID].open)(&context, Path::new(&folder))?.ok_or("no repository")?;
    let head = vcs.head().await?.commit;
    lap("opened");
    let tags = vcs.tags().await?;
    lap(&format!("{} tags", tags.len()));
    let commits: Vec<CommitId> = tags.into_iter().map(|tag| tag.commit).collect();
    let reached = vcs.ancestors_among(&commits, &head).await?;
    lap(&format!("{} of them reached", reached.iter().filter(|reached| **reached).count()));
    let files = vcs.work_tree().await?.files()?;
    lap(&format!("{} files on disk", files.len()));
    let files = vcs.tree(&head).await?.files()?;
    lap(&format!("{} files in HEAD", files.len()));
    let count = scopes.len();
    let history = vcs.history(&HistoryRequest::new(head, scopes)).await?;
    let touches: usize = history.commits.iter().map(|commit| commit.scopes.len()).sum();
    lap(&format!("{} commits touched {count} folders {touches} times", history.commits.len()));
    Ok(())
}
