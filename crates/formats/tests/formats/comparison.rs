//! Two builds of one artifact side by side.

use std::io::Cursor;

use releasekit_core::model::Identity;
use releasekit_formats::archive::{Difference, Limits, Verdict, compare, identity};
use zip::CompressionMethod;

use crate::archives::{Tar, Zip, metadata, tarball, wheel};

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

#[test]
fn order_compression_record_and_generator_do_not_count() {
    let ours = wheel("a", "1.0");
    let mut rows: Vec<String> = ours.record().lines().map(|row| format!("{row}\r\n")).collect();
    rows.reverse();
    let mut shuffled = ours.clone().with("a-1.0.dist-info/RECORD", 0o644, rows.concat());
    shuffled.0.reverse();
    let comparison = compare(&read(&ours), &read_bytes(&shuffled.written(CompressionMethod::Stored)));
    assert_eq!((comparison.verdict(), comparison.differences.len()), (Verdict::Same, 0));

    let comparison = compare(&read(&ours), &read(&with_generator(ours.clone(), "maker 1.3")));
    assert_eq!(comparison.verdict(), Verdict::Same);
    assert_eq!(comparison.generators, Some(("maker 1.2".to_owned(), "maker 1.3".to_owned())));
}

#[test]
fn every_difference_is_named() {
    let ours = wheel("a", "1.0").with("pkg/ours.py", 0o644, "");
    let theirs = wheel("a", "1.0").with("pkg/theirs.py", 0o644, "").with("pkg/__init__.py", 0o644, "x = 2\n").with(
        "pkg/run.sh",
        0o644,
        "#!/bin/sh\n",
    );
    let comparison = compare(&read(&ours), &read(&theirs));
    assert_eq!(comparison.verdict(), Verdict::Different);
    let expected = [
        Difference::Content("pkg/__init__.py".to_owned()),
        Difference::OnlyOurs("pkg/ours.py".to_owned()),
        Difference::Mode("pkg/run.sh".to_owned()),
        Difference::OnlyTheirs("pkg/theirs.py".to_owned()),
    ];
    assert_eq!(comparison.differences, expected);
    let texts: Vec<_> = comparison.differences.iter().map(ToString::to_string).collect();
    assert_eq!(texts[0], "`pkg/__init__.py` has other content");
}

#[test]
fn another_backend_version_is_told_from_a_real_difference() {
    let ours = wheel("a", "1.0");
    let newer = metadata("a", "1.0").replace("Metadata-Version: 2.4", "Metadata-Version: 2.5");
    let theirs = wheel("a", "1.0").with("a-1.0.dist-info/METADATA", 0o644, newer);
    assert_eq!(compare(&read(&ours), &read(&theirs)).verdict(), Verdict::Different);
    let comparison = compare(&read(&ours), &read(&with_generator(theirs, "maker 1.3")));
    assert_eq!(comparison.verdict(), Verdict::OtherBackend);
}

#[test]
fn a_link_is_never_a_file() {
    let sdist =
        |tar: Tar| identity::read("a-1.0.tar.gz", Cursor::new(tar.bytes()), Limits::for_size(10_000)).expect("whole");
    let file = sdist(tarball("a-1.0", "a", "1.0").with("a-1.0/x", 0o644, b"run.sh"));
    let linked = sdist(tarball("a-1.0", "a", "1.0").link("a-1.0/x", "run.sh"));
    assert_eq!(compare(&file, &linked).differences, [Difference::Content("a-1.0/x".to_owned())]);
}

#[test]
fn a_folder_that_holds_nothing_is_a_member() {
    let ours = wheel("a", "1.0");
    let mut theirs = ours.clone().recorded();
    theirs.0.push(("pkg/".to_owned(), 0o755, Vec::new()));
    assert_eq!(compare(&read(&ours), &read(&theirs)).verdict(), Verdict::Same, "the others say that it is there");
    theirs.0.push(("pkg/evil/".to_owned(), 0o755, Vec::new()));
    assert_eq!(compare(&read(&ours), &read(&theirs)).differences, [Difference::OnlyTheirs("pkg/evil".to_owned())]);
}
