//! One request to the API: who asks for what, and what of it is in order.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::account::{Grant, Need};
use super::answer::{Answer, Refusal};
use super::model::{Pull, Repo};
use super::state::State;
use super::time::Moment;

/// What an operation does.
pub(super) type Act = fn(&mut Call<'_>) -> Answer;

/// An operation of the API.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// As the official description writes it; what is left of a path goes by `{ref}` or `{path}`.
    pub(super) path: &'static str,
    /// Any of these permissions is enough.
    pub(super) needs: &'static [Need],
    pub(super) act: Act,
}

impl Operation {
    pub(super) const fn get(path: &'static str, needs: &'static [Need], act: Act) -> Self {
        Self { method: "GET", path, needs, act }
    }

    pub(super) const fn post(path: &'static str, needs: &'static [Need], act: Act) -> Self {
        Self { method: "POST", path, needs, act }
    }

    pub(super) const fn put(path: &'static str, needs: &'static [Need], act: Act) -> Self {
        Self { method: "PUT", path, needs, act }
    }

    pub(super) const fn patch(path: &'static str, needs: &'static [Need], act: Act) -> Self {
        Self { method: "PATCH", path, needs, act }
    }

    pub(super) const fn delete(path: &'static str, needs: &'static [Need], act: Act) -> Self {
        Self { method: "DELETE", path, needs, act }
    }

    pub(super) fn reads(&self) -> bool {
        self.method == "GET"
    }
}

/// A request, with the repository that it is about.
pub(super) struct Call<'a> {
    pub(super) state: &'a mut State,
    pub(super) repo: usize,
    pub(super) grant: Option<Grant>,
    pub(super) path: HashMap<String, String>,
    pub(super) query: HashMap<String, String>,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Bytes,
    pub(super) body: Value,
    /// What a fault leaves of a file that was sent.
    pub(super) kept: Option<Vec<u8>>,
    /// The address that was asked, without its query.
    pub(super) address: String,
}

impl Call<'_> {
    pub(super) fn repo(&self) -> &Repo {
        &self.state.repositories[self.repo]
    }

    pub(super) fn repo_mut(&mut self) -> &mut Repo {
        &mut self.state.repositories[self.repo]
    }

    pub(super) fn now(&self) -> Moment {
        self.state.now()
    }

    /// Who asks; `ghost` where nobody says.
    pub(super) fn login(&self) -> String {
        self.grant.as_ref().map_or_else(|| "ghost".to_owned(), |grant| grant.login.clone())
    }

    /// Whether whoever asks may write to the contents, and so sees drafts.
    pub(super) fn sees_drafts(&self) -> bool {
        self.grant.as_ref().is_some_and(|grant| grant.allows(super::need::CONTENTS))
    }

    /// A part of the path.
    pub(super) fn part(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// A number in the path.
    pub(super) fn number(&self, name: &str) -> Result<u64, Refusal> {
        self.part(name).parse().map_err(|_| Refusal::not_found())
    }

    /// A text of the body, which has to be there.
    pub(super) fn text(&self, resource: &str, field: &str) -> Result<String, Refusal> {
        let text = self.body[field].as_str().map(str::to_owned);
        text.ok_or_else(|| Refusal::field(resource, field, "missing_field"))
    }

    /// A text of the body; `None` where it is not given, and where it is null.
    pub(super) fn given(&self, field: &str) -> Option<String> {
        self.body[field].as_str().map(str::to_owned)
    }

    pub(super) fn flag(&self, field: &str) -> Option<bool> {
        self.body[field].as_bool()
    }

    /// The texts of a list of the body.
    pub(super) fn list(&self, field: &str) -> Vec<String> {
        self.body[field].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The pull request that the path names, as git has it now.
    pub(super) fn pull(&mut self, name: &str) -> Result<&mut Pull, Refusal> {
        let number = self.number(name)?;
        self.state.refresh(self.repo);
        let pulls = &mut self.repo_mut().pulls;
        pulls.iter_mut().find(|pull| pull.number == number).ok_or_else(Refusal::not_found)
    }
}

/// What a query says.
pub(super) fn query(text: &str) -> HashMap<String, String> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(k, v)| (decode(k), decode(v))).collect()
}
