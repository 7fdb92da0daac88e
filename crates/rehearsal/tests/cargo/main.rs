//! The in-process registry for cargo by itself: what it accepts and refuses, how it shows it, how it fails on demand, and what the
//! real cargo makes of it.

mod artifact;
mod client;
mod faults;
mod index;
mod overlay;
mod tool;
mod uploads;
