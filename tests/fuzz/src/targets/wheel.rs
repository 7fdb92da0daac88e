//! Wheels: as bytes, and as lists of files that become whole archives, so that content gets past the checksums.

use std::io::{Cursor, Read};
use std::sync::LazyLock;

use flate2::Crc;
use releasekit_core::model::Identity;
use releasekit_formats::archive::digest::sha256;
use zip::ZipArchive;
use zip::read::read_zipfile_from_stream;

use super::archive::{self, CODES, Files, METADATA, members};
use super::{Target, fixtures};
use crate::answer::Answer;

pub(super) const TARGET: Target = Target {
    name: "wheel",
    answer,
    seeds,
    words: &[
        "--- 100644 pkg/x.py\n",
        "--- 120777 link\n",
        "--- 40755 folder/\n",
        "--- 104755 suid\n",
        "a-1.0.dist-info/RECORD",
        "a-1.0.dist-info/METADATA",
        "a-1.0.dist-info/WHEEL",
        "Generator: x\n",
        "sha256=",
        "PK\x03\x04",
        "PK\x01\x02",
        "PK\x05\x06",
        "PK\x06\x06",
        "PK\x06\x07",
        "PK\x07\x08",
        "\x01\0\x10\0",
        "up\x05\0",
        "UT\x05\0",
        "Name: a\n",
        "Requires-Dist: b\n",
        "%R",
    ],
    codes: CODES,
};

const NAME: &str = "a-1.0-py3-none-any.whl";

/// Stands for the record of what was packed so far.
const RECORD: &[u8] = b"%R";

const WHOLE: &str = "--- 100644 pkg/__init__.py\nx = 1\n--- 100755 pkg/run.sh\n#!/bin/sh\n--- 100644 a-1.0.dist-info/METADATA\n\
                     Metadata-Version: 2.4\nName: a\nVersion: 1.0\n\nText.\n--- 100644 a-1.0.dist-info/WHEEL\n\
                     Wheel-Version: 1.0\nGenerator: maker 1.0\nTag: py3-none-any\n--- 100644 a-1.0.dist-info/RECORD\n%R";

static OURS: LazyLock<Identity> =
    LazyLock::new(|| archive::read(NAME, &packed(WHOLE.as_bytes())).expect("it is whole"));

fn answer(input: &[u8]) -> Answer {
    let bytes = if input.starts_with(b"--- ") { packed(input) } else { input.to_vec() };
    archive::answer(NAME, &bytes, &OURS, others)
}

/// What readers make of a wheel that go by its directory, and that go by its headers.
fn others(bytes: &[u8]) -> Vec<Files> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("others can read what we can");
    let mut listed = Files::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).expect("a member");
        let name = member.name().expect("a name").into_owned();
        take(&mut listed, name, &mut member);
    }
    let mut streamed = Files::new();
    let mut rest = Cursor::new(bytes);
    while let Some(mut member) = read_zipfile_from_stream(&mut rest).expect("a header or the end") {
        let name = member.name().expect("a name").into_owned();
        take(&mut streamed, name, &mut member);
    }
    vec![listed, streamed]
}

/// Takes in a file; `RECORD` is none of those that are compared, and `WHEEL` counts without its generator.
fn take(files: &mut Files, name: String, member: &mut impl Read) {
    let mut content = Vec::new();
    member.read_to_end(&mut content).expect("its content");
    let info = name.split_once('/').filter(|(folder, _)| folder.ends_with(".dist-info")).map(|(_, file)| file);
    if info == Some("WHEEL") {
        let is_generator = |line: &&[u8]| line.len() >= 10 && line[..10].eq_ignore_ascii_case(b"generator:");
        let kept: Vec<&[u8]> =
            content.split_inclusive(|&byte| byte == b'\n').filter(|line| !is_generator(line)).collect();
        content = kept.concat();
    }
    if !name.ends_with('/') && info != Some("RECORD") {
        assert!(files.insert(name, sha256(&content)).is_none(), "a name is there once");
    }
}

/// Packs a list of files without compressing it.
fn packed(input: &[u8]) -> Vec<u8> {
    let (mut bytes, mut directory, mut record) = (Vec::new(), Vec::new(), Vec::new());
    let members = members(input);
    for (mode, path, content) in &members {
        let content = if content.starts_with(RECORD) { recorded(&record, path) } else { content.clone() };
        record.push((path.clone(), content.clone()));
        let mut crc = Crc::new();
        crc.update(&content);
        let flags: u16 = if path.is_ascii() { 0 } else { 1 << 11 };
        let mut fields = [flags.to_le_bytes(), [0; 2], [0; 2], [0x21, 0]].concat();
        for number in [crc.sum(), content.len() as u32, content.len() as u32, path.len() as u32] {
            fields.extend(number.to_le_bytes());
        }
        directory.extend(b"PK\x01\x02\x14\x03\x14\0");
        directory.extend(&fields);
        directory.extend([0; 6]);
        directory.extend((mode << 16).to_le_bytes());
        directory.extend((bytes.len() as u32).to_le_bytes());
        directory.extend(path);
        bytes.extend(b"PK\x03\x04\x14\0");
        bytes.extend([&fields[..], path, &content].concat());
    }
    let (at, count) = (bytes.len() as u32, members.len() as u16);
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend([(directory.len() as u32).to_le_bytes(), at.to_le_bytes()].concat());
    bytes.extend([0; 2]);
    bytes
}

/// The record of files and, last, of itself.
fn recorded(files: &[(Vec<u8>, Vec<u8>)], own: &[u8]) -> Vec<u8> {
    let row = |(path, content): &(Vec<u8>, Vec<u8>)| {
        let folder = path.ends_with(b"/");
        let row = format!(",sha256={},{}\n", base64(&sha256(content)), content.len());
        if folder { Vec::new() } else { [path, row.as_bytes()].concat() }
    };
    [files.iter().map(row).collect::<Vec<_>>().concat(), own.to_vec(), b",,\n".to_vec()].concat()
}

/// Hexadecimal bytes in the letters that records are written in.
fn base64(hex: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<u32> =
        hex.chars().flat_map(|c| (0..4).rev().map(move |bit| c.to_digit(16).unwrap_or(0) >> bit & 1)).collect();
    let number = |bits: &[u32]| bits.iter().fold(0, |number, bit| number << 1 | bit) << (6 - bits.len());
    bits.chunks(6).map(|bits| char::from(LETTERS[number(bits) as usize])).collect()
}

fn seeds() -> Vec<Vec<u8>> {
    let file = |path: &str, content: &str| format!("--- 100644 {path}\n{content}");
    let end = "--- 100644 a-1.0.dist-info/RECORD\n%R";
    let with = |more: String| WHOLE.replace(end, &format!("{more}{end}"));
    let mut lists =
        vec![WHOLE.to_owned(), with(file("a-1.0.dist-info/RECORD.jws", "{}")), WHOLE.replace("%R", "../../x,,\n")];
    lists.push(WHOLE.replace("Version: 1.0\n\n", "Version: 1.1\n\n"));
    lists.push(WHOLE.replace("Metadata-Version: 2.4\nName: a\nVersion: 1.0\n\nText.\n", METADATA));
    for path in [
        "../x",
        "/x",
        "C:x",
        "a\\b",
        "./x",
        "a//b",
        "a/./b",
        "pkg/__INIT__.py",
        "pkg/run.sh.",
        "pkg/run.sh/x",
        "x\u{9b}y",
    ] {
        lists.push(with(file(path, "")));
    }
    lists.push(with("--- 120777 pkg/link\nrun.sh".to_owned()));
    lists.push(with("--- 40755 pkg/\n--- 40755 pkg/empty/\n".to_owned()));
    lists.push(with((0..150).map(|n| file(&format!("pkg/{n}.py"), "")).collect()));
    lists.push(with(file(&"a/".repeat(1_500), "")));
    let mut seeds: Vec<Vec<u8>> = lists.iter().map(|list| packed(list.as_bytes())).collect();
    let whole = seeds[0].clone();
    seeds.extend([[b"#!sh\n", &whole[..]].concat(), [&whole[..], b"tail"].concat(), [&whole[..], &whole].concat()]);
    seeds.push(evil(&whole));
    seeds.extend(lists.into_iter().map(String::into_bytes));
    seeds.extend(fixtures(&["crates/formats/tests/formats"]));
    seeds
}

/// A wheel with one more header that is not in the directory.
fn evil(whole: &[u8]) -> Vec<u8> {
    let hidden = packed(b"--- 100644 pkg/evil.py\nevil = 1\n");
    let hidden = &hidden[..hidden.windows(4).position(|at| at == b"PK\x01\x02").unwrap_or(0)];
    let at = whole.windows(4).position(|at| at == b"PK\x01\x02").unwrap_or(0);
    let mut bytes = [&whole[..at], hidden, &whole[at..]].concat();
    let end = bytes.len() - 6;
    let offset = ((at + hidden.len()) as u32).to_le_bytes();
    bytes[end..end + 4].copy_from_slice(&offset);
    bytes
}
