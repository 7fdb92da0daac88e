//! Wheels: zip archives with a `*.dist-info` folder.

use std::io::{Read, Seek};

use releasekit_core::model::Member;

use super::metadata::Metadata;
use super::record;
use crate::archive::member::{Bounded, Limits, Members};
use crate::archive::path;
use crate::archive::zip::Zip;
use crate::python::name;
use crate::{Error, Result};

/// What a wheel holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wheel {
    /// Its metadata.
    pub metadata: Metadata,
    /// The build backend that made it and its version.
    pub generator: Option<String>,
    /// Its content, sorted: all files, and folders that hold nothing. `RECORD` is left out, which says of the others what
    /// they are and has been checked; `WHEEL` counts without the generator's line.
    pub members: Vec<Member>,
}

/// Reads a wheel; `file` is its name, for messages. Fails with `Invalid` where it is broken or unsafe, or where it could be
/// read in more than one way.
pub fn read(file: &str, reader: impl Read + Seek, limits: Limits) -> Result<Wheel> {
    let archive = Zip::open(file, reader, limits)?;
    let mut members = Members::new(file, limits);
    let mut info = Info::default();
    let mut left = limits.total;
    archive.walk(|entry, content| {
        let path = members.path(entry.name.strip_suffix(b"/").unwrap_or(&entry.name))?;
        let mut bounded = Bounded::new(content, left);
        if entry.is_folder() {
            members.add_folder(path);
        } else if let Some(part) = info.takes(file, &path)? {
            let content = members.slurp(&mut bounded)?;
            members.add(path, entry.mode(), &content);
            info.keep(part, content);
        } else {
            members.read(path, entry.mode(), &mut bounded)?;
        }
        left = bounded.left();
        Ok(())
    })?;
    info.into_wheel(file, members)
}

/// A file of the `*.dist-info` folder that says something of the others.
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
    wheel: Option<Vec<u8>>,
    record: Option<Vec<u8>>,
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
            "RECORD" => Some(Part::Record),
            _ => None,
        })
    }

    fn keep(&mut self, part: Part, content: Vec<u8>) {
        let place = match part {
            Part::Metadata => &mut self.metadata,
            Part::Wheel => &mut self.wheel,
            Part::Record => &mut self.record,
        };
        *place = Some(content);
    }

    fn into_wheel(self, file: &str, mut members: Members<'_>) -> Result<Wheel> {
        let missing = |what: &str| Error::invalid(file, format!("it has no `*.dist-info/{what}`"));
        let metadata = Metadata::parse(file, &self.metadata.ok_or_else(|| missing("METADATA"))?)?;
        let folder = self.folder.ok_or_else(|| missing("METADATA"))?;
        let wheel = self.wheel.ok_or_else(|| missing("WHEEL"))?;
        let record = self.record.ok_or_else(|| missing("RECORD"))?;
        let owner = folder.split('-').next().unwrap_or_default();
        if name::normalize(owner) != name::normalize(metadata.name()?) {
            return Err(Error::invalid(file, format!("its metadata lies in `{folder}`")));
        }
        record::check(file, &folder, &record, &members)?;
        members.forget(&format!("{folder}/RECORD"));
        let (generator, rest) = without_generator(file, &wheel)?;
        members.recount(&format!("{folder}/WHEEL"), &rest);
        Ok(Wheel { metadata, generator, members: members.into_sorted()? })
    }
}

const GENERATOR: &[u8] = b"Generator:";

/// Who made the wheel, and what else its `WHEEL` says. Fails where the line could hold more than a name.
fn without_generator(file: &str, wheel: &[u8]) -> Result<(Option<String>, Vec<u8>)> {
    let lines = wheel.split_inclusive(|&byte| byte == b'\n');
    let (generators, rest): (Vec<&[u8]>, Vec<&[u8]>) = lines.partition(|line| is_generator(line));
    let doubtful =
        || Error::harmful(file, "its `WHEEL` names several generators, or more than a generator in one line");
    let line = match generators[..] {
        [] => return Ok((None, rest.concat())),
        [line] => std::str::from_utf8(&line[GENERATOR.len()..]).map_err(|_| doubtful())?,
        _ => return Err(doubtful()),
    };
    let line = line.strip_suffix('\n').unwrap_or(line);
    // One `\r` ends the line with it; more of them, or one inside, would be lines of their own to Python.
    let name = line.strip_suffix('\r').unwrap_or(line).trim_matches([' ', '\t']);
    if name.chars().any(path::is_hidden) {
        return Err(doubtful());
    }
    Ok((Some(name.to_owned()), rest.concat()))
}

fn is_generator(line: &[u8]) -> bool {
    line.get(..GENERATOR.len()).is_some_and(|start| start.eq_ignore_ascii_case(GENERATOR))
}
