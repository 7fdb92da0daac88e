//! Two builds of one artifact side by side: what counts as content, and what does not.

use std::collections::BTreeSet;
use std::io::Cursor;

use releasekit_core::model::Identity;
use releasekit_formats::archive::Limits;
use releasekit_formats::python::archive::identity;
use zip::CompressionMethod;

use super::archives::{Tar, Zip, metadata, tarball, wheel};

fn read(wheel: &Zip) -> Identity {
    read_bytes(&wheel.bytes())
}

fn read_bytes(bytes: &[u8]) -> Identity {
    identity::read("a-1.0-py3-none-any.whl", Cursor::new(bytes), Limits::for_size(bytes.len() as u64)).expect("whole")
}

fn with_generator(wheel: Zip, generator: &str) -> Zip {
    let content = format!("Wheel-Version: 1.0\nGenerator: {generator}\nTag: py3-none-any\n");
    wheel.with("a-1.0.dist-info/WHEEL", 0o644, content)
}

/// The paths at which two artifacts do not hold the same.
fn differing<'a>(ours: &'a Identity, theirs: &'a Identity) -> BTreeSet<&'a str> {
    let [one, other]: [BTreeSet<_>; 2] = [ours, theirs].map(|identity| identity.members.iter().collect());
    one.symmetric_difference(&other).map(|member| member.path.as_str()).collect()
}

#[test]
fn order_compression_record_and_generator_do_not_count() {
    let ours = wheel("a", "1.0");
    let mut rows: Vec<String> = ours.record().lines().map(|row| format!("{row}\r\n")).collect();
    rows.reverse();
    let mut shuffled = ours.clone().with("a-1.0.dist-info/RECORD", 0o644, rows.concat());
    shuffled.0.reverse();
    assert_eq!(read(&ours).members, read_bytes(&shuffled.written(CompressionMethod::Stored)).members);

    let theirs = read(&with_generator(ours.clone(), "maker 1.3"));
    let ours = read(&ours);
    assert_eq!(ours.members, theirs.members);
    assert_eq!((ours.generator.as_deref(), theirs.generator.as_deref()), (Some("maker 1.2"), Some("maker 1.3")));
}

#[test]
fn files_bytes_modes_and_metadata_count() {
    let ours = wheel("a", "1.0").with("pkg/ours.py", 0o644, "");
    let newer = metadata("a", "1.0").replace("Metadata-Version: 2.4", "Metadata-Version: 2.5");
    let theirs = wheel("a", "1.0")
        .with("pkg/theirs.py", 0o644, "")
        .with("pkg/__init__.py", 0o644, "x = 2\n")
        .with("pkg/run.sh", 0o644, "#!/bin/sh\n")
        .with("a-1.0.dist-info/METADATA", 0o644, newer);
    let (ours, theirs) = (read(&ours), read(&theirs));
    let expected = ["a-1.0.dist-info/METADATA", "pkg/__init__.py", "pkg/ours.py", "pkg/run.sh", "pkg/theirs.py"];
    assert_eq!(differing(&ours, &theirs), BTreeSet::from(expected));
}

#[test]
fn a_link_is_never_a_file() {
    let sdist =
        |tar: Tar| identity::read("a-1.0.tar.gz", Cursor::new(tar.bytes()), Limits::for_size(10_000)).expect("whole");
    let file = sdist(tarball("a-1.0", "a", "1.0").with("a-1.0/x", 0o644, b"run.sh"));
    let linked = sdist(tarball("a-1.0", "a", "1.0").link("a-1.0/x", "run.sh"));
    assert_eq!(differing(&file, &linked), BTreeSet::from(["a-1.0/x"]));
}

#[test]
fn a_folder_that_holds_nothing_is_a_member() {
    let ours = wheel("a", "1.0");
    let mut theirs = ours.clone().recorded();
    theirs.0.push(("pkg/".to_owned(), 0o755, Vec::new()));
    let ours = read(&ours);
    assert_eq!(ours.members, read(&theirs).members, "the others say that it is there");
    theirs.0.push(("pkg/evil/".to_owned(), 0o755, Vec::new()));
    assert_eq!(differing(&ours, &read(&theirs)), BTreeSet::from(["pkg/evil"]));
}
