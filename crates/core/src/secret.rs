//! Values that must never be printed.

mod forms;
mod redactor;
mod rules;
mod search;
mod value;
mod view;

pub use redactor::Redactor;
pub use rules::{redact_urls, without_login};
pub use value::Secret;
