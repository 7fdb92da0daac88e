//! Crates, which releasekit sends itself.

use std::path::Path;
use std::process::Command;

use releasekit_core::Secret;
use releasekit_rehearsal::cargo::{Options, Registry, Server};

use super::{Kind, TOKEN};
use crate::failure::{Failure, Result};
use crate::repository::write;
use crate::shell;

/// Crates for a registry with a sparse index.
pub(in super::super) struct Crates;

impl Kind for Crates {
    type Protocol = Registry;

    const NAME: &'static str = "crates";
    const REQUESTS: u32 = 3;

    fn start(&self) -> Result<Server> {
        let options = Options::default().with_owner("bench", Secret::new(TOKEN));
        Server::start(options).map_err(|error| Failure::new(error.to_string()))
    }

    fn write(&self, folder: &Path, count: u32, server: &Server) -> Result<()> {
        for number in 0..count {
            write(&folder.join(format!("{}/Cargo.toml", self.name(number))), &self.manifest(number))?;
            write(&folder.join(format!("{}/src/lib.rs", self.name(number))), "//! Nothing.\n")?;
        }
        write(&folder.join("Cargo.toml"), "[workspace]\nmembers = [\"crate*\"]\nresolver = \"2\"\n")?;
        let index = server.index_url();
        write(&folder.join(".cargo/config.toml"), &format!("[registries.bench]\nindex = \"{index}\"\n"))?;
        let mut lock = Command::new(shell::cargo());
        shell::capture(lock.current_dir(folder).args(["generate-lockfile", "--offline", "-q"])).map(drop)
    }

    fn name(&self, number: u32) -> String {
        format!("crate{number:03}")
    }

    fn equip(&self, command: &mut Command, _folder: &Path) {
        command.env("CARGO_REGISTRIES_BENCH_TOKEN", TOKEN);
    }
}

impl Crates {
    fn manifest(&self, number: u32) -> String {
        let head = format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2021\"\ndescription = \"One of many\"\nlicense = \"MIT\"\n\
             publish = [\"bench\"]\n",
            self.name(number)
        );
        if number == 0 {
            return head;
        }
        let needed = self.name(number / 2);
        format!(
            "{head}\n[dependencies]\n{needed} = {{ path = \"../{needed}\", version = \"0.1\", registry = \"bench\" }}\n"
        )
    }
}
