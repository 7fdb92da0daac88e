//! A dry resolution: npm is asked for a lockfile of an empty project that requires exactly these versions, and installs nothing.
//!
//! npm puts two versions of a package side by side where requirements contradict each other; so the lockfile has to hold these
//! versions and no others of the same packages. Requirements on everybody else are left out by `overrides`, which have them met
//! by a package that was asked for, under their names: the registry need not have third parties' packages. Where npm stumbles over
//! one all the same, or over a package for another platform, it is asked for each package by itself.

use std::collections::BTreeSet;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::PackageName;
use releasekit_core::package_manager::{Installable, ResolveRequest, Resolved};
use releasekit_core::secret::without_login;
use releasekit_core::{ErrorKind, Result};
use releasekit_process::{Command, Error as ProcessError, Output};
use serde_json::{Map, Value, json};

use crate::config::UPLOADER;
use crate::error::Error;
use crate::project::Project;
use crate::tool::help;

/// The lockfile that npm writes.
const LOCK: &str = "package-lock.json";

/// What npm says where a version cannot be had, or two cannot be had together.
const UNSOLVABLE: &[&str] = &["E404", "ERESOLVE", "ETARGET", "EOVERRIDE"];

/// What it says of a package that is for another machine than this one.
const ELSEWHERE: &str = "EBADPLATFORM";

/// Whether npm chooses exactly these.
pub(crate) async fn resolve(context: &BackendContext, request: &ResolveRequest) -> Result<Resolved> {
    let Some(first) = request.packages.first() else { return Ok(Resolved::Chosen) };
    let names: Vec<&PackageName> = request.packages.iter().map(|one| &one.name).collect();
    let folder = request.folder.join("project");
    let project = Project::new(context, folder, &request.target, &names, &manifest(first, request), request.timeout)?;
    let question = Question { request, project };
    let output = question.run(question.project.npm(&["install", "--package-lock-only"], &[])).await?;
    question.judge(output).await
}

/// A project that requires all of them, and has all others met by the first.
fn manifest(first: &Installable, request: &ResolveRequest) -> Value {
    let own: BTreeSet<&str> = request.packages.iter().map(|one| one.name.as_str()).collect();
    let required = request.packages.iter().flat_map(|one| &one.requirements).map(|one| one.name.as_str());
    let others = required.filter(|name| !own.contains(name));
    let stands_in = format!("npm:{}@{}", first.name, first.version);
    let overrides: Map<String, Value> = others.map(|name| (name.to_owned(), json!(stands_in))).collect();
    let asked = request.packages.iter().map(|one| (one.name.to_string(), json!(one.version.as_str())));
    json!({ "private": true, "dependencies": asked.collect::<Map<_, _>>(), "overrides": overrides })
}

struct Question<'a> {
    request: &'a ResolveRequest,
    project: Project<'a>,
}

impl Question<'_> {
    async fn run(&self, command: Command) -> Result<Output> {
        command.run().await.map_err(|error| match error {
            ProcessError::TimedOut { stderr, .. } => {
                self.failed(ErrorKind::Transient, "npm did not finish in time", stderr).into()
            }
            error => help(UPLOADER, error),
        })
    }

    async fn judge(&self, output: Output) -> Result<Resolved> {
        let text = output.stderr_text();
        if output.success() {
            let others = self.others(&self.project.read(LOCK)?);
            let why = || "npm would install other versions, or several of one package".to_owned();
            return Ok(if others.is_empty() { Resolved::Chosen } else { not_chosen(others, why()) });
        }
        let code = code(&text);
        let named = self.named(&text);
        if code == ELSEWHERE || (UNSOLVABLE.contains(&code) && named.is_empty() && code != "ERESOLVE") {
            return self.each().await;
        }
        if UNSOLVABLE.contains(&code) {
            return Ok(not_chosen(if named.is_empty() { self.all() } else { named }, text));
        }
        Err(self.fault(text).into())
    }

    /// What was asked for and is locked otherwise, or at another version as well.
    fn others(&self, lock: &str) -> Vec<PackageName> {
        let lock: Value = serde_json::from_str(lock).unwrap_or_default();
        let locked = lock.get("packages").and_then(Value::as_object);
        let differs = |one: &&Installable| {
            let at = format!("node_modules/{}", one.name);
            let is_own = |path: &str| path == at || path.ends_with(&format!("/{at}"));
            let own = locked.into_iter().flatten().filter(|(path, _)| is_own(path));
            let mut versions = own.map(|(_, entry)| entry.get("version").and_then(Value::as_str)).peekable();
            versions.peek().is_none() || versions.any(|version| version != Some(one.version.as_str()))
        };
        self.request.packages.iter().filter(differs).map(|one| one.name.clone()).collect()
    }

    /// Asks for each by itself, whatever it requires.
    async fn each(&self) -> Result<Resolved> {
        for one in &self.request.packages {
            let wanted = format!("{}@{}", one.name, one.version);
            let output = self.run(self.project.npm(&["view", "--json"], &[&wanted, "version"])).await?;
            let text = output.stderr_text();
            if output.success() && output.stdout_text().contains(one.version.as_str()) {
                continue;
            }
            let code = code(&text);
            if output.success() || UNSOLVABLE.contains(&code) {
                return Ok(not_chosen(vec![one.name.clone()], text));
            }
            return Err(self.fault(text).into());
        }
        Ok(Resolved::Chosen)
    }

    /// What was asked for and is named, by itself or with its version.
    fn named(&self, text: &str) -> Vec<PackageName> {
        let is_named = |one: &&Installable| {
            ["@", "'", "\"", " "].iter().any(|end| {
                let name = format!("{}{end}", one.name);
                [" ", "'", "\"", "/"].iter().any(|start| text.contains(&format!("{start}{name}")))
            })
        };
        self.request.packages.iter().filter(is_named).map(|one| one.name.clone()).collect()
    }

    fn all(&self) -> Vec<PackageName> {
        self.request.packages.iter().map(|one| one.name.clone()).collect()
    }

    /// Why npm could not be asked.
    fn fault(&self, text: String) -> Error {
        let code = code(&text);
        let status = code.strip_prefix('E').and_then(|status| status.parse::<u16>().ok());
        let (kind, why) = match status {
            Some(401) => (ErrorKind::Unauthenticated, "the registry wants a login".to_owned()),
            Some(403) => (ErrorKind::Forbidden, "the registry lets it read nothing".to_owned()),
            Some(429) => (ErrorKind::RateLimited, "the registry answered 429".to_owned()),
            Some(status @ (408 | 425 | 500..=599)) => (ErrorKind::Transient, format!("the registry answered {status}")),
            Some(status) => (ErrorKind::ToolFailed, format!("the registry answered {status}")),
            None if code == "ENEEDAUTH" => (ErrorKind::Unauthenticated, "the registry wants a login".to_owned()),
            None if is_network(&text) => (ErrorKind::Transient, "the registry gave no answer".to_owned()),
            None => (ErrorKind::ToolFailed, "npm failed".to_owned()),
        };
        self.failed(kind, &why, text)
    }

    fn failed(&self, kind: ErrorKind, why: &str, output: String) -> Error {
        let target = without_login(&self.request.target.read_url);
        Error::Resolve { target, why: why.to_owned(), kind, output }
    }
}

fn not_chosen(packages: Vec<PackageName>, why: String) -> Resolved {
    Resolved::NotChosen { packages, why }
}

/// What npm calls its failure.
fn code(text: &str) -> &str {
    text.lines().find_map(|line| line.strip_prefix("npm error code ")).unwrap_or_default().trim()
}

/// Whether nobody answered, in whichever of the ways there are.
fn is_network(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ECONNRESET",
        "ENOTFOUND",
        "ETIMEDOUT",
        "ERR_SOCKET_TIMEOUT",
        "npm error network",
    ];
    WORDS.iter().any(|words| text.contains(words))
}
