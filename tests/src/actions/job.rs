//! One job on a machine of its own.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use releasekit_testkit::{Pnpm, Ran, run};
use serde_json::{Map, Value, json};

use super::artifacts::Artifacts;
use super::expression::{evaluate, fill, holds};
use super::run::{Ending, Job};
use crate::journey::Journey;
use crate::world::Login;

/// The files that steps write to, by the variables that name them.
const FILES: &[&str] = &["GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"];

/// A machine for one job.
#[derive(Debug)]
pub(super) struct Machine<'a> {
    journey: &'a Journey,
    defaults: &'a Value,
    commit: &'a str,
    workspace: PathBuf,
    temporary: PathBuf,
    files: PathBuf,
    path: Vec<PathBuf>,
    job: Job,
}

impl<'a> Machine<'a> {
    /// A machine with some programs, and nothing that the journey put on its own path.
    pub(super) fn new(
        journey: &'a Journey,
        programs: &Path,
        folder: PathBuf,
        defaults: &'a Value,
        commit: &'a str,
    ) -> Self {
        let [workspace, temporary, files] = ["work", "temporary", "files"].map(|name| folder.join(name));
        for folder in [&temporary, &files] {
            fs::create_dir_all(folder).expect("the sandbox is writable");
        }
        let mut hidden = vec![journey.sandbox().path().join("bin"), journey.tools().bin()];
        hidden.extend(javascript(journey));
        let usual = journey.sandbox().var("PATH").unwrap_or_default();
        let usual = env::split_paths(usual).filter(|folder| !hidden.contains(folder));
        let path = [programs.join("bin")].into_iter().chain(usual).collect();
        let job = Job {
            ending: Ending::Success,
            outputs: BTreeMap::new(),
            steps: Vec::new(),
            log: String::new(),
            variables: BTreeMap::new(),
            summary: String::new(),
        };
        Self { journey, defaults, commit, workspace, temporary, files, path, job }
    }

    /// Runs the job.
    #[track_caller]
    pub(super) fn run(mut self, definition: &Value, mut context: Value, artifacts: &mut Artifacts) -> Job {
        context["status"] = status(&context["needs"]).into();
        context["runner"] = json!({"temp": self.temporary});
        if !holds(definition["if"].as_str(), &context) {
            self.job.ending = Ending::Skipped;
            return self.job;
        }
        context["status"] = Ending::Success.word().into();
        context["steps"] = Value::Object(Map::new());
        for step in definition["steps"].as_array().expect("a job has steps") {
            if holds(step["if"].as_str(), &context) {
                self.step(step, &mut context, artifacts);
            }
        }
        let declared = definition["outputs"].as_object().into_iter().flatten();
        let output = |value: &Value| fill(value.as_str().expect("an output is an expression"), &context);
        self.job.outputs = declared.map(|(name, value)| (name.clone(), output(value))).collect();
        self.job.summary = fs::read_to_string(self.files.join("GITHUB_STEP_SUMMARY")).unwrap_or_default();
        self.job
    }

    fn step(&mut self, step: &Value, context: &mut Value, artifacts: &mut Artifacts) {
        let name = step["name"].as_str().expect("every step of ours has a name");
        self.job.steps.push(name.to_owned());
        if let Some(action) = step["uses"].as_str() {
            let with = filled(&step["with"], context);
            return self.act(action, &with, artifacts);
        }
        let ran = self.script(step, context);
        self.job.log.push_str(&format!("# {name}\n{ran}\n"));
        if !ran.success() {
            self.job.ending = Ending::Failure;
            context["status"] = Ending::Failure.word().into();
        }
        if let Some(id) = step["id"].as_str() {
            let outputs = lines(&self.files.join("GITHUB_OUTPUT"));
            let pairs = outputs.iter().filter_map(|line| line.split_once('='));
            context["steps"][id] = json!({"outputs": pairs.collect::<BTreeMap<_, _>>()});
        }
        self.path.splice(0..0, lines(&self.files.join("GITHUB_PATH")).into_iter().map(PathBuf::from));
    }

    /// What an action does.
    fn act(&mut self, action: &str, with: &Value, artifacts: &mut Artifacts) {
        match action.split_once('@').map(|(name, _)| name) {
            Some("actions/checkout") => self.check_out(with),
            Some("actions/upload-artifact") => artifacts.upload(with, &self.workspace),
            Some("actions/download-artifact") => artifacts.download(with, &self.workspace),
            // Behind the programs that are played, which `npm install --global` is one of.
            Some("actions/setup-node") => drop(self.path.splice(1..1, javascript(self.journey))),
            Some("astral-sh/setup-uv") => self.path.insert(0, self.journey.tools().bin()),
            _ => panic!("nobody knows what `{action}` does"),
        }
    }

    /// The commit of the event on its branch, with all tags as they are now. The token stays nowhere.
    fn check_out(&self, with: &Value) {
        assert_eq!(with["persist-credentials"], false, "no token is left where code of the repository runs");
        assert_eq!(with["fetch-depth"], 0, "history and tags are needed");
        let (sandbox, url) = (self.journey.sandbox(), self.journey.sandbox().remote_url());
        sandbox.git(["clone".as_ref(), "--quiet".as_ref(), url.as_ref(), self.workspace.as_os_str()]);
        sandbox.git_in(&self.workspace, ["checkout", "--quiet", "-B", "main", self.commit]);
    }

    /// Runs a script in the shell of the workflow, with what the step is given and nothing else.
    fn script(&mut self, step: &Value, context: &Value) -> Ran {
        assert_eq!(self.defaults["defaults"]["run"]["shell"], "bash");
        let script = self.files.join("script.sh");
        let text = step["run"].as_str().expect("a step runs something");
        assert!(text.starts_with("set -euo pipefail\n"), "a script ends at the first command that fails: {text}");
        fs::write(&script, text).expect("the sandbox is writable");
        for name in FILES.iter().filter(|name| **name != "GITHUB_STEP_SUMMARY") {
            fs::write(self.files.join(name), "").expect("the sandbox is writable");
        }
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(&script).env_clear().envs(self.usual());
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            let value = fill(&text_of(value), context);
            command.env(name, &value);
            self.job.variables.insert(name.clone(), value);
        }
        let folder =
            step["working-directory"].as_str().map_or(self.workspace.clone(), |text| fill(text, context).into());
        run(command.current_dir(folder))
    }

    /// The variables of the machine: those of the journey without the login, and those that name its places.
    fn usual(&self) -> Vec<(OsString, OsString)> {
        let login = self.journey.world().login(Login::Right);
        let is_login = |name: &OsString| login.iter().any(|(secret, _)| name == secret);
        let kept = self.journey.sandbox().env().iter().filter(|(name, _)| !is_login(name) && name != "PATH");
        let path = env::join_paths(&self.path).expect("no folder has a colon in its name");
        let named = FILES.iter().map(|name| (OsString::from(name), self.files.join(name).into_os_string()));
        let own = [
            ("PATH".into(), path),
            ("RUNNER_TEMP".into(), self.temporary.clone().into_os_string()),
            ("GITHUB_ACTIONS".into(), "true".into()),
            ("GITHUB_REPOSITORY".into(), "acme/things".into()),
        ];
        kept.cloned().chain(named).chain(own).collect()
    }
}

/// The inputs of an action: an expression alone keeps its type.
fn filled(with: &Value, context: &Value) -> Value {
    let value = |value: &Value| match value.as_str() {
        Some(text) => match text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")) {
            Some(inner) if !inner.contains("${{") => evaluate(inner.trim(), context),
            _ => fill(text, context).into(),
        },
        None => value.clone(),
    };
    with.as_object().into_iter().flatten().map(|(name, it)| (name.clone(), value(it))).collect::<Map<_, _>>().into()
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn lines(file: &Path) -> Vec<String> {
    fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// How things stand before a job: as good as the worst of what it needs.
fn status(needs: &Value) -> &'static str {
    let mut endings = needs.as_object().into_iter().flatten().map(|(_, job)| &job["result"]);
    if endings.all(|ending| *ending == Ending::Success.word()) { "success" } else { "failure" }
}

/// Where npm and pnpm are, where they were set up.
fn javascript(journey: &Journey) -> Vec<PathBuf> {
    let found = journey.tools().javascript();
    found.into_iter().flat_map(|js| js.path(Pnpm::V12)).collect()
}
