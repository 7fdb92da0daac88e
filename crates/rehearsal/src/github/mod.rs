//! GitHub, as far as a release needs it: the REST API, two mutations of GraphQL, and git over HTTP.
//!
//! It answers as GitHub does, also where that refuses; `tests/github` holds it to the official description. A pull
//! request comes from a branch of a bare repository, and merging one happens there. Files of releases go to a host of
//! their own and come from a third. Whoever asks says so by a token that was [granted](Server::grant), and may what the
//! grant says. What people do there, a [`Repository`] does.

mod account;
mod answer;
mod api;
mod call;
mod commits;
mod gateway;
mod git;
mod graphql;
mod hub;
mod model;
mod need;
mod options;
mod page;
mod places;
mod repository;
mod saved;
mod serve;
mod server;
mod shape;
mod state;
mod time;

pub use account::{Grant, Level};
pub use model::{Dispatch, Rule};
pub use options::Options;
pub use repository::Repository;
pub use saved::Saved;
pub use server::Server;
