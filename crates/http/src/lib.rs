//! HTTP for the backends: one [`Client`] per registry or forge instance.
//!
//! The client pools connections, follows redirections of reads, retries reads, leaves writes alone, knows proxies,
//! certificates and `.netrc` from the environment it is given, and keeps credentials out of errors and logs. It knows
//! nothing of any server's protocol. No type of the library behind it is in a signature.

mod client;
pub mod codes;
mod credential;
mod download;
mod error;
mod message;
mod refusal;
mod retry;
mod settings;
mod time;
mod transport;
mod url;

pub use client::Client;
pub use download::{Bounds, Download};
pub use error::Error;
pub use message::{Method, Request, Response};
pub use refusal::excerpt;
pub use settings::Settings;
pub use url::{file_name, resolve, same_origin, shown};

/// The result of a request.
pub type Result<T> = std::result::Result<T, Error>;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
