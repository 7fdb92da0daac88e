//! Labels of the repository and of its pull requests.

use serde_json::Value;

use super::super::answer::{Answer, Refusal, Reply};
use super::super::call::Call;
use super::super::model::Label;
use super::super::shape;

/// How long a name is at most.
const LONGEST: usize = 50;

/// The colour of what was put on without having been made.
const GREY: &str = "ededed";

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let labels = call.repo().labels.iter().map(|label| shape::label(call.state, call.repo(), label)).collect();
    Ok(call.page(labels))
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let found = call.repo().label(call.part("name")).ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(shape::label(call.state, call.repo(), found)))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let name = call.text("Label", "name")?;
    if call.repo().label(&name).is_some() {
        return Err(Refusal::field("Label", "name", "already_exists"));
    }
    let color = call.given("color").unwrap_or_else(|| GREY.to_owned());
    if color.len() != 6 || !color.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Refusal::field("Label", "color", "invalid"));
    }
    let made = make(call, &name, &color)?;
    Ok(Reply::created(shape::label(call.state, call.repo(), &made)))
}

fn make(call: &mut Call<'_>, name: &str, color: &str) -> Result<Label, Refusal> {
    if name.is_empty() || name.chars().count() > LONGEST {
        return Err(Refusal::field("Label", "name", "invalid"));
    }
    let (id, description) = (call.state.id(), call.given("description"));
    let label = Label { id, name: name.to_owned(), color: color.to_owned(), description };
    call.repo_mut().labels.push(label.clone());
    Ok(label)
}

pub(super) fn of_issue(call: &mut Call<'_>) -> Answer {
    let names = call.pull("issue_number")?.labels.clone();
    let labels = shown(call, &names);
    Ok(call.page(labels))
}

/// Puts labels on, making those that the repository lacks. The body is a list, or has one.
pub(super) fn add(call: &mut Call<'_>) -> Answer {
    let list = if call.body.is_array() { &call.body } else { &call.body["labels"] };
    let text = |value: &Value| value.as_str().or_else(|| value["name"].as_str()).map(str::to_owned);
    let wanted: Vec<String> = list.as_array().into_iter().flatten().filter_map(text).collect();
    call.pull("issue_number")?;
    for name in wanted {
        let known = call.repo().label(&name).map(|label| label.name.clone());
        let name = match known {
            Some(name) => name,
            None => make(call, &name, GREY)?.name,
        };
        let labels = &mut call.pull("issue_number")?.labels;
        if !labels.contains(&name) {
            labels.push(name);
        }
    }
    of_issue_whole(call)
}

pub(super) fn remove(call: &mut Call<'_>) -> Answer {
    let name = call.part("name").to_owned();
    let labels = &mut call.pull("issue_number")?.labels;
    let before = labels.len();
    labels.retain(|label| !label.eq_ignore_ascii_case(&name));
    if labels.len() == before {
        return Err(Refusal::new(404, "Label does not exist"));
    }
    of_issue_whole(call)
}

/// All labels of a pull request: what changes them answers in one page.
fn of_issue_whole(call: &mut Call<'_>) -> Answer {
    let names = call.pull("issue_number")?.labels.clone();
    Ok(Reply::ok(Value::Array(shown(call, &names))))
}

fn shown(call: &Call<'_>, names: &[String]) -> Vec<Value> {
    let labels = names.iter().filter_map(|name| call.repo().label(name));
    labels.map(|label| shape::label(call.state, call.repo(), label)).collect()
}
