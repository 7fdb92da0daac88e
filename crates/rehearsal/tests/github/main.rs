//! The in-process GitHub by itself: what it answers and refuses, what happens in git, how it fails on demand, and what
//! others make of it: the official description, and a client that somebody else wrote.

mod access;
mod client;
mod commits;
mod faults;
mod git;
mod official;
mod pages;
mod pulls;
mod releases;
