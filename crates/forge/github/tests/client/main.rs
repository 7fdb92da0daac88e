//! The client against servers that answer as a test says: who gets a token, what is waited for, what a refusal means, and what is
//! sent how often.

mod hosts;
mod limits;
mod logs;
mod lost;
mod people;
mod refusals;
mod releases;
mod script;
mod tokens;
