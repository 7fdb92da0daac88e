//! The interface of the binary: what stands on which stream, which code an error has, and how the process ends.

mod change;
mod codes;
mod formats;
mod histories;
mod init;
mod moves;
mod overview;
mod project;
mod streams;
mod templates;
mod tools;
mod writing;
