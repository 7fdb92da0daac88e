//! How things look in the API. Values in, JSON out; what the official description requires is there.

mod commit;
mod fields;
mod issue;
mod pull;
mod release;
mod repository;
mod user;

pub(super) use commit::{changed, commit, git_commit, reference};
pub(super) use fields::node_id;
pub(super) use issue::{comment, issue, label};
pub(super) use pull::{full_pull, pull, review, word};
pub(super) use release::{asset, release};
pub(super) use repository::full_repository;
pub(super) use user::{public_user, user};
