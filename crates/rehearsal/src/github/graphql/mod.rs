//! GraphQL, as far as REST has no way: what is asked is read, done, and answered with the fields that were selected.

mod commit;
mod document;
mod fault;
mod merge;
mod project;
mod resolve;
mod shape;

use serde_json::{Map, Value, json};

use super::answer::{Answer, Refusal, Reply};
use super::call::{Call, Operation};
use super::need::NOTHING;
use super::places::GRAPHQL;
use fault::Fault;

pub(super) const OPERATIONS: &[Operation] = &[Operation::post(GRAPHQL, NOTHING, call)];

fn call(call: &mut Call<'_>) -> Answer {
    if call.grant.is_none() {
        return Err(Refusal::new(401, "This endpoint requires you to be authenticated."));
    }
    let document = call.body["query"].as_str().unwrap_or_default().to_owned();
    call.state.documents.push(document.clone());
    let variables = call.body["variables"].clone();
    let fields = match document::read(&document, &variables) {
        Ok(fields) => fields,
        Err(why) => return Ok(Reply::failed(json!({ "errors": [{ "message": format!("Parse error on {why}") }] }))),
    };
    let (mut data, mut errors) = (Map::new(), Vec::new());
    for field in &fields {
        let outcome = resolve::root(call, field).and_then(|value| project::select(&value, &field.selected));
        match outcome {
            Ok(value) => drop(data.insert(field.key.clone(), value)),
            Err(Fault(kind, message)) => {
                data.insert(field.key.clone(), Value::Null);
                errors.push(json!({ "type": kind, "path": [field.key], "message": message }));
            }
        }
    }
    if errors.is_empty() {
        return Ok(Reply::ok(json!({ "data": data })));
    }
    Ok(Reply::failed(json!({ "data": data, "errors": errors })))
}
