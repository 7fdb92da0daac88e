//! Files that nobody means well with.

use std::sync::Arc;

use releasekit_core::Tree;
use releasekit_core::tree::MemoryTree;

use crate::common::{discover, member, parts, path};

async fn found(files: Vec<(&str, Vec<u8>)>) -> Result<usize, Vec<(String, String)>> {
    let tree: Arc<dyn Tree> = Arc::new(MemoryTree::new(files.into_iter().map(|(file, bytes)| (path(file), bytes))));
    let found = discover(&tree, "").await;
    found.map(|found| found.packages.len()).map_err(|error| parts(&error))
}

#[tokio::test]
async fn a_file_is_refused_with_its_place() {
    let a = || ("p/a/package.json", member("a", "").into_bytes());
    let settings = |text: &str| vec![("pnpm-workspace.yaml", text.as_bytes().to_vec()), a()];
    let bomb: String = (1..60).map(|n| format!("l{n}: &l{n} [*l{0}, *l{0}, *l{0}, *l{0}]\n", n - 1)).collect();
    let many = format!("packages:\n{}", "  - p/*\n".repeat(10_001));
    for (files, text) in [
        (settings(&format!("packages: {}", "[".repeat(100_000))), "limit"),
        (settings(&format!("packages: {}", "{a: ".repeat(100_000))), "too deep"),
        (settings(&format!("packages: {}{}", "[".repeat(65), "]".repeat(65))), "too deep"),
        (settings(&format!("l0: &l0 [p/a]\n{bomb}packages: *l59\n")), "`packages` must hold strings"),
        (settings("packages: [p/a]\n<<: {catalog: {}}\n"), "`<<`"),
        (settings("packages: [p/a]\npackages: [p/b]\n"), "`packages` is there twice"),
        (settings("packages: [p/a]\n---\npackages: [p/b]\n"), "a second document"),
        (settings(&many), "too long"),
        (settings(&format!("packages: ['{}']", "{*".repeat(100_000))), "longer than any path"),
        (settings("packages: ['../../../etc']\n"), "leads out of the repository"),
        (settings("- p/a\n"), "must be an object"),
        (vec![("pnpm-workspace.yaml", b"packages: [\xff]".to_vec()), a()], "not UTF-8"),
        (vec![("package.json", b"{\"name\": \"\xff\"}".to_vec())], "not UTF-8"),
        (vec![("package.json", format!("{{\"name\": \"a\", \"x\": {}", "[".repeat(100_000)).into_bytes())], "depth"),
        (vec![("package.json", b"[]".to_vec())], "must be an object"),
        (vec![("package.json", Vec::new())], "it is empty"),
    ] {
        let faults = found(files).await.expect_err(text);
        let is_told = faults.iter().any(|(code, message)| code == "RK-PNPM-MANIFEST-INVALID" && message.contains(text));
        assert!(is_told, "{text}: {faults:?}");
    }
}

#[tokio::test]
async fn of_very_many_faults_the_first_are_told() {
    let needs: Vec<String> = (0..20_000).map(|n| format!("\"d{n}\": {n}")).collect();
    let wrong = member("a", &format!("\"dependencies\": {{{}}}", needs.join(", ")));
    let faults = found(vec![("package.json", wrong.into_bytes())]).await.expect_err("all of them are wrong");
    assert_eq!(faults.len(), 100);
}

#[tokio::test]
async fn large_files_are_read() {
    let needs: Vec<String> = (0..20_000).map(|n| format!("\"d{n}\": \"^1.0.0\"")).collect();
    let large = member("a", &format!("\"dependencies\": {{{}}}", needs.join(", ")));
    assert_eq!(found(vec![("package.json", large.into_bytes())]).await, Ok(1));
}
