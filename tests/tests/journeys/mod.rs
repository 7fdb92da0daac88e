//! The journeys that every ecosystem goes, each a function of the scene it goes in.

pub(crate) mod commands;
pub(crate) mod conflict;
pub(crate) mod faults;
pub(crate) mod groups;
pub(crate) mod hostile_registry;
pub(crate) mod kill;
pub(crate) mod kill_random;
pub(crate) mod logins;
pub(crate) mod next;
pub(crate) mod nobody_overwritten;
pub(crate) mod only_r;
pub(crate) mod orphan;
pub(crate) mod release_commits;
pub(crate) mod replay;
pub(crate) mod signals;
pub(crate) mod surroundings;
pub(crate) mod whole;
pub(crate) mod workflow;
pub(crate) mod yank;
