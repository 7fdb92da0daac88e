//! The repository itself, and workflows of it that are started.

use serde_json::{Value, json};

use super::super::answer::{Answer, Refusal, Reply};
use super::super::call::Call;
use super::super::model::Dispatch;
use super::super::shape;

/// How many fields a payload has at most.
const MOST_FIELDS: usize = 10;

/// How many bytes a payload has at most.
const LARGEST: usize = 64 << 10;

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    Ok(Reply::ok(shape::full_repository(call.state, call.repo())))
}

pub(super) fn dispatch(call: &mut Call<'_>) -> Answer {
    let event = call.text("RepositoryDispatch", "event_type")?;
    let payload = match &call.body["client_payload"] {
        Value::Null => json!({}),
        payload => payload.clone(),
    };
    let fields = payload.as_object().map(serde_json::Map::len);
    let Some(fields) = fields else {
        return Err(Refusal::unprocessable("Invalid request. client_payload is not an object."));
    };
    if fields > MOST_FIELDS {
        let message = format!("No more than {MOST_FIELDS} properties are allowed; {fields} were supplied.");
        return Err(Refusal::unprocessable(&format!("Invalid request.\n\n{message}")));
    }
    if payload.to_string().len() > LARGEST {
        return Err(Refusal::unprocessable("client_payload is too large."));
    }
    call.repo_mut().dispatches.push(Dispatch { event, payload });
    Ok(Reply::nothing())
}
