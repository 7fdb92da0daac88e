//! Programs that keep tokens for cargo, asked for one that reads: an index may show nothing to strangers.
//!
//! Only programs that the user's own settings name are asked, for registries that these settings know. Those that publish are asked by
//! cargo itself. What is built into cargo and keeps tokens in a keyring can be asked by nobody else.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::command::QuestionRequest;
use releasekit_core::{BackendContext, Commands, Diagnostic, Environment, ErrorKind, Secret};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::error::Error;

/// How long a program may take: it may have to ask a person.
const PATIENCE: Duration = Duration::from_secs(120);

/// How cargo calls what is built into it.
const BUILT_IN: &str = "cargo:";

/// What is built into it and runs a program, whose first line is the token.
const FROM_STDOUT: &str = "cargo:token-from-stdout";

/// Who gives a token for reading: one that is known, or programs, which are asked once.
#[derive(Clone, Default)]
pub(crate) struct Reader {
    token: Option<Secret>,
    /// The programs with their arguments, those that count more first.
    programs: Vec<Vec<String>>,
    /// The registry, as programs are told.
    index: String,
    name: Option<String>,
    commands: Option<Arc<dyn Commands>>,
    asked: Arc<OnceCell<Result<Option<Secret>, Error>>>,
}

/// Arguments and URLs may be secret.
impl fmt::Debug for Reader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reader").field("token", &self.token).finish_non_exhaustive()
    }
}

impl Reader {
    /// One that has a token, or has none.
    pub(crate) fn of(token: Option<Secret>) -> Self {
        Self { token, ..Self::default() }
    }

    /// Has programs asked where there is no token.
    pub(crate) fn with_programs(
        mut self,
        context: &BackendContext,
        programs: Vec<Vec<String>>,
        (index, name): (&str, Option<&str>),
    ) -> Self {
        (self.programs, self.commands) = (programs, context.commands.clone());
        (self.index, self.name) = (index.to_owned(), name.map(str::to_owned));
        self
    }

    /// The token; `None` where nobody has one.
    pub(crate) async fn token(&self) -> Result<Option<Secret>, Error> {
        match &self.token {
            Some(token) => Ok(Some(token.clone())),
            None => self.asked.get_or_init(|| self.ask()).await.clone(),
        }
    }

    async fn ask(&self) -> Result<Option<Secret>, Error> {
        let Some(commands) = &self.commands else { return Ok(None) };
        for words in &self.programs {
            if let Some(token) = self.ask_one(commands.as_ref(), words).await? {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }

    async fn ask_one(&self, commands: &dyn Commands, words: &[String]) -> Result<Option<Secret>, Error> {
        let Some((program, args)) = words.split_first() else { return Ok(None) };
        let (args, input) = match program.as_str() {
            FROM_STDOUT => (args.to_vec(), Vec::new()),
            built_in if built_in.starts_with(BUILT_IN) => return Ok(None),
            _ => (vec![program.clone(), "--cargo-plugin".to_owned()], self.question(args)),
        };
        let mut environment = Environment::new().with("CARGO_REGISTRY_INDEX_URL", &self.index);
        if let Some(name) = &self.name {
            environment.set("CARGO_REGISTRY_NAME_OPT", name);
        }
        let is_plain = input.is_empty();
        let request = QuestionRequest { args, input, environment, timeout: PATIENCE };
        let failed = |reason: String| Error::Provider { program: program.clone(), reason };
        // What it wrote, and its arguments, may hold what it keeps.
        let why = |kind| if kind == ErrorKind::ToolMissing { "it is not installed" } else { "it failed" };
        let answer = commands.ask(&request).await.map_err(|error| failed(why(error.kind()).to_owned()))?;
        let text = String::from_utf8(answer).map_err(|_| failed("its answer is no text".to_owned()))?;
        if is_plain {
            return Ok(text.lines().next().map(str::trim).filter(|line| !line.is_empty()).map(Secret::new));
        }
        answered(&text).map_err(failed)
    }

    /// One question of cargo's protocol, version 1.
    fn question(&self, args: &[String]) -> Vec<u8> {
        let mut registry = json!({"index-url": self.index});
        if let Some(name) = &self.name {
            registry["name"] = json!(name);
        }
        let question = json!({"v": 1, "registry": registry, "kind": "get", "operation": "read", "args": args});
        format!("{question}\n").into_bytes()
    }
}

/// What a program answered behind its greeting; `None` where it keeps nothing for the registry.
fn answered(text: &str) -> Result<Option<Secret>, String> {
    let mut lines = text.lines().map(serde_json::from_str::<Value>);
    let (Some(Ok(greeting)), Some(Ok(answer))) = (lines.next(), lines.next()) else {
        return Err("its answer is not of cargo's protocol".to_owned());
    };
    let speaks = greeting["v"].as_array().is_some_and(|versions| versions.contains(&json!(1)));
    if !speaks {
        return Err("it does not speak version 1 of cargo's protocol".to_owned());
    }
    match (answer["Ok"]["token"].as_str(), answer["Err"]["kind"].as_str()) {
        (Some(token), _) => Ok(Some(Secret::new(token))),
        (None, Some("not-found" | "url-not-supported" | "operation-not-supported")) => Ok(None),
        (None, kind) => Err(format!("it says `{}`", kind.unwrap_or("nothing"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_token_or_none_or_says_why_not() {
        let said = |answer: &str| answered(&format!("{{\"v\":[1]}}\n{answer}\n"));
        let token = said(r#"{"Ok":{"kind":"get","token":"t","cache":"session","operation_independent":true}}"#);
        assert_eq!(token.unwrap().map(|token| token.expose().to_owned()).as_deref(), Some("t"));
        for kind in ["not-found", "url-not-supported"] {
            assert!(said(&format!(r#"{{"Err":{{"kind":"{kind}"}}}}"#)).unwrap().is_none());
        }
        let other = said(r#"{"Err":{"kind":"other","message":"locked","caused-by":[]}}"#);
        assert_eq!(other.err().as_deref(), Some("it says `other`"));
        assert!(said("no json").is_err() && answered("{\"v\":[2]}\n{}\n").is_err() && answered("").is_err());
    }

    #[test]
    fn the_question_is_the_one_of_cargos_protocol() {
        let reader =
            Reader { index: "sparse+https://h.test/".to_owned(), name: Some("h".to_owned()), ..Reader::default() };
        let question: Value = serde_json::from_slice(&reader.question(&["x".to_owned()])).unwrap();
        let registry = json!({"index-url": "sparse+https://h.test/", "name": "h"});
        let expected = json!({"v": 1, "registry": registry, "kind": "get", "operation": "read", "args": ["x"]});
        assert_eq!(question, expected);
    }
}
