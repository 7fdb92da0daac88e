//! Events as plain lines for people, or as one JSON object per line for programs.

use releasekit_core::event::{Event, Progress, Step};
use releasekit_core::{Diagnostic, Label};
use serde_json::{Map, Value, json};

use super::diagnostic;
use super::excerpt::excerpt;
use super::names::Names;
use super::style::{Meaning, clean};

/// How much is said while a command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Verbosity {
    /// Warnings and errors.
    Quiet,
    /// What happens.
    #[default]
    Normal,
    /// Also when each step begins, the causes of errors, and the programs that are run.
    Verbose,
}

const STEPS: &[(Step, &str)] = &[
    (Step::Observe, "observe"),
    (Step::Build, "build"),
    (Step::Upload, "upload"),
    (Step::Await, "await"),
    (Step::Verify, "verify"),
    (Step::Resolve, "resolve"),
    (Step::Smoke, "smoke test"),
];

/// How progress reads, what it means, and from which verbosity on it is shown.
const PROGRESS: &[(Progress, &str, Meaning, Verbosity)] = &[
    (Progress::Started, "started", Meaning::Faint, Verbosity::Verbose),
    (Progress::Done, "done", Meaning::Good, Verbosity::Normal),
    (Progress::Skipped, "nothing to do", Meaning::Faint, Verbosity::Verbose),
    (Progress::Waiting, "waiting", Meaning::Faint, Verbosity::Normal),
    (Progress::Retrying, "trying again", Meaning::Warning, Verbosity::Normal),
    (Progress::Failed, "failed", Meaning::Bad, Verbosity::Normal),
    (Progress::Blocked, "blocked", Meaning::Warning, Verbosity::Normal),
];

/// The line of an event, in which packages are called like this, or several that fit the width; `None` where it is not worth
/// saying.
pub(crate) fn line(event: &Event, names: Names, verbosity: Verbosity, width: Option<usize>) -> Option<String> {
    match event {
        Event::Warning { code, message, help } => {
            Some(diagnostic::warning(code.map(|code| code.as_str()), message, help.as_deref(), width))
        }
        _ if verbosity == Verbosity::Quiet => None,
        Event::Phase(sentence) => Some(format!("{}\n", Meaning::Faint.paint(sentence))),
        Event::Step { package, version, step, progress, detail } => {
            let (word, meaning) = progress_word(*progress, verbosity)?;
            // What blocks a package is another one.
            let detail = detail.as_ref().map(|detail| names.without_label(&package.label, "", detail));
            let detail = detail.map_or_else(String::new, |detail| format!(" ({})", clean(&detail)));
            let package = Meaning::Strong.paint(&format!("{} {version}", names.name(package)));
            Some(format!("{package}: {} {}{detail}\n", step_word(*step), meaning.paint(word)))
        }
        Event::Effect { what, recorded } => {
            let mark = if *recorded { "dry run, not done: " } else { "" };
            Some(format!("{}{}\n", Meaning::Warning.paint(mark), clean(what)))
        }
        _ => None,
    }
}

fn step_word(step: Step) -> &'static str {
    STEPS.iter().find(|(known, _)| *known == step).map_or("step", |(_, word)| word)
}

fn progress_word(progress: Progress, verbosity: Verbosity) -> Option<(&'static str, Meaning)> {
    let (_, word, meaning, least) = PROGRESS.iter().find(|(known, ..)| *known == progress)?;
    (verbosity >= *least).then_some((word, *meaning))
}

/// An event as a JSON object: `event` names its kind.
pub(crate) fn object(event: &Event) -> Map<String, Value> {
    let value = match event {
        Event::Phase(message) => json!({"event": "phase", "message": message}),
        Event::Warning { code, message, help } => {
            json!({"event": "warning", "code": code.map(|code| code.as_str()), "message": message, "help": help})
        }
        Event::Step { package, version, step, progress, detail } => json!({
            "event": "step", "package": package.to_string(), "version": version, "step": step,
            "progress": progress, "detail": detail,
        }),
        Event::Effect { what, recorded } => json!({"event": "effect", "what": what, "recorded": recorded}),
        other => json!({"event": "other", "message": format!("{other:?}")}),
    };
    members(value)
}

/// An error as JSON objects: one for each part, or one where it has none.
pub(crate) fn error_objects(error: &dyn Diagnostic) -> Vec<Map<String, Value>> {
    let parts = error.parts();
    if !parts.is_empty() {
        return parts.into_iter().flat_map(error_objects).collect();
    }
    let labels: Vec<Value> = error.labels().iter().map(label).collect();
    let value = json!({
        "event": "error", "code": error.code().as_str(), "message": error.to_string(), "help": error.help(),
        "labels": labels, "output": error.output().map(|output| excerpt(&output).join("\n")),
    });
    vec![members(value)]
}

fn label(label: &Label) -> Value {
    let at = label.text.as_ref().zip(label.span.as_ref()).map(|(text, span)| diagnostic::position(text, span.start));
    let (line, column) = at.unzip();
    json!({"path": label.path, "line": line, "column": column, "message": label.message})
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => Map::from_iter([("value".to_owned(), other)]),
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::{EcosystemLabel, PackageId, PackageName, Version};
    use releasekit_core::{BackendError, Code, ErrorKind};

    use super::*;

    fn step(progress: Progress) -> Event {
        Event::Step {
            package: PackageId::new(EcosystemLabel::new("py"), PackageName::new("a")),
            version: Version::from_canonical("1.0.0"),
            step: Step::Upload,
            progress,
            detail: Some("a-1.0.0.tar.gz".to_owned()),
        }
    }

    fn plain(event: &Event, verbosity: Verbosity) -> Option<String> {
        plain_of(2, event, verbosity)
    }

    fn plain_of(labels: usize, event: &Event, verbosity: Verbosity) -> Option<String> {
        line(event, Names::of_count(labels), verbosity, None)
            .map(|line| anstream::adapter::strip_str(&line).to_string())
    }

    #[test]
    fn steps_are_lines_and_beginnings_are_said_on_request_only() {
        let done = plain(&step(Progress::Done), Verbosity::Normal);
        assert_eq!(done.as_deref(), Some("py:a 1.0.0: upload done (a-1.0.0.tar.gz)\n"));
        assert_eq!(plain(&step(Progress::Started), Verbosity::Normal), None);
        assert!(plain(&step(Progress::Started), Verbosity::Verbose).is_some());
        assert_eq!(plain(&step(Progress::Done), Verbosity::Quiet), None);
        assert!(plain(&step(Progress::Waiting), Verbosity::Normal).is_some(), "a wait is shown");
    }

    #[test]
    fn steps_of_packages_of_one_label_do_not_name_it() {
        let mut blocked = step(Progress::Blocked);
        if let Event::Step { detail, .. } = &mut blocked {
            *detail = Some("py:b".to_owned());
        }
        for (labels, expected) in [(1, "a 1.0.0: upload blocked (b)\n"), (2, "py:a 1.0.0: upload blocked (py:b)\n")] {
            assert_eq!(plain_of(labels, &blocked, Verbosity::Normal).as_deref(), Some(expected));
        }
    }

    #[test]
    fn warnings_are_said_even_when_quiet_and_recorded_effects_say_that_they_are() {
        let warning = Event::Warning { code: None, message: "careful".to_owned(), help: None };
        assert_eq!(plain(&warning, Verbosity::Quiet).as_deref(), Some("warning: careful\n"));
        let effect = Event::Effect { what: "push x".to_owned(), recorded: true };
        assert_eq!(plain(&effect, Verbosity::Normal).as_deref(), Some("dry run, not done: push x\n"));
    }

    #[test]
    fn json_names_kind_and_parts() {
        let event = Value::Object(object(&step(Progress::Retrying)));
        let expected = json!({"event": "step", "package": "py:a", "version": "1.0.0", "step": "upload",
            "progress": "retrying", "detail": "a-1.0.0.tar.gz"});
        assert_eq!(event, expected);
        let error = BackendError::new(Code::new("RK-TEST-X", ErrorKind::Invalid), "odd").with_label(Label::span(
            "f",
            "a\nb",
            2..3,
            "here",
        ));
        let both =
            BackendError::together(vec![error, BackendError::new(Code::new("RK-TEST-Y", ErrorKind::Invalid), "y")]);
        let objects = error_objects(&both.expect("two errors"));
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[0]["labels"], json!([{"path": "f", "line": 2, "column": 1, "message": "here"}]));
    }
}
