//! Digests of files.

use std::io;

use releasekit_core::model::DigestAlgorithm::{H1, Sha256, Sha512};
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_formats::archive::digest;

use crate::code;

const ABC_256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const ABC_512: &str = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                       2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

#[test]
fn a_file_is_read_once_for_all_its_digests() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("abc");
    std::fs::write(&path, "abc").expect("written");
    let hashed = digest::file(&path, &[Sha512, Sha256]).expect("readable");
    assert_eq!(hashed.size, 3);
    let texts: Vec<_> = hashed.digests.iter().map(ToString::to_string).collect();
    assert_eq!(texts, [format!("sha512:{ABC_512}"), format!("sha256:{ABC_256}")]);
    assert_eq!(digest::sha256(b"abc"), ABC_256);
}

#[test]
fn large_input_is_streamed() {
    let mut reader = io::Read::take(io::repeat(b'a'), 1_000_000);
    let hashed = digest::reader(&mut reader, &[Sha256]).expect("supported").expect("readable");
    let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    assert_eq!((hashed.size, hashed.digests[0].value.as_str()), (1_000_000, million));
}

#[test]
fn what_cannot_be_read_or_computed_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = digest::file(&folder.path().join("missing"), &[Sha256]).expect_err("missing");
    assert_eq!((missing.code().as_str(), missing.kind()), ("RK-ARTIFACT-UNREADABLE", ErrorKind::NotFound));
    assert!(missing.to_string().contains("missing"), "{missing}");
    let directory = digest::file(folder.path(), &[Sha256]).expect_err("a folder");
    assert_eq!((directory.code().as_str(), directory.kind()), ("RK-ARTIFACT-UNREADABLE", ErrorKind::Precondition));
    assert_eq!(code(digest::reader(&mut io::empty(), &[H1])), "RK-DIGEST-UNSUPPORTED");
}
