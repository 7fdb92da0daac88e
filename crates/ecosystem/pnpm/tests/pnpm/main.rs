//! pnpm and npm as programs: what they pack, send and install, and what is made of what they say.

mod build;
mod common;
mod tool;
mod upload;
