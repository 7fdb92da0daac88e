//! GraphQL, for the two mutations that REST does not have.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::api::Call;
use crate::endpoint::Endpoint;
use crate::error::Result;

#[derive(Debug, Deserialize)]
struct Answer {
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<Failure>,
}

/// A failure comes with a status of success.
#[derive(Debug, Deserialize)]
struct Failure {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    message: String,
    /// What a request has that was refused as it stands.
    extensions: Option<Value>,
}

impl Failure {
    /// What it would be with a status of its own.
    fn status(&self) -> u16 {
        match self.kind.as_str() {
            "FORBIDDEN" | "INSUFFICIENT_SCOPES" => 403,
            "NOT_FOUND" => 404,
            _ => 422,
        }
    }

    /// "Something went wrong while executing your query": with no kind, and before or after anything was done.
    fn is_of_the_server(&self) -> bool {
        self.kind.is_empty() && self.extensions.is_none()
    }
}

/// Sends a mutation that takes one input, and gives what it answers with. A no for being too fast is waited out, as it is in
/// REST.
pub(crate) async fn mutate<T: DeserializeOwned>(
    call: &Call<'_>,
    endpoint: &Endpoint,
    mutation: &str,
    input: Value,
) -> Result<T> {
    let ask = call.ask(endpoint, &[]).json(&json!({"query": mutation, "variables": {"input": input}}));
    loop {
        let answer: Answer = call.write(ask.clone()).await?;
        match answer.errors.first() {
            None => return value(call, endpoint, answer.data),
            Some(failure) if failure.kind == "RATE_LIMITED" => call.hold(),
            Some(failure) if failure.is_of_the_server() => return Err(call.unclear(endpoint, failure.message.clone())),
            Some(failure) => return Err(call.refused(endpoint, failure.status(), &failure.message)),
        }
    }
}

fn value<T: DeserializeOwned>(call: &Call<'_>, endpoint: &Endpoint, data: Option<Value>) -> Result<T> {
    let value = data.as_ref().and_then(|data| data.get(endpoint.operation)).cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|error| call.unclear(endpoint, error.to_string()))
}
