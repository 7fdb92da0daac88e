//! The pinned tools of JavaScript, where `cargo xtask setup` put them.

use std::path::{Path, PathBuf};

/// The pinned node, npm and pnpm, and verdaccio.
#[derive(Debug, Clone)]
pub struct JavaScript {
    folder: PathBuf,
}

/// A pinned pnpm, by its major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pnpm {
    /// The last one whose lockfiles and packing are like those of all before it; it runs on node.
    V10,
    /// The newest one, a program of its own.
    V12,
}

impl JavaScript {
    /// Those in a folder of tools, if they were set up completely.
    pub(crate) fn find(tools: &Path) -> Option<Self> {
        let folder = tools.join("js");
        folder.join(".stamp").is_file().then_some(Self { folder })
    }

    /// The folders to put first on a `PATH`: `pnpm` of that version, `npm` and `node`, and nothing else.
    pub fn path(&self, pnpm: Pnpm) -> [PathBuf; 2] {
        [self.pnpm_folder(pnpm), self.folder.join("bin")]
    }

    /// The program `pnpm`. That of [`Pnpm::V10`] finds node on the `PATH`.
    pub fn pnpm(&self, version: Pnpm) -> PathBuf {
        self.pnpm_folder(version).join("pnpm")
    }

    /// The program `npm`, which finds node on the `PATH`.
    pub fn npm(&self) -> PathBuf {
        self.folder.join("bin/npm")
    }

    /// The program `node`.
    pub fn node(&self) -> PathBuf {
        self.folder.join("bin/node")
    }

    /// The folder of packages. Those that npm brings along are in `npm/node_modules` there.
    pub fn modules(&self) -> PathBuf {
        self.folder.join("node_modules")
    }

    fn pnpm_folder(&self, pnpm: Pnpm) -> PathBuf {
        self.folder.join(match pnpm {
            Pnpm::V10 => "pnpm-10",
            Pnpm::V12 => "pnpm-12",
        })
    }
}
