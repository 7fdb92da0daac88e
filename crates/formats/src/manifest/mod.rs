//! What package files of all ecosystems have in common: texts that are changed byte by byte, places in them, folders that hold
//! demos, roots that packages outside of workspaces share, and the files of a checkout that are found by name.

mod aside;
mod checkout;
mod data;
mod demo;
mod folders;
pub mod json;
mod namesakes;
mod roots;
mod source;
pub mod toml;
pub mod yaml;

pub use aside::aside;
pub use checkout::files_named;
pub use data::{Data, Entry, Node, Reader};
pub use demo::{demo, listed};
pub use folders::{Ignored, folder_glob, folder_glob_with_alternatives};
pub use namesakes::{Namesakes, leave_out_namesakes};
pub use roots::{Unit, owners};
pub use source::{Fault, Place, Replacement, Source, Spanned, requoted};
