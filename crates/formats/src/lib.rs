//! Versions, names, requirements and archives, as pure functions.
//!
//! Everything here is text or bytes in, values out. The crate starts no process, opens no socket, reads neither
//! environment nor clock, writes nothing, and knows no workspace, tool or registry; the only files it opens are the
//! artifacts it is told to read.
//!
//! What belongs to one ecosystem lies in a folder of its name; the rest is for all of them. Features choose what is built:
//! `archives`, `requirements` (Python's, which archives need), `semver` (with cargo's requirements and names), `npm` (names, integrities, settings, requirements), `crates` (what a
//! `.crate` says of itself), `manifests` (what backends share that read package files). Python's names and versions are always there.

#[cfg(feature = "archives")]
pub mod archive;
#[cfg(feature = "semver")]
pub mod cargo;
pub mod codes;
mod error;
#[cfg(feature = "manifests")]
pub mod manifest;
#[cfg(feature = "npm")]
pub mod npm;
#[cfg(any(feature = "requirements", feature = "semver"))]
mod patch;
pub mod python;
#[cfg(feature = "semver")]
pub mod semver;
mod step;

pub use error::{Error, Result};

#[cfg(all(doctest, feature = "semver"))]
#[doc = include_str!("../README.md")]
struct Readme;
