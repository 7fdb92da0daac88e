//! The client against servers on loopback, plain and encrypted.

mod client;
mod download;
mod tls;
