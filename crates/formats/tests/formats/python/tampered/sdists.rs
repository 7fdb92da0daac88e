//! Sdists that were tampered with.

use flate2::GzBuilder;

use super::Found::{self, Broken, Different, Same, Unsafe};
use super::check;
use crate::python::archives::{Tar, tarball};
use crate::python::raw::{block, gzip, gzip_with, record};

fn check_sdists(cases: Vec<(&str, Found, Vec<u8>)>) {
    check("a-1.0.tar.gz", &sdist().bytes(), cases);
}

fn sdist() -> Tar {
    tarball("a-1.0", "a", "1.0")
}

/// The sdist's blocks, with `more` before their end.
fn tar_with(more: &[u8]) -> Vec<u8> {
    let mut bytes = sdist().blocks();
    let end = bytes.len() - 1024;
    bytes.splice(end..end, more.iter().copied());
    bytes
}

fn sdist_with(more: &[u8]) -> Vec<u8> {
    gzip(&tar_with(more))
}

#[test]
fn what_is_metadata_of_an_sdist_alone_is_the_same() {
    check_sdists(vec![
        ("as it is", Same, sdist().bytes()),
        ("a name in the compression", Same, gzip_with(GzBuilder::new().filename("x"), &sdist().blocks())),
        ("a comment of git", Same, {
            let comment = block(b"pax_global_header", b'g', &record("comment", "abc"), |_| ());
            gzip(&[comment, sdist().blocks()].concat())
        }),
        ("more zeros", Same, gzip(&[sdist().blocks(), vec![0; 8192]].concat())),
    ]);
}

#[test]
fn sdists_with_other_members_are_different() {
    let mode = |header: &mut [u8]| header[100..108].copy_from_slice(b"0000755\0");
    check_sdists(vec![
        ("as it is", Same, sdist_with(&[])),
        ("a file more", Different, sdist_with(&block(b"a-1.0/evil.py", b'0', b"evil", |_| ()))),
        ("a runnable file more", Different, sdist_with(&block(b"a-1.0/evil.py", b'0', b"evil", mode))),
        ("an old file more", Different, sdist_with(&block(b"a-1.0/evil.py", 0, b"evil", |_| ()))),
        ("a folder more", Different, sdist_with(&block(b"a-1.0/evil/", b'5', b"", |_| ()))),
        ("a link more", Different, sdist().link("a-1.0/evil", "run.sh").bytes()),
        ("another name for a file more", Different, {
            sdist_with(&block(b"a-1.0/evil", b'1', b"", |header| header[157..169].copy_from_slice(b"a-1.0/run.sh")))
        }),
    ]);
}

#[test]
fn tars_that_say_two_things_are_refused() {
    let evil = || block(b"a-1.0/evil.py", b'0', b"evil", |_| ());
    let whole = || sdist().blocks();
    let unended = |left: usize| gzip(&whole()[..whole().len() - 1024 + left]);
    check_sdists(vec![
        ("a second tar", Unsafe, gzip(&[whole(), evil(), vec![0; 1024]].concat())),
        ("a member behind one block of zeros", Unsafe, {
            let mut bytes = whole();
            bytes.truncate(bytes.len() - 512);
            gzip(&[bytes, evil(), vec![0; 1024]].concat())
        }),
        ("bytes behind the tar", Unsafe, gzip(&[whole(), b"evil".to_vec()].concat())),
        ("half a block behind the tar", Broken, gzip(&[whole(), vec![0; 100]].concat())),
        ("no end", Broken, unended(0)),
        ("half an end", Broken, unended(512)),
        ("a second member of the compression", Unsafe, [sdist().bytes(), gzip(&evil())].concat()),
        ("an empty second member", Unsafe, [sdist().bytes(), gzip(b"")].concat()),
        ("bytes behind the compression", Unsafe, [&sdist().bytes()[..], b"tampers"].concat()),
        ("zeros behind the compression", Unsafe, [&sdist().bytes()[..], &[0; 512]].concat()),
        ("a comment in the compression", Unsafe, gzip_with(GzBuilder::new().comment("evil"), &whole())),
        ("a field in the compression", Unsafe, gzip_with(GzBuilder::new().extra(b"evil".to_vec()), &whole())),
        ("bytes between members", Unsafe, {
            let mut bytes = evil();
            bytes[1023] = 1;
            sdist_with(&bytes)
        }),
    ]);
}

#[test]
fn tar_members_that_say_two_things_are_refused() {
    let file = |name: &[u8], change: fn(&mut [u8])| sdist_with(&block(name, b'0', b"evil", change));
    let of = |letter: u8, name: &[u8], content: &[u8]| sdist_with(&block(name, letter, content, |_| ()));
    let link = |letter: u8, target: &'static [u8]| {
        sdist_with(&block(b"a-1.0/evil", letter, b"", |header| header[157..157 + target.len()].copy_from_slice(target)))
    };
    let below = [link_block(b"a-1.0/sub", b"."), block(b"a-1.0/sub/evil", b'0', b"", |_| ())].concat();
    check_sdists(vec![
        ("as it is", Different, file(b"a-1.0/evil.py", |_| ())),
        (
            "a prefix that only some readers see",
            Unsafe,
            file(b"a-1.0/evil.py", |header| {
                header[257..265].copy_from_slice(b"ustar  \0");
                header[345] = b'x';
            }),
        ),
        ("a prefix", Broken, file(b"evil.py", |header| header[345..350].copy_from_slice(b"a-2.0"))),
        ("bytes behind the name", Unsafe, file(b"a-1.0/evil.py\0evil", |_| ())),
        ("a link of a file", Unsafe, file(b"a-1.0/evil.py", |header| header[157] = b'x')),
        ("a size in another form", Unsafe, file(b"a-1.0/evil.py", |header| header[124..127].copy_from_slice(b"+0_"))),
        ("a size below nothing", Unsafe, file(b"a-1.0/evil.py", |header| header[124] = 0xff)),
        ("a mode that is no number", Unsafe, file(b"a-1.0/evil.py", |header| header[100] = b'-')),
        ("damaged", Broken, {
            let mut bytes = block(b"a-1.0/evil.py", b'0', b"", |_| ());
            bytes[0] = b'b';
            sdist_with(&bytes)
        }),
        ("an unknown format", Unsafe, file(b"a-1.0/evil.py", |header| header[257] = b'x')),
        ("the rights of its owner", Unsafe, file(b"a-1.0/evil.py", |header| header[103] = b'4')),
        ("a file that ends like a folder", Unsafe, of(b'0', b"a-1.0/evil/", b"")),
        ("an old file that ends like a folder", Unsafe, of(0, b"a-1.0/evil/", b"")),
        ("a folder with content", Unsafe, of(b'5', b"a-1.0/evil", b"evil")),
        ("a sparse file", Unsafe, of(b'S', b"a-1.0/evil", b"")),
        ("a contiguous file", Unsafe, of(b'7', b"a-1.0/evil", b"")),
        ("a FIFO", Unsafe, of(b'6', b"a-1.0/evil", b"")),
        ("a link with content", Unsafe, of(b'2', b"a-1.0/evil", b"evil")),
        ("a link to nowhere", Unsafe, of(b'2', b"a-1.0/evil", b"")),
        ("a link out", Unsafe, link(b'2', b"../evil")),
        ("a link out by others", Unsafe, link(b'2', b"sub/../../evil")),
        ("an absolute link", Unsafe, link(b'2', b"/etc/passwd")),
        ("a hard link out", Unsafe, link(b'1', b"../evil")),
        ("a hard link to what is not there", Unsafe, link(b'1', b"a-1.0/none")),
        ("a member below a link", Unsafe, sdist_with(&below)),
        ("a dot before", Unsafe, file(b"./a-1.0/evil.py", |_| ())),
        ("a dot between", Unsafe, file(b"a-1.0/./evil.py", |_| ())),
        ("control characters", Unsafe, file(b"a-1.0/\x1b[2Jevil.py", |_| ())),
        ("another case", Unsafe, file(b"a-1.0/RUN.sh", |_| ())),
    ]);
}

fn link_block(name: &[u8], target: &[u8]) -> Vec<u8> {
    block(name, b'2', b"", |header| header[157..157 + target.len()].copy_from_slice(target))
}

#[test]
fn long_names_have_one_form() {
    let file = || block(b"a-1.0/x", b'0', b"evil", |_| ());
    let pax = |records: &[u8]| block(b"x", b'x', records, |_| ());
    let global = |records: &[u8]| block(b"x", b'g', records, |_| ());
    let gnu = |name: &[u8]| block(b"././@LongLink", b'L', name, |_| ());
    let path = || record("path", "a-1.0/y");
    let with = |parts: &[Vec<u8>]| sdist_with(&[parts.concat(), file()].concat());
    check_sdists(vec![
        ("a POSIX name", Different, with(&[pax(&path())])),
        ("a POSIX name and size, as uv writes them", Different, with(&[pax(&[path(), record("size", "4")].concat())])),
        ("a POSIX time", Different, with(&[pax(&record("mtime", "1.5"))])),
        ("a GNU name", Different, with(&[gnu(b"a-1.0/y\0")])),
        ("both", Unsafe, with(&[pax(&path()), gnu(b"a-1.0/y\0")])),
        ("both the other way round", Unsafe, with(&[gnu(b"a-1.0/y\0"), pax(&path())])),
        ("two POSIX names", Unsafe, with(&[pax(&path()), pax(&path())])),
        ("two GNU names", Unsafe, with(&[gnu(b"a-1.0/y\0"), gnu(b"a-1.0/z\0")])),
        ("a record twice", Unsafe, with(&[pax(&[path(), record("path", "a-1.0/z")].concat())])),
        ("a GNU name in a name", Unsafe, with(&[gnu(b"a-1.0/y\0a-1.0/z\0")])),
        ("another size", Unsafe, with(&[pax(&record("size", "0"))])),
        ("a sparse file", Unsafe, with(&[pax(&record("GNU.sparse.name", "a-1.0/z"))])),
        ("another code page", Unsafe, with(&[pax(&record("hdrcharset", "BINARY"))])),
        ("a link of a file", Unsafe, with(&[pax(&record("linkpath", "a-1.0/z"))])),
        ("a name for all", Unsafe, with(&[global(&path())])),
        ("a name for all behind another", Unsafe, with(&[pax(&path()), global(&record("comment", "x"))])),
        ("a wrong length", Unsafe, with(&[pax(b"9 path=a-1.0/y\n")])),
        ("no length", Unsafe, with(&[pax(b"path=a-1.0/y\n")])),
        ("a length with a sign", Unsafe, with(&[pax(b"+8 uid=1\n")])),
        ("no record", Unsafe, with(&[pax(b"5 abc")])),
        ("control characters", Unsafe, with(&[pax(&record("path", "a-1.0/\u{9b}2J"))])),
        ("a name without a member", Unsafe, gzip(&tar_with(&pax(&path())))),
        ("out of its folder", Unsafe, with(&[pax(&record("path", "a-1.0/../../evil"))])),
        ("out of its folder, with a long GNU name", Unsafe, with(&[gnu(b"../evil\0")])),
    ]);
}
