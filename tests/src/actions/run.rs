//! What a run is given, and what becomes of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What a run is given beside its event.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The secrets of the repository, which every job has.
    pub secrets: BTreeMap<String, String>,
    /// The secrets of the environment that publishes: a job has them that names it.
    pub protected: BTreeMap<String, String>,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All its steps did what they should.
    Success,
    /// One did not.
    Failure,
    /// Its condition did not hold, or what it needs did not succeed.
    Skipped,
}

impl Ending {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }
}

/// What became of a job.
#[derive(Debug, Clone)]
pub struct Job {
    /// How it ended.
    pub ending: Ending,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
    /// The names of the steps that ran.
    pub steps: Vec<String>,
    /// What its steps printed.
    pub log: String,
    /// The variables that its steps were given by the workflow, with their values.
    pub variables: BTreeMap<String, String>,
    /// What it wrote to the summary of the run.
    pub summary: String,
}

/// What became of a run, by the names of its jobs. Empty where the event started none.
#[derive(Debug, Clone, Default)]
pub struct Run(pub BTreeMap<String, Job>);

impl Run {
    /// A job.
    #[track_caller]
    pub fn job(&self, name: &str) -> &Job {
        self.0.get(name).unwrap_or_else(|| panic!("no job {name} in {:?}", self.0.keys()))
    }

    /// The jobs that ran, and those that failed; panics with their log where one failed that should not.
    #[track_caller]
    pub fn succeeded(&self) -> BTreeSet<&str> {
        let failed = self.0.iter().find(|(_, job)| job.ending == Ending::Failure);
        if let Some((name, job)) = failed {
            panic!("{name} failed\n{}", job.log);
        }
        let ran = self.0.iter().filter(|(_, job)| job.ending == Ending::Success);
        ran.map(|(name, _)| name.as_str()).collect()
    }

    /// What jobs see of it: `needs`.
    pub(super) fn needs(&self) -> Value {
        let job = |job: &Job| serde_json::json!({"result": job.ending.word(), "outputs": job.outputs});
        self.0.iter().map(|(name, it)| (name.clone(), job(it))).collect::<serde_json::Map<_, _>>().into()
    }
}
