//! What the targets of archives share: artifacts made of lists of files, and what is said of an artifact.

use std::collections::BTreeMap;
use std::io::Cursor;

use releasekit_core::Code;
use releasekit_core::model::Identity;
use releasekit_formats::archive::Limits;
use releasekit_formats::codes;
use releasekit_formats::python::archive::identity;

use crate::answer::{Answer, size};

/// What is raised of artifacts; their names are right here.
pub(super) const CODES: &[Code] = &[codes::ARTIFACT_INVALID, codes::ARTIFACT_UNSAFE, codes::ARTIFACT_MISMATCH];

/// The metadata of an artifact.
pub(super) const METADATA: &str =
    "Metadata-Version: 2.4\nName: a\nVersion: 1.0\nRequires-Dist: b>=1; extra == 'x'\n\nText.\n";

/// Files by path, each with SHA-256 of its content.
pub(super) type Files = BTreeMap<String, String>;

/// What an artifact says of itself, whether it is `whole`'s likeness, and that `others` see in it what we do.
pub(super) fn answer(name: &str, bytes: &[u8], whole: &Identity, others: fn(&[u8]) -> Vec<Files>) -> Answer {
    match read(name, bytes) {
        Err(error) => Answer::error(&error),
        Ok(found) => {
            let files = files(&found);
            for other in others(bytes) {
                assert_eq!(other, files, "another reader sees other files");
            }
            let same = found.members == whole.members;
            Answer::value(format!("same {same}, {} {}", size(files.len()), found.generator.is_some()))
        }
    }
}

pub(super) fn read(name: &str, bytes: &[u8]) -> releasekit_formats::Result<Identity> {
    identity::read(name, Cursor::new(bytes), Limits::for_size(bytes.len() as u64))
}

/// The files that were read, folders and links aside.
fn files(identity: &Identity) -> Files {
    let plain = identity.members.iter().filter(|member| member.digest != "folder" && !member.digest.contains("link:"));
    plain.map(|member| (member.path.clone(), member.digest.trim_start_matches("doubtful:").to_owned())).collect()
}

/// Takes an input apart: members begin with a line `--- MODE PATH`.
pub(super) fn members(input: &[u8]) -> Vec<(u32, Vec<u8>, Vec<u8>)> {
    let mark = b"--- ";
    let starts: Vec<usize> = (0..input.len()).filter(|&at| input[at..].starts_with(mark)).take(2_000).collect();
    let ends = starts.iter().skip(1).copied().chain([input.len()]);
    let part = |(start, end): (&usize, usize)| {
        let part = &input[start + mark.len()..end];
        let line = part.iter().position(|&byte| byte == b'\n')?;
        let blank = part[..line].iter().position(|&byte| byte == b' ')?;
        let mode = u32::from_str_radix(std::str::from_utf8(&part[..blank]).ok()?, 8).ok()?;
        Some((mode, part[blank + 1..line].to_vec(), part[line + 1..].to_vec()))
    };
    starts.iter().zip(ends).filter_map(part).collect()
}
