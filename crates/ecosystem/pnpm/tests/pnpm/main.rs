//! pnpm and npm as programs: what they pack, send and install, and what is made of what they say.

mod build;
mod check;
mod common;
mod lock;
mod resolve;
mod smoke;
mod tool;
mod upload;
