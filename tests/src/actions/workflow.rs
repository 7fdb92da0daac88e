//! A workflow, and its runs.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::artifacts::Artifacts;
use super::context::Event;
use super::job::Machine;
use super::run::{Run, Settings};
use crate::journey::Journey;

/// Reads YAML as GitHub does, in which `on` is no boolean.
const READ: &str = "\
import json, sys
from ruamel.yaml import YAML
json.dump(YAML(typ='safe', pure=True).load(open(sys.argv[1])), sys.stdout)";

/// A workflow of a journey's repository, as it is in its work tree.
#[derive(Debug)]
pub struct Workflow<'a> {
    journey: &'a Journey,
    definition: Value,
    runs: Cell<u32>,
}

impl<'a> Workflow<'a> {
    /// Reads it; `None` where nothing that reads YAML is installed.
    #[track_caller]
    pub fn read(journey: &'a Journey, path: &str) -> Option<Self> {
        let python = journey.tools().require_lint("python")?;
        let file = journey.sandbox().work().join(path);
        let text = journey.sandbox().run(python, ["-c".as_ref(), READ.as_ref(), file.as_os_str()]).ok();
        let definition = serde_json::from_str(&text).expect("a workflow is a value");
        let workflow = Self { journey, definition, runs: Cell::default() };
        workflow.install_programs();
        Some(workflow)
    }

    /// Runs it for an event, at the tip of `main`.
    #[track_caller]
    pub fn run(&self, event: &Event, settings: &Settings) -> Run {
        let mut run = Run::default();
        if !event.starts(&self.definition["on"]) {
            return run;
        }
        self.runs.set(self.runs.get() + 1);
        let commit = self.journey.remote_refs().remove("refs/heads/main").expect("main is pushed");
        let contexts = event.contexts(&self.definition["on"], &commit);
        let mut artifacts = Artifacts::default();
        let jobs = self.definition["jobs"].as_object().expect("a workflow has jobs");
        while let Some((name, job)) = jobs.iter().find(|(name, job)| !run.0.contains_key(*name) && is_ready(job, &run))
        {
            let mut context = contexts.clone();
            context["needs"] = needed(job, &run);
            context["secrets"] = json!(settings.secrets);
            if job.get("environment").is_some() {
                context["secrets"].as_object_mut().expect("it is one").extend(values(&settings.protected));
            }
            let folder = self.folder().join(format!("run-{}", self.runs.get())).join(name);
            let machine = Machine::new(self.journey, &self.folder(), folder, &self.definition, &commit);
            let done = machine.run(job, context, &mut artifacts);
            run.0.insert(name.clone(), done);
        }
        assert_eq!(run.0.len(), jobs.len(), "every job gets its turn");
        run
    }

    fn folder(&self) -> PathBuf {
        self.journey.sandbox().path().join("actions")
    }

    /// Programs that a machine of GitHub's has, played: `cargo install` brings the binary of the journey, and `npm install --global`,
    /// `rustup` and `sudo` have nothing to do.
    fn install_programs(&self) {
        let folder = self.folder();
        let wrapper = format!("#!/bin/sh\nexec {} \"$@\"\n", self.journey.binary().display());
        let cargo = format!(
            "#!/bin/bash\nset -eu\nif [ \"$1\" != install ]; then\n  PATH=\"${{PATH#*:}}\" exec cargo \"$@\"\nfi\n\
             while [ \"$1\" != --root ]; do shift; done\nmkdir -p \"$2/bin\"\ncp {} \"$2/bin/releasekit\"\n",
            folder.join("releasekit").display()
        );
        let npm = "#!/bin/bash\nset -eu\nif [ \"${1-} ${2-}\" = 'install --global' ]; then exit 0; fi\nPATH=\"${PATH#*:}\" exec npm \"$@\"\n";
        let nothing = || "#!/bin/sh\n".to_owned();
        let programs = [("cargo", cargo), ("npm", npm.to_owned()), ("rustup", nothing()), ("sudo", nothing())];
        write_program(&folder.join("releasekit"), &wrapper);
        for (name, text) in programs {
            write_program(&folder.join("bin").join(name), &text);
        }
    }
}

fn write_program(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the sandbox is writable");
    fs::write(path, text).expect("the sandbox is writable");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("the sandbox is writable");
}

fn values(texts: &BTreeMap<String, String>) -> impl Iterator<Item = (String, Value)> {
    texts.iter().map(|(name, text)| (name.clone(), text.as_str().into()))
}

fn needs(job: &Value) -> Vec<&str> {
    match &job["needs"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_ready(job: &Value, run: &Run) -> bool {
    needs(job).iter().all(|name| run.0.contains_key(*name))
}

/// The jobs that a job names, and no others: what it does not need it does not see.
fn needed(job: &Value, run: &Run) -> Value {
    let mut all = run.needs();
    let all = all.as_object_mut().expect("it is one");
    needs(job).into_iter().filter_map(|name| all.remove_entry(name)).collect::<Map<_, _>>().into()
}
