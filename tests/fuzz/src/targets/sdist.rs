//! Sdists: as compressed bytes, and as tar blocks that get their checksums before they are compressed.

use std::io::Read;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder, MultiGzDecoder};
use releasekit_core::model::Identity;
use releasekit_formats::archive::digest::sha256;
use tar::{Archive, EntryType};

use super::archive::{self, CODES, Files, METADATA};
use super::{Target, fixtures};
use crate::answer::Answer;

pub(super) const TARGET: Target = Target {
    name: "sdist",
    answer,
    seeds,
    words: &[
        "ustar\x0000",
        "ustar  \0",
        "././@LongLink\0",
        "19 path=a-1.0/x.py\n",
        "22 linkpath=../../etc\n",
        "9 size=4\n",
        "27 GNU.sparse.name=a-1.0/x\n",
        "a-1.0/",
        "a-1.0/PKG-INFO\0",
        "0000644\0",
        "0000755\0",
        "0004755\0",
        "00000000004\0",
        "Name: a\n",
        "Version: 1.0\n",
        "\u{1f}\u{8b}\u{8}",
        "../",
    ],
    codes: CODES,
};

const NAME: &str = "a-1.0.tar.gz";

static OURS: LazyLock<Identity> = LazyLock::new(|| archive::read(NAME, &zipped(&whole())).expect("it is whole"));

fn answer(input: &[u8]) -> Answer {
    let bytes = if input.starts_with(&[0x1f, 0x8b]) { input.to_vec() } else { zipped(&summed(input)) };
    archive::answer(NAME, &bytes, &OURS, others)
}

/// What readers make of an sdist that know one member of the compression, and that know several.
fn others(bytes: &[u8]) -> Vec<Files> {
    let (mut one, mut several) = (Vec::new(), Vec::new());
    GzDecoder::new(bytes).read_to_end(&mut one).expect("others can read what we can");
    MultiGzDecoder::new(bytes).read_to_end(&mut several).expect("others can read what we can");
    assert_eq!(one, several, "there is one member");
    let mut lenient = Archive::new(&several[..]);
    lenient.set_ignore_zeros(true);
    vec![listed(Archive::new(&one[..])), listed(lenient)]
}

fn listed(mut archive: Archive<&[u8]>) -> Files {
    let mut files = Files::new();
    for member in archive.entries().expect("an archive") {
        let mut member = member.expect("a member");
        let path = String::from_utf8(member.path_bytes().into_owned()).expect("a name");
        if member.header().entry_type() == EntryType::Regular {
            let mut content = Vec::new();
            member.read_to_end(&mut content).expect("its content");
            assert!(files.insert(path, sha256(&content)).is_none(), "a name is there once");
        }
    }
    files
}

/// Puts right checksums into all headers that follow from each other.
fn summed(input: &[u8]) -> Vec<u8> {
    let mut bytes = input.to_vec();
    let mut at = 0;
    while let Some(header) = bytes.get_mut(at..at + 512) {
        if header.iter().any(|&byte| byte != 0) {
            header[148..156].fill(b' ');
            let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
            header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
        let digits = header[124..136].iter().take_while(|byte| matches!(byte, b'0'..=b'7'));
        let size = digits.fold(0_usize, |size, byte| size.saturating_mul(8).saturating_add(usize::from(byte - b'0')));
        at = at.saturating_add(512).saturating_add(size.saturating_add(511) / 512 * 512);
    }
    bytes
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut zipped = Vec::new();
    GzEncoder::new(bytes, Compression::fast()).read_to_end(&mut zipped).expect("memory");
    zipped
}

fn block(path: &str, letter: u8, content: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..path.len()].copy_from_slice(path.as_bytes());
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[156] = letter;
    header[257..265].copy_from_slice(b"ustar\x0000");
    header.extend(content);
    header.resize(header.len().next_multiple_of(512), 0);
    header
}

fn whole() -> Vec<u8> {
    with(&[])
}

/// An archive with more blocks before its end.
fn with(more: &[u8]) -> Vec<u8> {
    let info = block("a-1.0/PKG-INFO", b'0', METADATA.as_bytes());
    summed(&[info, block("a-1.0/x.py", b'0', b"x = 1\n"), more.to_vec(), vec![0; 1024]].concat())
}

fn seeds() -> Vec<Vec<u8>> {
    let pax = |record: &str| block("x", b'x', record.as_bytes());
    let mut link = block("a-1.0/link", b'2', b"");
    link[157..161].copy_from_slice(b"x.py");
    let mut hard = block("a-1.0/hard", b'1', b"");
    hard[157..167].copy_from_slice(b"a-1.0/x.py");
    let file = || block("a-1.0/y", b'0', b"y = 1\n");
    let mut gnu = block("a-1.0/gnu", b'0', b"");
    gnu[257..265].copy_from_slice(b"ustar  \0");
    let mut seeds = vec![
        whole(),
        summed(
            &block("a-1.0/PKG-INFO", b'0', METADATA.replace("1.0", "1.1").as_bytes())
                .into_iter()
                .chain([0; 1024])
                .collect::<Vec<_>>(),
        ),
        with(&link),
        with(&hard),
        with(&gnu),
        with(&block("a-1.0/folder/", b'5', b"")),
        with(&[pax("17 path=a-1.0/z1\n"), file()].concat()),
        with(&[pax("12 mtime=1.5\n"), pax("9 uid=12\n"), file()].concat()),
        with(&[block("x", b'g', b"15 comment=abcd\n"), file()].concat()),
        with(&[block("././@LongLink", b'L', b"a-1.0/long\0"), file()].concat()),
        with(&block("../evil", b'0', b"")),
        with(&block("a-1.0/X.py", b'0', b"")),
        with(&block("a-1.0/x.py/below", b'0', b"")),
        with(&block("a-1.0/device", b'3', b"")),
        with(&block("a-1.0/sparse", b'S', b"")),
        [whole(), file(), vec![0; 1024]].concat(),
        [whole(), b"tail".to_vec()].concat(),
        (0..1_000).flat_map(|n| block(&format!("a-1.0/{n}"), b'0', b"")).collect(),
        (0..500).flat_map(|_| pax("9 uid=12\n")).collect(),
        pax(&"12 mtime=1.5\n".repeat(50_000)),
    ];
    let zipped_whole = zipped(&whole());
    seeds.extend([
        zipped_whole.clone(),
        [&zipped_whole[..], &zipped(&file())].concat(),
        [&zipped_whole[..], b"tail"].concat(),
        zipped(&vec![0; 1 << 20]),
    ]);
    seeds.extend(fixtures(&["crates/formats/tests/formats"]));
    seeds
}
