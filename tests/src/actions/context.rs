//! What started a run.

use serde_json::{Map, Value, json};

/// An event.
#[derive(Debug, Clone)]
pub struct Event {
    name: &'static str,
    reference: String,
    inputs: Map<String, Value>,
    in_fork: bool,
}

impl Event {
    /// Something was pushed to a branch.
    pub fn push(branch: &str) -> Self {
        Self::on("push", &format!("refs/heads/{branch}"))
    }

    /// Something else happened, at a ref.
    pub fn on(name: &'static str, reference: &str) -> Self {
        Self { name, reference: reference.to_owned(), inputs: Map::new(), in_fork: false }
    }

    /// Somebody started it by hand on `main`, with inputs; others have their defaults.
    pub fn by_hand(inputs: Value) -> Self {
        let Value::Object(inputs) = inputs else { panic!("inputs have names") };
        Self { inputs, ..Self::on("workflow_dispatch", "refs/heads/main") }
    }

    /// The same in a fork.
    #[must_use]
    pub fn in_fork(self) -> Self {
        Self { in_fork: true, ..self }
    }

    /// Whether a workflow with these triggers runs.
    pub(super) fn starts(&self, triggers: &Value) -> bool {
        let Some(trigger) = triggers.get(self.name) else { return false };
        let Some(branches) = trigger.get("branches").and_then(Value::as_array) else { return true };
        let Some(branch) = self.reference.strip_prefix("refs/heads/") else { return false };
        branches.iter().filter_map(Value::as_str).any(|glob| matches(glob, branch))
    }

    /// What expressions see of it.
    pub(super) fn contexts(&self, triggers: &Value, commit: &str) -> Value {
        let declared = triggers[self.name]["inputs"].as_object().cloned().unwrap_or_default();
        let given = |(name, input): (String, Value)| {
            let value = self.inputs.get(&name).cloned().unwrap_or_else(|| input["default"].clone());
            assert_eq!(value.is_boolean(), input["type"] == "boolean", "{name} is of its type");
            (name, value)
        };
        let unknown = self.inputs.keys().find(|name| !declared.contains_key(*name));
        assert_eq!(unknown, None, "GitHub refuses an input that is not declared");
        json!({
            "github": {
                "event_name": self.name, "ref": self.reference, "sha": commit, "token": "the-job-token",
                "server_url": "https://github.example", "repository": "acme/things",
                "event": {"repository": {"fork": self.in_fork}},
            },
            "inputs": declared.into_iter().map(given).collect::<Map<_, _>>(),
        })
    }
}

/// Globs as far as ours go: `**` for anything, at the end.
fn matches(glob: &str, branch: &str) -> bool {
    glob.strip_suffix("**").map_or(glob == branch, |start| branch.starts_with(start))
}
