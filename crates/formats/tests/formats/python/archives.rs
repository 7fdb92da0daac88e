//! Wheels and sdists made by hand, whole and broken.

use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use releasekit_core::model::Member;
use releasekit_formats::archive::{Limits, digest};
use releasekit_formats::python::archive::{Metadata, sdist, wheel as wheels};
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::raw::gzip;
use crate::code;

/// The mode of a symbolic link.
pub(crate) const LINK: u32 = 0o120_000;

/// A wheel in the making: paths, modes, contents; a folder's path ends with `/`.
#[derive(Debug, Clone)]
pub(crate) struct Zip(pub(crate) Vec<(String, u32, Vec<u8>)>);

/// A wheel with metadata, a module, a script and a record.
pub(crate) fn wheel(name: &str, version: &str) -> Zip {
    let info = format!("{name}-{version}.dist-info");
    Zip(Vec::new())
        .with("pkg/__init__.py", 0o644, "x = 1\n")
        .with("pkg/run.sh", 0o755, "#!/bin/sh\n")
        .with(format!("{info}/METADATA"), 0o644, metadata(name, version))
        .with(format!("{info}/WHEEL"), 0o644, "Wheel-Version: 1.0\nGenerator: maker 1.2\nTag: py3-none-any\n")
        .with(format!("{info}/RECORD"), 0o644, RECORDED)
}

/// Stands for the record that fits the other members.
const RECORDED: &str = "the record";

/// The row of a record.
pub(crate) fn row(path: &str, content: &[u8]) -> String {
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(content));
    let quoted = if path.contains(',') { format!("\"{path}\"") } else { path.to_owned() };
    format!("{quoted},sha256={digest},{}\n", content.len())
}

/// The metadata of both kinds of artifact.
pub(crate) fn metadata(name: &str, version: &str) -> String {
    format!(
        "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nRequires-Python: >=3.9\nRequires-Dist: Other.Pkg (==1.0)\n\
         Requires-Dist: anyio>=4; extra == 'x'\n\nA description: with a colon\nName: not this\n"
    )
}

impl Zip {
    /// Adds a file or replaces it.
    pub(crate) fn with(mut self, path: impl Into<String>, mode: u32, content: impl Into<Vec<u8>>) -> Self {
        let path = path.into();
        self.0.retain(|(present, ..)| *present != path);
        self.0.push((path, mode, content.into()));
        self
    }

    /// Leaves a file out.
    pub(crate) fn without(mut self, ending: &str) -> Self {
        self.0.retain(|(path, ..)| !path.ends_with(ending));
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.written(CompressionMethod::Deflated)
    }

    /// The record that fits, as a string.
    pub(crate) fn record(&self) -> String {
        let is_record = |path: &str| path.ends_with("/RECORD");
        let rows = self.0.iter().map(
            |(path, _, content)| {
                if is_record(path) { format!("{path},,\n") } else { row(path, content) }
            },
        );
        rows.collect()
    }

    /// All members with their record.
    pub(crate) fn recorded(mut self) -> Self {
        let record = self.record();
        for (_, _, content) in self.0.iter_mut().filter(|(.., content)| content == RECORDED.as_bytes()) {
            *content = record.clone().into_bytes();
        }
        self
    }

    pub(crate) fn written(&self, method: CompressionMethod) -> Vec<u8> {
        self.with_options(SimpleFileOptions::default().compression_method(method))
    }

    pub(crate) fn with_options(&self, options: SimpleFileOptions) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, mode, content) in &self.clone().recorded().0 {
            let options = options.unix_permissions(*mode & 0o777);
            if mode & 0o170_000 == LINK {
                let target = String::from_utf8_lossy(content);
                writer.add_symlink(path.as_str(), target, options).expect("a new member");
                continue;
            }
            if let Some(folder) = path.strip_suffix('/') {
                writer.add_directory(folder, options).expect("a new member");
                continue;
            }
            writer.start_file(path.as_str(), options).expect("a new member");
            writer.write_all(content).expect("memory");
        }
        writer.finish().expect("memory").into_inner()
    }
}

/// An sdist in the making: headers and contents.
pub(crate) struct Tar(tar::Builder<Vec<u8>>);

/// An sdist with a `PKG-INFO` and, deeper inside, the second one that setuptools ships.
pub(crate) fn tarball(stem: &str, name: &str, version: &str) -> Tar {
    Tar(tar::Builder::new(Vec::new()))
        .with(&format!("{stem}/pkg.egg-info/PKG-INFO"), 0o644, b"Name: another\nVersion: 9\n")
        .with(&format!("{stem}/PKG-INFO"), 0o644, metadata(name, version).as_bytes())
        .with(&format!("{stem}/run.sh"), 0o755, b"#!/bin/sh\n")
        .with(&format!("{stem}/{}.py", "long".repeat(60)), 0o644, b"long\n")
}

impl Tar {
    /// Adds a file.
    pub(crate) fn with(self, path: &str, mode: u32, content: &[u8]) -> Self {
        self.entry(path, mode, tar::EntryType::Regular, content)
    }

    /// Adds a member of any kind.
    pub(crate) fn entry(mut self, path: &str, mode: u32, kind: tar::EntryType, content: &[u8]) -> Self {
        let mut header = tar::Header::new_gnu();
        header.set_mode(mode);
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mtime(1_700_000_000);
        self.0.append_data(&mut header, path, content).expect("memory");
        self
    }

    /// Adds a link.
    pub(crate) fn link(mut self, path: &str, target: &str) -> Self {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        self.0.append_link(&mut header, path, target).expect("memory");
        self
    }

    /// Adds a file under a name that the library would refuse to write.
    pub(crate) fn raw(mut self, path: &str) -> Self {
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().expect("gnu").name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_mode(0o644);
        header.set_size(0);
        header.set_cksum();
        self.0.append(&header, &[][..]).expect("memory");
        self
    }

    /// The archive before it is compressed.
    pub(crate) fn blocks(self) -> Vec<u8> {
        self.0.into_inner().expect("memory")
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        gzip(&self.blocks())
    }
}

const WHEEL: &str = "a-1.0-py3-none-any.whl";
const SDIST: &str = "a-1.0.tar.gz";

fn read_wheel(bytes: &[u8]) -> releasekit_formats::Result<wheels::Wheel> {
    wheels::read(WHEEL, Cursor::new(bytes), Limits::for_size(bytes.len() as u64))
}

fn read_sdist(bytes: &[u8]) -> releasekit_formats::Result<sdist::Sdist> {
    sdist::read(SDIST, "a-1.0", bytes, Limits::for_size(bytes.len() as u64))
}

fn paths(members: &[Member]) -> Vec<&str> {
    members.iter().map(|member| member.path.as_str()).collect()
}

#[test]
fn a_wheel_says_who_made_it_and_what_it_holds() {
    for method in [CompressionMethod::Deflated, CompressionMethod::Stored] {
        let read = read_wheel(&wheel("a", "1.0").written(method)).expect("whole");
        assert_eq!(read.generator.as_deref(), Some("maker 1.2"));
        assert_eq!(read.metadata.name().expect("named"), "a");
        let expected = ["a-1.0.dist-info/METADATA", "a-1.0.dist-info/WHEEL", "pkg/__init__.py", "pkg/run.sh"];
        assert_eq!(paths(&read.members), expected, "the record is no content");
        let modes: Vec<_> = read.members.iter().map(|member| member.executable).collect();
        assert_eq!(modes, [false, false, false, true]);
        assert_eq!(read.members[2].digest, digest::sha256(b"x = 1\n"));
        assert_eq!(read.members[1].digest, digest::sha256(b"Wheel-Version: 1.0\nTag: py3-none-any\n"));
    }
}

#[test]
fn what_backends_make_is_read_as_it_is() {
    let Some(tools) = releasekit_testkit::Tools::require() else { return };
    let files = std::fs::read_dir(tools.wheelhouse()).expect("a folder").map(|file| file.expect("a file").path());
    let wheels: Vec<_> = files.filter(|file| file.extension().is_some_and(|end| end == "whl")).collect();
    assert!(wheels.len() >= 5, "flit, hatchling, setuptools, poetry-core and maturin made them: {wheels:?}");
    for wheel in wheels {
        let read = releasekit_formats::python::archive::identity(&wheel);
        assert!(read.is_ok_and(|identity| !identity.members.is_empty()), "{}", wheel.display());
    }
}

#[test]
fn an_sdist_speaks_through_its_top_file_alone() {
    let read = read_sdist(&tarball("a-1.0", "a", "1.0").link("a-1.0/latest", "run.sh").bytes()).expect("whole");
    assert_eq!(read.metadata.name().expect("named"), "a");
    assert_eq!(read.members.len(), 5);
    let find = |end: &str| read.members.iter().find(|member| member.path.ends_with(end)).expect("there");
    assert!(find("run.sh").executable);
    assert_eq!(find("longlong.py").digest, digest::sha256(b"long\n"));
    assert_eq!(find("latest").digest, format!("link:{}", digest::sha256(b"run.sh")));
}

#[test]
fn broken_wheels_are_refused_by_name() {
    let whole = wheel("a", "1.0");
    let mut damaged = whole.written(CompressionMethod::Stored);
    let at = damaged.windows(5).position(|window| window == b"x = 1").expect("stored as it is");
    damaged[at] ^= 1;
    let cases: &[(&str, Vec<u8>)] = &[
        ("empty", Vec::new()),
        ("cut off", whole.bytes()[..200].to_vec()),
        ("damaged", damaged),
        ("not a zip", b"<html>not found</html>".to_vec()),
        ("no metadata", whole.clone().without("METADATA").bytes()),
        ("no RECORD", whole.clone().without("RECORD").bytes()),
        ("no WHEEL", whole.clone().without("WHEEL").bytes()),
        ("two folders", whole.clone().with("b-1.0.dist-info/METADATA", 0o644, metadata("b", "1.0")).bytes()),
        ("another's folder", whole.clone().with("a-1.0.dist-info/METADATA", 0o644, metadata("b", "1.0")).bytes()),
    ];
    for (case, bytes) in cases {
        let error = read_wheel(bytes).expect_err(case);
        assert_eq!(code(Err::<(), _>(error)), "RK-ARTIFACT-INVALID", "{case}");
        let message = read_wheel(bytes).expect_err(case).to_string();
        assert!(message.starts_with(&format!("`{WHEEL}` is broken: ")), "{case}: {message}");
    }
}

#[test]
fn broken_sdists_are_refused_by_name() {
    let whole = tarball("a-1.0", "a", "1.0").bytes();
    let mut wrong_sum = whole.clone();
    let end = wrong_sum.len() - 8;
    wrong_sum[end] ^= 1;
    let cases: &[(&str, Vec<u8>)] = &[
        ("empty", Vec::new()),
        ("cut off", whole[..whole.len() / 2].to_vec()),
        ("without its checksum", whole[..whole.len() - 8].to_vec()),
        ("with a wrong checksum", wrong_sum),
        ("not an archive", b"<html>not found</html>".to_vec()),
        ("no PKG-INFO", Tar(tar::Builder::new(Vec::new())).with("a-1.0/x", 0o644, b"").bytes()),
        ("another folder", tarball("a-2.0", "a", "1.0").bytes()),
        ("two folders", tarball("a-1.0", "a", "1.0").with("b/x", 0o644, b"").bytes()),
        ("a file beside it", tarball("a-1.0", "a", "1.0").with("a-1.0x", 0o644, b"").bytes()),
    ];
    for (case, bytes) in cases {
        let error = read_sdist(bytes).expect_err(case);
        assert!(error.to_string().starts_with(&format!("`{SDIST}` is broken: ")), "{case}: {error}");
        assert_eq!(code(Err::<(), _>(error)), "RK-ARTIFACT-INVALID", "{case}");
    }
}

#[test]
fn archives_that_would_harm_are_refused() {
    for path in ["../x", "/etc/passwd", "pkg/../../x", "pkg\\..\\x", "C:/x", "pkg//x"] {
        let bytes = wheel("a", "1.0").with(path, 0o644, "").bytes();
        assert_eq!(code(read_wheel(&bytes)), "RK-ARTIFACT-UNSAFE", "{path}");
    }
    for path in ["a-1.0/../../x", "/etc/passwd", "..", "a-1.0/./x"] {
        let bytes = tarball("a-1.0", "a", "1.0").raw(path).bytes();
        assert_eq!(code(read_sdist(&bytes)), "RK-ARTIFACT-UNSAFE", "{path}");
    }
    let twice = tarball("a-1.0", "a", "1.0").with("a-1.0/run.sh", 0o644, b"other").bytes();
    assert_eq!(code(read_sdist(&twice)), "RK-ARTIFACT-UNSAFE");
    let device = tarball("a-1.0", "a", "1.0").entry("a-1.0/null", 0o644, tar::EntryType::Char, b"").bytes();
    assert_eq!(code(read_sdist(&device)), "RK-ARTIFACT-UNSAFE");
}

#[test]
fn a_member_listed_twice_is_refused() {
    let mut bytes = wheel("a", "1.0").with("pkg/run.py", 0o644, "").bytes();
    for at in 0..bytes.len() - 10 {
        if &bytes[at..at + 10] == b"pkg/run.py" {
            bytes[at..at + 10].copy_from_slice(b"pkg/run.sh");
        }
    }
    assert_eq!(code(read_wheel(&bytes)), "RK-ARTIFACT-UNSAFE");
}

#[test]
fn archives_that_unpack_to_too_much_are_refused() {
    let zeros = vec![0; 1_000_000];
    let wheel = wheel("a", "1.0").with("zeros", 0o644, zeros.clone()).bytes();
    let sdist = tarball("a-1.0", "a", "1.0").with("a-1.0/zeros", 0o644, &zeros).bytes();
    let mut limits = Limits::for_size(0);
    assert_eq!(limits.total, 64 * 1024 * 1024);
    assert_eq!(Limits::for_size(u64::MAX).total, 4096 * 1024 * 1024);
    wheels::read(WHEEL, Cursor::new(&wheel), limits).expect("within the limits");
    sdist::read(SDIST, "a-1.0", &sdist[..], limits).expect("within the limits");

    limits.total = 900_000;
    assert_eq!(code(wheels::read(WHEEL, Cursor::new(&wheel), limits)), "RK-ARTIFACT-UNSAFE");
    assert_eq!(code(sdist::read(SDIST, "a-1.0", &sdist[..], limits)), "RK-ARTIFACT-UNSAFE");
    limits = Limits::for_size(0);
    limits.metadata = 50;
    assert_eq!(code(wheels::read(WHEEL, Cursor::new(&wheel), limits)), "RK-ARTIFACT-UNSAFE");
    assert_eq!(code(sdist::read(SDIST, "a-1.0", &sdist[..], limits)), "RK-ARTIFACT-UNSAFE");
    limits = Limits::for_size(0);
    limits.members = 2;
    assert_eq!(code(wheels::read(WHEEL, Cursor::new(&wheel), limits)), "RK-ARTIFACT-UNSAFE");
    assert_eq!(code(sdist::read(SDIST, "a-1.0", &sdist[..], limits)), "RK-ARTIFACT-UNSAFE");
}

#[test]
fn metadata_is_unfolded_up_to_the_description() {
    let text = "Metadata-Version: 2.1\r\nname: My.Pkg\r\nVERSION: 1.0.0-rc.1\r\nDescription: one\r\n        |two\r\n\tthree\r\n\
                Requires-Dist: b (>=1) ; extra == 'x'\r\nRequires-Dist: A==1\r\n\r\nVersion: 9\r\n";
    let metadata = Metadata::parse("f", text.as_bytes()).expect("legal");
    assert_eq!(metadata.name().expect("named"), "My.Pkg");
    assert_eq!(metadata.version().expect("legal").as_str(), "1.0.0rc1");
    assert_eq!(metadata.first("description"), Some("one\n|two\nthree"));
    assert_eq!(metadata.all("Requires-Dist").count(), 2);
    let requirements = metadata.requirements().expect("legal");
    let texts: Vec<_> = requirements.iter().map(|requirement| requirement.text.as_str()).collect();
    assert_eq!(texts, ["a==1", "b>=1 ; extra == 'x'"]);
}

#[test]
fn metadata_without_name_or_version_is_refused() {
    let cases = [
        "",
        "Name: a\n",
        "Version: 1\n",
        "Name: a\nName: b\nVersion: 1\n",
        "Name: a\nVersion: 1\nVersion: 2\n",
        "Name: a\nVersion: one\n",
        "Name: -a\nVersion: 1\n",
        "Name: a\nno field\nVersion: 1\n",
        "  folded\nName: a\nVersion: 1\n",
    ];
    for text in cases {
        assert_eq!(code(Metadata::parse("f", text.as_bytes())), "RK-ARTIFACT-INVALID", "{text:?}");
    }
    let metadata = Metadata::parse("f", b"Name: a\nVersion: 1\nRequires-Dist: b>=\n").expect("the head is legal");
    let error = metadata.requirements().expect_err("no requirement");
    assert!(error.to_string().contains("`b>=`"), "{error}");
    assert_eq!(code(metadata.requirements()), "RK-ARTIFACT-INVALID");
}
