//! Wheels: zip archives with a `*.dist-info` folder.

use std::io::{Read, Seek};

use releasekit_core::model::Member;
use zip::ZipArchive;
use zip::result::ZipError;

use super::member::{Bounded, Limits, Members};
use super::metadata::Metadata;
use crate::{Error, Result, name};

/// What a wheel holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wheel {
    /// Its metadata.
    pub metadata: Metadata,
    /// The build backend that made it and its version.
    pub generator: Option<String>,
    /// Its content: all files but `RECORD` and its signatures, sorted; `WHEEL` counts without the generator's line.
    pub members: Vec<Member>,
}

/// The mode bits of a symbolic link, and those that make a file executable.
const LINK: u32 = 0o120_000;
const FORMAT: u32 = 0o170_000;
const EXECUTABLE: u32 = 0o111;

/// Reads a wheel; `file` is its name, for messages. Fails with `Invalid` where it is broken or unsafe.
pub fn read(file: &str, reader: impl Read + Seek, limits: Limits) -> Result<Wheel> {
    let mut archive = ZipArchive::new(reader).map_err(|error| broken(file, &error))?;
    if archive.has_duplicate_names() {
        return Err(Error::harmful(file, "one of its members is listed twice"));
    }
    let mut members = Members::new(file, limits);
    let mut info = Info::default();
    let mut left = limits.total;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| broken(file, &error))?;
        let raw = entry.name().map_err(|error| broken(file, &error))?.into_owned();
        let path = members.path(raw.as_bytes())?;
        if entry.is_dir() {
            continue;
        }
        let mode = entry.unix_mode().unwrap_or(0);
        let executable = mode & EXECUTABLE != 0;
        let mut bounded = Bounded::new(&mut entry, left);
        match (info.takes(file, &path)?, mode & FORMAT == LINK) {
            (_, true) => members.add_link(path, &members.slurp(&mut bounded)?),
            (Some(part), _) => {
                let content = members.slurp(&mut bounded)?;
                if let Some(content) = info.take(part, content) {
                    members.add(path, executable, &content);
                }
            }
            (None, _) => members.read(path, executable, &mut bounded)?,
        }
        left = bounded.left();
    }
    info.into_wheel(file, members.into_sorted())
}

fn broken(file: &str, error: &ZipError) -> Error {
    Error::invalid(file, error.to_string())
}

/// A file of the `*.dist-info` folder that is not content as it is.
#[derive(Debug, Clone, Copy)]
enum Part {
    Metadata,
    Wheel,
    Record,
}

/// What has been seen of the `*.dist-info` folder.
#[derive(Debug, Default)]
struct Info {
    folder: Option<String>,
    metadata: Option<Vec<u8>>,
    generator: Option<String>,
    is_wheel: bool,
}

impl Info {
    /// Which part a path is. Fails where there is a second folder.
    fn takes(&mut self, file: &str, path: &str) -> Result<Option<Part>> {
        let Some((folder, rest)) = path.split_once('/').filter(|(folder, _)| folder.ends_with(".dist-info")) else {
            return Ok(None);
        };
        let known = self.folder.get_or_insert_with(|| folder.to_owned());
        if known != folder {
            return Err(Error::invalid(file, format!("it has both `{known}` and `{folder}`")));
        }
        Ok(match rest {
            "METADATA" => Some(Part::Metadata),
            "WHEEL" => Some(Part::Wheel),
            "RECORD" | "RECORD.jws" | "RECORD.p7s" => Some(Part::Record),
            _ => None,
        })
    }

    /// Keeps what is needed of a part, and gives what counts as its content.
    fn take(&mut self, part: Part, content: Vec<u8>) -> Option<Vec<u8>> {
        match part {
            Part::Record => return None,
            Part::Metadata => self.metadata = Some(content.clone()),
            Part::Wheel => {
                self.is_wheel = true;
                let (generators, rest): (Vec<&[u8]>, Vec<&[u8]>) =
                    content.split_inclusive(|&byte| byte == b'\n').partition(|line| is_generator(line));
                let value = generators.first().map(|line| String::from_utf8_lossy(&line[GENERATOR.len()..]));
                self.generator = value.map(|value| value.trim().to_owned());
                return Some(rest.concat());
            }
        }
        Some(content)
    }

    fn into_wheel(self, file: &str, members: Vec<Member>) -> Result<Wheel> {
        let missing = |what: &str| Error::invalid(file, format!("it has no `*.dist-info/{what}`"));
        let metadata = Metadata::parse(file, &self.metadata.ok_or_else(|| missing("METADATA"))?)?;
        let folder = self.folder.ok_or_else(|| missing("METADATA"))?;
        if !self.is_wheel {
            return Err(missing("WHEEL"));
        }
        let owner = folder.split('-').next().unwrap_or_default();
        if name::normalize(owner) != name::normalize(metadata.name()?) {
            return Err(Error::invalid(file, format!("its metadata lies in `{folder}`")));
        }
        Ok(Wheel { metadata, generator: self.generator, members })
    }
}

const GENERATOR: &[u8] = b"Generator:";

fn is_generator(line: &[u8]) -> bool {
    line.get(..GENERATOR.len()).is_some_and(|start| start.eq_ignore_ascii_case(GENERATOR))
}
