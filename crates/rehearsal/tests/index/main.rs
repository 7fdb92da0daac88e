//! The in-process index by itself: what it accepts and refuses, how it shows it, and how it fails on demand.

mod artifact;
mod client;
mod faults;
mod overlay;
mod pages;
mod storage;
mod uploads;
