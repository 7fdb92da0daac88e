//! Wheels that were tampered with.

use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use super::Found::{self, Broken, Different, Same, Unsafe};
use super::{check, found, read};
use crate::python::archives::{LINK, Zip, metadata, row, wheel};
use crate::python::raw::{Raw, RawZip, member};

const WHEEL: &str = "a-1.0-py3-none-any.whl";
const INFO: &str = "a-1.0.dist-info";

fn check_wheels(cases: Vec<(&str, Found, Vec<u8>)>) {
    check(WHEEL, &ours().bytes(), cases);
}

fn ours() -> Zip {
    wheel("a", "1.0")
}

fn raw() -> RawZip {
    RawZip::new(&ours())
}

fn with(path: &str, content: &str) -> Vec<u8> {
    ours().with(path, 0o644, content).bytes()
}

fn with_info(name: &str, content: impl Into<Vec<u8>>) -> Vec<u8> {
    ours().with(format!("{INFO}/{name}"), 0o644, content).bytes()
}

/// A wheel with a row of its record changed.
fn with_record(change: impl Fn(&str) -> String) -> Vec<u8> {
    with_info("RECORD", change(&ours().record()))
}

#[test]
fn wheels_with_other_members_are_different() {
    let root = "Wheel-Version: 1.0\nGenerator: maker 1.2\nRoot-Is-Purelib: false\nTag: py3-none-any\n";
    let metadata = metadata("a", "1.0").replace("anyio", "evil");
    check_wheels(vec![
        ("as it is", Same, ours().bytes()),
        ("a module more", Different, with("pkg/evil.py", "")),
        ("a path file more", Different, with("evil.pth", "import pkg")),
        ("a script more", Different, with("a-1.0.data/scripts/evil", "#!python\n")),
        ("other content", Different, with("pkg/__init__.py", "x = 2\n")),
        ("another mode", Different, ours().with("pkg/__init__.py", 0o755, "x = 1\n").bytes()),
        ("a mode that only some readers heed", Different, {
            let mut raw = raw();
            raw.members[1].system = 0;
            raw.bytes()
        }),
        ("other metadata", Different, with_info("METADATA", metadata)),
        ("another tag or root", Different, with_info("WHEEL", root)),
        ("a signature", Different, with_info("RECORD.jws", "{}")),
        ("a signature of the other kind", Different, with_info("RECORD.p7s", "")),
        ("a member less", Different, ours().without("run.sh").bytes()),
    ]);
}

#[test]
fn what_is_metadata_of_a_wheel_alone_is_the_same() {
    let mut reversed = ours().recorded();
    reversed.0.reverse();
    let times = zip::DateTime::from_date_and_time(2001, 1, 1, 1, 1, 2).expect("a time");
    let times = SimpleFileOptions::default().last_modified_time(times);
    let generator = "Wheel-Version: 1.0\nGenerator: other 2.0\nTag: py3-none-any\n";
    let large = SimpleFileOptions::default().large_file(true);
    let time_field = [&0x5455_u16.to_le_bytes()[..], &5_u16.to_le_bytes(), &[1; 5]].concat();
    check_wheels(vec![
        ("order", Same, reversed.bytes()),
        ("compression", Same, ours().written(CompressionMethod::Stored)),
        ("times", Same, ours().with_options(times)),
        ("generator", Same, with_info("WHEEL", generator)),
        (
            "order of the record",
            Same,
            with_record(|rows| rows.lines().rev().fold(String::new(), |all, row| all + row + "\r\n")),
        ),
        ("headers for large members", Same, ours().with_options(large)),
        ("an end for many members", Same, RawZip { large: Some(0), ..raw() }.bytes()),
        ("a field of times", Same, raw().first(|it| it.local.extra = time_field.clone()).bytes()),
        ("a name marked as UTF-8", Same, raw().first(|it| *it = it.clone().both(|says| says.flags = 1 << 11)).bytes()),
    ]);
}

#[test]
fn zips_that_say_two_things_are_refused() {
    let evil = || member("pkg/evil.py", 0o644, b"evil = 1\n");
    let local_only = |place: usize| {
        let hidden = RawZip { members: vec![evil()], order: Vec::new(), ..raw() }.bytes();
        let hidden = hidden[..hidden.len() - 22].to_vec();
        let mut raw = raw();
        match place {
            0 => raw.members[0].before = hidden,
            1 => raw.members[2].before = hidden,
            _ => raw.before_directory = hidden,
        }
        raw.bytes()
    };
    let mut swapped = raw();
    swapped.order.swap(0, 1);
    let mut unlisted = raw();
    unlisted.order.remove(1);
    let mut twice = raw();
    twice.order.push(1);
    check_wheels(vec![
        ("as it is", Same, raw().bytes()),
        ("a header that is not listed, at the beginning", Unsafe, local_only(0)),
        ("a header that is not listed, between", Unsafe, local_only(1)),
        ("a header that is not listed, at the end", Unsafe, local_only(2)),
        ("a member that is not listed", Unsafe, unlisted.bytes()),
        ("a member listed twice", Unsafe, twice.bytes()),
        ("another order in the directory", Unsafe, swapped.bytes()),
        ("another local name", Unsafe, raw().first(|it| it.local.name = b"pkg/evil____.py".to_vec()).bytes()),
        ("another local name of another length", Unsafe, raw().first(|it| it.local.name = b"evil.py".to_vec()).bytes()),
        ("another local size", Unsafe, raw().first(|it| it.local.size = 1).bytes()),
        ("another local packed size", Unsafe, raw().first(|it| it.local.packed = 1).bytes()),
        ("another local checksum", Unsafe, raw().first(|it| it.local.crc = 1).bytes()),
        ("other local flags", Unsafe, raw().first(|it| it.local.flags = 2).bytes()),
        ("another local method", Unsafe, raw().first(|it| it.local.method = 8).bytes()),
        ("two sizes", Unsafe, raw().first(|it| *it = it.clone().both(|says| says.size = 1)).bytes()),
        ("bytes before", Unsafe, raw().first(|it| it.before = b"#!/bin/sh\n".to_vec()).bytes()),
        ("bytes before, not counted", Unsafe, [b"#!/bin/sh\n", &raw().bytes()[..]].concat()),
        ("bytes before the directory", Unsafe, RawZip { before_directory: b"x".to_vec(), ..raw() }.bytes()),
        ("bytes behind the directory", Unsafe, RawZip { behind_directory: b"x".to_vec(), ..raw() }.bytes()),
        ("bytes behind", Unsafe, RawZip { tail: b"tampers".to_vec(), ..raw() }.bytes()),
        ("a zip behind", Unsafe, [raw().bytes(), ours().bytes()].concat()),
        ("a comment", Unsafe, RawZip { comment: b"tampers".to_vec(), ..raw() }.bytes()),
        ("an end in the comment", Unsafe, {
            let comment = [&b"PK\x05\x06"[..], &[0; 18]].concat();
            RawZip { comment, ..raw() }.bytes()
        }),
        ("a comment of a member", Unsafe, raw().first(|it| it.comment = b"x".to_vec()).bytes()),
        ("two counts", Unsafe, RawZip { miscount: 1, ..raw() }.bytes()),
        ("two ends that disagree", Unsafe, RawZip { large: Some(1), ..raw() }.bytes()),
    ]);
}

#[test]
fn members_that_say_two_things_are_refused() {
    let first = |change: fn(&mut Raw)| raw().first(change).bytes();
    let named =
        |name: &str| raw().first(|it| *it = it.clone().both(|says| says.name = name.as_bytes().to_vec())).bytes();
    let added = |name: &str, mode: u32, content: &[u8]| {
        let mut raw = raw();
        raw.members.push(member(name, mode, content));
        raw.order.push(raw.members.len() - 1);
        raw.bytes()
    };
    let field = |kind: u16, body: &[u8]| [&kind.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), body].concat();
    let extra = |extra: Vec<u8>| raw().first(|it| *it = it.clone().both(|says| says.extra.clone_from(&extra))).bytes();
    check_wheels(vec![
        ("packed", Same, first(|it| *it = it.clone().deflated(b""))),
        ("bytes behind what is packed", Broken, first(|it| *it = it.clone().deflated(b"evil"))),
        (
            "packed bytes without an end",
            Broken,
            first(|it| {
                // Takes the mark of the last block away.
                *it = it.clone().deflated(b"");
                it.data[0] &= !1;
            }),
        ),
        ("another name for Unicode", Unsafe, extra(field(0x7075, b"\x01\0\0\0\0pkg/evil.py"))),
        ("an unknown field", Unsafe, extra(field(0xcafe, b"evil"))),
        ("a field of times with more in it", Unsafe, extra(field(0x5455, &[0; 200]))),
        ("a field twice", Unsafe, extra([field(0x5455, &[0; 5]), field(0x5455, &[1; 5])].concat())),
        ("a field cut off", Unsafe, extra(vec![0x55, 0x54, 9, 0, 1])),
        ("large sizes that nothing asks for", Unsafe, extra(field(1, &[0; 16]))),
        ("encrypted", Unsafe, first(|it| *it = it.clone().both(|says| says.flags = 1))),
        ("its size behind it", Unsafe, first(|it| *it = it.clone().both(|says| says.flags = 8))),
        ("an unknown method", Unsafe, first(|it| *it = it.clone().both(|says| says.method = 12))),
        ("a name in an old code page", Unsafe, first(|it| *it = it.clone().both(|says| says.name = "pkg/é.py".into()))),
        (
            "a name that is no text",
            Unsafe,
            first(|it| {
                *it = it.clone().both(|says| (says.name, says.flags) = (b"pkg/\xff.py".to_vec(), 1 << 11));
            }),
        ),
        ("a link", Unsafe, ours().with("pkg/evil", LINK, "run.sh").bytes()),
        ("a device", Unsafe, first(|it| it.attributes = 0o020_644 << 16)),
        ("a folder by its mode", Unsafe, first(|it| it.attributes = 0o040_755 << 16)),
        ("a folder to DOS", Unsafe, first(|it| it.attributes |= 0x10)),
        ("a folder with content", Unsafe, {
            let mut folder = member("pkg/evil/", 0, b"evil");
            folder.attributes = 0o040_755 << 16;
            RawZip { members: vec![folder], order: vec![0], ..raw() }.bytes()
        }),
        ("the rights of its owner", Unsafe, first(|it| it.attributes = 0o104_755 << 16)),
        ("out of its folder", Unsafe, added("../evil.py", 0o644, b"")),
        ("absolute", Unsafe, added("/evil.py", 0o644, b"")),
        ("on a drive", Unsafe, added("C:evil.py", 0o644, b"")),
        ("a backslash", Unsafe, added("pkg\\__init__.py", 0o644, b"")),
        ("a dot before", Unsafe, named("./pkg/__init__.py")),
        ("a dot between", Unsafe, named("pkg/./__init__.py")),
        ("two slashes", Unsafe, named("pkg//__init__.py")),
        ("a slash behind", Unsafe, named("pkg/__init__.py/")),
        ("a zero in it", Unsafe, named("pkg/__init__.py\0.txt")),
        ("control characters", Unsafe, added("pkg/\u{1b}[2Jevil.py", 0o644, b"")),
        ("control characters of the second set", Unsafe, added("pkg/\u{9b}2Jevil.py", 0o644, b"")),
        ("a line feed", Unsafe, added("pkg/evil\n.py", 0o644, b"")),
        ("letters that run backwards", Unsafe, added("pkg/evil\u{202e}yp.exe", 0o644, b"")),
        ("longer than systems take", Unsafe, added(&"evil/".repeat(1000), 0o644, b"")),
        ("twice", Unsafe, added("pkg/__init__.py", 0o644, b"x = 1\n")),
        ("a file and a folder", Unsafe, ours().with("pkg/run.sh/x", 0o644, "").bytes()),
    ]);
}

#[test]
fn names_that_are_one_somewhere_are_refused() {
    let cases = [
        ("pkg/__INIT__.py", "pkg/__init__.py"),
        ("pkg/__init__.py.", "pkg/__init__.py"),
        ("pkg/__init__.py ", "pkg/__init__.py"),
        ("PKG/run.sh", "pkg/run.sh"),
        ("pkg/\u{e9}.py", "pkg/e\u{301}.py"),
        ("pkg/\u{c9}.py", "pkg/e\u{301}.py"),
        ("pkg/\u{17f}.py", "pkg/s.py"),
        ("pkg/stra\u{df}e.py", "pkg/STRASSE.py"),
    ];
    for (one, other) in cases {
        let wheel = ours().with(one, 0o644, "").with(other, 0o644, "").bytes();
        assert_eq!(found(WHEEL, &ours().bytes(), &wheel), Unsafe, "{one} and {other}");
    }
    let apart = ours().with("pkg/a.py", 0o644, "").with("pkg/a.b.py", 0o644, "").with("a.py", 0o644, "").bytes();
    assert_eq!(found(WHEEL, &ours().bytes(), &apart), Different);
}

#[test]
fn a_record_that_lists_something_else_is_refused() {
    let evil = row("pkg/evil.py", b"");
    let first = |rows: &str, to: &str| rows.replacen(&row("pkg/__init__.py", b"x = 1\n"), to, 1);
    let changed = |to: &'static str| with_record(move |rows| first(rows, to));
    check_wheels(vec![
        ("as it is", Same, with_record(str::to_owned)),
        ("a path outside", Unsafe, with_record(|rows| format!("{rows}../../../../etc/passwd,,\n"))),
        ("an absolute path", Unsafe, with_record(|rows| format!("{rows}/etc/passwd,,\n"))),
        ("a path that is not there", Unsafe, with_record(|rows| format!("{rows}{evil}"))),
        ("a row twice", Unsafe, with_record(|rows| format!("{rows}{}", row("pkg/__init__.py", b"x = 1\n")))),
        ("a row less", Unsafe, changed("")),
        ("another digest", Unsafe, with_record(|rows| first(rows, &row("pkg/__init__.py", b"x = 2\n")))),
        ("another size", Unsafe, with_record(|rows| rows.replacen(",6\n", ",7\n", 1))),
        ("no digest", Unsafe, changed("pkg/__init__.py,,\n")),
        ("a weak digest", Unsafe, changed("pkg/__init__.py,md5=9f8d1a8ac1a1d0b1,6\n")),
        ("no size", Same, with_record(|rows| rows.replacen(",6\n", ",\n", 1))),
        ("a row in quotes", Same, with_record(|rows| rows.replacen("pkg/__init__.py", "\"pkg/__init__.py\"", 1))),
        (
            "half a row in quotes",
            Unsafe,
            with_record(|rows| rows.replacen("pkg/__init__.py", "\"pkg\"/__init__.py", 1)),
        ),
        ("no row", Unsafe, with_record(|rows| format!("{rows}evil\n"))),
        ("four fields", Unsafe, with_record(|rows| rows.replacen(",6\n", ",6,7\n", 1))),
        ("a carriage return in it", Unsafe, with_record(|rows| format!("{rows}x\r../evil,,\n"))),
        ("a digest of itself", Unsafe, with_record(|rows| rows.replacen("RECORD,,", "RECORD,sha256=abc,", 1))),
        ("no text", Broken, with_info("RECORD", b"\xff".to_vec())),
        ("no record", Broken, ours().without("RECORD").bytes()),
    ]);
    let odd = ours().with("pkg/a,\"b\".txt", 0o644, "x");
    let mut rows = odd.clone().without("b\".txt").record();
    rows += &row("x", b"x").replacen('x', "\"pkg/a,\"\"b\"\".txt\"", 1);
    check_wheels(vec![("quotes in quotes", Different, odd.with(format!("{INFO}/RECORD"), 0o644, rows).bytes())]);
}

#[test]
fn a_generator_hides_nothing() {
    let wheel = |line: &str| with_info("WHEEL", format!("Wheel-Version: 1.0\n{line}Tag: py3-none-any\n"));
    check_wheels(vec![
        ("none", Same, wheel("")),
        ("another", Same, wheel("Generator: evil\r\n")),
        ("a line inside of the line", Unsafe, wheel("Generator: evil\rRoot-Is-Purelib: false\n")),
        ("the end of the fields inside of the line", Unsafe, wheel("Generator: evil\r\r\n")),
        ("several", Unsafe, wheel("Generator: maker 1.2\nGenerator: evil\n")),
        ("no text", Unsafe, with_info("WHEEL", b"Wheel-Version: 1.0\nGenerator: \xff\nTag: py3-none-any\n".to_vec())),
        ("a line that goes on", Different, wheel("Generator: evil\n more\n")),
    ]);
}

#[test]
fn many_members_have_a_large_end() {
    let mut wheel = ours();
    wheel.0.extend((0..70_000).map(|number| (format!("pkg/{number}.py"), 0o644, Vec::new())));
    let bytes = wheel.written(CompressionMethod::Stored);
    assert_eq!(read(WHEEL, &bytes).expect("whole").members.len(), 70_004);
}
