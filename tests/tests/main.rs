//! The journeys: the real binary with real git, the real tools of each ecosystem, and real registries.
//!
//! `journeys` holds those that every ecosystem goes, written once; a folder for each world lists the ones that it goes and adds
//! what only it has.

mod cargo;
mod guided;
mod journeys;
mod uv;

use std::path::Path;

/// The released binary.
fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_releasekit-e2e"))
}

/// The binary whose backends can be made to fail.
fn faulty() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_releasekit-faults"))
}

/// Makes a test of each journey that is named, in modules like those of `journeys`, in the scene that a function gives.
macro_rules! goes {
    ($scene:ident; $($module:ident { $($journey:ident),* $(,)? })*) => { $(
        mod $module {
            $(
                #[test]
                fn $journey() {
                    if let Some(scene) = super::$scene() {
                        crate::journeys::$module::$journey(&scene);
                    }
                }
            )*
        }
    )* };
}
use goes;
