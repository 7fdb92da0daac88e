//! The in-process registry for npm by itself: what it accepts and refuses, how it shows it, how it fails on demand, and what the real
//! npm and pnpm make of it.

mod artifact;
mod client;
mod documents;
mod faults;
mod overlay;
mod tags;
mod tool;
mod uploads;
