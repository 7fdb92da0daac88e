//! Requirements that were moved to admit a version, read by the real uv: it chooses that version.

use crate::common::tool::folder;
use crate::common::version;
use releasekit_core::Requirements;
use releasekit_formats::python::Pep508;
use releasekit_testkit::{Sandbox, Tools, run};

/// Versions that a package moves to: a patch, a step below one, a step above, many numbers, and a release after a release.
const VERSIONS: [&str; 5] = ["0.2.0", "1.4.1", "2.0.0", "3.0.1.4", "2.0.0.post1"];

/// Clauses as they are written for some of these versions, and left by others.
const CLAUSES: &[&str] = &[
    "",
    ">=0.1.0,<0.2.0",
    ">= 0.1 , < 0.2",
    ">=1.0,<2",
    "<1.4",
    "<=1.4.0",
    "==1.4.0",
    "==1.*",
    "==0.1.*",
    "~=1.4",
    "~=0.1.3",
    ">0.1,<1",
    "!=0.2.0,<0.2",
    ">=0.1,!=1.4.1",
    "===1.4.0",
    "(>=0.1,<0.2)",
];

/// What stands around the clauses and stays.
const AROUND: &[(&str, &str)] =
    &[("lib", ""), ("Lib[net]", ""), ("lib ", " ; python_version >= '3.9'"), ("lib[]", ";os_name != \"nope\"")];

#[test]
fn uv_resolves_what_was_rewritten() {
    let Some(tools) = Tools::require() else { return };
    let sandbox = Sandbox::new().with_tools(&tools);
    let (mut failed, mut read) = (Vec::new(), 0);
    for text in VERSIONS {
        let files = folder(&sandbox, text);
        let wheel = format!("lib\n{text}\npy3-none-any\n>=3.8");
        let mut python = sandbox.command(tools.python());
        run(python.args(["-c", include_str!("common/artifacts.py")]).arg(&files).args(["nothing", &wheel])).ok();
        for (index, clauses) in CLAUSES.iter().enumerate() {
            let (before, after) = AROUND[index % AROUND.len()];
            let requirement = format!("{before}{clauses}{after}");
            let rewritten = match Pep508.rewrite(&requirement, &version(text)) {
                Ok(rewritten) => rewritten,
                // What is ahead of the version has no rewriting.
                Err(_) => continue,
            };
            assert!(rewritten.starts_with(before) && rewritten.ends_with(after), "{rewritten}");
            read += 1;
            sandbox.write("requirements.in", &rewritten);
            let mut uv = sandbox.command("uv");
            uv.args(["pip", "compile", "-q", "--no-header", "--no-annotate", "--no-index", "--find-links"]);
            let ran = run(uv.arg(&files).arg("requirements.in").current_dir(sandbox.work()));
            if ran.code != Some(0) || !ran.stdout.contains(&format!("=={text}")) {
                failed.push(format!("`{requirement}` for {text} became `{rewritten}`: {ran}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(read > VERSIONS.len() * CLAUSES.len() / 2, "most have one: {read}");
}
